//! Collections of the API: a path that lists records or makes them, with the path of one of them. Pure.

use std::collections::BTreeMap;

use super::document::Document;
use super::envelope::{Listed, list_in, record_in};
use super::operation::Operation;
use super::schema::Schema;

/// The longest path that is looked at.
const LONGEST: usize = 300;

/// A collection.
#[derive(Debug)]
pub(super) struct Collection<'a> {
    /// The path of all, as the document has it.
    pub(super) path: &'a str,
    /// The same as a call of a mapping writes it, with the document's parameters open.
    pub(super) call: String,
    /// What the last word of the path is: `users`.
    pub(super) name: &'a str,
    pub(super) list: Option<Operation<'a>>,
    pub(super) create: Option<Operation<'a>>,
    pub(super) listed: Option<Listed<'a>>,
    pub(super) item: Item<'a>,
}

/// One record of a collection.
#[derive(Debug)]
pub(super) struct Item<'a> {
    /// Its path, as the document has it.
    pub(super) path: &'a str,
    /// Its path as a call of a mapping writes it, `/users/{key}`, with the parameters further before open.
    pub(super) call: String,
    /// The parameter that is the key.
    pub(super) parameter: &'a str,
    pub(super) read: Option<Operation<'a>>,
    pub(super) update: Option<Operation<'a>>,
    /// What may make a record under a name that the client chooses.
    pub(super) make: Option<Operation<'a>>,
    pub(super) delete: Option<Operation<'a>>,
}

/// The path of one record: what stands before the parameter, its name, and what stands behind it.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    path: &'a str,
    parent: &'a str,
    parameter: &'a str,
    end: &'a str,
}

/// All collections of a document.
pub(super) fn collections(document: &Document) -> Vec<Collection<'_>> {
    let places = || document.paths().filter(|(path, _)| is_plain(path)).filter_map(|(path, _)| place(path));
    let mut items: BTreeMap<&str, Place<'_>> = BTreeMap::new();
    for place in places().filter(|place| !place.parent.is_empty()) {
        items.entry(place.parent).or_insert(place);
    }
    let addressed: Vec<Place<'_>> = places().filter(|place| place.parent.is_empty()).collect();
    let paths = document.paths().map(|(path, _)| path).filter(|path| is_plain(path) && path.starts_with('/'));
    let mut found: Vec<Collection<'_>> = paths.filter_map(|path| of_path(document, path, &items, &addressed)).collect();
    // What is below `/user/{name}` belongs to `/users` where both are there.
    let taken: Vec<&str> = found.iter().filter(|found| found.list.is_some()).map(|found| found.item.path).collect();
    found.retain(|collection| collection.list.is_some() || !taken.contains(&collection.item.path));
    found
}

fn of_path<'a>(
    document: &'a Document,
    path: &'a str,
    items: &BTreeMap<&str, Place<'a>>,
    addressed: &[Place<'a>],
) -> Option<Collection<'a>> {
    let stem = stem(path);
    let (before, name) = stem.rsplit_once('/')?;
    if name.is_empty() || name.contains(['{', '}']) {
        return None;
    }
    let operation = |method| Operation::at(document, document.path(path), method);
    let list = operation("get");
    let listed = list.and_then(Operation::answer).and_then(|answer| list_in(answer, name));
    let one = name.strip_suffix('s').map(|one| format!("{before}/{one}"));
    let below = items.get(stem).or_else(|| items.get(one.as_deref()?)).copied();
    let item = match (below, &listed) {
        (Some(place), _) => Item::at(document, place, format!("{}/{{key}}{}", open(place.parent), place.end))?,
        (None, Some(listed)) => {
            let mut places = addressed.iter();
            let place = places.find(|place| answers(document, place.path, listed.element))?;
            let end = if path.ends_with('/') { "/" } else { "" };
            Item::at(document, *place, format!("{}/{{key}}{end}", open(stem)))?
        }
        (None, None) => return None,
    };
    // What answers neither a list nor anything that is known may still be one.
    let list = list.filter(|list| listed.is_some() || (list.answer().is_none() && name.ends_with('s')));
    Some(Collection { path, call: open(path), name, list, create: operation("post"), listed, item })
}

/// True when what is read at the path is of this schema.
fn answers<'a>(document: &'a Document, path: &'a str, element: Schema<'a>) -> bool {
    let read = Operation::at(document, document.path(path), "get");
    let Some(answer) = read.and_then(Operation::answer) else { return false };
    answer.is_same(element) || record_in(answer, &[], "").is_some_and(|(_, record)| record.is_same(element))
}

impl<'a> Item<'a> {
    fn at(document: &'a Document, place: Place<'a>, call: String) -> Option<Self> {
        let Place { path, parameter, .. } = place;
        let operation = |method| Operation::at(document, document.path(path), method);
        let (read, put, delete) = (operation("get"), operation("put"), operation("delete"));
        let (makes, changes) = match operation("post") {
            Some(post) if post.may_answer("201") => (Some(post), None),
            post => (None, post),
        };
        let update = operation("patch").or(put).or(changes);
        let make = makes.or(put);
        (read.is_some() || update.is_some()).then_some(Self { path, call, parameter, read, update, make, delete })
    }
}

/// The path with its parameters marked as the document's own, which `{key}` of a mapping is not: `{?org}`.
pub(super) fn open(path: &str) -> String {
    path.replace('{', "{?")
}

/// The path without what says the form only: `/users` of `/users/` and of `/users.json`.
pub(super) fn stem(path: &str) -> &str {
    let path = path.strip_suffix('/').unwrap_or(path);
    path.strip_suffix(".json").unwrap_or(path)
}

/// The path of one record.
fn place(path: &str) -> Option<Place<'_>> {
    let (before, rest) = path.rsplit_once('{')?;
    let (parameter, end) = rest.split_once('}')?;
    let parent = before.strip_suffix('/').unwrap_or(before);
    let whole = (before.ends_with('/') || before.is_empty()) && matches!(end, "" | "/" | ".json");
    (whole && !parameter.is_empty()).then_some(Place { path, parent, parameter, end })
}

/// True for a path that a call of a mapping can have: plain characters, and parameters with a name.
pub(super) fn is_plain(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~!$&()*+,;=:@/{}".contains(c);
    let step = |segment: &str| matches!(segment, "." | "..");
    let fits = path.len() <= LONGEST && path.chars().all(plain) && !path.contains("//");
    let mut pieces = path.split('{');
    let literal = pieces.next().is_some_and(|first| !first.contains('}'));
    let named = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') && !name.contains(['/', '(', ')', '$', '&'])
    };
    let closed = |piece: &str| piece.split_once('}').is_some_and(|(name, after)| named(name) && !after.contains('}'));
    fits && literal && pieces.all(closed) && !path.split('/').any(step)
}
