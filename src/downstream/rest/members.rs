//! `[Group.members]`: where the members of a record are, and the calls that change them.
//!
//! `list = { field = "$.users[*].id", display = "$.users[*].name" }` where the record holds them, or
//! `list = { get = "/groups/{key}/users", items = "$.users[*]", field = "$.id" }` where they have a
//! call of their own; `add`, `remove`, `replace`.

use std::sync::Arc;

use serde_json::Value as Json;

use super::answer::key_of;
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

/// Where the members are in a record.
#[derive(Debug)]
struct List {
    place: JsonPath,
    key: JsonPath,
    display: Option<JsonPath>,
}

impl Members {
    /// Reads the table; `Some(None)` when the resource has no members after all.
    pub(super) fn read(
        node: &Node,
        shape: &RecordShape,
        keys: &[(Arc<str>, Key)],
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Option<Self>> {
        let what = format!("[{}.members]", shape.resource);
        let table = Table::open(node, &what, problems)?;
        // The mapping room reads which types members can have.
        table.node("types");
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
        let list = match &list_call {
            Some(call) => List::of_call(call),
            None if in_record => table.node("list").and_then(|node| List::read(node, problems)),
            None => None,
        };
        if table.node("list").is_none() {
            table.missing("list", "where the members are in the record: `{ field = \"$.users[*].id\" }`", problems);
        }
        let one_by_one = table.node("add").is_some() && table.node("remove").is_some();
        if !one_by_one && table.node("replace").is_none() {
            table.missing("add", "`add` and `remove` for one member, or `replace` for the whole list", problems);
        }
        let span = table.span.clone();
        table.finish(problems);
        let resource = match shape.members.as_slice() {
            [] => return fine.then_some(None),
            [one] => Arc::clone(one),
            _ => {
                let message = "members of several types cannot be told apart by this kind of downstream";
                problems.push(Diagnostic::error(Code::BAD_CALL, &span, message));
                return None;
            }
        };
        let key = keys.iter().find(|(have, _)| *have == resource).map(|(_, key)| key.clone());
        fine.then_some(Some(Self { resource, key, list: Some(list?), list_call, add, remove, replace }))
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
        self.list_call.is_some() || self.list.as_ref().is_some_and(|list| list.place.is_answered_by(document))
    }

    /// The members of a document that speaks of them.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(super) fn take(&self, document: &Json) -> Result<Vec<Member>, String> {
        let Some(list) = &self.list else { return Ok(Vec::new()) };
        let items = match list.place.first(document) {
            Some(Json::Array(items)) => items.as_slice(),
            Some(Json::Null) => &[],
            _ => return Err(format!("`{}` is no list of members", list.place.as_str())),
        };
        items.iter().map(|item| self.member(item)).collect()
    }

    /// One member from its element of the list.
    ///
    /// # Errors
    /// That it has no key.
    pub(super) fn member(&self, item: &Json) -> Result<Member, String> {
        let list = self.list.as_ref().ok_or("there is no list")?;
        let key = list.key.first(item).and_then(key_of);
        let key = key.ok_or_else(|| format!("a member under `{}` has no key", list.key.as_str()))?;
        let display = list.display.as_ref().and_then(|path| path.first(item)).and_then(Json::as_str);
        Ok(Member { resource: Arc::clone(&self.resource), key, display: display.map(str::to_owned) })
    }
}

impl List {
    /// The places within what a call lists.
    fn of_call(call: &Call) -> Option<Self> {
        let items = call.items.clone()?;
        Some(Self { place: items, key: call.field.clone()?, display: call.display.clone() })
    }

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let table = Table::open(node, "`list`", problems)?;
        let field = table.required("field", "`{ field = \"$.users[*].id\" }`", problems);
        let keys = path(&table, "field", problems);
        let displays = path(&table, "display", problems);
        let (field_span, display_span) = (table.span_of("field"), table.span_of("display"));
        table.finish(problems);
        field?;
        let split = keys?.split_list();
        let Some((place, key)) = split else {
            problems.push(
                Diagnostic::error(Code::BAD_CALL, &field_span, "`field` names no list of members")
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
        Some(Self { place, key, display })
    }
}
