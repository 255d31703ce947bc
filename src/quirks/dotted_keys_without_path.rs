//! Entra with its newer PATCH writes paths as keys of a value that has no path.
//!
//! Sent:   {"op": "replace", "value": {"displayName": "Kim", "name.givenName": "Kim", "urn:…:User:department": "QA"}}
//! Meant:  {"op": "replace", "value": {"displayName": "Kim"}},
//!         {"op": "replace", "path": "name.givenName", "value": "Kim"},
//!         {"op": "replace", "path": "urn:…:User:department", "value": "QA"}

use crate::scim::{RawRequest, ResourceType, ResourceTypes};
use crate::value::{Object, Value};

use super::Quirk;
use super::message::{kind_of, op, operations, path};

pub(super) struct DottedKeysWithoutPath;

impl Quirk for DottedKeysWithoutPath {
    fn name(&self) -> &'static str {
        "dotted_keys_without_path"
    }

    fn undo(&self, request: &mut RawRequest, types: &ResourceTypes) {
        let Some(kind) = kind_of(request, types).cloned() else { return };
        let Some(operations) = operations(request) else { return };
        let concerned = operations.iter().filter_map(Value::as_object).any(|operation| has_paths(operation, &kind));
        if concerned {
            *operations = std::mem::take(operations).into_iter().flat_map(|one| taken_apart(one, &kind)).collect();
        }
    }
}

/// A key that is a path and not the name of an attribute or a schema.
fn is_path(key: &str, kind: &ResourceType) -> bool {
    key.contains(['.', '[', ':']) && kind.schema_of(key).is_none()
}

fn has_paths(operation: &Object, kind: &ResourceType) -> bool {
    let members = operation.get("value").and_then(Value::as_object);
    path(operation).is_none() && members.is_some_and(|members| members.iter().any(|(key, _)| is_path(key, kind)))
}

fn taken_apart(operation: Value, kind: &ResourceType) -> Vec<Value> {
    let Value::Object(mut rest) = operation else { return vec![operation] };
    if !has_paths(&rest, kind) {
        return vec![rest.into()];
    }
    let word = op(&rest);
    let Some(Value::Object(members)) = rest.remove("value") else { return vec![rest.into()] };
    let (paths, names): (Vec<_>, Vec<_>) = members.into_iter().partition(|(key, _)| is_path(key, kind));
    let mut operations = Vec::new();
    if !names.is_empty() {
        rest.set("value", names.into_iter().collect::<Object>());
        operations.push(rest.into());
    }
    operations.extend(paths.into_iter().map(|(path, value)| {
        let members = [("op", word.as_str().into()), ("path", Value::String(path)), ("value", value)];
        Value::Object(members.into_iter().collect())
    }));
    operations
}
