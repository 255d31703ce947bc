//! Clients send a list of one where the RFC has one object.
//!
//! Sent:   {"op": "replace", "path": "name", "value": [{"givenName": "Ana"}]}
//! Meant:  {"op": "replace", "path": "name", "value": {"givenName": "Ana"}}
//!
//! Known of Entra's `manager`; a list of one can mean nothing else for any complex attribute.

use crate::scim::{AttributeType, RawRequest, ResourceTypes};
use crate::value::Value;

use super::Quirk;
use super::message::each_value;

pub(super) struct ListForSingleObject;

impl Quirk for ListForSingleObject {
    fn name(&self) -> &'static str {
        "list_for_single_object"
    }

    fn undo(&self, request: &mut RawRequest, types: &ResourceTypes) {
        each_value(request, types, &mut |attribute, value| {
            if attribute.multi_valued || attribute.kind != AttributeType::Complex {
                return;
            }
            if let Value::List(items) = value
                && items.len() == 1
            {
                *value = items.remove(0);
            }
        });
    }
}
