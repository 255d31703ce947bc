//! Entra sends the manager as a plain id, or as a list of one.
//!
//! Sent:   {"op": "Add", "path": "urn:…:User:manager", "value": "17"}
//! Meant:  {"op": "Add", "path": "urn:…:User:manager", "value": {"value": "17"}}
//!
//! The same for every single complex attribute that has a `value`. An empty id means no manager.

use crate::scim::{Attribute, AttributeType, RawRequest, ResourceTypes};
use crate::value::{Object, Value};

use super::Quirk;
use super::message::each_value;

pub(super) struct ManagerAsText;

impl Quirk for ManagerAsText {
    fn name(&self) -> &'static str {
        "manager_as_text"
    }

    fn undo(&self, request: &mut RawRequest, types: &ResourceTypes) {
        each_value(request, types, &mut |attribute, value| {
            if is_reference(attribute) {
                *value = as_object(std::mem::take(value));
            }
        });
    }
}

fn is_reference(attribute: &Attribute) -> bool {
    !attribute.multi_valued && attribute.kind == AttributeType::Complex && attribute.sub_attribute("value").is_some()
}

fn as_object(value: Value) -> Value {
    let single = match value {
        Value::List(items) if items.len() < 2 => items.into_iter().next().unwrap_or_default(),
        other => other,
    };
    match single {
        Value::String(id) if id.is_empty() => Value::Null,
        Value::Object(object) if object.get("value").and_then(Value::as_str) == Some("") => Value::Null,
        id @ (Value::String(_) | Value::Integer(_)) => Value::Object([("value", id)].into_iter().collect::<Object>()),
        other => other,
    }
}
