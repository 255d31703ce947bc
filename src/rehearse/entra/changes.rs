//! What is read ↔ what is wanted: the differences that Entra sends. Pure.
//!
//! Compares letter by letter: a value that comes back in another form than it was sent in is sent
//! again with every cycle, for ever. A row without a value asks for nothing: outbound, Entra clears
//! no plain attribute.

use crate::value::{Object, Value};

use super::evaluate::{Wanted, is_empty};
use super::table::{Row, Source};
use super::target::Target;

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    /// Another value, or a first one.
    Set { target: Target, value: Value, had: bool },
    /// Values that a list lacks.
    AddValues { target: Target, values: Vec<Value> },
    /// Values that a list has too many of.
    RemoveValues { target: Target, values: Vec<Value> },
}

impl Change {
    /// The place.
    pub(super) const fn target(&self) -> &Target {
        match self {
            Self::Set { target, .. } | Self::AddValues { target, .. } | Self::RemoveValues { target, .. } => target,
        }
    }
}

/// What of `wanted` the resource does not have.
pub(super) fn changes(wanted: &Wanted<'_>, resource: &Object) -> Vec<Change> {
    wanted.values.iter().flat_map(|(row, value)| difference(row, value, row.target.read(resource))).collect()
}

fn difference(row: &Row, wanted: &Value, read: &Value) -> Vec<Change> {
    let target = row.target.clone();
    match wanted {
        Value::Null => Vec::new(),
        Value::List(wanted) => list_difference(row, wanted, read.elements()),
        _ if same(wanted, read) => Vec::new(),
        _ => vec![Change::Set { target, value: wanted.clone(), had: !is_empty(read) }],
    }
}

fn list_difference(row: &Row, wanted: &[Value], read: &[Value]) -> Vec<Change> {
    let lacks = |list: &[Value], value: &Value| !list.iter().any(|other| same_element(other, value));
    let mut added: Vec<Value> = Vec::new();
    for value in wanted.iter().filter(|value| !is_empty(value) && lacks(read, value)) {
        if lacks(&added, value) {
            added.push(value.clone());
        }
    }
    let removed: Vec<Value> = match only_adds(row) {
        true => Vec::new(),
        false => read.iter().filter(|value| lacks(wanted, value)).cloned().collect(),
    };
    let target = row.target.clone();
    let mut found = Vec::new();
    if !added.is_empty() {
        found.push(Change::AddValues { target: target.clone(), values: added });
    }
    if !removed.is_empty() {
        found.push(Change::RemoveValues { target, values: removed });
    }
    found
}

/// Roles that are given this way are never taken away; the assertive function takes them away.
fn only_adds(row: &Row) -> bool {
    matches!(&row.source, Source::Value(expression) if expression.text().trim_start().starts_with("AppRoleAssignmentsComplex"))
}

/// The same, as Entra compares: a flag may come as a text, everything else has its letters.
pub(super) fn same(wanted: &Value, read: &Value) -> bool {
    match (wanted, read) {
        (Value::Boolean(wanted), read) => read.to_text().eq_ignore_ascii_case(if *wanted { "true" } else { "false" }),
        (wanted, read) if is_empty(wanted) => is_empty(read),
        (wanted, read) => wanted.to_text() == value_of(read).to_text(),
    }
}

fn same_element(one: &Value, other: &Value) -> bool {
    value_of(one).to_text() == value_of(other).to_text()
}

/// The `value` of an element, or the element where it is plain.
pub(super) fn value_of(element: &Value) -> &Value {
    element.as_object().and_then(|object| object.get("value")).unwrap_or(element)
}
