//! Old Entra jobs write the enterprise extension as SCIM 1.0 had it, with a dot before the attribute.
//!
//! Sent:   {"op": "Add", "path": "urn:scim:schemas:extension:enterprise:1.0.department", "value": "QA"}
//! Meant:  {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "QA"}

use crate::scim::{RawRequest, ResourceTypes, urn};
use crate::value::{Object, Value};

use super::Quirk;
use super::message::operations;

pub(super) struct UrnOf10;

const SENT: &str = "urn:scim:schemas:extension:enterprise:1.0";

impl Quirk for UrnOf10 {
    fn name(&self) -> &'static str {
        "urn_of_1_0"
    }

    fn undo(&self, request: &mut RawRequest, _types: &ResourceTypes) {
        for operation in operations(request).into_iter().flatten().filter_map(Value::as_object_mut) {
            if let Some(path) = operation.get("path").and_then(Value::as_str).and_then(renamed) {
                operation.set("path", path);
            }
            if let Some(Value::Object(members)) = operation.get_mut("value") {
                rename_members(members);
            }
        }
        let Some(Value::Object(body)) = &mut request.body else { return };
        rename_members(body);
        for schema in body.get_mut("schemas").into_iter().flat_map(|schemas| match schemas {
            Value::List(items) => items.as_mut_slice(),
            _ => &mut [],
        }) {
            if let Some(name) = schema.as_str().and_then(renamed) {
                *schema = Value::String(name);
            }
        }
    }
}

fn rename_members(members: &mut Object) {
    if members.iter().any(|(name, _)| renamed(name).is_some()) {
        let taken = std::mem::take(members).into_iter();
        *members = taken.map(|(name, value)| (renamed(&name).unwrap_or(name), value)).collect();
    }
}

fn renamed(text: &str) -> Option<String> {
    let start = text.get(..SENT.len())?;
    let rest = &text[SENT.len()..];
    match (start.eq_ignore_ascii_case(SENT), rest.strip_prefix(['.', ':'])) {
        (true, Some(attribute)) => Some(format!("{}:{attribute}", urn::ENTERPRISE_USER)),
        (true, None) if rest.is_empty() => Some(urn::ENTERPRISE_USER.to_owned()),
        _ => None,
    }
}
