//! Resource → fields: what the application is to store.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::Env;
use crate::record::{FieldName, Fields};
use crate::scim::{Resource, ScimError};
use crate::value::{Object, Value};

use super::{Apply, ResourceMapping, Rule, Unmapped, Write};

mod evaluate;
mod once;

use evaluate::evaluate;

/// Which candidate of `SelectUniqueValue` each field gets (from 0); the first where nothing is said.
pub type Chosen = BTreeMap<FieldName, usize>;

/// When a record is written, and what may be refused then.
#[derive(Debug, Clone, Copy)]
pub enum Moment<'a> {
    /// It is made: defaults, and fields that are set once; every value is checked.
    Create(&'a Chosen),
    /// It is changed: only what differs from the resource as it was is checked, so that a legacy
    /// record that breaks a rule can still be disabled.
    Update(&'a Resource),
    /// It is changed, and this is what was computed for the change: the whole record, as if it were
    /// made. A password is not hashed twice.
    Whole(&'a Fields),
    /// It is there already: nothing is refused; what cannot be computed is null.
    Stored,
}

impl Moment<'_> {
    pub(super) const fn is_create(self) -> bool {
        matches!(self, Self::Create(_) | Self::Whole(_))
    }

    /// Which candidate a field gets.
    fn candidate(self, field: &FieldName) -> usize {
        match self {
            Self::Create(chosen) => chosen.get(field).copied().unwrap_or_default(),
            _ => 0,
        }
    }

    /// What was computed for the change already and would take long again.
    fn known(self, write: &Write, field: &FieldName) -> Option<Value> {
        match self {
            Self::Whole(fields) if write.is_slow() && fields.contains(field) => Some(fields.get(field).clone()),
            _ => None,
        }
    }
}

/// The fields that a resource means: on creation without those that have no value, later with
/// `Null` for those that are cleared.
///
/// # Errors
/// 400 `invalidValue` naming the attribute: a required value is missing, a value is not accepted,
/// an expression cannot take it. 400 `invalidSyntax` naming all attributes that the mapping refuses.
pub fn to_record(
    mapping: &ResourceMapping,
    resource: &Resource,
    moment: Moment<'_>,
    env: &Env,
) -> Result<Fields, ScimError> {
    if !matches!(moment, Moment::Stored) {
        check_unmapped(mapping, resource, moment)?;
    }
    let mut fields = Fields::new();
    for rule in mapping.rules.iter().filter(|rule| rule.list.is_none()) {
        write_rule(rule, resource, moment, env, &mut fields)?;
    }
    write_lists(mapping, resource, moment, env, &mut fields)?;
    for rule in mapping.open.iter().filter(|rule| rule.writes) {
        rule.write(resource, moment, &mut fields)?;
    }
    for rule in mapping.fields.iter().filter(|rule| moment.is_create() || rule.apply == Apply::Always) {
        let unknown = |slot: &super::Slot| slot.value_in(resource).is_unassigned();
        if !moment.is_create() && rule.unread.iter().any(unknown) {
            continue;
        }
        if let Some(known) = moment.known(&rule.write, &rule.field) {
            put(&mut fields, &rule.field, known, moment);
            continue;
        }
        let value = match &rule.write {
            Write::Constant(value) => value.clone(),
            // A token that says nothing of it leaves the field as it is.
            Write::OfToken(text) => match text.value(&env.token) {
                Some(value) => value,
                None => continue,
            },
            Write::Expression(computed) => {
                let (label, candidate) = (rule.field.as_str(), moment.candidate(&rule.field));
                let value = evaluate(computed, candidate, |slot| slot.value_in(resource), label, moment, env);
                match value.map_err(|fault| fault.of_field(computed))? {
                    Some(value) => value,
                    None => continue,
                }
            }
            Write::Never | Write::Direct => continue,
        };
        put(&mut fields, &rule.field, value, moment);
    }
    Ok(fields)
}

fn write_rule(
    rule: &Rule,
    resource: &Resource,
    moment: Moment<'_>,
    env: &Env,
    fields: &mut Fields,
) -> Result<(), ScimError> {
    let given = rule.slot.value_in(resource);
    let unchanged = match moment {
        Moment::Create(_) | Moment::Whole(_) => false,
        Moment::Update(before) => rule.slot.value_in(before) == given,
        Moment::Stored => true,
    };
    if !unchanged {
        check_value(rule, &given, moment)?;
    }
    let Some(field) = &rule.field else { return Ok(()) };
    if rule.apply == Apply::Create
        && !moment.is_create()
        && !matches!(moment, Moment::Update(before) if once::may_write(rule, before, resource, moment, env)?)
    {
        return Ok(());
    }
    if let Some(known) = moment.known(&rule.write, field) {
        put(fields, field, known, moment);
        return Ok(());
    }
    let value = match &rule.write {
        Write::Never | Write::OfToken(_) => return Ok(()),
        Write::Constant(value) => value.clone(),
        Write::Direct => given,
        Write::Expression(computed) => {
            let label = rule.slot.to_string();
            let candidate = moment.candidate(field);
            let value = evaluate(computed, candidate, |slot| slot.value_in(resource), &label, moment, env);
            match value.map_err(|fault| fault.of_attribute(&label))? {
                Some(value) => value,
                None => return Ok(()),
            }
        }
    };
    let value = match (value, &rule.default) {
        (Value::Null, Some(default)) => default.clone(),
        (value, _) => value,
    };
    put(fields, field, value, moment);
    Ok(())
}

/// On creation a field without a value is left to the application's own default; later it is
/// cleared.
fn put(fields: &mut Fields, field: &FieldName, value: Value, moment: Moment<'_>) {
    if value == Value::Null && (moment.is_create() || fields.contains(field)) {
        return;
    }
    fields.set(field, value);
}

fn check_value(rule: &Rule, value: &Value, moment: Moment<'_>) -> Result<(), ScimError> {
    let required = rule.required && (moment.is_create() || !rule.required_once);
    if required && rule.default.is_none() && (value.is_unassigned() || value.as_str() == Some("")) {
        return Err(ScimError::invalid_value(format!("`{}` is required", rule.slot)));
    }
    value.elements().iter().filter_map(Value::as_str).try_for_each(|text| check_text(rule, text))
}

/// Most accepted values that a refusal lists.
const MOST_LISTED: usize = 20;

/// `one_of` and `max_length`, of each value where a field holds several.
fn check_text(rule: &Rule, text: &str) -> Result<(), ScimError> {
    if !rule.one_of.is_empty() && !rule.one_of.iter().any(|accepted| accepted == text) {
        if rule.one_of.len() > MOST_LISTED {
            let message = format!("`{}` is none of the {} values that are accepted", rule.slot, rule.one_of.len());
            return Err(ScimError::invalid_value(message));
        }
        let accepted = rule.one_of.join("`, `");
        return Err(ScimError::invalid_value(format!("`{}` must be one of `{accepted}`", rule.slot)));
    }
    if rule.max_length.is_some_and(|most| text.chars().count() as u64 > most) {
        let most = rule.max_length.unwrap_or_default();
        return Err(ScimError::invalid_value(format!("`{}` is longer than {most} characters", rule.slot)));
    }
    Ok(())
}

/// Each list field gets one object for each element of its attribute, except those elements that
/// rules with a selector have taken.
fn write_lists(
    mapping: &ResourceMapping,
    resource: &Resource,
    moment: Moment<'_>,
    env: &Env,
    fields: &mut Fields,
) -> Result<(), ScimError> {
    let mut done: BTreeSet<&FieldName> = BTreeSet::new();
    for rule in &mapping.rules {
        let Some(list) = &rule.list else { continue };
        if !done.insert(list) {
            continue;
        }
        let whole = whole_of(rule);
        let mut elements = Vec::new();
        let all = whole.value_in(resource);
        let taken = mapping.taken_by_selectors(rule, all.elements());
        for element in all.elements().iter().filter_map(Value::as_object) {
            if taken.contains(&element) {
                continue;
            }
            let written = write_element(mapping, list, element, moment, env)?;
            if !written.is_empty() {
                elements.push(Value::Object(written));
            }
        }
        fields.set(list, Value::List(elements));
    }
    Ok(())
}

fn whole_of(rule: &Rule) -> super::Slot {
    let mut path = rule.slot.path.clone();
    path.sub = None;
    super::Slot { path, selector: None }
}

fn write_element(
    mapping: &ResourceMapping,
    list: &FieldName,
    element: &Object,
    moment: Moment<'_>,
    env: &Env,
) -> Result<Object, ScimError> {
    let mut written = Object::new();
    for rule in mapping.rules.iter().filter(|rule| rule.list.as_ref() == Some(list)) {
        let Some(field) = &rule.field else { continue };
        let given = rule.slot.value_in_element(element);
        if !matches!(moment, Moment::Stored) {
            check_value(rule, &given, moment)?;
        }
        let value = match &rule.write {
            Write::Never | Write::OfToken(_) => continue,
            Write::Constant(value) => value.clone(),
            Write::Direct => given,
            Write::Expression(computed) => {
                let label = rule.slot.to_string();
                let value = evaluate(computed, 0, |slot| slot.value_in_element(element), &label, moment, env);
                match value.map_err(|fault| fault.of_attribute(&label))? {
                    Some(value) => value,
                    None => continue,
                }
            }
        };
        let value = match value {
            Value::Null => rule.default.clone().unwrap_or_default(),
            value => value,
        };
        written.set(field.as_str(), value);
    }
    Ok(if written.iter().all(|(_, value)| *value == Value::Null) { Object::new() } else { written })
}

fn check_unmapped(mapping: &ResourceMapping, resource: &Resource, moment: Moment<'_>) -> Result<(), ScimError> {
    let Unmapped::Reject(accepted) = &mapping.unmapped else { return Ok(()) };
    let is_accepted = |name: &String| accepted.iter().any(|have| have.eq_ignore_ascii_case(name));
    let mut refused = Vec::new();
    for name in attribute_names(&resource.attributes, mapping).into_iter().filter(|name| !is_accepted(name)) {
        match resource.attributes.get(&name) {
            _ if !mapping.maps(&name) => refused.push(name),
            Some(Value::Object(parts)) => refused.extend(unmapped_parts(mapping, &name, parts)),
            _ => {}
        }
    }
    refused.retain(|name| !is_accepted(name));
    let Some(last) = refused.pop() else { return Ok(()) };
    let detail = match refused.as_slice() {
        [] => format!("`{last}` is not supported by this application"),
        others => format!("`{}` and `{last}` are not supported by this application", others.join("`, `")),
    };
    Err(if moment.is_create() { ScimError::invalid_syntax(detail) } else { ScimError::invalid_value(detail) })
}

/// The parts of an attribute with one value (`name.givenName`) that no rule is about.
fn unmapped_parts(mapping: &ResourceMapping, name: &str, parts: &Object) -> Vec<String> {
    let ruled = |part: &str| {
        mapping.rules.iter().map(|rule| &rule.slot.path).any(|path| {
            path.schema.is_none()
                && path.attribute.eq_ignore_ascii_case(name)
                && path.sub.as_ref().is_none_or(|sub| sub.eq_ignore_ascii_case(part))
        })
    };
    let given = parts.iter().filter(|(_, value)| !value.is_unassigned());
    given.filter(|(part, _)| !ruled(part)).map(|(part, _)| format!("{name}.{part}")).collect()
}

/// The names of all attributes that a resource carries; those of extensions with their URN.
#[must_use]
pub fn attribute_names(attributes: &Object, mapping: &ResourceMapping) -> Vec<String> {
    let mut names = Vec::new();
    for (name, value) in attributes.iter().filter(|(_, value)| !value.is_unassigned()) {
        let extension = mapping.kind.extensions.iter().find(|extension| extension.schema.id.eq_ignore_ascii_case(name));
        match (extension, value) {
            (Some(extension), Value::Object(object)) => {
                names.extend(object.iter().map(|(inner, _)| format!("{}:{inner}", extension.schema.id)));
            }
            _ => names.push(name.to_owned()),
        }
    }
    names
}

impl ResourceMapping {
    /// True when some rule is about the attribute called `name` (with its URN in an extension), or
    /// when the gateway itself keeps it.
    #[must_use]
    pub fn maps(&self, name: &str) -> bool {
        let whole = |rule: &Rule| {
            let path = &rule.slot.path;
            path.schema.as_ref().map_or_else(|| path.attribute.to_string(), |urn| format!("{urn}:{}", path.attribute))
        };
        (name == "members" && self.has_members())
            || name == "groups"
            || self.rules.iter().any(|rule| whole(rule).eq_ignore_ascii_case(name))
            || self.open.iter().any(|rule| self.open_name(rule, name).is_some())
    }

    /// The name of an attribute that an open schema's rule keeps; `name` begins with a URN.
    fn open_name<'n>(&self, rule: &super::OpenRule, name: &'n str) -> Option<&'n str> {
        let (urn, name) = (name.get(..rule.schema.len())?, name.get(rule.schema.len()..)?.strip_prefix(':')?);
        (rule.schema.eq_ignore_ascii_case(urn) && rule.keeps(name)).then_some(name)
    }

    pub(super) fn taken_by_selectors<'a>(&self, list_rule: &Rule, elements: &'a [Value]) -> Vec<&'a Object> {
        let others = self
            .rules
            .iter()
            .filter(|rule| rule.slot.path.same_attribute(&list_rule.slot.path) && rule.field.is_some());
        others.filter_map(|rule| rule.slot.selector.as_ref()?.chosen_of(elements)).collect()
    }
}
