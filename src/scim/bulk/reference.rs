//! `bulkId:NAME`: a resource that another operation of the message makes (RFC 7644 §3.7.2).

use std::collections::{HashMap, HashSet};

use crate::scim::ScimError;
use crate::value::{Object, Value};

const PREFIX: &str = "bulkId:";

/// The ids of what was made so far, by `bulkId`.
pub type Ids = HashMap<String, String>;

/// A reference that stands for nothing (yet).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved(pub String);

impl Unresolved {
    /// What the client is told: 409 (RFC 7644 §3.7.1).
    #[must_use]
    pub fn into_error(self) -> ScimError {
        let name: String = self.0.chars().filter(|c| !c.is_control()).take(100).collect();
        ScimError {
            status: 409,
            ..ScimError::invalid_value(format!("`bulkId:{name}` is the id of no resource made here"))
        }
    }
}

/// The name in `bulkId:NAME`.
pub(super) fn name(text: &str) -> Option<&str> {
    text.strip_prefix(PREFIX).filter(|name| !name.is_empty())
}

/// Every name that a value refers to, at any depth; JSON is bounded in depth when it is read.
pub(super) fn names<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.extend(name(text)),
        Value::List(items) => items.iter().for_each(|item| names(item, found)),
        Value::Object(object) => object.iter().for_each(|(_, value)| names(value, found)),
        _ => (),
    }
}

/// The value with ids in place of references.
///
/// # Errors
/// The first reference that has no id.
pub fn resolved(value: &Value, ids: &Ids) -> Result<Value, Unresolved> {
    match value {
        Value::String(text) => match name(text) {
            Some(name) => ids.get(name).map(|id| id.as_str().into()).ok_or_else(|| Unresolved(name.to_owned())),
            None => Ok(value.clone()),
        },
        Value::List(items) => Ok(Value::List(items.iter().map(|item| resolved(item, ids)).collect::<Result<_, _>>()?)),
        Value::Object(object) => {
            let members = object.iter().map(|(name, value)| Ok((name.to_owned(), resolved(value, ids)?)));
            Ok(Value::Object(members.collect::<Result<Object, Unresolved>>()?))
        }
        other => Ok(other.clone()),
    }
}

/// The resource without what refers to one of `later`: single elements of a list, otherwise whole
/// attributes. Beside it, what was left out: the path of each such attribute and its whole value,
/// to put in place once the others exist.
#[must_use]
pub fn without(data: &Value, later: &HashSet<String>) -> (Value, Vec<(String, Value)>) {
    let (Value::Object(object), false) = (data, later.is_empty()) else { return (data.clone(), Vec::new()) };
    let (mut kept, mut left_out) = (Object::new(), Vec::new());
    for (name, value) in object.iter() {
        // An attribute of an extension stands one level deeper, under the extension's URN.
        if let (Value::Object(extension), true) = (value, name.contains(':')) {
            let mut members = Object::new();
            for (sub, value) in extension.iter() {
                cut(&format!("{name}:{sub}"), sub, value, later, &mut members, &mut left_out);
            }
            kept.set(name, members);
        } else {
            cut(name, name, value, later, &mut kept, &mut left_out);
        }
    }
    (Value::Object(kept), left_out)
}

fn cut(
    path: &str,
    name: &str,
    value: &Value,
    later: &HashSet<String>,
    kept: &mut Object,
    left_out: &mut Vec<(String, Value)>,
) {
    if !refers(value, later) {
        kept.set(name, value.clone());
        return;
    }
    left_out.push((path.to_owned(), value.clone()));
    if let Value::List(items) = value {
        let rest: Vec<Value> = items.iter().filter(|item| !refers(item, later)).cloned().collect();
        kept.set(name, Value::List(rest));
    }
}

fn refers(value: &Value, later: &HashSet<String>) -> bool {
    let mut found = Vec::new();
    names(value, &mut found);
    found.into_iter().any(|name| later.contains(name))
}
