//! Where the records are in what an API answers and takes: `$.data[*]`, `$.data`, `{ user = "{record}" }`. Pure.

use super::schema::{Kind, Property, Schema};
use crate::cli::init::words::{squeezed, words};

/// What lists are called in answers that wrap them, likeliest first.
const LISTS: &[&str] = &[
    "data",
    "results",
    "items",
    "records",
    "content",
    "value",
    "elements",
    "entries",
    "list",
    "rows",
    "resources",
    "result",
    "embedded",
    "docs",
    "objects",
];
/// What a record is called in answers and bodies that wrap it.
const RECORDS: &[&str] = &["data", "result", "item", "record", "content", "attributes", "object", "payload", "entity"];

/// A list in an answer.
#[derive(Debug, Clone)]
pub(super) struct Listed<'a> {
    /// The path to the records: `$.data[*]`.
    pub(super) path: String,
    /// What an element is.
    pub(super) element: Schema<'a>,
}

/// A record in a body.
#[derive(Debug, Clone)]
pub(super) struct Wrapped<'a> {
    /// The names around it, from without: `data`.
    pub(super) name: Option<&'a str>,
    /// What stands beside it, as JSON:API's `type`.
    pub(super) beside: Option<(&'a str, &'a str)>,
    pub(super) record: Schema<'a>,
}

/// The list in an answer. `about` is what the records are called, such as `users`.
pub(super) fn list_in<'a>(answer: Schema<'a>, about: &str) -> Option<Listed<'a>> {
    if answer.kind() == Kind::List {
        return Some(Listed { path: "$[*]".to_owned(), element: answer.items()? });
    }
    let properties = answer.properties();
    let direct = lists(&properties, about);
    let (inner, list, path) = match direct {
        Some(list) => (String::new(), list, format!("{}[*]", step(list.name)?)),
        None => {
            let objects = properties.iter().filter(|property| property.schema.kind() == Kind::Object);
            objects.take(20).find_map(|object| {
                let inner = object.schema.properties();
                let list = lists(&inner, about)?;
                Some((step(object.name)?, list, format!("{}[*]", step(list.name)?)))
            })?
        }
    };
    Some(Listed { path: format!("${inner}{path}"), element: list.schema.items()? })
}

/// The likeliest list among properties.
fn lists<'a>(properties: &[Property<'a>], about: &str) -> Option<Property<'a>> {
    let lists = || properties.iter().filter(|property| property.schema.kind() == Kind::List);
    let known = |wanted: &&str| lists().find(|property| squeezed(property.name) == *wanted);
    let own = lists().find(|property| words(property.name).last() == words(about).last());
    let only = || {
        let of_objects = |property: &&Property<'_>| property.schema.items().is_some_and(|i| i.kind() == Kind::Object);
        let mut found = lists().filter(of_objects);
        found.next().filter(|_| found.next().is_none())
    };
    own.or_else(|| LISTS.iter().find_map(known)).or_else(only).copied()
}

/// The place of a record in an answer: `$` when the answer is the record, `$.data` when it wraps it.
/// `names` are properties of the record where they are known, `about` is what it is called.
pub(super) fn record_in<'a>(answer: Schema<'a>, names: &[&str], about: &str) -> Option<(String, Schema<'a>)> {
    let properties = answer.properties();
    let is_record = |found: &[Property<'_>]| {
        let same = found.iter().filter(|property| names.contains(&property.name)).count();
        same >= 2 || same == names.len() && same > 0
    };
    if answer.kind() == Kind::List {
        let element = answer.items()?;
        return is_record(&element.properties()).then(|| ("$[0]".to_owned(), element));
    }
    let wrapping = wrapping(&properties, about);
    let (name, inside) = match wrapping {
        Some(inside) if properties.len() == 1 || !is_record(&properties) => (inside.name, inside.schema),
        _ => return (!properties.is_empty()).then(|| ("$".to_owned(), answer)),
    };
    Some((format!("${}", step(name)?), inside))
}

/// The record in a body.
pub(super) fn record_of_body<'a>(body: Schema<'a>, names: &[&str], about: &str) -> Wrapped<'a> {
    let properties = body.properties();
    let own = properties.iter().any(|property| names.contains(&property.name));
    match wrapping(&properties, about).filter(|_| !own || properties.len() == 1) {
        Some(inside) => {
            let inner = inside.schema.properties();
            let typed = inner.iter().find(|property| property.name == "type" && property.schema.words().len() == 1);
            let beside = typed.and_then(|property| Some((property.name, *property.schema.words().first()?)));
            Wrapped { name: Some(inside.name), beside, record: inside.schema }
        }
        None => Wrapped { name: None, beside: None, record: body },
    }
}

/// The property that holds the record.
fn wrapping<'a>(properties: &[Property<'a>], about: &str) -> Option<Property<'a>> {
    let objects = || properties.iter().filter(|property| property.schema.kind() == Kind::Object);
    let own = objects().find(|property| words(property.name) == words(about) && step(property.name).is_some());
    let known = |wanted: &&str| objects().find(|property| squeezed(property.name) == *wanted);
    // JSON:API's `attributes` stand beside `id` and `type`: that is no envelope but a part of the record.
    let beside = properties.iter().any(|property| property.name == "id");
    own.or_else(|| RECORDS.iter().find_map(known))
        .filter(|property| !(beside && property.name == "attributes"))
        .copied()
}

/// A step of a path, `.name` or `['odata.name']`; `None` for a name that no path can hold.
pub(super) fn step(name: &str) -> Option<String> {
    let simple = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let starts = name.chars().next()?.is_ascii_alphabetic() || name.starts_with('_');
    if starts && name.chars().all(simple) && name.len() <= 100 {
        return Some(format!(".{name}"));
    }
    let fits = name.len() <= 100 && name.chars().all(|c| c.is_alphanumeric() || "_-.@:$ /+#".contains(c));
    fits.then(|| format!("['{name}']"))
}
