//! A client's file → its script.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Document, Node, NodeValue, Problems, SourceFile, Table};
use crate::value::{JsonLimits, Value};

use super::{Script, Step};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

pub(super) fn read(file: &Arc<SourceFile>, problems: &mut Problems) -> Option<Script> {
    let document = Document::parse(file, problems)?;
    let table = Table::open(&document.root, "the client", problems)?;
    let name = table.required_string("name", "what people call the client", problems)?.0.to_owned();
    let user_agent = table.string("user_agent", problems).map(|(text, _)| text.to_owned());
    let mut acts = Vec::new();
    for node in items(&table, "act") {
        let Some(act) = Table::open(node, "the act", problems) else { continue };
        let name = act.required_string("name", "what the client is about", problems);
        let steps = items(&act, "step").iter().filter_map(|node| step(node, problems)).collect();
        act.finish(problems);
        acts.push((name?.0.to_owned(), steps));
    }
    table.finish(problems);
    (!problems.has_errors()).then_some(Script { name, user_agent, acts })
}

fn items<'a>(table: &Table<'a>, key: &str) -> &'a [Node] {
    match table.node(key).map(|node| &node.value) {
        Some(NodeValue::Array(nodes)) => nodes,
        _ => &[],
    }
}

fn step(node: &Node, problems: &mut Problems) -> Option<Step> {
    let table = Table::open(node, "the step", problems)?;
    let (send, span) = table.required_string("send", "`POST /Users`", problems)?;
    let parsed = send.split_once(' ').and_then(|(method, path)| {
        let method = METHODS.into_iter().find(|known| *known == method)?;
        path.starts_with('/').then(|| (method, path.to_owned()))
    });
    if parsed.is_none() {
        problems.push(Diagnostic::error(Code::WRONG_TYPE, span, format!("`{send}` is no request")));
    }
    let body = table.string("body", problems).and_then(|(text, span)| {
        Value::from_json(text.as_bytes(), &JsonLimits::default())
            .map_err(|why| problems.push(Diagnostic::error(Code::WRONG_TYPE, span, format!("no JSON: {why}"))))
            .ok()
    });
    let statuses = items(&table, "status").iter().filter_map(|node| match node.value {
        NodeValue::Integer(status) => u16::try_from(status).ok(),
        _ => None,
    });
    let text = |key: &str, problems: &mut Problems| table.string(key, problems).map(|(text, _)| text.to_owned());
    let step = Step {
        method: parsed.as_ref()?.0,
        path: parsed?.1,
        body,
        put_back: values(table.node("put_back")),
        status: statuses.collect(),
        found: table.number("found", problems).and_then(|found| i64::try_from(found).ok()),
        page: table.boolean("page", problems).unwrap_or(false),
        keep: text("keep", problems),
        answers: values(table.node("answers")),
        means: text("means", problems),
        change: text("change", problems),
    };
    if step.status.is_empty() {
        table.missing("status", "what the client takes: `[200]`", problems);
    }
    table.finish(problems);
    Some(step)
}

fn values(node: Option<&Node>) -> Vec<(String, Value)> {
    let entries = node.and_then(Node::as_table).unwrap_or_default();
    let value = |node: &Node| match &node.value {
        NodeValue::String(text) => Value::from(text.as_str()),
        NodeValue::Boolean(b) => Value::Boolean(*b),
        NodeValue::Integer(i) => Value::Integer(*i),
        _ => Value::Null,
    };
    entries.iter().map(|(key, node)| (key.name.clone(), value(node))).collect()
}
