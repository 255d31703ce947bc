//! Stage 1: which schemas a resource type has, and the schemas that the mapping declares itself.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Key, Node, Problems, Table, nearest};
use crate::scim::{Attribute, AttributeType, Mutability, ResourceType, Returned, Schema, SchemaExtension, urn};
use crate::scim::{core_schemas, enterprise_user, group, user};

use super::Stage;

mod case;

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
    if core_schemas().iter().chain([&enterprise_user()]).any(|known| known.id.eq_ignore_ascii_case(&key.name)) {
        problems.push(
            Diagnostic::error(Code::BAD_SCHEMA, &key.span, "this schema is known already")
                .help("leave it out; attributes of your own go into a schema with a URN of your own"),
        );
        return None;
    }
    let table = Table::open(node, &format!("[schema.\"{}\"]", key.name), problems)?;
    let last = key.name.rsplit(':').next().unwrap_or(&key.name);
    let name = table.string("name", problems).map_or(last, |(name, _)| name).to_owned();
    let description = table.string("description", problems).map_or("", |(text, _)| text).to_owned();
    let open = table.boolean("open", problems).unwrap_or(false);
    let any_name = any_name(&table, open, problems);
    let mut attributes = Vec::new();
    if let Some(list) = table.node("attributes").and_then(|node| Table::open(node, "`attributes`", problems)) {
        attributes.extend(list.entries().iter().filter_map(|(key, node)| attribute(key, node, 0, problems)));
    }
    if table.node("attributes").is_none() && !open && !table.has_unknown_keys() {
        table.missing("attributes", "`attributes = { badge = \"string\" }`, or `open = true` for any", problems);
    }
    table.finish(problems);
    Some(Arc::new(Schema { id: key.name.as_str().into(), name, description, attributes, open, any_name }))
}

/// `names = "any"`: what names clients may choose.
fn any_name(table: &Table<'_>, open: bool, problems: &mut Problems) -> bool {
    let problem = match table.string("names", problems) {
        None | Some(("plain", _)) => return false,
        Some(("any", _)) if open => return true,
        Some(("any", span)) => {
            Diagnostic::error(Code::BAD_SCHEMA, span, "only an open schema has names that clients choose")
                .help("add `open = true`, or leave `names` out")
        }
        Some((word, span)) => Diagnostic::error(Code::BAD_SCHEMA, span, format!("`{word}` is no kind of name"))
            .help("`plain` for letters, digits, `-` and `_`, `any` for whatever people write"),
    };
    problems.push(problem);
    false
}

/// `title = "string"` or `title = { type = "string", multi_valued = true, … }`.
fn attribute(key: &Key, node: &Node, depth: usize, problems: &mut Problems) -> Option<Attribute> {
    let first = key.name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    if !first || !key.name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
        let message = format!("`{}` cannot be the name of an attribute", key.name);
        let help = "a letter, then letters, digits, `-` and `_` (RFC 7643 §2.1)";
        problems.push(Diagnostic::error(Code::BAD_SCHEMA, &key.span, message).help(help));
        return None;
    }
    if let Some(word) = node.as_str() {
        let kind = kind(word, node, problems).unwrap_or(AttributeType::String);
        report_parts(key, kind, false, depth, problems);
        return Some(Attribute::new(&key.name, kind, ""));
    }
    let table = Table::open(node, &format!("the attribute `{}`", key.name), problems)?;
    let sub_attributes: Vec<Attribute> = table
        .node("attributes")
        .and_then(|node| Table::open(node, "`attributes`", problems))
        .map(|list| list.entries().iter().filter_map(|(key, node)| attribute(key, node, depth + 1, problems)).collect())
        .unwrap_or_default();
    let declared =
        table.string("type", problems).and_then(|(word, _)| kind(word, table.node("type").unwrap_or(node), problems));
    let implied = if sub_attributes.is_empty() { AttributeType::String } else { AttributeType::Complex };
    let description = table.string("description", problems).map_or("", |(text, _)| text);
    report_parts(key, declared.unwrap_or(implied), table.node("attributes").is_some(), depth, problems);
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

/// A complex attribute has parts, which have none themselves; another attribute has none.
fn report_parts(key: &Key, kind: AttributeType, has_parts: bool, depth: usize, problems: &mut Problems) {
    let is_complex = kind == AttributeType::Complex;
    let (message, help) = match (is_complex, has_parts) {
        (true, _) if depth > 0 => (
            format!("`{}` is a part, and a part has no parts of its own (RFC 7643 §2.3.8)", key.name),
            "give each innermost part a name of its own",
        ),
        (true, false) => (format!("the complex attribute `{}` has no parts", key.name), "add `attributes = { … }`"),
        (false, true) => (
            format!("`{}` is {} and cannot have parts", key.name, kind.as_str()),
            "leave `type` out, or write `type = \"complex\"`",
        ),
        _ => return,
    };
    problems.push(Diagnostic::error(Code::BAD_SCHEMA, &key.span, message).help(help));
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
    let endpoint = endpoint(key, table, problems);
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
    if !chosen {
        // A schema that the file declares extends the type whose rules use it.
        let uses = |schema: &Schema| {
            let attributes = table.node("attributes").and_then(Node::as_table).unwrap_or_default();
            attributes.iter().any(|(key, _)| {
                key.name.as_bytes().get(schema.id.len()) == Some(&b':')
                    && key.name.get(..schema.id.len()).is_some_and(|urn| urn.eq_ignore_ascii_case(&schema.id))
            })
        };
        extensions.extend(
            declared
                .iter()
                .filter(|declared| declared.id != schema.id && uses(declared))
                .map(|schema| SchemaExtension { schema: Arc::clone(schema), required: false }),
        );
    }
    extensions.dedup_by(|a, b| a.schema.id == b.schema.id);
    let description = schema.description.clone();
    let kind = ResourceType { name: key.name.as_str().into(), endpoint, description, schema, extensions };
    Some(Arc::new(case::of_rules(kind, table)))
}

/// The one segment below the tenant's path.
fn endpoint(key: &Key, table: &Table<'_>, problems: &mut Problems) -> String {
    let Some((written, span)) = table.string("endpoint", problems) else { return format!("/{}s", key.name) };
    let plain = written.trim_matches('/');
    let is_segment = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_~".contains(&b));
    if !is_segment || RESERVED.iter().any(|name| name.eq_ignore_ascii_case(plain)) {
        let message = format!("`{written}` cannot be the address of a resource type");
        problems.push(
            Diagnostic::error(Code::BAD_SCHEMA, span, message).help(
                "one word of letters, digits, `-`, `_` and `~`, such as `/Devices`, that SCIM does not use itself",
            ),
        );
    }
    format!("/{plain}")
}

/// What SCIM has at these addresses itself (RFC 7644 §3.2).
const RESERVED: [&str; 5] = ["ServiceProviderConfig", "ResourceTypes", "Schemas", "Bulk", "Me"];

/// What no resource type sees alone: two at one address, schemas that none of them uses.
pub(super) fn check_together(stages: &[Stage<'_>], schemas: Option<&Node>, problems: &mut Problems) {
    for (i, stage) in stages.iter().enumerate() {
        if let Some(other) =
            stages[..i].iter().find(|other| other.kind.endpoint.eq_ignore_ascii_case(&stage.kind.endpoint))
        {
            let message = format!("[{}] and [{}] are at the same address", other.name, stage.name);
            problems.push(
                Diagnostic::error(Code::BAD_SCHEMA, &stage.table.span_of("endpoint"), message)
                    .help("give one of them another `endpoint`"),
            );
        }
    }
    for (key, _) in schemas.and_then(Node::as_table).unwrap_or_default() {
        let is_known = key.name.to_ascii_lowercase().starts_with("urn:")
            && !core_schemas().iter().chain([&enterprise_user()]).any(|known| known.id.eq_ignore_ascii_case(&key.name));
        let mut used = stages.iter().flat_map(|stage| stage.kind.schemas());
        if is_known && !problems.has_errors() && !used.any(|schema| schema.id.eq_ignore_ascii_case(&key.name)) {
            problems.push(
                Diagnostic::warning(Code::BAD_SCHEMA, &key.span, "no resource type uses this schema")
                    .help(format!("write a rule for one of its attributes: `\"{}:…\" = \"…\"`", key.name)),
            );
        }
    }
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
