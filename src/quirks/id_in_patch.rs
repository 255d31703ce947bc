//! Okta and authentik repeat what is read-only when they rename a group without a path.
//!
//! Sent:   {"op": "replace", "value": {"id": "9", "displayName": "Guides"}}
//! Meant:  {"op": "replace", "value": {"displayName": "Guides"}}
//!
//! Some send the whole resource, `meta` and all. With a path, a read-only attribute is still refused.

use crate::scim::{Mutability, RawRequest, ResourceTypes, common_attributes};
use crate::value::Value;

use super::Quirk;
use super::message::{kind_of, operations, path};

pub(super) struct IdInPatch;

impl Quirk for IdInPatch {
    fn name(&self) -> &'static str {
        "id_in_patch"
    }

    fn undo(&self, request: &mut RawRequest, types: &ResourceTypes) {
        let Some(kind) = kind_of(request, types).cloned() else { return };
        let common = |name: &str| common_attributes().iter().find(|common| common.name.eq_ignore_ascii_case(name));
        let read_only = |name: &str| {
            let attribute = kind.attribute(name).or_else(|| common(name));
            attribute.is_some_and(|attribute| attribute.mutability == Mutability::ReadOnly)
        };
        for operation in operations(request).into_iter().flatten().filter_map(Value::as_object_mut) {
            if path(operation).is_some() {
                continue;
            }
            if let Some(Value::Object(members)) = operation.get_mut("value") {
                members.retain(|name, _| !read_only(name));
            }
        }
    }
}
