//! What the application stores: a record (a row or a JSON document), its fields, its own key.
//!
//! These are the nouns that the mapping and the drivers share. They know neither SCIM nor SQL.

use std::fmt;
use std::sync::Arc;

use crate::value::{Object, Value};

/// The name of a field as the mapping spells it: a column (`login`), a column of a related row
/// (`mail.address`) or a JSONPath (`$.name.first`). Only the driver knows what it means.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldName(Arc<str>);

impl FieldName {
    /// The name, as written.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name, as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The application's own key of a record, as text (`42`, `a3c0…`, `jdoe`). 1 to 512 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordKey(Arc<str>);

impl RecordKey {
    /// Takes a key as the application gave it.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self(key.into())
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One member of a group record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Member {
    /// The resource type of the member as the mapping names it (`User`).
    pub resource: Arc<str>,
    /// The member's own key.
    pub key: RecordKey,
    /// What a person would call the member, when the application told it along with the key.
    pub display: Option<String>,
}

/// The values of some fields. List fields hold a `Value::List` of `Value::Object`s, one object
/// for each related row or list element, its members named by the field inside the list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fields(Object);

impl Fields {
    /// No fields.
    #[must_use]
    pub const fn new() -> Self {
        Self(Object::new())
    }

    /// The value of a field, `Null` when it is not there.
    #[must_use]
    pub fn get(&self, name: &FieldName) -> &Value {
        static NULL: Value = Value::Null;
        self.0.get(name.as_str()).unwrap_or(&NULL)
    }

    /// True when the field is there, be it null.
    #[must_use]
    pub fn contains(&self, name: &FieldName) -> bool {
        self.0.get(name.as_str()).is_some()
    }

    /// Sets a field.
    pub fn set(&mut self, name: &FieldName, value: Value) {
        self.0.set(name.as_str(), value);
    }

    /// The fields in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter()
    }

    /// True without fields.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A stored record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The application's key.
    pub key: RecordKey,
    /// The fields that were asked for.
    pub fields: Fields,
    /// The members, when they were asked for and the record has such.
    pub members: Option<Vec<Member>>,
    /// The groups that the record belongs to, when they were asked for: resource type, key, name.
    pub groups: Option<Vec<Member>>,
    /// The application's own version of the record (a version column, an ETag), if it has one.
    pub version: Option<String>,
}

/// What a driver must know of one resource of a mapping besides its own TOML table.
#[derive(Debug, Clone)]
pub struct RecordShape {
    /// The resource's name in the mapping: `User`.
    pub resource: Arc<str>,
    /// Every field that a rule reads or writes.
    pub fields: Vec<FieldShape>,
    /// The resource types that can be members, when the resource has members.
    pub members: Vec<Arc<str>>,
    /// True when records are only looked up: the two fields are `from` and `to`, of which `to` is the
    /// key. False for a resource.
    pub looked_up: bool,
}

/// What drivers call the application's own bearer tokens. No resource type can have this name.
pub const TOKEN: &str = "token";

impl RecordShape {
    /// True when what is looked up is a bearer token: the first field is the secret.
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.looked_up && *self.resource == *TOKEN
    }
}

/// What a mapping does with a field, to compare it with what the application has.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldPromise {
    /// The field; inside a list the field of the element.
    pub field: FieldName,
    /// The list that the field is in.
    pub list: Option<FieldName>,
    /// What feeds the field: `userName`.
    pub label: Arc<str>,
    /// Whether a new record has a value in it.
    pub given: Given,
    /// Values that it is given.
    pub examples: Vec<Value>,
    /// True when it is given whatever text a client sends.
    pub any_text: bool,
    /// Most characters of such a text, when the mapping says so.
    pub max_length: Option<u64>,
    /// True when no two records may hold the same value.
    pub unique: bool,
    /// True when records are looked up by it.
    pub matching: bool,
    /// True when `A` and `a` are the same.
    pub ignores_case: bool,
}

/// Whether a new record has a value in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Given {
    /// No rule writes it.
    Never,
    /// Not when the client leaves the attribute out.
    Perhaps,
    /// Whatever the client sends.
    Always,
}

/// One field in use.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldShape {
    /// The field.
    pub name: FieldName,
    /// The list that the field is in (`phone` of `phone.number`, `$.phones[*]` of
    /// `$.phones[*].number`), for fields that exist once for each value of a multi-valued
    /// attribute. `name` is then the field inside the list's element (`number`).
    pub list: Option<FieldName>,
    /// What feeds the field, in SCIM's words, for messages and for `find.ATTRIBUTE`: `userName`.
    pub label: Arc<str>,
    /// True when a rule reads the field.
    pub read: bool,
    /// True when a rule writes the field.
    pub written: bool,
    /// True when it is written only once, with a new record.
    pub once: bool,
}
