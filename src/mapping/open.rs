//! The attributes of an open schema, whose names are the client's: kept together, as the members of
//! one JSON object or as rows of names and values. A name is only ever data: a member's name that
//! the JSON writer encodes, or a bound parameter.

use std::sync::Arc;

use crate::diagnostic::Span;
use crate::record::{FieldName, FieldPromise, FieldShape, Fields, Given, Record};
use crate::scim::{Resource, ScimError, is_any_name, is_open_name};
use crate::value::{Object, Value};

use super::{Class, Moment, Nature};

/// `"urn:…:Metadata:*" = "metadata.*"`.
#[derive(Debug)]
pub struct OpenRule {
    /// The extension's URN.
    pub schema: Arc<str>,
    /// Where the rule stands in the file.
    pub span: Span,
    /// True when names may be of any characters.
    pub any_name: bool,
    /// Where the attributes are.
    pub bag: Bag,
    /// The names that are not in the bag: listed by the schema, or with a rule of their own.
    pub apart: Vec<Arc<str>>,
    /// Most characters of a value, when there is a bound.
    pub max_length: Option<u64>,
    /// True when the gateway keeps what the client sent beside the text that is stored.
    pub shadow: bool,
    /// True when the attributes are written.
    pub writes: bool,
    /// True when the attributes are shown.
    pub reads: bool,
}

/// Where the attributes of an open schema are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bag {
    /// Members of the JSON object in this field.
    Members(FieldName),
    /// One row each.
    Rows {
        /// The list.
        list: FieldName,
        /// The field of a row that holds the attribute's name.
        name: FieldName,
        /// The field of a row that holds the value.
        value: FieldName,
    },
}

impl OpenRule {
    /// `urn:…:Metadata:*`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}:*", self.schema)
    }

    /// True when the rule keeps the attribute with this name.
    #[must_use]
    pub fn keeps(&self, name: &str) -> bool {
        let fits = is_open_name(name) || (self.any_name && is_any_name(name));
        fits && !self.apart.iter().any(|apart| apart.eq_ignore_ascii_case(name))
    }

    /// What a driver must know of the fields.
    pub(super) fn shapes(&self) -> Vec<FieldShape> {
        let shape = |name: &FieldName, list: Option<&FieldName>| FieldShape {
            name: name.clone(),
            list: list.cloned(),
            label: self.label().into(),
            read: self.reads,
            written: self.writes,
            once: false,
        };
        match &self.bag {
            Bag::Members(field) => vec![shape(field, None)],
            Bag::Rows { list, name, value } => vec![shape(name, Some(list)), shape(value, Some(list))],
        }
    }

    /// What is done with the fields, to compare it with what the application has.
    pub(super) fn promises(&self) -> Vec<FieldPromise> {
        let promise = |field: &FieldName, list: Option<&FieldName>| FieldPromise {
            field: field.clone(),
            list: list.cloned(),
            label: self.label().into(),
            given: if self.writes { Given::Perhaps } else { Given::Never },
            examples: Vec::new(),
            any_text: list.is_some(),
            max_length: None,
            unique: false,
            matching: false,
            ignores_case: true,
        };
        match &self.bag {
            Bag::Members(field) => {
                let example: Object = [("key", "value")].into_iter().collect();
                vec![FieldPromise { examples: vec![example.into()], ..promise(field, None) }]
            }
            Bag::Rows { list, name, value } => vec![
                // Its length is not the rule's to bound: a name that is too long for the column is refused.
                FieldPromise { any_text: false, ..promise(name, Some(list)) },
                FieldPromise { max_length: self.max_length, ..promise(value, Some(list)) },
            ],
        }
    }

    /// What becomes of the attributes, for the operator.
    #[must_use]
    pub fn nature(&self) -> Nature {
        let class = match (self.writes, self.reads) {
            (true, true) if self.shadow => {
                let reason =
                    "the client names the attributes; every value is text, and what was sent is kept beside the id";
                return Nature { class: Class::Shadowed, reason: reason.to_owned() };
            }
            (true, true) => Class::Exact,
            (true, false) => Class::WriteOnly,
            (false, _) => Class::ReadOnly,
        };
        Nature { class, reason: "the client names the attributes; every value is text".to_owned() }
    }

    /// Puts the resource's attributes into their field. A change keeps order and spelling of what is
    /// there, so that nothing but a value makes a difference.
    ///
    /// # Errors
    /// 400 `invalidValue` naming the attribute whose value is too long.
    pub(super) fn write(&self, resource: &Resource, moment: Moment<'_>, fields: &mut Fields) -> Result<(), ScimError> {
        let given = self.attributes_of(resource);
        let before = match moment {
            Moment::Update(before) => self.attributes_of(before),
            Moment::Create(_) | Moment::Whole(_) | Moment::Stored => Object::new(),
        };
        if !matches!(moment, Moment::Stored) {
            let changed = given.iter().filter(|(name, value)| before.get(name) != Some(*value));
            changed.into_iter().try_for_each(|(name, value)| self.check(name, value))?;
        }
        let given = aligned(given, &before);
        match &self.bag {
            Bag::Members(_) if given.is_empty() && moment.is_create() => {}
            Bag::Members(field) => fields.set(field, Value::Object(given)),
            Bag::Rows { list, name, value } => {
                let row = |(key, held): (String, Value)| -> Value {
                    let row: Object = [(name.as_str(), Value::from(key)), (value.as_str(), held)].into_iter().collect();
                    row.into()
                };
                fields.set(list, Value::List(given.into_iter().map(row).collect()));
            }
        }
        Ok(())
    }

    /// Shows what the record has. What is no text, number or truth value, or has a name that no
    /// attribute can have, is the application's own.
    pub(super) fn read(&self, record: &Record, resource: &mut Resource) {
        let shown = self.texts(&record.fields);
        if shown.is_empty() {
            return;
        }
        let extension = resource.attributes.entry(&self.schema).object_or_insert();
        for (name, value) in shown {
            extension.set(name, value);
        }
    }

    /// The texts that fields hold, by the names of attributes.
    #[must_use]
    pub fn texts(&self, fields: &Fields) -> Object {
        let mut shown = Object::new();
        let mut show = |name: &str, value: &Value| {
            let simple = !matches!(value, Value::Null | Value::List(_) | Value::Object(_));
            let text = value.to_text();
            // Of two names that differ only in case, the first is the attribute.
            if simple && shown.len() < MOST_SHOWN && !text.is_empty() && self.keeps(name) && shown.get(name).is_none() {
                shown.set(name, text);
            }
        };
        match &self.bag {
            Bag::Members(field) => {
                let members = object_of(fields.get(field));
                members.iter().for_each(|(name, value)| show(name, value));
            }
            Bag::Rows { list, name, value } => {
                for row in fields.get(list).elements().iter().filter_map(Value::as_object) {
                    let part = |field: &FieldName| row.get(field.as_str()).unwrap_or(&Value::Null);
                    show(&part(name).to_text(), part(value));
                }
            }
        }
        shown
    }

    /// The attributes of a resource that belong into the bag; an empty text is no value.
    #[must_use]
    pub fn attributes_of(&self, resource: &Resource) -> Object {
        let members = resource.attributes.get(&self.schema).and_then(Value::as_object);
        let has_value = |value: &Value| !value.is_unassigned() && value.as_str() != Some("");
        let own =
            members.into_iter().flat_map(Object::iter).filter(|(name, value)| self.keeps(name) && has_value(value));
        own.map(|(name, value)| (name.to_owned(), Value::String(value.to_text()))).collect()
    }

    fn check(&self, name: &str, value: &Value) -> Result<(), ScimError> {
        let Some(most) = self.max_length else { return Ok(()) };
        if value.to_text().chars().count() as u64 <= most {
            return Ok(());
        }
        Err(ScimError::invalid_value(format!("`{}:{name}` is longer than {most} characters", self.schema)))
    }
}

/// An application may have more than a client could add ([`crate::scim::MOST_OPEN`]); what is beyond
/// this is neither shown nor touched.
const MOST_SHOWN: usize = 1000;

/// `given` in the order and with the spelling of `before`; what is new comes last.
fn aligned(mut given: Object, before: &Object) -> Object {
    let mut all = Object::new();
    for (name, _) in before.iter() {
        if let Some(value) = given.remove(name) {
            all.set(name, value);
        }
    }
    for (name, value) in given {
        all.set(name, value);
    }
    all
}

/// A JSON object, also one that the application keeps as text.
fn object_of(stored: &Value) -> Object {
    match stored {
        Value::Object(object) => object.clone(),
        Value::String(text) => match serde_json::from_str(text).map(Value::from_serde) {
            Ok(Value::Object(object)) => object,
            _ => Object::new(),
        },
        _ => Object::new(),
    }
}
