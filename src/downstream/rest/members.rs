//! `[Group.members]`: where the members of a record are, and the calls that change them.
//!
//! `list = { field = "$.users[*].id", display = "$.users[*].name" }` where the record holds them, or
//! `list = { get = "/groups/{key}/users", items = "$.users[*]", field = "$.id" }` where they have a
//! call of their own; `add`, `remove`, `replace`. `[Group.members.User]` and its like say the same
//! of the members of one type; `where = { "$.members[*].kind" = "user" }` tells them apart in a
//! list that holds several. `named = "$.username"` says that the calls name members otherwise than
//! by their keys.

use std::sync::Arc;

use serde_json::Value as Json;

use super::apart::Apart;
use super::call::{Call, Role};
use super::context::Context;
use super::kept::Kept;
use super::listing::{Entry, List};
use super::naming::Naming;
use super::path::JsonPath;
use super::resource::Key;
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Table};
use crate::plan::Membership;
use crate::record::RecordShape;

/// The members of a resource.
#[derive(Debug)]
pub(super) struct Members {
    /// The resource that members are of.
    pub(super) resource: Arc<str>,
    /// The key of that resource, for its type in bodies.
    pub(super) key: Option<Key>,
    /// How the calls name members, when not by their keys.
    pub(super) naming: Option<Naming>,
    /// True when what is called otherwise is of another type.
    is_told_by_name: bool,
    /// Where the members' own records tell their groups, when that is where memberships are.
    pub(super) kept: Option<Kept>,
    list: Option<List>,
    /// The call that lists them, where the record does not.
    pub(super) list_call: Option<Call>,
    pub(super) add: Option<Call>,
    pub(super) remove: Option<Call>,
    pub(super) replace: Option<Call>,
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
        // The mapping room reads which types members can have, and what becomes of others.
        table.node("types");
        table.node("others");
        let own = node.named_tables(|name| shape.members.iter().any(|have| **have == *name));
        if own.is_empty() {
            if shape.members.len() > 1 {
                let message = "members of several types are told apart by a table for each";
                let help = format!("write `[{}.members.{}]` and so on", shape.resource, shape.members[0]);
                problems.push(Diagnostic::error(Code::BAD_MEMBERS, &table.span_of("types"), message).help(help));
            }
            let one = Self::read(table, &what, (shape.members.first(), false), keys, context, problems);
            return one.map(|members| members.into_iter().collect());
        }
        let mut found = Vec::new();
        let mut fine = true;
        let several = own.len() > 1;
        for (key, node) in own {
            table.node(&key.name);
            let what = format!("[{}.members.{}]", shape.resource, key.name);
            let Some(table) = Table::open(node, &what, problems) else { continue };
            let resource = shape.members.iter().find(|have| ***have == *key.name);
            let members = Self::read(table, &what, (resource, several), keys, context, problems);
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
        (resource, several): (Option<&Arc<str>>, bool),
        keys: &[(Arc<str>, Key)],
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Option<Self>> {
        if table.node("on").is_some() {
            return Self::read_kept(table, what, resource, keys, context, problems);
        }
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
            None if in_record => table.node("list").and_then(|node| {
                let table = Table::open(node, "`list`", problems)?;
                let list = List::read(&table, "members", problems);
                table.finish(problems);
                list
            }),
            None => None,
        };
        for key in ["where", "except"] {
            let (Some(node), Some(list)) = (table.node(key), &mut list) else { continue };
            let apart = Apart::read_all(node, list_call.is_none().then(|| list.place()), problems);
            fine &= apart.is_some();
            *(if key == "where" { &mut list.apart } else { &mut list.except }) = apart.unwrap_or_default();
        }
        if table.node("list").is_none() {
            table.missing("list", "where the members are in the record: `{ field = \"$.users[*].id\" }`", problems);
        }
        let naming = Naming::read(&table, problems);
        fine &= naming.is_ok();
        let naming = naming.ok().flatten();
        report_names(&table, list.as_ref(), problems);
        report_replace(&table, several && naming.as_ref().is_some_and(Naming::has_text), problems);
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
            is_told_by_name: naming.as_ref().is_some_and(Naming::has_text) && several,
            naming,
            kept: None,
            list: Some(list?),
            list_call,
            add,
            remove,
            replace,
        }))
    }

    /// Reads memberships that are kept on the members' own records.
    fn read_kept(
        table: Table<'_>,
        what: &str,
        resource: Option<&Arc<str>>,
        keys: &[(Arc<str>, Key)],
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Option<Self>> {
        let naming = Naming::read(&table, problems);
        let kept = Kept::read(&table, naming.clone().ok().flatten(), problems);
        let list_call = table
            .node("list")
            .map(|node| Call::read(node, format!("{what} list"), Role::ListMembers, context, problems));
        table.finish(problems);
        naming.ok()?;
        let list_call = match list_call {
            Some(call) => Some(call?),
            None => None,
        };
        let kept = kept?;
        let Some(resource) = resource else { return Some(None) };
        let key = keys.iter().find(|(have, _)| have == resource).map(|(_, key)| key.clone());
        Some(Some(Self {
            resource: Arc::clone(resource),
            key,
            naming: None,
            is_told_by_name: false,
            kept: Some(kept),
            list: list_call.as_ref().and_then(List::of_call),
            list_call,
            add: None,
            remove: None,
            replace: None,
        }))
    }

    /// How members are changed.
    pub(super) const fn membership(&self) -> Membership {
        if self.kept.is_some() || self.add.is_some() && self.remove.is_some() {
            Membership::Delta
        } else {
            Membership::WholeList
        }
    }

    /// A member's key as bodies name it.
    pub(super) fn key_json(&self, key: &str) -> Json {
        self.key.as_ref().map_or_else(|| key.into(), |known| known.to_json(key))
    }

    /// True when the document speaks of its members.
    pub(super) fn are_answered_by(&self, document: &Json) -> bool {
        self.kept.is_some()
            || self.list_call.is_some()
            || self.list.as_ref().is_some_and(|list| list.is_answered_by(document))
    }

    /// Where the list is in a record that holds one.
    pub(super) fn place(&self) -> Option<&JsonPath> {
        self.list.as_ref().filter(|_| self.list_call.is_none()).map(List::place)
    }

    /// Who a document that speaks of its members names.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(super) fn take(&self, document: &Json) -> Result<Vec<Entry>, String> {
        self.list.as_ref().map_or_else(|| Ok(Vec::new()), |list| self.bare(list.take(document)?))
    }

    /// Who is among what the call lists.
    ///
    /// # Errors
    /// That one has neither key nor name.
    pub(super) fn listed(&self, items: &[Json]) -> Result<Vec<Entry>, String> {
        self.bare(self.list.as_ref().ok_or("there is no list")?.own(items)?)
    }

    /// True when the list tells names only, so that keys have to be found out.
    pub(super) fn needs_keys(&self) -> bool {
        self.list.as_ref().is_some_and(|list| !list.has_keys())
    }

    /// The names without the text around them. Where that text tells types apart, another text is
    /// another type; elsewhere it is nothing that could be left out in silence.
    fn bare(&self, mut entries: Vec<Entry>) -> Result<Vec<Entry>, String> {
        let Some(naming) = &self.naming else { return Ok(entries) };
        if self.is_told_by_name {
            entries.retain(|entry| entry.name.as_deref().is_none_or(|name| naming.bare(name).is_some()));
        }
        super::naming::bare(Some(naming), entries)
    }
}

/// Names in the list need `named`.
fn report_names(table: &Table<'_>, list: Option<&List>, problems: &mut Problems) {
    if list.is_some_and(List::has_names) && table.node("named").is_none() {
        let message = "`name` says where names are, and nothing says of what they are";
        problems.push(
            Diagnostic::error(Code::BAD_MEMBERS, &table.span_of("list"), message)
                .help("write `named = \"$.username\"` beside `list`, the field of the member's own record"),
        );
    }
}

/// A list that holds others as well must not be written over.
fn report_replace(table: &Table<'_>, texts_tell: bool, problems: &mut Problems) {
    let key = match ["where", "except"].into_iter().find(|key| table.node(key).is_some()) {
        Some(key) => key,
        None if texts_tell => "named",
        None => return,
    };
    if table.node("replace").is_some() {
        let message = format!("`replace` writes the whole list, and `{key}` says that it holds others as well");
        problems.push(
            Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of("replace"), message)
                .help("write `add` and `remove` in its place"),
        );
    }
}
