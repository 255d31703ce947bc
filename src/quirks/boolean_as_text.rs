//! Entra, and templates of other clients, send booleans as text.
//!
//! Sent:   {"op": "replace", "path": "active", "value": "False"}
//! Meant:  {"op": "replace", "path": "active", "value": false}
//!
//! Only where the schema wants a boolean: a title "True" stays a title.

use crate::scim::{AttributeType, RawRequest, ResourceTypes};
use crate::value::Value;

use super::Quirk;
use super::message::each_value;

pub(super) struct BooleanAsText;

impl Quirk for BooleanAsText {
    fn name(&self) -> &'static str {
        "boolean_as_text"
    }

    fn undo(&self, request: &mut RawRequest, types: &ResourceTypes) {
        each_value(request, types, &mut |attribute, value| {
            if attribute.kind != AttributeType::Boolean {
                return;
            }
            let said = value.as_str().map(|text| text.trim().to_ascii_lowercase());
            match said.as_deref() {
                Some("true") => *value = Value::Boolean(true),
                Some("false") => *value = Value::Boolean(false),
                _ => (),
            }
        });
    }
}
