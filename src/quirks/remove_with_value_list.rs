//! Entra, OneLogin, JumpCloud and authentik remove group members with a value list; the RFC wants a
//! value path.
//!
//! Sent:   {"op": "Remove", "path": "members", "value": [{"value": "42"}]}
//! Meant:  {"op": "remove", "path": "members[value eq \"42\"]"}
//!
//! Read by the letter (RFC 7644 §3.5.2.2), what is sent would empty the group. For the same reason
//! an empty list removes nobody.

use crate::scim::{Attribute, RawRequest, ResourceType, ResourceTypes};
use crate::value::{Object, Value};

use super::Quirk;
use super::message::{definition, kind_of, op, operations, path};

pub(super) struct RemoveWithValueList;

impl Quirk for RemoveWithValueList {
    fn name(&self) -> &'static str {
        "remove_with_value_list"
    }

    fn undo(&self, request: &mut RawRequest, types: &ResourceTypes) {
        let Some(kind) = kind_of(request, types).cloned() else { return };
        let Some(operations) = operations(request) else { return };
        let concerned = |operation: &Value| operation.as_object().is_some_and(|o| listed(o, &kind).is_some());
        if operations.iter().any(concerned) {
            *operations = std::mem::take(operations).into_iter().flat_map(|one| by_path(one, &kind)).collect();
        }
    }
}

/// The path and the values of a `remove` from a whole list of things that have a `value`.
fn listed<'o>(operation: &'o Object, kind: &ResourceType) -> Option<(&'o str, &'o Value)> {
    let path = path(operation).filter(|path| op(operation) == "remove" && !path.contains('['))?;
    let attribute = definition(path, kind).filter(|attribute| is_list_of_values(attribute))?;
    let values = operation.get("value").filter(|values| **values != Value::Null)?;
    (attribute.multi_valued).then_some((path, values))
}

fn is_list_of_values(attribute: &Attribute) -> bool {
    attribute.multi_valued && attribute.sub_attribute("value").is_some()
}

fn by_path(operation: Value, kind: &ResourceType) -> Vec<Value> {
    let Some((path, values)) = operation.as_object().and_then(|operation| listed(operation, kind)) else {
        return vec![operation];
    };
    let terms: Vec<String> = values.elements().iter().filter_map(term).collect();
    if terms.is_empty() {
        let nobody = [("op", "add".into()), ("path", path.into()), ("value", Value::List(Vec::new()))];
        return vec![Value::Object(nobody.into_iter().collect())];
    }
    let removal = |filter: String| {
        let members = [("op", Value::from("remove")), ("path", format!("{path}[{filter}]").into())];
        Value::Object(members.into_iter().collect())
    };
    chunks(terms).into_iter().map(|terms| removal(terms.join(" or "))).collect()
}

/// `value eq "42"`; what has no value removes nothing.
fn term(element: &Value) -> Option<String> {
    let value = match element {
        Value::Object(object) => object.get("value")?,
        other => other,
    };
    match value {
        Value::String(text) if !text.is_empty() => Some(format!("value eq {}", value.to_json())),
        Value::Integer(number) => Some(format!("value eq \"{number}\"")),
        _ => None,
    }
}

/// Several terms to an operation, as many as a filter may have.
fn chunks(terms: Vec<String>) -> Vec<Vec<String>> {
    let mut chunks: Vec<Vec<String>> = Vec::new();
    let mut bytes = 0;
    for term in terms {
        let fits = bytes + term.len() + 4 <= BYTES && chunks.last().is_some_and(|chunk| chunk.len() < TERMS);
        bytes = if fits { bytes } else { 0 } + term.len() + 4;
        match chunks.last_mut().filter(|_| fits) {
            Some(chunk) => chunk.push(term),
            None => chunks.push(vec![term]),
        }
    }
    chunks
}

/// Less than the filter parser takes.
const BYTES: usize = 4000;
/// The same.
const TERMS: usize = 60;
