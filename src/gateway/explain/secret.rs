//! What is never shown: attributes that no answer returns, and the fields that get something of them.

use crate::mapping::{ResourceMapping, Slot, Write};
use crate::plan::{InsertPlan, UpdatePlan};
use crate::record::{FieldName, Fields};
use crate::scim::{AttributePath, Filter, Returned};
use crate::value::{Object, Value};

/// Stands in place of such a value.
pub(in crate::gateway) const HIDDEN: &str = "(not shown)";

/// True for an attribute that is never returned (RFC 7643 §7), by its schema or by its rule.
pub(in crate::gateway) fn is_secret(path: &AttributePath, mapping: &ResourceMapping) -> bool {
    let Some(attribute) = path.definition(&mapping.kind) else { return true };
    let part = path.sub.as_deref().and_then(|sub| attribute.sub_attribute(sub));
    let by_schema = attribute.returned == Returned::Never || part.is_some_and(|part| part.returned == Returned::Never);
    let by_rule = mapping.rules.iter().any(|rule| rule.slot.path == *path && rule.is_never_shown());
    by_schema || by_rule
}

/// True when a filter compares such an attribute.
pub(super) fn is_asked_for(filter: &Filter, mapping: &ResourceMapping) -> bool {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().any(|part| is_asked_for(part, mapping)),
        Filter::Not(inner) => is_asked_for(inner, mapping),
        Filter::Present(_) => false,
        Filter::Compare { path, .. } => is_secret(path, mapping),
        Filter::Element { path, filter, .. } => is_secret(path, mapping) || is_asked_for(filter, mapping),
    }
}

/// The value of a whole attribute without the parts that are never shown.
pub(super) fn without_secrets(path: &AttributePath, value: &Value, mapping: &ResourceMapping) -> Value {
    match value {
        Value::List(items) => Value::List(items.iter().map(|item| without_secrets(path, item, mapping)).collect()),
        Value::Object(parts) if path.sub.is_none() => {
            let hidden = |(name, value): (&str, &Value)| {
                let part = AttributePath { sub: Some(name.into()), ..path.clone() };
                let value = if is_secret(&part, mapping) { HIDDEN.into() } else { value.clone() };
                (name.to_owned(), value)
            };
            Value::Object(parts.iter().map(hidden).collect())
        }
        other => other.clone(),
    }
}

/// Hides what a new record would get of them.
pub(super) fn hide_insert(plan: &mut InsertPlan, mapping: &ResourceMapping) {
    for (list, field) in fields(mapping) {
        hide(&mut plan.fields, list, field);
        plan.unique.iter_mut().filter(|unique| unique.field == *field).for_each(|unique| unique.value = HIDDEN.into());
    }
}

/// Hides what a stored record has of them.
pub fn hide_stored(stored: &mut Fields, mapping: &ResourceMapping) {
    fields(mapping).into_iter().for_each(|(list, field)| hide(stored, list, field));
}

/// Hides what a changed record would get of them.
pub(super) fn hide_update(plan: &mut UpdatePlan, mapping: &ResourceMapping) {
    for (list, field) in fields(mapping) {
        hide(&mut plan.set, list, field);
        hide(&mut plan.whole, list, field);
        plan.unique.iter_mut().filter(|unique| unique.field == *field).for_each(|unique| unique.value = HIDDEN.into());
        for change in plan.lists.iter_mut().filter(|change| Some(&change.list) == list) {
            let elements = change.remove.iter_mut().chain(&mut change.add).chain(&mut change.all);
            elements.for_each(|element| hide_in(element, field));
        }
    }
}

/// The fields that get something of them, each with the list that it is in.
fn fields(mapping: &ResourceMapping) -> Vec<(Option<&FieldName>, &FieldName)> {
    let secret = |slot: &Slot| is_secret(&slot.path, mapping);
    let computed = |write: &Write| match write {
        Write::Expression(computed) => computed.expression.is_redacted() || computed.slots.iter().any(secret),
        _ => false,
    };
    let rules = mapping.rules.iter().filter(|rule| secret(&rule.slot) || computed(&rule.write));
    let of_rules = rules.filter_map(|rule| Some((rule.list.as_ref(), rule.field.as_ref()?)));
    let others = mapping.fields.iter().filter(|rule| computed(&rule.write)).map(|rule| (None, &rule.field));
    of_rules.chain(others).collect()
}

fn hide(fields: &mut Fields, list: Option<&FieldName>, field: &FieldName) {
    let Some(list) = list else {
        if !fields.get(field).is_unassigned() {
            fields.set(field, HIDDEN.into());
        }
        return;
    };
    let mut elements = fields.get(list).clone();
    if let Value::List(items) = &mut elements {
        items.iter_mut().for_each(|item| {
            if let Value::Object(element) = item {
                hide_in(element, field);
            }
        });
        fields.set(list, elements);
    }
}

fn hide_in(element: &mut Object, field: &FieldName) {
    if element.get(field.as_str()).is_some_and(|value| !value.is_unassigned()) {
        element.set(field.as_str(), HIDDEN);
    }
}
