//! Record → resource: what a client sees of what the application stores.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::expr::{Env, Outcome};
use crate::record::{FieldName, Record};
use crate::scim::{Meta, Resource, Version};
use crate::value::{Object, Value};

use super::{Read, ResourceMapping, Rule, convert};

/// Evaluates every rule that reads. Members, groups, references and ids are left to the gateway,
/// which alone knows the correlation.
#[must_use]
pub fn to_resource(mapping: &ResourceMapping, record: &Record, env: &Env) -> Resource {
    let meta = Meta { version: record.version.clone().map(Version::new), ..Meta::default() };
    let mut resource = Resource { attributes: Object::new(), external_id: None, id: None, meta };
    for rule in mapping.rules.iter().filter(|rule| rule.list.is_none()) {
        read_rule(rule, record, env, &mut resource);
    }
    read_lists(mapping, record, env, &mut resource);
    mapping.open.iter().filter(|rule| rule.reads).for_each(|rule| rule.read(record, &mut resource));
    for rule in mapping.rules.iter().filter(|rule| rule.list.is_none()) {
        if let Read::Constant(value) = &rule.read
            && (!rule.slot.path.multi_valued || rule.slot.has_home(&resource))
        {
            rule.slot.put(value.clone(), &mut resource);
        }
    }
    resource
}

fn read_rule(rule: &Rule, record: &Record, env: &Env, resource: &mut Resource) {
    let field = |name: &FieldName| record.fields.get(name).clone();
    match &rule.read {
        Read::Never | Read::Constant(_) => {}
        Read::Direct => {
            if let Some(name) = &rule.field {
                put(rule, field(name), resource);
            }
        }
        Read::Expression { expression, fields } => {
            let values: Vec<Value> = fields.iter().map(field).collect();
            if let Ok(Outcome::Value(value)) = expression.eval(&values, env) {
                assign(&rule.slot, value, resource);
            }
        }
        Read::Inverse { inverse, slots } => {
            let stored = rule.field.as_ref().map(field).unwrap_or_default();
            for (at, value) in inverse.solve(&stored).unwrap_or_default() {
                if let Some(slot) = slots.get(at) {
                    assign(slot, value, resource);
                }
            }
        }
    }
}

/// What the application translates stays as it is stored: the gateway asks for it, and puts it back.
fn put(rule: &Rule, value: Value, resource: &mut Resource) {
    if rule.lookup.is_none() {
        assign(&rule.slot, value, resource);
    } else if !value.is_unassigned() && value.as_str() != Some("") {
        rule.slot.put(value, resource);
    }
}

fn assign(slot: &super::Slot, value: Value, resource: &mut Resource) {
    let value = convert(value, slot.path.kind);
    // A column that may not be null says "none" with an empty text.
    if value.is_unassigned() || value.as_str() == Some("") {
        return;
    }
    if slot.path.schema.is_none() && &*slot.path.attribute == "meta" {
        assign_meta(slot.path.sub.as_deref(), &value, &mut resource.meta);
        return;
    }
    // A multi-valued attribute fed by a single field is a list of one.
    let value = match value {
        single if slot.path.multi_valued && slot.path.sub.is_none() && slot.selector.is_none() => {
            Value::List(single.elements().to_vec())
        }
        value => value,
    };
    slot.put(value, resource);
}

fn assign_meta(sub: Option<&str>, value: &Value, meta: &mut Meta) {
    let at: Option<Timestamp> = match value {
        Value::DateTime(at) => Some(*at),
        _ => None,
    };
    match sub {
        Some("created") => meta.created = at,
        Some("lastModified") => meta.last_modified = at,
        Some("version") => meta.version = Some(Version::new(value.to_text())),
        _ => {}
    }
}

fn read_lists(mapping: &ResourceMapping, record: &Record, env: &Env, resource: &mut Resource) {
    let mut done: BTreeSet<&FieldName> = BTreeSet::new();
    for rule in &mapping.rules {
        let Some(list) = &rule.list else { continue };
        if !done.insert(list) {
            continue;
        }
        let rows = record.fields.get(list).elements();
        let elements: Vec<Value> = rows
            .iter()
            .filter_map(Value::as_object)
            .map(|row| read_element(mapping, list, row, env))
            .filter(|element| !element.is_empty())
            .map(Value::Object)
            .collect();
        append(rule, elements, resource);
    }
}

fn read_element(mapping: &ResourceMapping, list: &FieldName, row: &Object, env: &Env) -> Object {
    let mut element = Object::new();
    for rule in mapping.rules.iter().filter(|rule| rule.list.as_ref() == Some(list)) {
        let Some(sub) = &rule.slot.path.sub else { continue };
        let stored = |name: &FieldName| row.get(name.as_str()).cloned().unwrap_or_default();
        let value = match &rule.read {
            Read::Never => continue,
            Read::Constant(value) => value.clone(),
            Read::Direct => rule.field.as_ref().map(stored).unwrap_or_default(),
            Read::Expression { expression, fields } => {
                let values: Vec<Value> = fields.iter().map(stored).collect();
                match expression.eval(&values, env) {
                    Ok(Outcome::Value(value)) => value,
                    _ => continue,
                }
            }
            Read::Inverse { inverse, .. } => {
                let solved = inverse.solve(&rule.field.as_ref().map(stored).unwrap_or_default());
                solved.unwrap_or_default().into_iter().next().map(|(_, value)| value).unwrap_or_default()
            }
        };
        let value = if rule.lookup.is_some() { value } else { convert(value, rule.slot.path.kind) };
        if !value.is_unassigned() && value.as_str() != Some("") {
            element.set(&**sub, value);
        }
    }
    element
}

fn append(rule: &Rule, elements: Vec<Value>, resource: &mut Resource) {
    if elements.is_empty() {
        return;
    }
    let mut path = rule.slot.path.clone();
    path.sub = None;
    let whole = super::Slot { path, selector: None };
    let mut all = whole.value_in(resource).elements().to_vec();
    all.extend(elements);
    whole.put(Value::List(all), resource);
}
