//! One attribute's value: its type, its parts, its elements, and when two elements are the same.

use std::collections::HashSet;

use crate::scim::compare::{binary, date_time};
use crate::scim::path::excerpt;
use crate::scim::{Attribute, AttributeType, LONGEST_OPEN_VALUE, Mutability, ScimError, Uniqueness};
use crate::value::{Object, Value, prepared};

/// What a null inside a complex value means: nothing, or an order to clear that part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nulls {
    Drop,
    Keep,
}

pub(super) struct Conform {
    pub(super) nulls: Nulls,
}

impl Conform {
    /// The whole value of an attribute: a list where the attribute is one.
    pub(super) fn whole(
        &self,
        value: &Value,
        attribute: &Attribute,
        name: &str,
        unknown: &mut Vec<String>,
    ) -> Result<Value, ScimError> {
        if attribute.multi_valued && !matches!(value, Value::List(_) | Value::Null) {
            return Err(ScimError::invalid_value(format!("`{name}` must be a list")));
        }
        self.attribute(value, attribute, name, unknown)
    }

    /// The whole value, or one element of it.
    pub(super) fn attribute(
        &self,
        value: &Value,
        attribute: &Attribute,
        name: &str,
        unknown: &mut Vec<String>,
    ) -> Result<Value, ScimError> {
        match value {
            Value::Null => Ok(Value::Null),
            Value::List(items) if attribute.multi_valued => {
                // An element has nothing to keep: it is set whole.
                let conform = Self { nulls: Nulls::Drop };
                let items = items.iter().filter(|item| **item != Value::Null);
                let items = items.map(|item| conform.single(item, attribute, name, unknown));
                let items = items.filter(|item| !item.as_ref().is_ok_and(Value::is_unassigned));
                let items = without_repetition(items.collect::<Result<_, _>>()?, attribute);
                check_primary(&items, name)?;
                Ok(Value::List(items))
            }
            Value::List(_) => Err(ScimError::invalid_value(format!("`{name}` takes one value, not a list"))),
            single => self.single(single, attribute, name, unknown),
        }
    }

    fn single(
        &self,
        value: &Value,
        attribute: &Attribute,
        name: &str,
        unknown: &mut Vec<String>,
    ) -> Result<Value, ScimError> {
        if attribute.kind != AttributeType::Complex {
            return simple(value, attribute, name);
        }
        let Value::Object(object) = value else {
            return Err(ScimError::invalid_value(format!("`{name}` must be an object")));
        };
        let mut parts = Object::new();
        for sub in attribute.sub_attributes.iter().filter(|sub| sub.mutability != Mutability::ReadOnly) {
            let Some(value) = object.get(&sub.name) else { continue };
            let value = self.whole(value, sub, &format!("{name}.{}", sub.name), unknown)?;
            if self.nulls == Nulls::Keep || !value.is_unassigned() {
                parts.set(&*sub.name, value);
            }
        }
        for (part, _) in object.iter().filter(|(part, _)| attribute.sub_attribute(part).is_none()) {
            // A list of 100,000 members may repeat the same unknown name 100,000 times.
            let part = format!("{name}.{}", excerpt(part));
            if unknown.len() < MOST_UNKNOWN && !unknown.contains(&part) {
                unknown.push(part);
            }
        }
        check_parts(&parts, attribute, name, self.nulls)?;
        Ok(Value::Object(parts))
    }
}

fn check_parts(parts: &Object, attribute: &Attribute, name: &str, nulls: Nulls) -> Result<(), ScimError> {
    if nulls == Nulls::Keep && !attribute.multi_valued {
        return Ok(());
    }
    // A member without an id is nobody, though RFC 7643 §8.7.1 does not call `value` required.
    let needed = |sub: &&Attribute| sub.required || (is_reference_set(attribute) && &*sub.name == "value");
    let empty = |value: Option<&Value>| value.is_none_or(|value| value.is_unassigned() || value.as_str() == Some(""));
    match attribute.sub_attributes.iter().filter(needed).find(|sub| empty(parts.get(&sub.name))) {
        Some(sub) => Err(ScimError::invalid_value(format!("`{name}.{}` is required", sub.name))),
        None => Ok(()),
    }
}

fn simple(value: &Value, attribute: &Attribute, name: &str) -> Result<Value, ScimError> {
    if attribute.open {
        return open(value, attribute, name);
    }
    let conformed = match (attribute.kind, value) {
        (AttributeType::String | AttributeType::Reference, Value::String(text)) => {
            check_characters(text, attribute, name)?;
            Some(value.clone())
        }
        (AttributeType::Boolean, Value::Boolean(_))
        | (AttributeType::Integer, Value::Integer(_))
        | (AttributeType::Decimal, Value::Decimal(_))
        | (AttributeType::DateTime, Value::DateTime(_))
        | (AttributeType::Binary, Value::Binary(_)) => Some(value.clone()),
        (AttributeType::Integer, Value::Decimal(number)) => whole(*number).map(Value::Integer),
        #[allow(clippy::cast_precision_loss, reason = "a decimal attribute holds a double")]
        (AttributeType::Decimal, Value::Integer(number)) => Some(Value::Decimal(*number as f64)),
        (AttributeType::DateTime, Value::String(text)) => date_time(text).map(Value::DateTime),
        (AttributeType::Binary, Value::String(text)) => binary(text).map(Value::Binary),
        _ => None,
    };
    conformed.ok_or_else(|| ScimError::invalid_value(format!("`{name}` must be {}", wanted(attribute.kind))))
}

/// What an open schema keeps is text; a client that cannot know so may send a number or a truth value.
/// That it was one is known until it is written.
fn open(value: &Value, attribute: &Attribute, name: &str) -> Result<Value, ScimError> {
    if matches!(value, Value::List(_) | Value::Object(_)) {
        return Err(ScimError::invalid_value(format!("`{name}` must be a string, a number, true or false")));
    }
    let text = value.to_text();
    if text.chars().count() > LONGEST_OPEN_VALUE {
        return Err(ScimError::invalid_value(format!("`{name}` is longer than {LONGEST_OPEN_VALUE} characters")));
    }
    check_characters(&text, attribute, name)?;
    Ok(value.clone())
}

#[allow(clippy::cast_possible_truncation, reason = "the range was checked")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64)
}

/// No database text holds U+0000. In a name by which people or clients are found, other control
/// characters are never meant and hide what is really there.
fn check_characters(text: &str, attribute: &Attribute, name: &str) -> Result<(), ScimError> {
    let is_identifier = attribute.required
        || attribute.uniqueness != Uniqueness::None
        || &*attribute.name == "externalId"
        || (&*attribute.name == "value" && attribute.mutability == Mutability::Immutable);
    let forbidden = |c: char| c == '\0' || (is_identifier && c < ' ' && !matches!(c, '\t' | '\n' | '\r'));
    if text.contains(forbidden) {
        return Err(ScimError::invalid_value(format!("`{name}` has a control character")));
    }
    Ok(())
}

const fn wanted(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::String => "a string",
        AttributeType::Boolean => "true or false",
        AttributeType::Decimal => "a number",
        AttributeType::Integer => "a whole number",
        AttributeType::DateTime => "a date and time as in 2026-11-25T10:00:00Z",
        AttributeType::Binary => "a string in base64",
        AttributeType::Reference => "a string with a URI",
        AttributeType::Complex => "an object",
    }
}

fn without_repetition(items: Vec<Value>, attribute: &Attribute) -> Vec<Value> {
    let mut seen = HashSet::with_capacity(items.len());
    items.into_iter().filter(|item| seen.insert(identity(item, attribute))).collect()
}

/// RFC 7643 §2.4: `primary` is true at most once.
fn check_primary(items: &[Value], name: &str) -> Result<(), ScimError> {
    if items.iter().filter(|item| is_primary(item)).count() > 1 {
        return Err(ScimError::invalid_value(format!("`{name}` has more than one primary value")));
    }
    Ok(())
}

pub(crate) fn is_primary(element: &Value) -> bool {
    element.as_object().and_then(|object| object.get("primary")) == Some(&Value::Boolean(true))
}

/// The text by which an element of a list is recognised: its `value` and `type` where it has a
/// value (RFC 7643 §2.4: no pair twice), its `value` alone where that can never change (members), or
/// else all of it.
pub(crate) fn identity(element: &Value, attribute: &Attribute) -> String {
    let Some(object) = element.as_object() else { return simple_identity(element, attribute) };
    let part = |name: &str| {
        let sub = attribute.sub_attribute(name)?;
        object.get(name).filter(|value| !value.is_unassigned()).map(|value| simple_identity(value, sub))
    };
    match (part("value"), part("type")) {
        (Some(value), _) if is_reference_set(attribute) => value,
        (Some(value), kind) => format!("{value} {}", kind.unwrap_or_default()),
        (None, _) => {
            let parts = attribute.sub_attributes.iter().map(|sub| part(&sub.name).unwrap_or_default());
            parts.collect::<Vec<_>>().join("\n")
        }
    }
}

/// True for a list of immutable references: the members of a group.
pub(crate) fn is_reference_set(attribute: &Attribute) -> bool {
    attribute.multi_valued
        && attribute.sub_attribute("value").is_some_and(|sub| sub.mutability == Mutability::Immutable)
}

fn simple_identity(value: &Value, attribute: &Attribute) -> String {
    match value {
        Value::String(text) if !attribute.case_exact => prepared(text),
        other => other.to_text(),
    }
}

/// Names worth telling an operator; the rest is one client's noise.
pub(super) const MOST_UNKNOWN: usize = 50;
