//! Stage 1: which schemas a resource type has, and the schemas that the mapping declares itself.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Key, Node, Problems, Table, nearest};
use crate::scim::{Attribute, AttributeType, Mutability, ResourceType, Returned, Schema, SchemaExtension, urn};
use crate::scim::{core_schemas, enterprise_user, group, user};

/// Reads `[schema."urn:…"]` tables.
pub(super) fn declared_schemas(node: Option<&Node>, problems: &mut Problems) -> Vec<Arc<Schema>> {
    let Some(table) = node.and_then(|node| Table::open(node, "[schema]", problems)) else { return Vec::new() };
    table.entries().iter().filter_map(|(key, node)| declared(key, node, problems)).collect()
}

fn declared(key: &Key, node: &Node, problems: &mut Problems) -> Option<Arc<Schema>> {
    if !key.name.to_ascii_lowercase().starts_with("urn:") {
        problems.push(
            Diagnostic::error(Code::BAD_SCHEMA, &key.span, format!("`{}` is no URN", key.name))
                .help("a schema's name begins with `urn:`"),
        );
        return None;
    }
    let table = Table::open(node, &format!("[schema.\"{}\"]", key.name), problems)?;
    let last = key.name.rsplit(':').next().unwrap_or(&key.name);
    let name = table.string("name", problems).map_or(last, |(name, _)| name).to_owned();
    let description = table.string("description", problems).map_or("", |(text, _)| text).to_owned();
    let open = table.boolean("open", problems).unwrap_or(false);
    let mut attributes = Vec::new();
    if let Some(list) = table.node("attributes").and_then(|node| Table::open(node, "`attributes`", problems)) {
        attributes.extend(list.entries().iter().filter_map(|(key, node)| attribute(key, node, problems)));
    }
    table.finish(problems);
    Some(Arc::new(Schema { id: key.name.as_str().into(), name, description, attributes, open }))
}

/// `title = "string"` or `title = { type = "string", multi_valued = true, … }`.
fn attribute(key: &Key, node: &Node, problems: &mut Problems) -> Option<Attribute> {
    if let Some(word) = node.as_str() {
        return Some(Attribute::new(&key.name, kind(word, node, problems)?, ""));
    }
    let table = Table::open(node, &format!("the attribute `{}`", key.name), problems)?;
    let sub_attributes: Vec<Attribute> = table
        .node("attributes")
        .and_then(|node| Table::open(node, "`attributes`", problems))
        .map(|list| list.entries().iter().filter_map(|(key, node)| attribute(key, node, problems)).collect())
        .unwrap_or_default();
    let declared = table.node("type").and_then(|node| kind(node.as_str().unwrap_or_default(), node, problems));
    let implied = if sub_attributes.is_empty() { AttributeType::String } else { AttributeType::Complex };
    let description = table.string("description", problems).map_or("", |(text, _)| text);
    let mut attribute = Attribute::new(&key.name, declared.unwrap_or(implied), description);
    attribute.sub_attributes = sub_attributes;
    attribute.multi_valued = table.boolean("multi_valued", problems).unwrap_or(false);
    attribute.required = table.boolean("required", problems).unwrap_or(false);
    attribute.case_exact = table.boolean("case_exact", problems).unwrap_or(attribute.case_exact);
    attribute.canonical_values =
        table.strings("canonical_values", problems).iter().map(|(text, _)| (*text).to_owned()).collect();
    if table.boolean("read_only", problems) == Some(true) {
        attribute.mutability = Mutability::ReadOnly;
    }
    if table.boolean("write_only", problems) == Some(true) {
        attribute.mutability = Mutability::WriteOnly;
        attribute.returned = Returned::Never;
    }
    table.finish(problems);
    Some(attribute)
}

fn kind(word: &str, node: &Node, problems: &mut Problems) -> Option<AttributeType> {
    let all = [
        AttributeType::String,
        AttributeType::Boolean,
        AttributeType::Decimal,
        AttributeType::Integer,
        AttributeType::DateTime,
        AttributeType::Binary,
        AttributeType::Reference,
        AttributeType::Complex,
    ];
    let found = all.into_iter().find(|kind| kind.as_str() == word);
    if found.is_none() {
        let names: Vec<_> = all.iter().map(|kind| kind.as_str()).collect();
        let problem = Diagnostic::error(Code::BAD_SCHEMA, &node.span, format!("`{word}` is no attribute type"));
        problems.push(match nearest(word, names.clone()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help(format!("one of {}", names.join(", "))),
        });
    }
    found
}

/// The resource type behind a table: `User` and `Group` are known, others name their schema.
pub(super) fn resource_type(
    key: &Key,
    table: &Table<'_>,
    declared: &[Arc<Schema>],
    problems: &mut Problems,
) -> Option<Arc<ResourceType>> {
    let known: Vec<Arc<Schema>> = core_schemas().into_iter().chain(declared.iter().cloned()).collect();
    let schema = match (key.name.as_str(), table.string("schema", problems)) {
        (_, Some((urn, span))) => find(urn, span, &known, problems)?,
        ("User", None) => user(),
        ("Group", None) => group(),
        _ => {
            table.missing("schema", "name the URN of the resource type's schema", problems);
            return None;
        }
    };
    let endpoint = match (table.string("endpoint", problems), key.name.as_str()) {
        (Some((endpoint, _)), _) => format!("/{}", endpoint.trim_matches('/')),
        (None, name) => format!("/{name}s"),
    };
    let mut extensions: Vec<SchemaExtension> = Vec::new();
    if &*schema.id == urn::USER {
        extensions.push(SchemaExtension { schema: enterprise_user(), required: false });
    }
    let chosen = table.node("extensions").is_some();
    let named = table.strings("extensions", problems);
    for (urn, span) in &named {
        if let Some(schema) = find(urn, span, &known, problems) {
            extensions.push(SchemaExtension { schema, required: false });
        }
    }
    if !chosen && ["User", "Group"].contains(&key.name.as_str()) {
        // A schema that the file declares extends the type whose rules use it.
        let uses = |schema: &Schema| {
            let attributes = table.node("attributes").and_then(Node::as_table).unwrap_or_default();
            attributes.iter().any(|(key, _)| {
                key.name.len() > schema.id.len() && key.name[..schema.id.len()].eq_ignore_ascii_case(&schema.id)
            })
        };
        extensions.extend(
            declared
                .iter()
                .filter(|schema| uses(schema))
                .map(|schema| SchemaExtension { schema: Arc::clone(schema), required: false }),
        );
    }
    extensions.dedup_by(|a, b| a.schema.id == b.schema.id);
    Some(Arc::new(ResourceType {
        name: key.name.as_str().into(),
        endpoint,
        description: schema.description.clone(),
        schema,
        extensions,
    }))
}

fn find(
    urn: &str,
    span: &crate::diagnostic::Span,
    known: &[Arc<Schema>],
    problems: &mut Problems,
) -> Option<Arc<Schema>> {
    let found = known.iter().find(|schema| schema.id.eq_ignore_ascii_case(urn)).cloned();
    if found.is_none() {
        let problem = Diagnostic::error(Code::UNKNOWN_SCHEMA, span, format!("no schema is called `{urn}`"));
        problems.push(match nearest(urn, known.iter().map(|schema| &*schema.id)) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help("declare it: `[schema.\"urn:…\"]` with `attributes`"),
        });
    }
    found
}
