//! What quirks look at: the resource type of a request, the operations of its PATCH message, and
//! every value in it beside the attribute that it belongs to.
//!
//! Knows no deviation itself.

use std::borrow::Cow;
use std::sync::Arc;

use crate::scim::{Attribute, AttributePath, RawRequest, ResourceType, ResourceTypes, Schema, Verb, common_attributes};
use crate::value::{Object, Value};

/// The resource type whose resource the body is about; none for queries and for messages that have
/// no resource.
pub(super) fn kind_of<'t>(request: &RawRequest, types: &'t ResourceTypes) -> Option<&'t Arc<ResourceType>> {
    let long_enough = match request.verb {
        Verb::Post => request.path.len() == 1,
        Verb::Put | Verb::Patch => request.path.len() == 2,
        Verb::Get | Verb::Delete => false,
    };
    request.path.first().filter(|_| long_enough).and_then(|endpoint| types.at_endpoint(endpoint))
}

/// The operations of a PATCH message, to change them.
pub(super) fn operations(request: &mut RawRequest) -> Option<&mut Vec<Value>> {
    if request.verb != Verb::Patch {
        return None;
    }
    match request.body.as_mut()?.as_object_mut()?.get_mut("Operations")? {
        Value::List(operations) => Some(operations),
        _ => None,
    }
}

/// The operation's word, in lower case.
pub(super) fn op(operation: &Object) -> String {
    operation.get("op").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase()
}

/// The operation's path; `None` when it has none.
pub(super) fn path(operation: &Object) -> Option<&str> {
    operation.get("path").and_then(Value::as_str).map(str::trim).filter(|path| !path.is_empty())
}

/// The definition of what a PATCH path ends at: `emails[type eq "work"].value` ends at `value`.
pub(super) fn definition<'k>(path: &str, kind: &'k ResourceType) -> Option<Cow<'k, Attribute>> {
    let (name, rest) = path.split_once('[').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let path = AttributePath::parse_unqualified(name, kind).ok()?;
    let attribute = path.definition(kind)?;
    let after_bracket = rest.and_then(|rest| rest.rsplit_once("].")).map(|(_, sub)| sub);
    match path.sub.as_deref().or(after_bracket) {
        Some(sub) => attribute.sub_attribute(sub).cloned().map(Cow::Owned),
        None => Some(attribute),
    }
}

/// Shows `visit` every value of the body beside its attribute, the whole before its parts.
pub(crate) fn each_value(
    request: &mut RawRequest,
    types: &ResourceTypes,
    visit: &mut dyn FnMut(&Attribute, &mut Value),
) {
    let Some(kind) = kind_of(request, types).cloned() else { return };
    if request.verb != Verb::Patch {
        if let Some(Value::Object(body)) = &mut request.body {
            resource(body, &kind, visit);
        }
        return;
    }
    for operation in operations(request).into_iter().flatten().filter_map(Value::as_object_mut) {
        let path = path(operation).map(str::to_owned);
        let Some(value) = operation.get_mut("value") else { continue };
        match (path, value) {
            (None, Value::Object(members)) => resource(members, &kind, visit),
            (None, _) => (),
            (Some(path), value) => at_path(&path, value, &kind, visit),
        }
    }
}

fn at_path(path: &str, value: &mut Value, kind: &ResourceType, visit: &mut dyn FnMut(&Attribute, &mut Value)) {
    match (kind.schema_of(path), value) {
        (Some(schema), Value::Object(members)) => extension(members, schema, visit),
        (Some(_), _) => (),
        (None, value) => {
            if let Some(attribute) = definition(path, kind) {
                each_part(&attribute, value, visit);
            }
        }
    }
}

fn resource(members: &mut Object, kind: &ResourceType, visit: &mut dyn FnMut(&Attribute, &mut Value)) {
    for (name, value) in members.iter_mut() {
        let common = || common_attributes().iter().find(|common| common.name.eq_ignore_ascii_case(name));
        match (kind.schema_of(name), value) {
            (Some(schema), Value::Object(members)) => extension(members, schema, visit),
            (_, value) => {
                if let Some(attribute) = kind.attribute(name).or_else(common) {
                    each_part(attribute, value, visit);
                }
            }
        }
    }
}

fn extension(members: &mut Object, schema: &Schema, visit: &mut dyn FnMut(&Attribute, &mut Value)) {
    for (name, value) in members.iter_mut() {
        if let Some(attribute) = schema.attribute(name) {
            each_part(attribute, value, visit);
        }
    }
}

/// As deep as the schema is.
fn each_part(attribute: &Attribute, value: &mut Value, visit: &mut dyn FnMut(&Attribute, &mut Value)) {
    visit(attribute, value);
    let objects = match value {
        Value::List(items) => items.as_mut_slice(),
        single => std::slice::from_mut(single),
    };
    for (name, value) in objects.iter_mut().filter_map(Value::as_object_mut).flat_map(Object::iter_mut) {
        if let Some(sub) = attribute.sub_attribute(name) {
            each_part(sub, value, visit);
        }
    }
}
