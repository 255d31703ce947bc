//! Clients that send a group without having read its members send `members` as null.
//!
//! Sent:   {"op": "replace", "value": {"displayName": "Guides", "members": null}}
//! Meant:  {"op": "replace", "value": {"displayName": "Guides"}}
//!
//! Read by the letter (RFC 7643 §2.5), null would empty the group. Who means that sends `[]` or
//! removes `members`.

use crate::scim::{RawRequest, ResourceTypes};
use crate::value::{Object, Value};

use super::Quirk;
use super::message::{op, operations, path};

pub(super) struct NullMemberList;

impl Quirk for NullMemberList {
    fn name(&self) -> &'static str {
        "null_member_list"
    }

    fn undo(&self, request: &mut RawRequest, _types: &ResourceTypes) {
        for operation in operations(request).into_iter().flatten().filter_map(Value::as_object_mut) {
            let about_members = path(operation).map(|path| path.eq_ignore_ascii_case("members"));
            let replaces = op(operation) == "replace";
            match (about_members, operation.get_mut("value")) {
                (None, Some(Value::Object(members))) => {
                    members.retain(|name, value| !(name.eq_ignore_ascii_case("members") && *value == Value::Null));
                }
                (Some(true), Some(Value::Null)) if replaces => add_nobody(operation),
                _ => (),
            }
        }
    }
}

/// The operation stays, since a message must have one.
fn add_nobody(operation: &mut Object) {
    operation.set("op", "add");
    operation.set("value", Value::List(Vec::new()));
}
