//! `[User.calls]`: how the API is asked. Pure.

use super::attributes::Rule;
use super::envelope::{record_in, record_of_body};
use super::find::find_line;
use super::guess::Resource;
use super::operation::Operation;
use super::paging::{Pages, pages};
use crate::cli::init::lines::{Line, harmless, inline, key_of, line, quoted};
use crate::cli::init::words::squeezed;

/// A path as a call writes it.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) path: String,
    /// What is to be put in: parameters that are neither key nor member.
    pub(super) note: String,
}

/// The path below `common`, with the slots of the mapping and no others: parameters that are open become words.
pub(super) fn target(template: &str, common: &str) -> Target {
    let below = template.strip_prefix(common).unwrap_or(template);
    let mut path = String::new();
    let (mut rest, mut open) = (below, Vec::new());
    while let Some((before, name, after)) = slot(rest) {
        path.push_str(before);
        match name.strip_prefix('?') {
            Some(name) => {
                open.push(format!("`{}`", harmless(name)));
                path.push_str(name);
            }
            None => path.push_str(&format!("{{{name}}}")),
        }
        rest = after;
    }
    path.push_str(rest);
    let note = if open.is_empty() { String::new() } else { format!("put in what {} is", open.join(" and ")) };
    Target { path, note }
}

fn slot(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// The calls of a resource. What is looked up by is in `rules`.
pub(super) fn calls(resource: &Resource<'_>, common: &str, rules: &[Rule]) -> (Vec<Line>, Vec<Line>) {
    let collection = &resource.collection;
    let list = target(&collection.call, common);
    let paged = collection.list.map(|list| pages(list, resource.key.name)).unwrap_or_default();
    let mut lines = Vec::new();
    lines.extend(collection.list.map(|operation| list_line(resource, operation, &list, &paged)));
    lines.push(read_line(resource, common));
    lines.extend(create_line(resource, common));
    lines.extend(update_line(resource, common));
    if let Some(delete) = collection.item.delete {
        let Target { path, note } = target(&collection.item.call, common);
        let (query, more) = required(delete, &[]);
        let parts = with_query(vec![("delete", quoted(&path))], &query);
        lines.push(line("delete", inline(&parts), joined(&[&note, &more])));
    }
    let finds = rules.iter().filter_map(|rule| find_line(resource, (&list, &paged), rule, common)).collect();
    (lines, finds)
}

fn list_line(resource: &Resource<'_>, operation: Operation<'_>, list: &Target, paged: &Pages) -> Line {
    let (path, note) = items(resource);
    let (mut query, more) = required(operation, &paged.query);
    query.splice(0..0, paged.query.iter().cloned());
    let mut parts = with_query(vec![("get", quoted(&list.path))], &query);
    parts.push(("items", quoted(&path)));
    parts.extend(paged.value(true).map(|page| ("page", page)));
    // A list that leaves somebody out makes the client believe that there is nobody.
    let hides = operation.query().into_iter().find(|parameter| {
        matches!(
            &*squeezed(parameter.name),
            "status" | "state" | "includeinactive" | "includedisabled" | "showinactive"
        )
    });
    let hides = hides.map_or_else(String::new, |parameter| {
        format!("see whether the inactive are listed, or want `{}`", harmless(parameter.name))
    });
    line("list", inline(&parts), joined(&[&list.note, note, &paged.note, &more, &hides]))
}

/// Where the records of a list are.
pub(super) fn items(resource: &Resource<'_>) -> (String, &'static str) {
    match &resource.collection.listed {
        Some(listed) => (listed.path.clone(), ""),
        None => ("$[*]".to_owned(), "where in the answer the records are the document does not say"),
    }
}

fn read_line(resource: &Resource<'_>, common: &str) -> Line {
    let item = &resource.collection.item;
    let Target { path, note } = target(&item.call, common);
    let said = match item.read {
        None => "the document has no such call",
        Some(read) if read.answer().is_none() => "where in the answer the record is the document does not say",
        Some(_) => "",
    };
    let (query, more) = item.read.map(|read| required(read, &[])).unwrap_or_default();
    let mut parts = with_query(vec![("get", quoted(&path))], &query);
    parts.extend(at_place(&resource.place));
    line("read", inline(&parts), joined(&[&note, said, &more]))
}

/// `item = "$.data"`, where the answer is not the record itself.
pub(super) fn at_place(place: &str) -> Option<(&'static str, String)> {
    (place != "$").then(|| ("item", quoted(place)))
}

fn create_line(resource: &Resource<'_>, common: &str) -> Option<Line> {
    let collection = &resource.collection;
    let (operation, template) = match (collection.create, collection.item.make) {
        (Some(create), _) => (create, collection.call.clone()),
        // What is not there is made under a name that the client chooses.
        (None, Some(make)) => {
            let name = resource.key.name.filter(|name| key_of(name) == **name)?;
            (make, collection.item.call.replace("{key}", &format!("{{record.{name}}}")))
        }
        (None, None) => return None,
    };
    let made = template.contains("{record.");
    let Target { path, note } = if made {
        let path = template.strip_prefix(common).unwrap_or(&template).to_owned();
        if path.replace("{record.", "").contains('{') {
            return None;
        }
        Target { path, note: "made under its own name, since nothing else makes one".to_owned() }
    } else {
        target(&template, common)
    };
    let (query, more) = required(operation, &[]);
    let mut parts = with_query(vec![(operation.method, quoted(&path))], &query);
    parts.push(body(resource, operation, "{record}"));
    if made {
        parts.push(("first", quoted("read")));
    }
    let (answer, said) = answered(resource, operation);
    let location = operation.header(&["Location"]).filter(|_| answer.as_ref().is_none_or(|(key, _)| *key == "then"));
    if let Some(location) = location {
        parts.push(("key_from", inline(&[("header", quoted(location))])));
    }
    let said = if location.is_some() || !said.is_empty() && made { "" } else { said };
    parts.extend(answer);
    Some(line("create", inline(&parts), joined(&[&note, said, &more])))
}

fn update_line(resource: &Resource<'_>, common: &str) -> Option<Line> {
    let operation = resource.collection.item.update?;
    let Target { path, note } = target(&resource.collection.item.call, common);
    let whole = operation.method == "put";
    let (query, more) = required(operation, &[]);
    let mut parts = with_query(vec![(operation.method, quoted(&path))], &query);
    parts.push(body(resource, operation, if whole { "{record}" } else { "{changes}" }));
    parts.extend(answered(resource, operation).0);
    let method = if whole { "all fields are sent; where it takes some of them, `{changes}`" } else { "" };
    Some(line("update", inline(&parts), joined(&[&note, method, &more])))
}

/// What the answer to a change holds, and what is to be looked at.
fn answered(resource: &Resource<'_>, operation: Operation<'_>) -> (Option<(&'static str, String)>, &'static str) {
    let again = || Some(("then", quoted("read")));
    let Some(answer) = operation.answer() else {
        return (again(), "where the answer holds the new key: see `key_from`");
    };
    let names = resource.record.names();
    let Some((place, record)) = record_in(answer, &names, resource.collection.name) else {
        return (again(), "where the answer holds the new key: see `key_from`");
    };
    let properties = record.properties();
    let key = resource.key.name.is_some_and(|key| properties.iter().any(|property| property.name == key));
    let same = properties.iter().filter(|property| names.contains(&property.name)).count();
    // An object of which nothing else is said, where a record is read: it is one.
    let unsaid = properties.is_empty() && place == resource.place;
    match (key, unsaid || same * 2 >= names.len()) {
        (_, true) => (at_place(&place), ""),
        (true, false) => (again(), ""),
        (false, false) => (again(), "where the answer holds the new key: see `key_from`"),
    }
}

/// `json = "{record}"`, or what is around it.
fn body(resource: &Resource<'_>, operation: Operation<'_>, slot: &str) -> (&'static str, String) {
    let Some(body) = operation.body() else { return ("json", quoted(slot)) };
    let kind = if body.is_form { "form" } else { "json" };
    let wrapped = record_of_body(body.schema, &resource.record.names(), resource.collection.name);
    let inner = match wrapped.beside {
        Some((name, value)) => inline(&[(name, quoted(value)), ("*", quoted(slot))]),
        None => quoted(slot),
    };
    (
        kind,
        match wrapped.name {
            Some(name) => inline(&[(name, inner)]),
            None => inner,
        },
    )
}

/// The parameters that a call does not go without; `have` are there already.
pub(super) fn required(operation: Operation<'_>, have: &[(String, String)]) -> (Vec<(String, String)>, String) {
    let (mut query, mut open) = (Vec::new(), Vec::new());
    let is_page =
        |name: &str| matches!(&*squeezed(name), "page" | "limit" | "offset" | "perpage" | "pagesize" | "size");
    let asked = operation.query().into_iter().filter(|parameter| parameter.required && !is_page(parameter.name));
    for parameter in asked.filter(|parameter| !have.iter().any(|(name, _)| name == parameter.name)) {
        let sample = parameter.sample();
        open.push(format!("`{}`", harmless(parameter.name)));
        query.push((parameter.name.to_owned(), sample.unwrap_or_default()));
    }
    let note = if open.is_empty() { String::new() } else { format!("put in what {} is to be", open.join(" and ")) };
    (query, note)
}

pub(super) fn with_query(
    mut parts: Vec<(&'static str, String)>,
    query: &[(String, String)],
) -> Vec<(&'static str, String)> {
    if !query.is_empty() {
        let pairs: Vec<(&str, String)> = query.iter().map(|(name, value)| (name.as_str(), quoted(value))).collect();
        parts.push(("query", inline(&pairs)));
    }
    parts
}

/// Several remarks as one.
pub(super) fn joined(notes: &[&str]) -> String {
    notes.iter().filter(|note| !note.is_empty()).copied().collect::<Vec<_>>().join("; ")
}
