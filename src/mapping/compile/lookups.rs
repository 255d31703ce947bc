//! Stage 1: `[lookup.NAME]`, tables that translate between the words of clients and those of the
//! application. They stand in the file; nothing is asked for them.

use crate::diagnostic::{Code, Diagnostic, Key, Node, NodeValue, Problems, Table};
use crate::expr::{Expression, Tables};
use crate::value::Value;

/// Reads every table under `[lookup]`.
pub(super) fn tables(node: Option<&Node>, problems: &mut Problems) -> Tables {
    let Some(lookups) = node.and_then(|node| Table::open(node, "[lookup]", problems)) else { return Tables::new() };
    let entries = lookups.entries().iter();
    entries.filter_map(|(key, node)| Some((key.name.clone(), table(key, node, problems)?))).collect()
}

fn table(key: &Key, node: &Node, problems: &mut Problems) -> Option<Vec<(String, Value)>> {
    let what = format!("[lookup.{}]", key.name);
    if key.name.contains(['=', '"', '\\', '\n']) || key.name.trim() != key.name || key.name.is_empty() {
        let message = format!("`{}` cannot be the name of a table", key.name);
        problems.push(Diagnostic::error(Code::BAD_LOOKUP, &key.span, message).help("letters, digits, `-` and `_`"));
        return None;
    }
    let lookup = Table::open(node, &what, problems)?;
    let help = "add `values`, with what clients say on the left and what the field holds on the right";
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
    expressions: impl Iterator<Item = &'a Expression>,
    problems: &mut Problems,
) {
    if problems.has_errors() {
        return;
    }
    let used: Vec<&str> = expressions.flat_map(Expression::tables).collect();
    for (key, _) in node.and_then(Node::as_table).unwrap_or_default() {
        if !used.contains(&key.name.as_str()) {
            let message = format!("no rule uses [lookup.{}]", key.name);
            let help = format!("add `lookup = \"{}\"` to a rule, or leave the table out", key.name);
            problems.push(Diagnostic::warning(Code::BAD_LOOKUP, &key.span, message).help(help));
        }
    }
}
