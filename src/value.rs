//! The one value type: what SCIM attributes, expressions and application fields hold.
//!
//! JSON comes in here, bounded and without duplicate names, and goes out again.
//! Not a schema: what a value *should* be is said by `scim::Schema` and by the
//! application's own columns.

use std::fmt;

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};

mod caseless;
mod json;

pub use caseless::{prepared, spellings};
pub use json::{JsonLimits, JsonProblem};

/// A value. `Null`, an empty list and an absent attribute mean the same to SCIM (RFC 7643 §2.5).
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Decimal(f64),
    /// Text.
    String(String),
    /// An instant, always UTC.
    DateTime(Timestamp),
    /// Bytes; base64 in JSON (RFC 7643 §2.3.6).
    Binary(Vec<u8>),
    /// Several values, in order.
    List(Vec<Self>),
    /// Named values.
    Object(Object),
}

impl Value {
    /// Reads one JSON document. Refuses what exceeds `limits`, and any object that names a
    /// member twice (ignoring case), since SCIM attribute names have no case (RFC 7643 §2.1).
    ///
    /// # Errors
    /// What is wrong and where, in words that repeat nothing of the input.
    pub fn from_json(text: &[u8], limits: &JsonLimits) -> Result<Self, JsonProblem> {
        json::read(text, limits)
    }

    /// The value as compact JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Converts from `serde_json`'s own type (the REST driver's answers).
    #[must_use]
    pub fn from_serde(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(b) => Self::Boolean(b),
            serde_json::Value::Number(n) => match n.as_i64() {
                Some(i) => Self::Integer(i),
                None => Self::Decimal(n.as_f64().unwrap_or(f64::NAN)),
            },
            serde_json::Value::String(s) => Self::String(s),
            serde_json::Value::Array(items) => Self::List(items.into_iter().map(Self::from_serde).collect()),
            serde_json::Value::Object(map) => {
                Self::Object(map.into_iter().map(|(k, v)| (k, Self::from_serde(v))).collect())
            }
        }
    }

    /// Converts into `serde_json`'s own type.
    #[must_use]
    pub fn to_serde(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// True for `Null`, `[]` and `{}`: what RFC 7643 §2.5 calls unassigned.
    #[must_use]
    pub fn is_unassigned(&self) -> bool {
        match self {
            Self::Null => true,
            Self::List(items) => items.is_empty(),
            Self::Object(object) => object.is_empty(),
            _ => false,
        }
    }

    /// The text of a string value.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean of a boolean value.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(b) => Some(*b),
            _ => None,
        }
    }

    /// The elements of a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    #[must_use]
    pub const fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The members of an object, to change them.
    #[must_use]
    pub const fn as_object_mut(&mut self) -> Option<&mut Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The members of an object, to change them; whatever else was here is replaced by an empty one.
    pub fn object_or_insert(&mut self) -> &mut Object {
        if !matches!(self, Self::Object(_)) {
            *self = Self::Object(Object::new());
        }
        match self {
            Self::Object(object) => object,
            _ => unreachable!("set to an object on the line above"),
        }
    }

    /// The elements of a list, to change them; whatever else was here is replaced by an empty one.
    pub fn list_or_insert(&mut self) -> &mut Vec<Self> {
        if !matches!(self, Self::List(_)) {
            *self = Self::List(Vec::new());
        }
        match self {
            Self::List(items) => items,
            _ => unreachable!("set to a list on the line above"),
        }
    }

    /// The elements of a value that may be one or many: none for what is unassigned, the value
    /// itself when it is no list.
    #[must_use]
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Null => &[],
            other => std::slice::from_ref(other),
        }
    }

    /// The value as plain text, as a person would write it: `true`, `42`, `2026-11-25T10:00:00Z`,
    /// base64 for bytes, JSON for lists and objects, nothing for null.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::String(text) => text.clone(),
            Self::Boolean(b) => b.to_string(),
            Self::Integer(i) => i.to_string(),
            Self::Decimal(d) => d.to_string(),
            Self::DateTime(at) => at.to_string(),
            Self::Binary(bytes) => base64_of(bytes),
            Self::List(_) | Self::Object(_) => self.to_json(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Boolean(b)
    }
}

impl From<i64> for Value {
    fn from(i: i64) -> Self {
        Self::Integer(i)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Vec<Self>> for Value {
    fn from(items: Vec<Self>) -> Self {
        Self::List(items)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(b) => serializer.serialize_bool(*b),
            Self::Integer(i) => serializer.serialize_i64(*i),
            Self::Decimal(d) => serializer.serialize_f64(*d),
            Self::String(text) => serializer.serialize_str(text),
            Self::DateTime(at) => serializer.collect_str(at),
            Self::Binary(bytes) => serializer.serialize_str(&base64_of(bytes)),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Named values in the order in which they came; names are compared without case (ASCII).
#[derive(Clone, PartialEq, Default)]
pub struct Object {
    members: Vec<(String, Value)>,
}

impl Object {
    /// An object without members.
    #[must_use]
    pub const fn new() -> Self {
        Self { members: Vec::new() }
    }

    /// How many members there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.members.len()
    }

    /// True without members.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The value under `name`, whatever its case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.position(name).map(|at| &self.members[at].1)
    }

    /// The value under `name`, to change it.
    #[must_use]
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.position(name).map(|at| &mut self.members[at].1)
    }

    /// Sets `name`; an existing member keeps its place and its spelling.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        let name = name.into();
        match self.position(&name) {
            Some(at) => self.members[at].1 = value.into(),
            None => self.members.push((name, value.into())),
        }
    }

    /// Takes `name` out and gives its value.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.position(name).map(|at| self.members.remove(at).1)
    }

    /// The value under `name`, inserted as `Null` when it is not there.
    pub fn entry(&mut self, name: &str) -> &mut Value {
        let at = self.position(name).unwrap_or_else(|| {
            self.members.push((name.to_owned(), Value::Null));
            self.members.len() - 1
        });
        &mut self.members[at].1
    }

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.members.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The members in order, values to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.members.iter_mut().map(|(name, value)| (name.as_str(), value))
    }

    /// Keeps the members for which `keep` says yes.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut Value) -> bool) {
        self.members.retain_mut(|(name, value)| keep(name, value));
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|(have, _)| have.eq_ignore_ascii_case(name))
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.members.iter().map(|(k, v)| (k, v))).finish()
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        Self { members: members.into_iter().map(|(k, v)| (k.into(), v.into())).collect() }
    }
}

impl IntoIterator for Object {
    type Item = (String, Value);
    type IntoIter = std::vec::IntoIter<(String, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter()
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.members.len()))?;
        for (name, value) in &self.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
