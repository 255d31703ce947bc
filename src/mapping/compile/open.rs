//! Stage 2, second half: `"urn:…:Metadata:*"`, the one rule for all attributes of an open schema.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Key, Node, Problems, Span, Table};
use crate::record::FieldName;
use crate::scim::{ResourceType, Schema};

use super::super::{Bag, OpenRule, ResourceMapping, Rule, Write};
use super::Stage;

/// True for the left side of a rule about every attribute of an open schema.
pub(super) fn is_open_rule(key: &str) -> bool {
    key == "*" || key.ends_with(":*")
}

pub(super) fn open_rules(stage: &Stage<'_>, rules: &[Rule], problems: &mut Problems) -> Vec<OpenRule> {
    let table = stage.table.node("attributes").and_then(Node::as_table).unwrap_or_default();
    let mut found: Vec<OpenRule> = Vec::new();
    for (key, node) in table.iter().filter(|(key, _)| is_open_rule(&key.name)) {
        let Some(schema) = open_schema(&stage.kind, key, problems) else { continue };
        if found.iter().any(|have| have.schema == schema.id) {
            let message = format!("`{}:*` has two rules", schema.id);
            problems.push(Diagnostic::error(Code::DUPLICATE_RULE, &key.span, message));
            continue;
        }
        found.extend(open_rule(stage, schema, rules, key, node, problems));
    }
    found
}

fn open_schema<'k>(kind: &'k ResourceType, key: &Key, problems: &mut Problems) -> Option<&'k Arc<Schema>> {
    let urn = key.name.strip_suffix(":*").unwrap_or_default();
    let problem = match kind.schema_of(urn) {
        Some(schema) if schema.open && schema.id != kind.schema.id => return Some(schema),
        Some(schema) if schema.id == kind.schema.id => Diagnostic::error(
            Code::BAD_SCHEMA,
            &key.span,
            format!("`{urn}` is the type's own schema and cannot be open"),
        )
        .help("declare an extension with `open = true`, and write the rule for that one"),
        Some(_) => Diagnostic::error(Code::BAD_SCHEMA, &key.span, format!("`{urn}` is not open"))
            .help(format!("add `open = true` to `[schema.\"{urn}\"]`, or name its attributes one by one")),
        None if urn.is_empty() => Diagnostic::error(Code::BAD_PATH, &key.span, "`*` alone names no attributes")
            .help("all attributes of an open schema: `\"urn:…:Metadata:*\"`"),
        None => {
            Diagnostic::error(Code::UNKNOWN_SCHEMA, &key.span, format!("`{urn}` is of no schema that is known here"))
                .help(format!("declare it: `[schema.\"{urn}\"]` with `open = true`"))
        }
    };
    problems.push(problem);
    None
}

fn open_rule(
    stage: &Stage<'_>,
    schema: &Schema,
    rules: &[Rule],
    key: &Key,
    node: &Node,
    problems: &mut Problems,
) -> Option<OpenRule> {
    let of_schema = rules.iter().filter(|rule| rule.slot.path.schema.as_ref() == Some(&schema.id));
    let named = of_schema.map(|rule| Arc::clone(&rule.slot.path.attribute));
    let mut rule = OpenRule {
        schema: Arc::clone(&schema.id),
        span: key.span.clone(),
        any_name: schema.any_name,
        bag: Bag::Members(FieldName::new("")),
        apart: schema.attributes.iter().map(|attribute| Arc::clone(&attribute.name)).chain(named).collect(),
        max_length: None,
        shadow: false,
        writes: true,
        reads: true,
    };
    let (bag, span) = if let Some(field) = node.as_str() {
        (members(stage, field, &node.span, problems)?, &node.span)
    } else {
        let table = Table::open(node, &format!("the rule of `{}`", key.name), problems)?;
        let field = table.required_string("field", "where the attributes are: `field = \"metadata.*\"`", problems);
        let name = table.string("name", problems);
        rule.max_length = table.number("max_length", problems);
        rule.shadow = table.boolean("shadow", problems).unwrap_or(false);
        rule.writes = !table.boolean("read_only", problems).unwrap_or(false);
        rule.reads = !table.boolean("write_only", problems).unwrap_or(false);
        table.finish(problems);
        let (field, span) = field?;
        let bag = match name {
            Some((name, at)) => rows(stage, field, name, at, problems)?,
            None => members(stage, field, span, problems)?,
        };
        (bag, span)
    };
    rule.bag = bag;
    if !rule.writes && !rule.reads {
        problems.push(super::options::conflict(&key.span, "read_only", "write_only"));
    }
    report_fed_twice(&rule, rules, span, problems);
    Some(rule)
}

/// `metadata.*`, `$.metadata.*`: the members of one JSON object.
fn members(stage: &Stage<'_>, written: &str, span: &Span, problems: &mut Problems) -> Option<Bag> {
    let is_json = stage.downstream == Some("rest");
    let like = if is_json { "$.metadata.*" } else { "metadata.*" };
    let problem = match written.strip_suffix(".*") {
        None => Some((format!("`{written}` is one field, and the attributes are many"), format!("name the JSON object that holds them, and `.*`: `\"{like}\"`"))),
        Some("$") => Some(("the attributes would be anywhere in the record".to_owned(), format!("name an object of the record that holds nothing else: `\"{like}\"`"))),
        Some(object) if is_json && (!object.starts_with("$.") || object.contains(['*', '?'])) => Some((format!("`{object}` is no one object of the record"), format!("a path of names: `\"{like}\"`"))),
        Some(object) if !is_json && (object.is_empty() || object.contains(['.', '$'])) => Some((format!("`{object}` is no column of the resource's own table"), "JSON is kept in a column of this table; rows of another one are `{ field = \"meta.value\", name = \"meta.name\" }`".to_owned())),
        Some(object) => return Some(Bag::Members(FieldName::new(object))),
    };
    let (message, help) = problem?;
    problems.push(Diagnostic::error(Code::BAD_FIELD, span, message).help(help));
    None
}

/// `{ field = "meta.value", name = "meta.name" }`: rows of names and values.
fn rows(stage: &Stage<'_>, value: &str, name: &str, at: &Span, problems: &mut Problems) -> Option<Bag> {
    if stage.downstream == Some("rest") {
        let message = "`name` is for rows of a database";
        let help = "an API keeps such attributes in an object: `\"$.metadata.*\"`; a list of names and values is not supported";
        problems.push(Diagnostic::error(Code::BAD_FIELD, at, message).help(help));
        return None;
    }
    match (value.split_once('.'), name.split_once('.')) {
        (Some((list, value)), Some((same, name))) if list == same && value != "*" => {
            let (list, name, value) = (FieldName::new(list), FieldName::new(name), FieldName::new(value));
            Some(Bag::Rows { list, name, value })
        }
        _ => {
            let message = format!("`{name}` and `{value}` are no two columns of one related table");
            let help = "name the related table in both: `{ field = \"meta.value\", name = \"meta.name\" }`";
            problems.push(Diagnostic::error(Code::BAD_FIELD, at, message).help(help));
            None
        }
    }
}

fn report_fed_twice(open: &OpenRule, rules: &[Rule], span: &Span, problems: &mut Problems) {
    let other = rules.iter().filter(|rule| !matches!(rule.write, Write::Never)).find(|rule| match &open.bag {
        Bag::Members(field) => rule.list.is_none() && rule.field.as_ref() == Some(field),
        Bag::Rows { list, .. } => rule.list.as_ref() == Some(list),
    });
    if let Some(other) = other {
        let (line, _) = other.span.line_and_column();
        let message = format!("the field of `{}` is the target of two rules", open.label());
        problems.push(
            Diagnostic::error(Code::FIELD_FED_TWICE, span, message)
                .label(format!("`{}` has it at line {line}", other.slot))
                .help("the attributes of an open schema need a field of their own"),
        );
    }
}

/// Warns of open schemas whose attributes nothing keeps.
pub(super) fn report_unkept(schemas: Option<&Node>, resources: &[Arc<ResourceMapping>], problems: &mut Problems) {
    if problems.has_errors() {
        return;
    }
    for (key, _) in schemas.and_then(Node::as_table).unwrap_or_default() {
        let uses =
            |resource: &&Arc<ResourceMapping>| resource.kind.schema_of(&key.name).is_some_and(|schema| schema.open);
        let keeps = |resource: &Arc<ResourceMapping>| {
            resource.open.iter().any(|rule| rule.schema.eq_ignore_ascii_case(&key.name))
        };
        if let Some(resource) = resources.iter().filter(uses).find(|resource| !keeps(resource)) {
            let message = format!("the schema is open, and [{}] keeps only what it names", resource.kind.name);
            let help = if resource.kind.schema.id.eq_ignore_ascii_case(&key.name) {
                "leave `open` out: of a type's own schema only named attributes are kept, an extension may be open"
                    .to_owned()
            } else {
                format!("write a rule for the rest: `\"{}:*\" = \"…\"`, or leave `open` out", key.name)
            };
            problems.push(Diagnostic::warning(Code::BAD_SCHEMA, &key.span, message).help(help));
        }
    }
}
