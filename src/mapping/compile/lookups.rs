//! Stage 1: `[lookup.NAME]`, tables that translate between the words of clients and those of the
//! application. Those that stand in the file are read here, the others in `asked`.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Key, Node, NodeValue, Problems, Table};
use crate::expr::{Expression, Tables};
use crate::value::Value;

use super::super::{Lookup, ResourceMapping};
use super::asked;

/// The tables under `[lookup]`: those in the file, and those of the application.
#[derive(Default)]
pub(super) struct Lookups {
    pub(super) tables: Tables,
    pub(super) asked: Vec<Arc<Lookup>>,
}

/// Reads every table under `[lookup]`; `kind` is the application's kind, as far as it is known.
pub(super) fn lookups(node: Option<&Node>, kind: Option<&str>, problems: &mut Problems) -> Lookups {
    let mut found = Lookups::default();
    let Some(lookups) = node.and_then(|node| Table::open(node, "[lookup]", problems)) else { return found };
    for (key, node) in lookups.entries() {
        if !is_name(key, problems) {
            continue;
        }
        if asked::is_asked(node) {
            found.asked.extend(asked::lookup(key, node, kind, problems).map(Arc::new));
        } else if let Some(rows) = table(key, node, problems) {
            found.tables.insert(key.name.clone(), rows);
        }
    }
    found
}

fn is_name(key: &Key, problems: &mut Problems) -> bool {
    if key.name.contains(['=', '"', '\\', '\n']) || key.name.trim() != key.name || key.name.is_empty() {
        let message = format!("`{}` cannot be the name of a table", key.name);
        problems.push(Diagnostic::error(Code::BAD_LOOKUP, &key.span, message).help("letters, digits, `-` and `_`"));
        return false;
    }
    true
}

fn table(key: &Key, node: &Node, problems: &mut Problems) -> Option<Vec<(String, Value)>> {
    let what = format!("[lookup.{}]", key.name);
    let lookup = Table::open(node, &what, problems)?;
    let help = "add `values`, with what clients say on the left and what the field holds on the right; or say where \
                the application has the rows, with `from` and `to`";
    let values = lookup.node("values");
    if values.is_none() && !lookup.has_unknown_keys() {
        lookup.missing("values", help, problems);
    }
    let rows = values.and_then(|values| Table::open(values, &format!("`values` of {what}"), problems));
    lookup.finish(problems);
    let rows: Vec<_> = rows?.entries().iter().filter_map(|(key, node)| row(key, node, problems)).collect();
    if rows.is_empty() && values.and_then(Node::as_table).is_some_and(<[_]>::is_empty) {
        problems.push(Diagnostic::error(Code::BAD_LOOKUP, &key.span, format!("{what} has no row")).help(help));
    }
    Some(rows)
}

fn row(key: &Key, node: &Node, problems: &mut Problems) -> Option<(String, Value)> {
    let value = match &node.value {
        NodeValue::String(text) => Value::from(text.as_str()),
        NodeValue::Integer(number) => Value::Integer(*number),
        NodeValue::Boolean(flag) => Value::Boolean(*flag),
        _ => {
            let message = format!("the value of `{}` is {}", key.name, node.kind());
            let help = "write a text, a whole number, `true` or `false`";
            problems.push(Diagnostic::error(Code::BAD_LOOKUP, &node.span, message).help(help));
            return None;
        }
    };
    Some((key.name.clone(), value))
}

/// Notes the tables that no rule uses.
pub(super) fn report_unused<'a>(
    node: Option<&Node>,
    resources: &'a [Arc<ResourceMapping>],
    expressions: impl Iterator<Item = &'a Expression>,
    problems: &mut Problems,
) {
    if problems.has_errors() {
        return;
    }
    let asked = resources.iter().flat_map(|resource| resource.looked_up().map(|(_, _, lookup)| &*lookup.name));
    let used: Vec<&str> = expressions.flat_map(Expression::tables).chain(asked).collect();
    for (key, _) in node.and_then(Node::as_table).unwrap_or_default() {
        if !used.contains(&key.name.as_str()) {
            let message = format!("no rule uses [lookup.{}]", key.name);
            let help = format!("add `lookup = \"{}\"` to a rule, or leave the table out", key.name);
            problems.push(Diagnostic::warning(Code::BAD_LOOKUP, &key.span, message).help(help));
        }
    }
}
