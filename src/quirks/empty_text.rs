//! Entra and Okta clear an attribute with an empty text; the RFC does it with null.
//!
//! Sent:   {"op": "replace", "path": "title", "value": ""}
//! Meant:  {"op": "replace", "path": "title", "value": null}
//!
//! A required attribute stays as sent: it is refused either way, and then by its name.

use crate::scim::{RawRequest, ResourceTypes};
use crate::value::Value;

use super::Quirk;
use super::message::each_value;

pub(super) struct EmptyText;

impl Quirk for EmptyText {
    fn name(&self) -> &'static str {
        "empty_text"
    }

    fn undo(&self, request: &mut RawRequest, types: &ResourceTypes) {
        each_value(request, types, &mut |attribute, value| {
            if value.as_str() == Some("") && !attribute.required {
                *value = Value::Null;
            }
        });
    }
}
