//! Clients send one object, or plain texts, where a list of objects belongs; and objects with a
//! `value` where a list of plain values belongs.
//!
//! Sent:   {"emails": {"value": "ana@tailspin.example"}, "phoneNumbers": ["555-0100"]}
//! Meant:  {"emails": [{"value": "ana@tailspin.example"}], "phoneNumbers": [{"value": "555-0100"}]}
//!
//! Sent:   {"urn:example:params:2.0:User": {"folders": [{"value": "a"}]}}
//! Meant:  {"urn:example:params:2.0:User": {"folders": ["a"]}}
//!
//! Seen from OneLogin (one object), WSO2 (texts among objects) and Microsoft's own test collection
//! (a member as a text).

use crate::scim::{Attribute, AttributeType, RawRequest, ResourceTypes};
use crate::value::{Object, Value};

use super::Quirk;
use super::message::each_value;

pub(super) struct SingleObjectForList;

impl Quirk for SingleObjectForList {
    fn name(&self) -> &'static str {
        "single_object_for_list"
    }

    fn undo(&self, request: &mut RawRequest, types: &ResourceTypes) {
        each_value(request, types, &mut |attribute, value| {
            if !attribute.multi_valued || value.is_unassigned() || value.as_str() == Some("") {
                return;
            }
            let elements = match std::mem::take(value) {
                Value::List(items) => items,
                single => vec![single],
            };
            *value = Value::List(elements.into_iter().map(|element| as_element(element, attribute)).collect());
        });
    }
}

fn as_element(element: Value, attribute: &Attribute) -> Value {
    let has_value = attribute.kind == AttributeType::Complex && attribute.sub_attribute("value").is_some();
    match element {
        Value::Object(mut object) if attribute.kind != AttributeType::Complex => match object.remove("value") {
            Some(value) => value,
            None => Value::Object(object),
        },
        text @ Value::String(_) if has_value => Value::Object([("value", text)].into_iter().collect::<Object>()),
        other => other,
    }
}
