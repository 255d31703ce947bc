//! `[lookup.NAME]` without `values`: rows of the application that translate a value, such as the
//! names of folders into their ids. What is asked is decided here; asking is the gateway's.

use std::sync::Arc;
use std::time::Duration;

use crate::record::{FieldName, FieldShape, RecordShape};
use crate::scim::Resource;
use crate::value::{Object, Value};

use super::{ResourceMapping, Rule, Slot};

/// Rows of the application, each with what clients say and what fields hold.
#[derive(Debug)]
pub struct Lookup {
    /// Its name in the mapping: `folder`.
    pub name: Arc<str>,
    /// What drivers call it, so that it is no resource type's name: `lookup.folder`.
    pub resource: Arc<str>,
    /// The field with what clients say.
    pub from: FieldName,
    /// The field with what is stored.
    pub to: FieldName,
    /// What a word without a row leads to.
    pub missing: Missing,
    /// How long an answer is good for.
    pub kept: Duration,
    /// True when `A` and `a` are two words.
    pub case_exact: bool,
    /// True when clients may also send what is stored.
    pub accept_key: bool,
}

/// What a word without a row leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// 400 `invalidValue`.
    #[default]
    Reject,
    /// It is stored, and shown, as it is.
    Keep,
}

impl Lookup {
    /// What the driver must know: two fields, both only read.
    #[must_use]
    pub fn shape(&self) -> RecordShape {
        let field = |name: &FieldName, label: &str| FieldShape {
            name: name.clone(),
            list: None,
            label: label.into(),
            read: true,
            written: false,
            once: false,
        };
        RecordShape {
            resource: Arc::clone(&self.resource),
            fields: vec![field(&self.from, "from"), field(&self.to, "to")],
            members: Vec::new(),
            looked_up: true,
        }
    }
}

impl ResourceMapping {
    /// The rules whose values the application translates, each with its number.
    pub fn looked_up(&self) -> impl Iterator<Item = (usize, &Rule, &Arc<Lookup>)> {
        self.rules.iter().enumerate().filter_map(|(at, rule)| Some((at, rule, rule.lookup.as_ref()?)))
    }

    /// Puts something else in place of each value that a rule is about. Where `change` gives nothing
    /// the value goes, and in a list the element that it is in. What has no value is left alone.
    pub fn replace_values(
        &self,
        rule: &Rule,
        resource: &mut Resource,
        change: &mut dyn FnMut(&Value) -> Option<Value>,
    ) {
        if rule.list.is_some() {
            self.replace_in_list(rule, resource, change);
            return;
        }
        let changed = match rule.slot.value_in(resource) {
            value if !is_there(&value) => return,
            Value::List(items) => Value::List(items.iter().filter(|item| is_there(item)).filter_map(change).collect()),
            value => change(&value).unwrap_or_default(),
        };
        rule.slot.put(changed, resource);
    }

    fn replace_in_list(&self, rule: &Rule, resource: &mut Resource, change: &mut dyn FnMut(&Value) -> Option<Value>) {
        let Some(sub) = &rule.slot.path.sub else { return };
        let whole = whole_of(rule);
        let all = whole.value_in(resource);
        let taken = self.taken_by_selectors(rule, all.elements());
        let mut changed = Vec::new();
        for item in all.elements() {
            let Some(element) = item.as_object().filter(|element| !taken.contains(element)) else {
                changed.push(item.clone());
                continue;
            };
            let value = element.get(sub).cloned().unwrap_or_default();
            if !is_there(&value) {
                changed.push(item.clone());
            } else if let Some(value) = change(&value) {
                let mut element = element.clone();
                element.set(&**sub, value);
                changed.push(Value::Object(element));
            }
        }
        if !all.is_unassigned() {
            whole.put(Value::List(changed), resource);
        }
    }

    /// Leaves out elements that say the same again: a word and the key that it stands for.
    pub fn drop_repeated(&self, rule: &Rule, resource: &mut Resource) {
        if !rule.slot.path.multi_valued || rule.slot.selector.is_some() {
            return;
        }
        let whole = whole_of(rule);
        let mut kept: Vec<Value> = Vec::new();
        let all = whole.value_in(resource);
        for element in all.elements().iter() {
            if !kept.contains(element) {
                kept.push(element.clone());
            }
        }
        if kept.len() < all.elements().len() {
            whole.put(Value::List(kept), resource);
        }
    }

    /// Every value that a rule is about.
    #[must_use]
    pub fn values_of(&self, rule: &Rule, resource: &Resource) -> Vec<Value> {
        let mut values = Vec::new();
        // Nothing is changed: each value takes its own place.
        self.replace_values(rule, &mut resource.clone(), &mut |value| {
            values.push(value.clone());
            Some(value.clone())
        });
        values
    }

    /// Puts those values of `before` that `is_kept` back into `after`: what a client does not see it
    /// cannot have meant to take away.
    pub fn keep_values(&self, rule: &Rule, before: &Resource, after: &mut Resource, is_kept: &dyn Fn(&Value) -> bool) {
        let mut kept = before.clone();
        self.replace_values(rule, &mut kept, &mut |value| is_kept(value).then(|| value.clone()));
        let (slot, had) = match &rule.list {
            Some(_) => {
                let whole = whole_of(rule);
                let had = whole.value_in(&kept);
                let fits = |element: &&Object| {
                    rule.slot.path.sub.as_ref().and_then(|sub| element.get(sub)).is_some_and(is_kept)
                };
                let had = had.elements().iter().filter_map(Value::as_object).filter(fits);
                (whole, had.cloned().map(Value::Object).collect::<Vec<_>>())
            }
            None => (rule.slot.clone(), rule.slot.value_in(&kept).elements().to_vec()),
        };
        let had: Vec<Value> = had.into_iter().filter(is_there).collect();
        let has = slot.value_in(after);
        let several = rule.slot.path.multi_valued && rule.slot.selector.is_none();
        match had.first() {
            Some(_) if several => slot.put(Value::List([has.elements(), &had].concat()), after),
            Some(one) if !is_there(&has) => slot.put(one.clone(), after),
            _ => {}
        }
    }
}

fn is_there(value: &Value) -> bool {
    !value.is_unassigned() && value.as_str() != Some("")
}

/// The multi-valued attribute that the rule's attribute is a part of.
fn whole_of(rule: &Rule) -> Slot {
    let mut path = rule.slot.path.clone();
    path.sub = None;
    Slot { path, selector: None }
}
