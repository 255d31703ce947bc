//! Takes the keys of a call out of its table; notes every problem.

use http::{HeaderName, Method};

use super::call::{Role, Then};
use super::context::Context;
use super::path::JsonPath;
use super::template::{Place, Template};
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table, nearest};

/// The one method of a call, and its path.
pub(super) fn method_and_path(
    table: &Table<'_>,
    role: Role,
    name: &str,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<(Method, Template)> {
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let mut found = Vec::new();
    for method in methods {
        if let Some((path, span)) = table.string(&method.as_str().to_ascii_lowercase(), problems) {
            found.push((method, path, span));
        }
    }
    let problem = match found.as_slice() {
        [(method, path, span)] => {
            let template = Template::parse(path, span, Place::Path, role.slots(), context, problems)?;
            return Some((method.clone(), template));
        }
        [] => Diagnostic::error(Code::BAD_CALL, &table.span, format!("{name} has no method"))
            .help("write one of `get`, `post`, `put`, `patch`, `delete` with the path: `get = \"/users.json\"`"),
        [_, (_, _, second), ..] => Diagnostic::error(Code::CONFLICTING_KEYS, second, format!("{name} has two methods"))
            .help("a call has one method with one path"),
    };
    problems.push(problem);
    None
}

/// The name-and-text pairs under `key`; numbers and booleans count as their text.
pub(super) fn pairs(
    table: &Table<'_>,
    key: &str,
    place: Place,
    role: Role,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Vec<(String, Template)> {
    let Some(inner) = table.node(key).and_then(|node| Table::open(node, &format!("`{key}`"), problems)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, node) in inner.entries() {
        let text = match &node.value {
            NodeValue::String(text) => text.clone(),
            NodeValue::Integer(i) => i.to_string(),
            NodeValue::Boolean(b) => b.to_string(),
            _ => {
                let message = format!("`{}` is {}", name.name, node.kind());
                problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).label("expected a string"));
                continue;
            }
        };
        let template = Template::parse(&text, &node.span, place, role.slots(), context, problems);
        found.extend(template.map(|template| (name.name.clone(), template)));
    }
    found
}

/// Headers that frame the message or that the driver itself needs are not for the mapping.
pub(super) fn header_names(
    pairs: Vec<(String, Template)>,
    table: &Table<'_>,
    problems: &mut Problems,
) -> Vec<(HeaderName, Template)> {
    const OURS: &[&str] = &["host", "content-length", "transfer-encoding", "connection", "accept-encoding"];
    let mut found = Vec::new();
    for (name, value) in pairs {
        match name.parse::<HeaderName>() {
            Ok(name) if !OURS.contains(&name.as_str()) => found.push((name, value)),
            _ => {
                let message = format!("`{name}` is no header that a call can set");
                problems.push(Diagnostic::error(Code::BAD_CALL, &table.span_of("headers"), message));
            }
        }
    }
    found
}

/// What follows the call.
pub(super) fn then(table: &Table<'_>, role: Role, problems: &mut Problems) -> Then {
    if matches!(role, Role::List | Role::Find) && table.boolean("complete", problems) == Some(true) {
        return Then::Nothing;
    }
    let known = [("read", Then::Read), ("nothing", Then::Nothing)];
    one_of(table, "then", &known, problems).unwrap_or(Then::Complete)
}

/// What the word under `key` stands for.
pub(super) fn one_of<T: Copy>(table: &Table<'_>, key: &str, known: &[(&str, T)], problems: &mut Problems) -> Option<T> {
    let (text, span) = table.string(key, problems)?;
    if let Some((_, meant)) = known.iter().find(|(name, _)| *name == text) {
        return Some(*meant);
    }
    let names = || known.iter().map(|(name, _)| *name);
    let near = nearest(text, names()).or_else(|| names().next());
    let message = match key {
        "then" => format!("`{text}` is nothing that can follow a call"),
        _ => format!("`{text}` is no value of `{key}`"),
    };
    let problem = Diagnostic::error(Code::BAD_CALL, span, message);
    problems.push(problem.help(format!("did you mean `{}`?", near.unwrap_or_default())));
    None
}

/// The JSONPath under `key`.
pub(super) fn path(table: &Table<'_>, key: &str, problems: &mut Problems) -> Option<JsonPath> {
    let (text, span) = table.string(key, problems)?;
    match JsonPath::parse(text) {
        Ok(path) => Some(path),
        Err(why) => {
            let message = format!("`{text}` is not a path");
            problems.push(Diagnostic::error(Code::BAD_CALL, span, message).help(why));
            None
        }
    }
}

/// The status or the list of statuses under `key`.
pub(super) fn statuses(table: &Table<'_>, key: &str, problems: &mut Problems) -> Vec<u16> {
    statuses_of(&one_or_many(table, key), key, problems)
}

/// The statuses under `missing`, and whether `"empty"` is among them.
pub(super) fn missing(table: &Table<'_>, problems: &mut Problems) -> (Vec<u16>, bool) {
    let is_empty = |node: &&Node| matches!(&node.value, NodeValue::String(text) if text == "empty");
    let (empty, others): (Vec<_>, Vec<_>) = one_or_many(table, "missing").into_iter().partition(is_empty);
    (statuses_of(&others, "missing", problems), !empty.is_empty())
}

fn one_or_many<'t>(table: &Table<'t>, key: &str) -> Vec<&'t Node> {
    match table.node(key) {
        None => Vec::new(),
        Some(node) => match &node.value {
            NodeValue::Array(items) => items.iter().collect(),
            _ => vec![node],
        },
    }
}

fn statuses_of(items: &[&Node], key: &str, problems: &mut Problems) -> Vec<u16> {
    let mut found = Vec::new();
    for item in items {
        match item.value {
            NodeValue::Integer(status @ 100..=599) => found.extend(u16::try_from(status)),
            _ => problems.push(
                Diagnostic::error(Code::BAD_CALL, &item.span, format!("`{key}` holds something else than a status"))
                    .label("expected a number from 100 to 599"),
            ),
        }
    }
    found
}
