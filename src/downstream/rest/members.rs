//! `[Group.members]`: where the members of a record are, and the calls that change them.
//!
//! `list = { field = "$.users[*].id", display = "$.users[*].name" }` where the record holds them, or
//! `list = { get = "/groups/{key}/users", items = "$.users[*]", field = "$.id" }` where they have a
//! call of their own; `add`, `remove`, `replace`. `[Group.members.User]` and its like say the same
//! of the members of one type; `where = { "$.members[*].kind" = "user" }` tells them apart in a
//! list that holds several.

use std::sync::Arc;

use serde_json::Value as Json;

use super::answer::key_of;
use super::apart::Apart;
use super::call::{Call, Role};
use super::context::Context;
use super::keys::path;
use super::path::JsonPath;
use super::resource::Key;
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Table};
use crate::plan::Membership;
use crate::record::{Member, RecordShape};

/// The members of a resource.
#[derive(Debug)]
pub(super) struct Members {
    /// The resource that members are of.
    pub(super) resource: Arc<str>,
    /// The key of that resource, for its type in bodies.
    pub(super) key: Option<Key>,
    list: Option<List>,
    /// The call that lists them, where the record does not.
    pub(super) list_call: Option<Call>,
    pub(super) add: Option<Call>,
    pub(super) remove: Option<Call>,
    pub(super) replace: Option<Call>,
}

/// Where the members, or the groups, are in a record.
#[derive(Debug)]
pub(super) struct List {
    place: JsonPath,
    key: JsonPath,
    display: Option<JsonPath>,
    /// What elements of another type have otherwise.
    apart: Vec<Apart>,
}

impl Members {
    /// Reads the table, or the table of each type; no members when the resource has none after all.
    pub(super) fn read_all(
        node: &Node,
        shape: &RecordShape,
        keys: &[(Arc<str>, Key)],
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Vec<Self>> {
        let what = format!("[{}.members]", shape.resource);
        let table = Table::open(node, &what, problems)?;
        // The mapping room reads which types members can have.
        table.node("types");
        let own = node.named_tables(|name| shape.members.iter().any(|have| **have == *name));
        if own.is_empty() {
            if shape.members.len() > 1 {
                let message = "members of several types are told apart by a table for each";
                let help = format!("write `[{}.members.{}]` and so on", shape.resource, shape.members[0]);
                problems.push(Diagnostic::error(Code::BAD_MEMBERS, &table.span_of("types"), message).help(help));
            }
            let one = Self::read(table, &what, shape.members.first(), keys, context, problems);
            return one.map(|members| members.into_iter().collect());
        }
        let mut found = Vec::new();
        let mut fine = true;
        for (key, node) in own {
            table.node(&key.name);
            let what = format!("[{}.members.{}]", shape.resource, key.name);
            let Some(table) = Table::open(node, &what, problems) else { continue };
            let resource = shape.members.iter().find(|have| ***have == *key.name);
            let members = Self::read(table, &what, resource, keys, context, problems);
            fine &= members.is_some();
            found.extend(members.flatten());
        }
        table.finish(problems);
        fine.then_some(found)
    }

    /// Reads the members of one type; `Some(None)` when the type is none.
    fn read(
        table: Table<'_>,
        what: &str,
        resource: Option<&Arc<str>>,
        keys: &[(Arc<str>, Key)],
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Option<Self>> {
        let mut fine = true;
        let mut read = |key: &str, role: Role, problems: &mut Problems| {
            let node = table.node(key)?;
            let call = Call::read(node, format!("{what} {key}"), role, context, problems);
            fine &= call.is_some();
            call
        };
        let add = read("add", Role::AddMember, problems);
        let remove = read("remove", Role::RemoveMember, problems);
        let replace = read("replace", Role::ReplaceMembers, problems);
        let in_record = table.node("list").is_some_and(|node| {
            !["get", "post", "put", "patch", "delete"].iter().any(|method| node.get(method).is_some())
        });
        let list_call = if in_record { None } else { read("list", Role::ListMembers, problems) };
        let mut list = match &list_call {
            Some(call) => List::of_call(call),
            None if in_record => table.node("list").and_then(|node| List::read(node, ("`list`", "members"), problems)),
            None => None,
        };
        if let (Some(list), Some(node)) = (&mut list, table.node("where")) {
            let apart = Apart::read_all(node, list_call.is_none().then_some(&list.place), problems);
            fine &= apart.is_some();
            list.apart = apart.unwrap_or_default();
        }
        if table.node("list").is_none() {
            table.missing("list", "where the members are in the record: `{ field = \"$.users[*].id\" }`", problems);
        }
        if table.node("where").is_some() && table.node("replace").is_some() {
            let message = "`replace` writes the whole list, and `where` says that it holds others as well";
            problems.push(
                Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of("replace"), message)
                    .help("write `add` and `remove` in its place"),
            );
        }
        let one_by_one = table.node("add").is_some() && table.node("remove").is_some();
        if !one_by_one && table.node("replace").is_none() {
            table.missing("add", "`add` and `remove` for one member, or `replace` for the whole list", problems);
        }
        table.finish(problems);
        let Some(resource) = resource else { return fine.then_some(None) };
        let key = keys.iter().find(|(have, _)| have == resource).map(|(_, key)| key.clone());
        fine.then_some(Some(Self {
            resource: Arc::clone(resource),
            key,
            list: Some(list?),
            list_call,
            add,
            remove,
            replace,
        }))
    }

    /// How members are changed.
    pub(super) const fn membership(&self) -> Membership {
        if self.add.is_some() && self.remove.is_some() { Membership::Delta } else { Membership::WholeList }
    }

    /// A member's key as bodies name it.
    pub(super) fn key_json(&self, key: &str) -> Json {
        self.key.as_ref().map_or_else(|| key.into(), |known| known.to_json(key))
    }

    /// True when the document speaks of its members.
    pub(super) fn are_answered_by(&self, document: &Json) -> bool {
        self.list_call.is_some() || self.list.as_ref().is_some_and(|list| list.is_answered_by(document))
    }

    /// The members of a document that speaks of them.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(super) fn take(&self, document: &Json) -> Result<Vec<Member>, String> {
        self.list.as_ref().map_or_else(|| Ok(Vec::new()), |list| list.take(document, &self.resource))
    }

    /// The members among what the call lists.
    ///
    /// # Errors
    /// That one has no key.
    pub(super) fn listed(&self, items: &[Json]) -> Result<Vec<Member>, String> {
        self.list.as_ref().ok_or("there is no list")?.own(items, &self.resource)
    }
}

impl List {
    /// The places within what a call lists.
    fn of_call(call: &Call) -> Option<Self> {
        let items = call.items.clone()?;
        Some(Self { place: items, key: call.field.clone()?, display: call.display.clone(), apart: Vec::new() })
    }

    /// Reads `{ field = "$.users[*].id", display = "$.users[*].name" }`; the key and what it lists are
    /// for messages.
    pub(super) fn read(node: &Node, (what, listed): (&str, &str), problems: &mut Problems) -> Option<Self> {
        let table = Table::open(node, what, problems)?;
        let field = table.required("field", "`{ field = \"$.users[*].id\" }`", problems);
        let keys = path(&table, "field", problems);
        let displays = path(&table, "display", problems);
        let (field_span, display_span) = (table.span_of("field"), table.span_of("display"));
        table.finish(problems);
        field?;
        let split = keys?.split_list();
        let Some((place, key)) = split else {
            problems.push(
                Diagnostic::error(Code::BAD_CALL, &field_span, format!("`field` names no list of {listed}"))
                    .help("a path of names with one `[*]`: `$.users[*].id`"),
            );
            return None;
        };
        let display = match displays.as_ref().map(|path| path.split_list()) {
            None => None,
            Some(Some((beside, display))) if beside.steps() == place.steps() => Some(display),
            Some(_) => {
                let message = "`display` is not in the same list as `field`";
                problems.push(Diagnostic::error(Code::BAD_CALL, &display_span, message));
                return None;
            }
        };
        Some(Self { place, key, display, apart: Vec::new() })
    }

    /// True when the document speaks of the list.
    pub(super) fn is_answered_by(&self, document: &Json) -> bool {
        self.place.is_answered_by(document)
    }

    /// What the list of a document names, each a `resource`.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(super) fn take(&self, document: &Json, resource: &Arc<str>) -> Result<Vec<Member>, String> {
        let items = match self.place.first(document) {
            Some(Json::Array(items)) => items.as_slice(),
            Some(Json::Null) => &[],
            _ => return Err(format!("`{}` is no list", self.place.as_str())),
        };
        self.own(items, resource)
    }

    /// The elements of some that are of the list's type.
    fn own(&self, items: &[Json], resource: &Arc<str>) -> Result<Vec<Member>, String> {
        let own = items.iter().filter(|item| self.apart.iter().all(|apart| apart.holds(item)));
        own.map(|item| self.element(item, resource)).collect()
    }

    fn element(&self, item: &Json, resource: &Arc<str>) -> Result<Member, String> {
        let key = self.key.first(item).and_then(key_of);
        let key = key.ok_or_else(|| format!("an element under `{}` has no key", self.key.as_str()))?;
        let display = self.display.as_ref().and_then(|path| path.first(item)).and_then(Json::as_str);
        Ok(Member { resource: Arc::clone(resource), key, display: display.map(str::to_owned) })
    }
}
