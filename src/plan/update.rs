//! PUT and PATCH: the resource as it was and as it shall be → what changes in the record.

use std::sync::Arc;

use crate::expr::Env;
use crate::mapping::{Bag, Moment, OpenRule, ResourceMapping, to_record};
use crate::record::{FieldName, Fields, RecordKey};
use crate::scim::{Resource, ScimError};
use crate::value::{Object, Value};

use super::create::unique;
use super::{ListChange, MembersChange, UpdatePlan};

/// An update and the attributes that it changes.
#[derive(Debug, Clone)]
pub struct Update {
    /// What the application is asked to do; `None` when nothing changes.
    pub plan: Option<UpdatePlan>,
    /// The names of the attributes that change.
    pub changed: Vec<String>,
}

/// Plans the difference between two states of a resource, and a change of members.
///
/// # Errors
/// 400 `invalidValue` naming the attribute.
pub fn update(
    mapping: &ResourceMapping,
    key: &RecordKey,
    before: &Resource,
    after: &Resource,
    members: MembersChange,
    env: &Env,
) -> Result<Update, ScimError> {
    let old = to_record(mapping, before, Moment::Stored, env)?;
    let new = to_record(mapping, after, Moment::Update(before), env)?;
    let mut set = Fields::new();
    let mut merge = Fields::new();
    let mut lists = Vec::new();
    for (name, value) in new.iter() {
        let field = FieldName::new(name);
        if old.get(&field) == value {
            continue;
        }
        if is_object(mapping, &field) {
            merge.set(&field, difference(old.get(&field), value).into());
        } else if is_list(mapping, &field) {
            lists.push(list_change(field, old.get(&FieldName::new(name)), value));
        } else {
            set.set(&field, value.clone());
        }
    }
    let changed = changed_names(mapping, before, after, &members);
    if set.is_empty() && merge.is_empty() && lists.is_empty() && members == MembersChange::None {
        return Ok(Update { plan: None, changed });
    }
    let unique = unique(mapping, &set);
    if !set.is_empty() || !merge.is_empty() || !lists.is_empty() {
        add_companions(mapping, &new, &mut set);
    }
    let whole = to_record(mapping, after, Moment::Whole(&new), env).unwrap_or(new);
    let resource = Arc::clone(&mapping.kind.name);
    let expected_version = None;
    let enables = enables(before, after);
    let (key, token) = (key.clone(), Arc::clone(&env.token));
    let plan =
        UpdatePlan { resource, key, set, whole, merge, lists, members, unique, enables, expected_version, token };
    Ok(Update { plan: Some(plan), changed })
}

/// Whether the change enables or disables; one who has no `active` counts as active.
fn enables(before: &Resource, after: &Resource) -> Option<bool> {
    let active = |resource: &Resource| resource.attributes.get("active") != Some(&Value::Boolean(false));
    (active(before) != active(after)).then(|| active(after))
}

/// Fields that change with every change (`updated_on`), though no attribute feeds them.
fn add_companions(mapping: &ResourceMapping, new: &Fields, set: &mut Fields) {
    for rule in &mapping.fields {
        if new.contains(&rule.field) && !set.contains(&rule.field) {
            set.set(&rule.field, new.get(&rule.field).clone());
        }
    }
}

fn is_list(mapping: &ResourceMapping, field: &FieldName) -> bool {
    let of_bag = |rule: &OpenRule| matches!(&rule.bag, Bag::Rows { list, .. } if list == field);
    mapping.rules.iter().any(|rule| rule.list.as_ref() == Some(field)) || mapping.open.iter().any(of_bag)
}

fn is_object(mapping: &ResourceMapping, field: &FieldName) -> bool {
    mapping.open.iter().any(|rule| matches!(&rule.bag, Bag::Members(bag) if bag == field))
}

/// The members that differ, null for those that are gone.
fn difference(old: &Value, new: &Value) -> Object {
    let none = Object::new();
    let (old, new) = (old.as_object().unwrap_or(&none), new.as_object().unwrap_or(&none));
    let gone = old.iter().filter(|(name, _)| new.get(name).is_none()).map(|(name, _)| (name.to_owned(), Value::Null));
    let changed = new.iter().filter(|(name, value)| old.get(name) != Some(*value));
    gone.chain(changed.map(|(name, value)| (name.to_owned(), value.clone()))).collect()
}

fn list_change(list: FieldName, old: &Value, new: &Value) -> ListChange {
    let objects =
        |value: &Value| -> Vec<Object> { value.elements().iter().filter_map(Value::as_object).cloned().collect() };
    let (old, all) = (objects(old), objects(new));
    let only_in = |some: &[Object], others: &[Object]| -> Vec<Object> {
        some.iter().filter(|element| !others.contains(element)).cloned().collect()
    };
    ListChange { list, remove: only_in(&old, &all), add: only_in(&all, &old), all }
}

fn changed_names(
    mapping: &ResourceMapping,
    before: &Resource,
    after: &Resource,
    members: &MembersChange,
) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for rule in &mapping.rules {
        let name = match &rule.slot.path.schema {
            Some(schema) => format!("{schema}:{}", rule.slot.path.attribute),
            None => rule.slot.path.attribute.to_string(),
        };
        if !names.contains(&name) && rule.slot.value_in(before) != rule.slot.value_in(after) {
            names.push(name);
        }
    }
    let differs = |rule: &&OpenRule| rule.attributes_of(before) != rule.attributes_of(after);
    names.extend(mapping.open.iter().filter(differs).map(OpenRule::label));
    if *members != MembersChange::None {
        names.push("members".to_owned());
    }
    names
}
