//! Carries out checked operations on a resource (RFC 7644 §3.5.2.1 to §3.5.2.3), in order, all or
//! none.

use std::collections::{HashMap, HashSet};

use crate::scim::conform::{check_extensions, check_open, identity, is_primary};
use crate::scim::{
    Attribute, AttributePath, ExternalId, Filter, Mutability, PatchOp, PatchOperation, Resource, ResourceType,
    ScimError, ScimType,
};
use crate::value::{Object, Value};

use super::members::named_by;

pub(super) fn apply(
    operations: &[PatchOperation],
    resource: &Resource,
    kind: &ResourceType,
) -> Result<Resource, ScimError> {
    let mut changed = resource.clone();
    for operation in operations {
        one(operation, &mut changed, kind).map_err(|error| error.in_operation(operation.number))?;
    }
    check_extensions(&changed.attributes, kind)?;
    check_open(&changed.attributes, Some(&resource.attributes), kind)?;
    Ok(changed)
}

fn one(operation: &PatchOperation, resource: &mut Resource, kind: &ResourceType) -> Result<(), ScimError> {
    let path = &operation.target.path;
    if path.is("externalId") {
        let text = operation.value.as_str().filter(|text| !text.is_empty());
        // Adding nothing changes nothing.
        if text.is_some() || operation.op != PatchOp::Add {
            resource.external_id = text.map(ExternalId::new);
        }
        return Ok(());
    }
    if path.is_any() {
        remove_unlisted(path, resource, kind);
        return Ok(());
    }
    let Some(definition) = path.definition(kind) else {
        return Err(ScimError::bad_request(ScimType::InvalidPath, format!("`{path}` is not an attribute")));
    };
    let Some(urn) = path.schema.as_deref() else {
        return change(operation, &mut resource.attributes, &definition);
    };
    let mut extension = match resource.attributes.get_mut(urn).map(std::mem::take) {
        Some(Value::Object(members)) => members,
        _ => Object::new(),
    };
    change(operation, &mut extension, &definition)?;
    put(&mut resource.attributes, urn, extension.into());
    Ok(())
}

/// An open extension goes with all that the client has named in it.
fn remove_unlisted(path: &AttributePath, resource: &mut Resource, kind: &ResourceType) {
    let urn = path.schema.as_deref().unwrap_or_default();
    let Some(schema) = kind.schema_of(urn) else { return };
    if let Some(members) = resource.attributes.get_mut(urn).and_then(Value::as_object_mut) {
        members.retain(|name, _| schema.attribute(name).is_some());
    }
}

fn change(operation: &PatchOperation, holder: &mut Object, definition: &Attribute) -> Result<(), ScimError> {
    let name = &*definition.name;
    let current = holder.get_mut(name).map(std::mem::take).unwrap_or_default();
    let next = if definition.multi_valued {
        let elements = match current {
            Value::List(elements) => elements,
            other => other.elements().to_vec(),
        };
        Value::List(change_list(operation, elements, definition)?)
    } else {
        change_single(operation, current)?
    };
    put(holder, name, next);
    Ok(())
}

/// Sets a member, or takes it out when nothing is left of it (RFC 7643 §2.5).
fn put(holder: &mut Object, name: &str, value: Value) {
    if value.is_unassigned() {
        holder.remove(name);
    } else {
        holder.set(name, value);
    }
}

fn change_single(operation: &PatchOperation, current: Value) -> Result<Value, ScimError> {
    if operation.target.path.is_whole() {
        return merged(operation, current, operation.value.clone());
    }
    let mut parts = match current {
        Value::Object(parts) => parts,
        _ => Object::new(),
    };
    change_part(operation, &mut parts)?;
    Ok(parts.into())
}

/// What becomes of `current`: complex values keep the parts that are not named, both with `add` and
/// with `replace` (RFC 7644 §3.5.2.3).
fn merged(operation: &PatchOperation, current: Value, value: Value) -> Result<Value, ScimError> {
    match (operation.op, current, value) {
        (PatchOp::Add, current, Value::Null) => Ok(current),
        (_, Value::Object(mut parts), Value::Object(named)) => {
            merge(&mut parts, named);
            Ok(parts.into())
        }
        (_, current, value) => {
            check_immutable(operation, &current, &value)?;
            Ok(without_nulls(value))
        }
    }
}

fn merge(parts: &mut Object, named: Object) {
    for (name, value) in named {
        put(parts, &name, value);
    }
}

fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(parts) = &mut value {
        parts.retain(|_, part| !part.is_unassigned());
    }
    value
}

/// Sets or removes the sub-attribute that the operation names.
fn change_part(operation: &PatchOperation, parts: &mut Object) -> Result<(), ScimError> {
    let Some(sub) = operation.target.path.sub.as_deref() else { return Ok(()) };
    let current = parts.get(sub).cloned().unwrap_or_default();
    let next = merged(operation, current, operation.value.clone())?;
    put(parts, sub, next);
    Ok(())
}

/// RFC 7643 §7: an immutable attribute may be set once.
fn check_immutable(operation: &PatchOperation, current: &Value, next: &Value) -> Result<(), ScimError> {
    let path = &operation.target.path;
    if path.mutability == Mutability::Immutable && !current.is_unassigned() && current != next {
        return Err(ScimError::mutability(format!("`{path}` cannot be changed once it is set")));
    }
    Ok(())
}

fn change_list(
    operation: &PatchOperation,
    mut elements: Vec<Value>,
    definition: &Attribute,
) -> Result<Vec<Value>, ScimError> {
    let target = &operation.target;
    let touched = match (&target.filter, operation.op) {
        (None, PatchOp::Remove) if matches!(operation.value, Value::List(_)) => {
            let gone: HashSet<String> =
                operation.value.elements().iter().map(|value| identity(value, definition)).collect();
            elements.retain(|element| !gone.contains(&identity(element, definition)));
            return Ok(elements);
        }
        (None, PatchOp::Remove) if target.path.is_whole() => return Ok(Vec::new()),
        (None, PatchOp::Replace) if target.path.is_whole() => return Ok(operation.value.elements().to_vec()),
        (None, PatchOp::Add) if target.path.is_whole() => add(&mut elements, operation.value.elements(), definition),
        _ => change_selected(operation, &mut elements)?,
    };
    one_primary(&mut elements, &touched, &definition.name)?;
    elements.retain(|element| !element.is_unassigned());
    Ok(elements)
}

/// Adds what is not there yet; an element with the same identity takes over the parts that are new.
fn add(elements: &mut Vec<Value>, added: &[Value], definition: &Attribute) -> Vec<usize> {
    let known = elements.iter().enumerate().map(|(at, element)| (identity(element, definition), at));
    let mut known: HashMap<String, usize> = known.collect();
    let mut touched = Vec::new();
    for element in added {
        let at = *known.entry(identity(element, definition)).or_insert(elements.len());
        touched.push(at);
        match (elements.get_mut(at), element) {
            (Some(Value::Object(have)), Value::Object(named)) => merge_mutable(have, named, definition),
            (Some(_), _) => (),
            (None, _) => elements.push(without_nulls(element.clone())),
        }
    }
    touched
}

fn merge_mutable(have: &mut Object, named: &Object, definition: &Attribute) {
    for (name, value) in named.iter().filter(|(_, value)| !value.is_unassigned()) {
        let sub = definition.sub_attribute(name);
        let fixed = sub.is_some_and(|sub| sub.mutability == Mutability::Immutable) && have.get(name).is_some();
        if !fixed {
            have.set(name, value.clone());
        }
    }
}

/// Changes the elements that the filter selects, or every element when the path has none.
fn change_selected(operation: &PatchOperation, elements: &mut Vec<Value>) -> Result<Vec<usize>, ScimError> {
    let target = &operation.target;
    // A list of ids is looked up, not compared one by one: groups have 200,000 members.
    let ids: Option<HashSet<String>> = target.filter.as_ref().and_then(named_by).map(|ids| ids.into_iter().collect());
    let selects = |element: &Value| match (&ids, &target.filter) {
        (Some(ids), _) => {
            let id = element.as_object().and_then(|element| element.get("value")).and_then(Value::as_str);
            id.is_some_and(|id| ids.contains(id))
        }
        (None, Some(filter)) => filter.matches_element(element),
        (None, None) => true,
    };
    let mut selected: Vec<usize> = (0..elements.len()).filter(|at| selects(&elements[*at])).collect();
    if selected.is_empty() {
        let clears = operation.value.is_unassigned() || operation.value.as_str() == Some("");
        match &target.filter {
            // What is not there need not be removed: a repeated request succeeds.
            _ if operation.op == PatchOp::Remove => return Ok(selected),
            Some(_) if target.create_selected && clears => return Ok(selected),
            Some(filter) if target.create_selected => {
                let mut made = Object::new();
                describe(filter, &mut made);
                selected.push(elements.len());
                if let (true, Value::Object(named)) = (target.path.is_whole(), operation.value.clone()) {
                    merge(&mut made, named);
                    elements.push(made.into());
                    return Ok(selected);
                }
                elements.push(made.into());
            }
            _ => {
                let detail = format!("`{}` has no value that the filter selects", target.path.attribute);
                return Err(ScimError::bad_request(ScimType::NoTarget, detail));
            }
        }
    }
    for &at in &selected {
        change_element(operation, &mut elements[at])?;
    }
    Ok(selected)
}

fn change_element(operation: &PatchOperation, element: &mut Value) -> Result<(), ScimError> {
    match (operation.target.path.is_whole(), operation.op) {
        (true, PatchOp::Remove) => *element = Value::Null,
        (true, PatchOp::Replace) => *element = without_nulls(operation.value.clone()),
        (true, PatchOp::Add) => *element = merged(operation, std::mem::take(element), operation.value.clone())?,
        (false, _) => {
            if let Value::Object(parts) = element {
                change_part(operation, parts)?;
            }
        }
    }
    Ok(())
}

/// The values that a conjunction of `eq` names; see `create_selected`.
fn describe(filter: &Filter, element: &mut Object) {
    match filter {
        Filter::And(parts) => parts.iter().for_each(|part| describe(part, element)),
        Filter::Compare { path, value, .. } => {
            if let Some(sub) = &path.sub {
                element.set(&**sub, value.clone());
            }
        }
        _ => (),
    }
}

/// RFC 7644 §3.5.2: a new primary value takes the place of the old one.
fn one_primary(elements: &mut [Value], touched: &[usize], name: &str) -> Result<(), ScimError> {
    let mut primary = touched.iter().copied().filter(|at| elements.get(*at).is_some_and(is_primary));
    let Some(chosen) = primary.next() else { return Ok(()) };
    if primary.any(|at| at != chosen) {
        return Err(ScimError::invalid_value(format!("`{name}` can have one primary value only")));
    }
    for (at, element) in elements.iter_mut().enumerate() {
        if at != chosen
            && is_primary(element)
            && let Value::Object(parts) = element
        {
            parts.set("primary", false);
        }
    }
    Ok(())
}
