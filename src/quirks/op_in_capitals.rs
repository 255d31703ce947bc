//! Entra writes the words of PATCH operations with a capital; the RFC has them in lower case.
//!
//! Sent:   {"op": "Replace", "path": "title", "value": "Guide"}
//! Meant:  {"op": "replace", "path": "title", "value": "Guide"}

use crate::scim::{RawRequest, ResourceTypes};
use crate::value::Value;

use super::Quirk;
use super::message::{op, operations};

pub(super) struct OpInCapitals;

impl Quirk for OpInCapitals {
    fn name(&self) -> &'static str {
        "op_in_capitals"
    }

    fn undo(&self, request: &mut RawRequest, _types: &ResourceTypes) {
        for operation in operations(request).into_iter().flatten().filter_map(Value::as_object_mut) {
            let word = op(operation);
            if ["add", "remove", "replace"].contains(&&*word) {
                operation.set("op", word);
            }
        }
    }
}
