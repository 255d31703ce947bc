//! The fields of a record, put together from what the operations take and what they answer. Pure.

use serde_json::Value as Json;

use super::envelope::step;
use super::schema::{Kind, Property, Schema};
use crate::cli::init::words::{Meaning, rank, squeezed};

/// Objects within a record whose properties are those of the person, not of something else.
const PARTS: &[&str] =
    &["profile", "attributes", "name", "names", "fullname", "contact", "details", "person", "info", "credentials"];

/// A field.
#[derive(Debug, Clone)]
pub(super) struct Field<'a> {
    /// Where it is in the record: `$.profile.login`.
    pub(super) path: String,
    /// Its own name.
    pub(super) name: &'a str,
    pub(super) schema: Schema<'a>,
    /// The operation that makes a record takes it.
    pub(super) created: bool,
    /// The operation that changes a record takes it.
    pub(super) changed: bool,
    /// It is answered.
    pub(super) shown: bool,
    /// No record is made without it.
    pub(super) required: bool,
}

/// All fields; those of the record itself before those of its parts.
#[derive(Debug, Default)]
pub(super) struct Record<'a> {
    pub(super) fields: Vec<Field<'a>>,
}

/// What the operations say of a record.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sources<'a> {
    pub(super) shown: Option<Schema<'a>>,
    pub(super) created: Option<Schema<'a>>,
    pub(super) changed: Option<Schema<'a>>,
}

impl<'a> Record<'a> {
    pub(super) fn of(sources: Sources<'a>) -> Self {
        let mut record = Self::default();
        // What is taken says more of bounds, so it comes first.
        record.add(sources.created, |field| field.created = true);
        record.add(sources.changed, |field| {
            field.changed = true;
            field.required &= sources.created.is_some();
        });
        record.add(sources.shown, |field| {
            field.shown = true;
            field.required &= field.created;
        });
        for field in &mut record.fields {
            let (read_only, write_only) = (field.schema.is_read_only(), field.schema.is_write_only());
            // Where nothing is said of a body, what is answered is taken, too.
            field.created = (field.created || sources.created.is_none()) && !read_only;
            field.changed = (field.changed || sources.changed.is_none()) && !read_only;
            field.shown = (field.shown || sources.shown.is_none()) && !write_only;
            field.required &= !read_only;
        }
        record.fields.sort_by_key(|field| field.path.matches('.').count());
        record
    }

    fn add(&mut self, schema: Option<Schema<'a>>, mark: impl Fn(&mut Field<'a>)) {
        let Some(schema) = schema else { return };
        for property in schema.properties() {
            self.put("$", property, true, &mark);
            if property.schema.kind() == Kind::Object && PARTS.contains(&&*squeezed(property.name)) {
                let Some(step) = step(property.name) else { continue };
                for inner in property.schema.properties() {
                    self.put(&format!("${step}"), inner, property.required, &mark);
                }
            }
        }
    }

    fn put(&mut self, before: &str, property: Property<'a>, required: bool, mark: &impl Fn(&mut Field<'a>)) {
        let Some(step) = step(property.name) else { return };
        let path = format!("{before}{step}");
        let at = self.fields.iter().position(|field| field.path == path).unwrap_or_else(|| {
            let Property { name, schema, required: own } = property;
            let required = own && required;
            self.fields.push(Field { path, name, schema, created: false, changed: false, shown: false, required });
            self.fields.len() - 1
        });
        mark(&mut self.fields[at]);
    }

    /// The likeliest field of a meaning. What is taken and never answered counts only where it must be sent,
    /// and what is neither taken nor answered does not count.
    pub(super) fn field(&self, meaning: Meaning) -> Option<&Field<'a>> {
        let told = |field: &&Field<'_>| {
            let asked = field.required || matches!(meaning, Meaning::UserName | Meaning::Password);
            field.shown || field.is_taken() && asked
        };
        let ranked = self.fields.iter().filter(told).filter_map(|field| Some((field.rank(meaning)?, field)));
        ranked.filter(|(_, field)| fits(meaning, field.schema.kind())).min_by_key(|(rank, _)| *rank).map(|(_, f)| f)
    }

    /// The field of that name, as programs compare names.
    pub(super) fn named(&self, name: &str) -> Option<&Field<'a>> {
        let name = squeezed(name);
        self.fields.iter().find(|field| squeezed(field.name) == name)
    }

    /// The field by which people are called when they sign in: a login, else an address, else the name.
    pub(super) fn login(&self) -> Option<&Field<'a>> {
        let name = || self.named("name").filter(|field| matches!(field.schema.kind(), Kind::Text | Kind::Unknown));
        self.field(Meaning::UserName).or_else(|| self.field(Meaning::Email)).or_else(name)
    }

    /// The names of the record's own properties.
    pub(super) fn names(&self) -> Vec<&'a str> {
        self.fields.iter().filter(|field| field.path.matches('.').count() < 2).map(|field| field.name).collect()
    }
}

impl Field<'_> {
    /// A field within a part has its meaning as well, but after the record's own.
    fn rank(&self, meaning: Meaning) -> Option<usize> {
        let within = self.path.matches('.').count() > 1;
        // `name.first` and `name.title` are not what they would be beside a person's other fields.
        if within && meaning == Meaning::Title {
            return None;
        }
        Some(rank(meaning, self.name)? + if within { 100 } else { 0 })
    }

    /// True when it can be written at all.
    pub(super) const fn is_taken(&self) -> bool {
        self.created || self.changed
    }

    /// True when its path can stand in the brackets of an expression.
    pub(super) fn is_plain(&self) -> bool {
        !self.path.contains('[')
    }

    /// The value that a record gets which does not say any.
    pub(super) fn default(&self) -> Option<&Json> {
        self.schema.default()
    }
}

fn fits(meaning: Meaning, kind: Kind) -> bool {
    match meaning {
        Meaning::Active | Meaning::Locked => matches!(kind, Kind::Boolean),
        Meaning::Status => matches!(kind, Kind::Integer | Kind::Number | Kind::Text),
        Meaning::Created | Meaning::Modified => kind == Kind::Time,
        _ => matches!(kind, Kind::Text | Kind::Unknown),
    }
}
