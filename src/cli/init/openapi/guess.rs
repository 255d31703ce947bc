//! Document → guesses: which collections hold users and groups, and what the document says of their records. Pure.

use super::collection::{Collection, collections};
use super::document::Document;
use super::envelope::{record_in, record_of_body};
use super::record::{Record, Sources};
use crate::cli::init::words::{GROUPS, Meaning, USERS, squeezed, words};

/// What a first mapping is made of.
#[derive(Debug)]
pub(super) struct Guess<'a> {
    pub(super) document: &'a Document,
    pub(super) users: Resource<'a>,
    /// Other collections that were nearly taken for the users'.
    pub(super) rivals: Vec<&'a str>,
    pub(super) groups: Option<Resource<'a>>,
    /// Other collections that may be the groups.
    pub(super) group_rivals: Vec<&'a str>,
}

/// A collection with what is known of its records.
#[derive(Debug)]
pub(super) struct Resource<'a> {
    pub(super) collection: Collection<'a>,
    pub(super) record: Record<'a>,
    pub(super) key: Key<'a>,
    /// Where the record is in an answer to `read`: `$`, `$.data`.
    pub(super) place: String,
}

/// The key of a record.
#[derive(Debug, Clone)]
pub(super) struct Key<'a> {
    /// Where it is: `$.id`.
    pub(super) path: String,
    /// Its own name, where the record has it.
    pub(super) name: Option<&'a str>,
    /// It is an address, whose last segment is the key.
    pub(super) is_address: bool,
}

/// Fewer points than this, and a collection is not one of users.
const ENOUGH: i32 = 5;
/// The most collections that are looked into; those with a likely name come first.
const MOST: usize = 1_000;

/// Guesses; `None` when no collection looks like one of users.
pub(super) fn guess(document: &Document) -> Option<Guess<'_>> {
    let likely =
        |collection: &Collection<'_>| [USERS, GROUPS].into_iter().any(|among| named(collection, among).is_some());
    let (likely, others): (Vec<_>, Vec<_>) = collections(document).into_iter().partition(likely);
    let mut all: Vec<Resource<'_>> = likely.into_iter().chain(others).take(MOST).map(Resource::of).collect();
    let users = best(&all, |resource| Some(points(resource)).filter(|points| *points >= ENOUGH));
    let (first, rivals) = users?;
    let users = all.swap_remove(first);
    let groups = best(&all, |resource| of_groups(resource, &users));
    let (groups, group_rivals) = match groups {
        Some((first, rivals)) => (Some(all.swap_remove(first)), rivals),
        None => (None, Vec::new()),
    };
    Some(Guess { document, users, rivals, groups, group_rivals })
}

/// Which resource has most points, and the paths of those that have nearly as many.
fn best<'a>(all: &[Resource<'a>], points: impl Fn(&Resource<'a>) -> Option<i32>) -> Option<(usize, Vec<&'a str>)> {
    let points: Vec<Option<i32>> = all.iter().map(points).collect();
    let length = |at: usize| all[at].collection.path.len();
    let mut ranked: Vec<(usize, i32)> = points.iter().enumerate().filter_map(|(at, p)| Some((at, (*p)?))).collect();
    ranked.sort_by_key(|(at, points)| (-points, length(*at)));
    let (first, most) = *ranked.first()?;
    let near = ranked.iter().skip(1).filter(|(_, points)| points + 2 >= most).take(5);
    Some((first, near.map(|(at, _)| all[*at].collection.path).collect()))
}

/// How much a collection looks like one of users: by its names and by what a record holds.
fn points(resource: &Resource<'_>) -> i32 {
    let collection = &resource.collection;
    let mut sum = match named(collection, USERS) {
        Some(0) => 5,
        Some(_) => 3,
        None => 0,
    };
    let has = |meaning, points| if resource.record.field(meaning).is_some() { points } else { 0 };
    let login = has(Meaning::UserName, 3) + has(Meaning::Email, 2);
    if login == 0 && (sum < 5 || resource.record.login().is_none()) {
        return 0;
    }
    sum += login + has(Meaning::Password, 2) + has(Meaning::GivenName, 1) + has(Meaning::FamilyName, 1);
    sum + ways(collection)
}

/// How much a collection looks like one of groups; `None` when it does not.
fn of_groups(resource: &Resource<'_>, users: &Resource<'_>) -> Option<i32> {
    let rank = named(&resource.collection, GROUPS)?;
    resource.record.field(Meaning::Name)?;
    let rank = i32::try_from(rank).unwrap_or(i32::MAX / 2);
    let below_user = resource.collection.path.starts_with(super::collection::stem(users.collection.item.path));
    let whole = words(resource.collection.name).len() == 1;
    let beside = beside(resource.collection.path, users.collection.path);
    let bonus = 3 * i32::from(whole) + 2 * i32::from(beside) - 10 * i32::from(below_user);
    Some(10 - 2 * rank + bonus + ways(&resource.collection)).filter(|points| *points > 0)
}

/// What can be done there; a collection below another record, or a deprecated one, is less likely.
fn ways(collection: &Collection<'_>) -> i32 {
    let item = &collection.item;
    let old = collection.list.or(item.read).is_some_and(super::operation::Operation::is_deprecated);
    2 * i32::from(item.read.is_some()) + i32::from(collection.create.is_some()) + i32::from(item.update.is_some())
        - 4 * i32::from(collection.path.contains('{'))
        - 3 * i32::from(old)
}

/// The position among the words of what a collection is called: by its path, else by its schema or its tags.
fn named(collection: &Collection<'_>, among: &[&str]) -> Option<usize> {
    let of = |name: &str| {
        let last = words(name).pop()?;
        among.iter().position(|word| *word == last)
    };
    let schema = || of(collection.listed.as_ref()?.element.name()?);
    let tags = || collection.list.or(collection.create)?.tags().find_map(of);
    let further = || schema().or_else(tags).map(|at| at + 1);
    of(collection.name).or_else(further)
}

/// True when two paths differ in their last segment only.
fn beside(one: &str, other: &str) -> bool {
    let before = |path| super::collection::stem(path).rsplit_once('/').map(|(before, _)| before);
    before(one) == before(other)
}

impl<'a> Resource<'a> {
    fn of(collection: Collection<'a>) -> Self {
        let about = collection.name;
        let element = collection.listed.as_ref().map(|listed| listed.element);
        let listed: Vec<&str> =
            element.map(|e| e.properties().into_iter().map(|property| property.name).collect()).unwrap_or_default();
        let read = collection.item.read.and_then(super::operation::Operation::answer);
        let read = read.and_then(|answer| record_in(answer, &listed, about));
        let place = read.as_ref().map_or_else(|| "$".to_owned(), |(place, _)| place.clone());
        let shown = read.map(|(_, record)| record).filter(|record| !record.properties().is_empty()).or(element);
        let names: Vec<&str> =
            shown.map(|s| s.properties().into_iter().map(|property| property.name).collect()).unwrap_or_default();
        let taken = |operation: Option<super::operation::Operation<'a>>| {
            let body = operation?.body()?;
            Some(record_of_body(body.schema, &names, about).record).filter(|record| !record.properties().is_empty())
        };
        let record = Record::of(Sources {
            shown,
            created: taken(collection.create.or(collection.item.make)),
            changed: taken(collection.item.update),
        });
        let key = Key::of(&collection, &record);
        Self { collection, record, key, place }
    }
}

impl<'a> Key<'a> {
    fn of(collection: &Collection<'_>, record: &Record<'a>) -> Self {
        let parameter = squeezed(collection.item.parameter);
        let is_address = ["href", "url", "uri", "link"].iter().any(|end| parameter.ends_with(end));
        let own = |names: &[String]| {
            let mut known = names.iter();
            known.find_map(|name| record.fields.iter().find(|field| field.shown && squeezed(field.name) == *name))
        };
        if is_address {
            let ends = ["href", "url", "uri", "self", "link"];
            let address = record.fields.iter().find(|f| f.shown && ends.iter().any(|e| squeezed(f.name).ends_with(e)));
            if let Some(field) = address {
                return Self { path: field.path.clone(), name: Some(field.name), is_address };
            }
        }
        // `user_id`, `userId`, `pk`: which of the record's fields the parameter means.
        let of = words(collection.name).pop().unwrap_or_default();
        let mut names = vec![parameter.clone()];
        names.extend(parameter.strip_prefix(&*of).map(str::to_owned));
        names.extend(["id", "uuid", "guid", "pk", "key"].map(str::to_owned));
        names.extend(["id", "uuid", "guid", "key"].map(|end| format!("{of}{end}")));
        let field = own(&names);
        let path = field.map_or_else(|| "$.id".to_owned(), |field| field.path.clone());
        Self { path, name: field.map(|field| field.name), is_address: false }
    }
}
