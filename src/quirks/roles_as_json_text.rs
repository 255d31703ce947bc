//! Entra without its newer PATCH sends a role as JSON inside a text.
//!
//! Sent:   {"op": "Add", "path": "roles", "value": [{"value": "{\"id\":\"8\",\"value\":\"25\",\"displayName\":\"Reader\"}"}]}
//! Meant:  {"op": "Add", "path": "roles", "value": [{"value": "25", "display": "Reader"}]}

use crate::scim::{RawRequest, ResourceTypes};
use crate::value::{JsonLimits, Object, Value};

use super::Quirk;
use super::message::each_value;

pub(super) struct RolesAsJsonText;

impl Quirk for RolesAsJsonText {
    fn name(&self) -> &'static str {
        "roles_as_json_text"
    }

    fn undo(&self, request: &mut RawRequest, types: &ResourceTypes) {
        each_value(request, types, &mut |attribute, value| {
            if &*attribute.name != "roles" || !attribute.multi_valued {
                return;
            }
            let elements = match value {
                Value::List(items) => items.as_mut_slice(),
                single => std::slice::from_mut(single),
            };
            elements.iter_mut().for_each(read_role);
        });
    }
}

fn read_role(element: &mut Value) {
    let text = match &*element {
        Value::Object(role) => role.get("value").and_then(Value::as_str),
        other => other.as_str(),
    };
    let Some(text) = text.filter(|text| text.trim_start().starts_with('{')) else { return };
    let Ok(Value::Object(inner)) = Value::from_json(text.as_bytes(), &LIMITS) else { return };
    let mut role = match std::mem::take(element) {
        Value::Object(role) => role,
        _ => Object::new(),
    };
    if let Some(value) = inner.get("value").or_else(|| inner.get("id")) {
        role.set("value", value.to_text());
    }
    if let Some(name) = inner.get("displayName").or_else(|| inner.get("display")) {
        role.set("display", name.to_text());
    }
    *element = Value::Object(role);
}

/// A role is flat and small.
const LIMITS: JsonLimits = JsonLimits { depth: 2, values: 50, string: 4096 };
