//! How Entra says it: the body of a new object, and PATCH in its two dialects. Pure.
//!
//! Without the flag every attribute is an operation of its own with capitals, flags are texts, and
//! what leaves a list is named in `value`. With `aadOptscim062020` several attributes share one
//! `replace` without a path, whose keys are flat, and what leaves a list is named in the path.

use crate::scim::urn;
use crate::value::{Object, Value};

use super::changes::{Change, value_of};
use super::evaluate::Wanted;
use super::report::Kind;
use super::table::Flavour;

/// The schema that Entra names besides the core one in new groups.
const GROUP_OF_2006: &str = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
/// The schema of a PATCH.
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// How many members an operation, and a request, names at most.
pub(super) const MEMBERS_AT_ONCE: usize = 20;

/// The body of a POST.
pub(super) fn new_object(kind: Kind, wanted: &Wanted<'_>) -> Value {
    let mut body = Object::new();
    let schemas = match kind {
        Kind::User => [urn::USER, urn::ENTERPRISE_USER],
        Kind::Group => [urn::GROUP, GROUP_OF_2006],
    };
    body.set("schemas", Value::List(schemas.into_iter().map(Value::from).collect()));
    for (row, value) in &wanted.values {
        // A part without a value makes no element; a plain attribute is sent as null.
        if *value != Value::Null || row.target.is_plain() {
            row.target.write(&mut body, value.clone());
        }
    }
    let empty = if kind == Kind::User { "roles" } else { "members" };
    if body.get(empty).is_none() {
        body.set(empty, Value::List(Vec::new()));
    }
    let meta: Object = [("resourceType", kind.resource())].into_iter().collect();
    body.set("meta", meta);
    Value::Object(body)
}

/// The body of a PATCH of attributes.
pub(super) fn patch(flavour: Flavour, changes: &[Change]) -> Value {
    match flavour {
        Flavour::Classic => message(changes.iter().map(classic).collect()),
        Flavour::Flagged => flagged(changes),
    }
}

/// The bodies of the PATCHes that add and remove members, each small.
pub(super) fn members(flavour: Flavour, added: &[String], removed: &[String]) -> Vec<Value> {
    let list = |ids: &[String]| Value::List(ids.iter().map(|id| Value::Object(with_value(id.as_str()))).collect());
    let mut bodies = Vec::new();
    for ids in added.chunks(MEMBERS_AT_ONCE) {
        bodies.push(message(vec![operation(spelled(flavour, "Add"), Some("members"), Some(list(ids)))]));
    }
    for ids in removed.chunks(MEMBERS_AT_ONCE) {
        bodies.push(match flavour {
            Flavour::Classic => message(vec![operation("Remove", Some("members"), Some(list(ids)))]),
            Flavour::Flagged => {
                let one = |id: &String| operation("remove", Some(&format!("members[value eq {}]", quoted(id))), None);
                message(ids.iter().map(one).collect())
            }
        });
    }
    bodies
}

/// The body of a PATCH of a reference: another id, or none.
pub(super) fn reference(flavour: Flavour, path: &str, id: Option<&str>) -> Value {
    message(vec![match (id, flavour) {
        (None, _) => operation(spelled(flavour, "Remove"), Some(path), None),
        (Some(id), Flavour::Classic) => operation("Add", Some(path), Some(Value::from(id))),
        (Some(id), Flavour::Flagged) => operation("add", Some(path), Some(Value::Object(with_value(id)))),
    }])
}

fn classic(change: &Change) -> Value {
    let path = Some(change.target().as_str());
    match change {
        Change::Set { value, had, .. } => {
            operation(if *had { "Replace" } else { "Add" }, path, Some(as_text(value.clone())))
        }
        Change::AddValues { values, .. } => operation("Add", path, Some(Value::List(elements(values, true)))),
        Change::RemoveValues { values, .. } => {
            let named = |value: &Value| Value::Object(with_value(value_of(value).clone()));
            operation("Remove", path, Some(Value::List(values.iter().map(named).collect())))
        }
    }
}

fn flagged(changes: &[Change]) -> Value {
    let (mut flat, mut others) = (Object::new(), Vec::new());
    for change in changes {
        let path = Some(change.target().as_str());
        match change {
            Change::Set { target, value, .. } if !target.selects() => flat.set(target.as_str(), value.clone()),
            Change::Set { value, had, .. } => {
                others.push(operation(if *had { "replace" } else { "add" }, path, Some(value.clone())));
            }
            Change::AddValues { values, .. } => {
                others.push(operation("add", path, Some(Value::List(elements(values, false)))));
            }
            Change::RemoveValues { target, values } => others.extend(values.iter().map(|value| {
                let one = format!("{target}[value eq {}]", quoted(&value_of(value).to_text()));
                operation("remove", Some(&one), None)
            })),
        }
    }
    if !flat.is_empty() {
        others.insert(0, operation("replace", None, Some(Value::Object(flat))));
    }
    message(others)
}

/// The elements of a list, each an object with its `value`; without the flag a role is a text that
/// holds JSON.
fn elements(values: &[Value], classic: bool) -> Vec<Value> {
    let element = |value: &Value| match value {
        Value::Object(object) if classic => Value::Object(with_value(Value::Object(object.clone()).to_json())),
        Value::Object(object) => Value::Object(object.clone()),
        plain => Value::Object(with_value(plain.clone())),
    };
    values.iter().map(element).collect()
}

fn with_value(value: impl Into<Value>) -> Object {
    let mut object = Object::new();
    object.set("value", value);
    object
}

/// A flag as the dialect without the flag writes it.
fn as_text(value: Value) -> Value {
    match value {
        Value::Boolean(true) => Value::from("True"),
        Value::Boolean(false) => Value::from("False"),
        other => other,
    }
}

const fn spelled(flavour: Flavour, op: &'static str) -> &'static str {
    match (flavour, op.as_bytes()) {
        (Flavour::Classic, _) => op,
        (Flavour::Flagged, b"Add") => "add",
        (Flavour::Flagged, _) => "remove",
    }
}

fn operation(op: &str, path: Option<&str>, value: Option<Value>) -> Value {
    let mut operation = Object::new();
    operation.set("op", op);
    if let Some(path) = path {
        operation.set("path", path);
    }
    if let Some(value) = value {
        operation.set("value", value);
    }
    Value::Object(operation)
}

fn message(operations: Vec<Value>) -> Value {
    let mut message = Object::new();
    message.set("schemas", Value::List(vec![Value::from(PATCH)]));
    message.set("Operations", operations);
    Value::Object(message)
}

/// A text as filters and paths have it: a JSON string.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_json()
}
