//! The calls for members that lie below a group's path, or below a user's. Pure.

use super::calls::target;
use super::collection::{is_plain, stem};
use super::guess::{Guess, Resource};
use super::operation::Operation;
use super::schema::{Kind, Property, Schema};
use crate::cli::init::lines::{Line, inline, key_of, line, quoted};
use crate::cli::init::words::{Meaning, USERS, squeezed, words};

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Below<'a> {
    /// The path of the list, as a call writes it.
    pub(super) path: String,
    pub(super) list: Option<Operation<'a>>,
    pub(super) add: Option<Change>,
    pub(super) remove: Option<Change>,
    /// The call that writes the whole list.
    pub(super) replace: Option<Change>,
    /// The field of the user by whose value the calls name a member.
    pub(super) named: Option<String>,
}

/// A call that changes who is a member.
#[derive(Debug, Clone)]
pub(super) struct Change {
    method: &'static str,
    path: String,
    /// The key of the body, `json` or `form`, with what is sent.
    body: Option<(&'static str, String)>,
    note: String,
}

/// How a body names a member.
struct Named {
    json: String,
    /// The field of the user, when it is not the key.
    field: Option<String>,
    note: String,
}

impl Change {
    /// The line of the mapping. In a path a member has its key, whatever bodies call it.
    pub(super) fn line(&self, key: &str, is_named: bool) -> Line {
        let path = if is_named { self.path.replace("{member}", "{member.key}") } else { self.path.clone() };
        let mut parts = vec![(self.method, quoted(&path))];
        parts.extend(self.body.clone());
        line(key, inline(&parts), self.note.clone())
    }
}

/// The calls below a group's path.
pub(super) fn below<'a>(guess: &Guess<'a>, groups: &Resource<'a>, common: &str) -> Below<'a> {
    let document = guess.document;
    let item = stem(groups.collection.item.path);
    let mut found = Below::default();
    let tails: Vec<(&'a str, &'a str)> = document
        .paths()
        .filter_map(|(path, _)| Some((path, path.strip_prefix(item)?)))
        .filter(|(p, _)| is_plain(p))
        .collect();
    for (path, tail) in &tails {
        let segments: Vec<&str> = stem(tail).split('/').filter(|segment| !segment.is_empty()).collect();
        let call = format!("{}/{}", stem(&groups.collection.item.call), segments.join("/"));
        let end = tail.strip_prefix(stem(tail)).unwrap_or_default();
        let operation = |method| Operation::at(document, document.path(path), method);
        match segments.as_slice() {
            [name, ..] if name.contains('{') => {}
            [name] if verb_of(name, guess).is_none() && is_of_members(name, guess) => {
                found.path = target(&format!("{call}{end}"), common).path;
                found.list = operation("get").filter(|list| list.answer().is_some());
                found.of_collection(guess, &operation);
                found.of_address(guess, path, (&call, end), common);
            }
            [name] => found.of_verb(guess, name, &format!("{call}{end}"), common, &operation),
            [name, member] if is_of_members(name, guess) && is_parameter(member) => {
                let call = format!("{}/{name}/{{member}}", stem(&groups.collection.item.call));
                found.of_item(&target(&format!("{call}{end}"), common).path, &operation);
            }
            _ => {}
        }
    }
    found.of_users(guess, groups, common);
    found
}

impl<'a> Below<'a> {
    /// `/groups/{id}/users`: POST adds, DELETE with a body removes, PUT writes the whole list.
    fn of_collection(&mut self, guess: &Guess<'a>, operation: &dyn Fn(&'static str) -> Option<Operation<'a>>) {
        let change = |method| {
            let operation = operation(method)?;
            let named = named(guess, operation.body()?.schema)?;
            let body = Some(("json", named.json));
            Some((Change { method, path: self.path.clone(), body, note: named.note }, named.field))
        };
        let (post, delete) = (change("post"), change("delete"));
        let put = operation("put").filter(|put| put.body().is_some_and(|body| body.schema.kind() == Kind::List));
        self.replace = put.map(|put| Change {
            method: put.method,
            path: self.path.clone(),
            body: Some(("json", quoted("{members}"))),
            note: "the whole list is written".to_owned(),
        });
        if let Some((add, field)) = post {
            self.named = field;
            self.add = Some(add);
        }
        self.remove = self.remove.take().or_else(|| delete.map(|(remove, _)| remove));
    }

    /// `/groups/{id}/users/{user}`: PUT or POST adds, DELETE removes.
    fn of_item(&mut self, path: &str, operation: &dyn Fn(&'static str) -> Option<Operation<'a>>) {
        let change = |operation: Operation<'_>| Change {
            method: operation.method,
            path: path.to_owned(),
            body: None,
            note: String::new(),
        };
        if self.add.is_none() {
            self.add = operation("put").or_else(|| operation("post")).map(change);
        }
        self.remove = operation("delete").map(change).or_else(|| self.remove.take());
    }

    /// A member by an address of its own, `{groups_user_href}`, of the same tag as the list.
    fn of_address(&mut self, guess: &Guess<'a>, path: &str, (call, end): (&str, &str), common: &str) {
        let document = guess.document;
        let tag = |path| {
            let get =
                ["get", "post", "delete"].into_iter().find_map(|m| Operation::at(document, document.path(path), m));
            get?.tags().next()
        };
        if self.remove.is_some() || !path.starts_with('{') {
            return;
        }
        let own = tag(path);
        let same =
            document.paths().map(|(path, _)| path).filter(|other| other.starts_with('{') && other.ends_with('}'));
        let mut same = same.filter(|other| own.is_some() && tag(other) == own);
        if same.any(|other| document.path(other).get("delete").is_some()) {
            let path = target(&format!("{call}/{{member}}{end}"), common).path;
            let note = "by the address below the list".to_owned();
            self.remove = Some(Change { method: "delete", path, body: None, note });
        }
    }

    /// `/groups/{id}/add_user`: a verb.
    fn of_verb(
        &mut self,
        guess: &Guess<'a>,
        name: &str,
        call: &str,
        common: &str,
        operation: &dyn Fn(&'static str) -> Option<Operation<'a>>,
    ) {
        let Some(adds) = verb_of(name, guess) else { return };
        let Some(post) = operation("post").or_else(|| operation("put")) else { return };
        let Some(body) = post.body() else { return };
        let Some(named) = named(guess, body.schema) else { return };
        let kind = if body.is_form { "form" } else { "json" };
        let path = target(call, common).path;
        let change = Change { method: post.method, path, body: Some((kind, named.json)), note: named.note };
        if adds {
            self.named = named.field;
            self.add = Some(change);
        } else {
            self.remove = Some(change);
        }
    }

    /// `/users/{id}/groups/{group}`: the same from the user's side.
    fn of_users(&mut self, guess: &Guess<'a>, groups: &Resource<'a>, common: &str) {
        let item = &guess.users.collection.item;
        let group = words(groups.collection.name).pop();
        if self.add.is_some() && self.remove.is_some() {
            return;
        }
        for (path, node) in guess.document.paths().filter(|(path, _)| is_plain(path)) {
            let Some(tail) = path.strip_prefix(stem(item.path)) else { continue };
            let segments: Vec<&str> = stem(tail).split('/').filter(|segment| !segment.is_empty()).collect();
            let [name, key] = segments.as_slice() else { continue };
            if !is_parameter(key) || name.contains('{') || words(name).pop() != group {
                continue;
            }
            let before = stem(&item.call).replace("{key}", "{member}");
            let path_of_call = target(&format!("{before}/{name}/{{key}}"), common).path;
            let operation = |method| Operation::at(guess.document, node, method);
            self.of_item(&path_of_call, &operation);
        }
    }
}

/// Whether a segment such as `add_user` adds a member, or takes one away; `None` when it says neither.
fn verb_of(name: &str, guess: &Guess<'_>) -> Option<bool> {
    let words = words(name);
    let has = |verbs: &[&str]| words.iter().any(|word| verbs.contains(&&**word));
    let about = words.iter().any(|word| is_of_members(word, guess));
    match (has(&["add", "join", "assign"]), has(&["remove", "delete", "leave", "unassign"])) {
        (true, _) if about => Some(true),
        (_, true) if about => Some(false),
        _ => None,
    }
}

/// True for what members are called in paths.
fn is_of_members(name: &str, guess: &Guess<'_>) -> bool {
    let last = words(name).pop().unwrap_or_default();
    let own = words(guess.users.collection.name).pop();
    USERS.contains(&&*last) || last == "membership" || own.is_some_and(|own| own == last)
}

fn is_parameter(segment: &str) -> bool {
    segment.len() > 2 && segment.starts_with('{') && segment.ends_with('}') && segment.matches('{').count() == 1
}

/// How a body names one member.
fn named(guess: &Guess<'_>, body: Schema<'_>) -> Option<Named> {
    match body.kind() {
        Kind::List => {
            let inner = named(guess, body.items()?)?;
            Some(Named { json: format!("[{}]", inner.json), ..inner })
        }
        Kind::Object => of_object(guess, body),
        _ => Some(Named { json: quoted("{member}"), field: None, note: String::new() }),
    }
}

fn of_object(guess: &Guess<'_>, body: Schema<'_>) -> Option<Named> {
    let properties: Vec<Property<'_>> =
        body.properties().into_iter().filter(|one| !one.schema.is_read_only()).collect();
    let key = guess.users.key.name.unwrap_or("id");
    let user = words(guess.users.collection.name).pop().unwrap_or_default();
    let keyed =
        [format!("{user}{}", squeezed(key)), format!("{user}id"), "userid".into(), "memberid".into(), squeezed(key)];
    let by = |names: &[String]| names.iter().find_map(|name| properties.iter().find(|one| squeezed(one.name) == *name));
    let login = guess.users.record.field(Meaning::UserName).or_else(|| guess.users.record.field(Meaning::Email));
    let login = login.filter(|login| login.name != key);
    let called = login.and_then(|login| properties.iter().find(|one| one.name == login.name));
    let listed = properties.iter().find(|one| {
        let words = words(one.name);
        one.schema.kind() == Kind::List && words.iter().any(|word| is_of_members(word, guess))
    });
    let (property, json, field) = match (by(&keyed), called, listed) {
        (Some(property), ..) => (property, quoted("{member}"), None),
        (None, Some(property), _) => (property, quoted("{member}"), login.map(|login| login.path.clone())),
        (None, None, Some(property)) => (property, format!("[{}]", quoted("{member}")), None),
        (None, None, None) => {
            let property = by(&[user, "user".into(), "member".into(), "id".into()])?;
            let object = property.schema.kind() == Kind::Object;
            (property, if object { inline(&[(key, quoted("{member}"))]) } else { quoted("{member}") }, None)
        }
    };
    let mut parts = vec![(property.name, json)];
    let more =
        properties.iter().filter(|one| one.required && one.name != property.name && one.schema.kind() == Kind::Text);
    let more: Vec<(&str, String)> =
        more.map(|one| (one.name, quoted(one.schema.words().first().copied().unwrap_or_default()))).collect();
    let note = match more.as_slice() {
        [] => String::new(),
        more => {
            let names: Vec<String> = more.iter().map(|(name, _)| format!("`{}`", key_of(name))).collect();
            format!("put in what {} is to be", crate::cli::init::lines::harmless(&names.join(" and ")))
        }
    };
    parts.extend(more);
    Some(Named { json: inline(&parts), field, note })
}
