//! One resource of the mapping as the driver sees it: key, fields, calls, members, errors.

use std::sync::Arc;

use super::body::Whole;
use super::call::{Call, Role, Then};
use super::context::Context;
use super::fields::FieldPaths;
use super::groups::Groups;
use super::kept::Kept;
use super::keys::one_of;
use super::keys::path;
use super::meaning::Rule;
use super::members::Members;
use super::path::JsonPath;
use super::related::Sends;
use super::sequence::{self, OnFailure, Steps};
use super::version::Version;
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table, nearest};
use crate::downstream::Binding;
use crate::plan::{Capabilities, Membership, Searchable};
use crate::record::{FieldName, RecordShape};

/// A resource.
#[derive(Debug)]
pub(super) struct Resource {
    /// Its name in the mapping.
    pub(super) name: Arc<str>,
    /// Where the key is in a record.
    pub(super) key: Key,
    /// Where the fields are in a record.
    pub(super) fields: FieldPaths,
    /// What is sent of the elements of lists.
    pub(super) sends: Sends,
    /// Where its version is, if it tells one.
    pub(super) version: Option<Version>,
    /// The calls.
    pub(super) calls: Calls,
    /// The members, by their types; empty when it has none.
    pub(super) members: Vec<Members>,
    /// The groups that it is in, if its records tell them.
    pub(super) groups: Option<Groups>,
    /// The groups whose members are kept on its records, and where.
    pub(super) keeps: Option<(Arc<str>, Kept)>,
    /// What failures mean.
    pub(super) rules: Vec<Rule>,
    /// What it can do.
    pub(super) capabilities: Capabilities,
}

/// `key = "$.id"`, or `key = { field = "$.id", type = "string" }`.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// Where the key is.
    pub(super) path: JsonPath,
    /// True when JSON bodies name the key as text though it looks like a number.
    pub(super) is_text: bool,
    /// True when an address stands there, whose last segment is the key.
    pub(super) is_address: bool,
    /// True when records have no key, since each is the answer to one question.
    pub(super) is_none: bool,
}

/// The calls of a resource; those that are not there cannot be done.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) list: Option<Call>,
    pub(super) read: Option<Call>,
    pub(super) create: Option<Call>,
    pub(super) update: Option<Call>,
    pub(super) delete: Option<Call>,
    pub(super) find: Vec<(FieldName, Call)>,
    /// The further calls of those that are several.
    pub(super) steps: Steps,
    /// True when a record whose `create` failed half-way stays, to be completed.
    pub(super) resumes: bool,
}

impl Key {
    /// The key of what has none.
    pub(super) fn none() -> Option<Self> {
        Some(Self { path: JsonPath::parse("$").ok()?, is_text: true, is_address: false, is_none: true })
    }

    /// Reads the `key` of a resource.
    pub(super) fn read(node: &Node, resource: &str, problems: &mut Problems) -> Option<Self> {
        let what = format!("[{resource}]");
        let table = Table::open(node, &what, problems)?;
        let node = table.required("key", "where the key is in a record: `key = \"$.id\"`", problems)?;
        if let NodeValue::String(_) = node.value {
            return Some(Self {
                path: path(&table, "key", problems)?,
                is_text: false,
                is_address: false,
                is_none: false,
            });
        }
        let table = Table::open(node, "`key`", problems)?;
        table.required("field", "`{ field = \"$.id\" }`", problems)?;
        let field = path(&table, "field", problems);
        let kind = table.string("type", problems);
        if let Some((kind, span)) = kind.filter(|(kind, _)| !matches!(*kind, "string" | "number" | "address")) {
            problems.push(
                Diagnostic::error(Code::BAD_FIELD, span, format!("`{kind}` is no type of a key"))
                    .help("known types: string, number, address"),
            );
        }
        table.finish(problems);
        let is = |name| kind.is_some_and(|(kind, _)| kind == name);
        Some(Self { path: field?, is_text: is("string"), is_address: is("address"), is_none: false })
    }

    /// A key as JSON bodies name it.
    pub(super) fn to_json(&self, key: &str) -> serde_json::Value {
        match key.parse::<i64>() {
            Ok(number) if !self.is_text && number.to_string() == key => number.into(),
            _ => key.into(),
        }
    }
}

impl Resource {
    /// Reads the driver's own keys of a resource's table; `keys` are those of all resources.
    pub(super) fn read(
        (shape, node): &(RecordShape, &Node),
        binding: &Binding<'_>,
        keys: &[(Arc<str>, Key)],
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let name = Arc::clone(&shape.resource);
        let table = Table::open(node, &format!("[{name}]"), problems)?;
        table.node("version");
        let version = Version::read(node, problems);
        let calls = match table.node("calls") {
            Some(calls) => {
                // DELETE may mean something else, which needs no call of its own.
                let end = node.get("deprovision").and_then(|table| table.get("delete")).and_then(Node::as_str);
                Calls::read(calls, shape, matches!(end, None | Some("delete")), context, problems)
            }
            None => {
                table.missing("calls", &format!("write `[{name}.calls]` with `list`, `read`, …"), problems);
                None
            }
        };
        let rules = table.node("errors").map_or_else(Vec::new, |node| Rule::read_all(node, shape, problems));
        let fields = FieldPaths::read(shape, node, problems);
        let sends = Sends::read(table.node("sends"), problems);
        let members = table.node("members").map(|node| Members::read_all(node, shape, keys, context, problems));
        let groups = table.node("groups").map(|node| Groups::read(node, shape, binding, problems));
        let key = keys.iter().find(|(have, _)| *have == name).map(|(_, key)| key.clone())?;
        let (members, calls) = (members.unwrap_or_else(|| Some(Vec::new()))?, calls?);
        let groups = match groups {
            Some(groups) => Some(groups?),
            None => None,
        };
        let version = Version::checked(version, node, (&calls, &members), problems);
        report_mixed(&calls, &members, node, problems);
        report_unknown_key(&calls, &key, shape, node, problems);
        let version = version?;
        let capabilities = Capabilities {
            groups: groups.is_some(),
            version: version.as_ref().is_some_and(Version::is_in_record),
            ..capabilities(&calls, &members)
        };
        let fields = fields?;
        Some(Self {
            name,
            key,
            version,
            fields,
            sends: sends?,
            calls,
            members,
            groups,
            keeps: None,
            rules,
            capabilities,
        })
    }
}

impl Calls {
    fn read(
        node: &Node,
        shape: &RecordShape,
        deletes: bool,
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let what = format!("[{}.calls]", shape.resource);
        let table = Table::open(node, &what, problems)?;
        let mut fine = true;
        let mut read = |key: &str, role: Role, problems: &mut Problems| {
            let node = table.node(key)?;
            let call = Call::read(node, format!("{what} {key}"), role, context, problems);
            fine &= call.is_some();
            call
        };
        let (list, one) = (read("list", Role::List, problems), read("read", Role::Read, problems));
        let mut several = |key: &str, role: Role, problems: &mut Problems| {
            let read = sequence::read(&table, (&what, key, role), context, problems);
            fine &= read.is_ok();
            read.unwrap_or_default()
        };
        let (create, after_create) = several("create", Role::Create, problems);
        let (update, after_update) = several("update", Role::Update, problems);
        let (delete, before_delete) = several("delete", Role::Delete, problems);
        let steps = Steps { create: after_create, update: after_update, delete: before_delete };
        let on_failure =
            one_of(&table, "on_failure", &[("undo", OnFailure::Undo), ("resume", OnFailure::Resume)], problems);
        fine &= sequence::report(node, &steps, (shape, on_failure), problems);
        let resumes = on_failure == Some(OnFailure::Resume) && !steps.create.is_empty();
        let mut calls = Self { list, read: one, create, update, delete, find: Vec::new(), steps, resumes };
        if let Some(find) = table.node("find").and_then(|node| Table::open(node, &format!("{what} find"), problems)) {
            for (attribute, node) in find.entries() {
                let name = format!("{what} find.{}", attribute.name);
                let call = Call::read(node, name, Role::Find, context, problems);
                let field = found_field(&attribute.name, &attribute.span, shape, problems);
                fine &= call.is_some() && field.is_some();
                calls.find.extend(field.zip(call));
            }
        }
        calls.share_paging();
        let can_be_filled = !shape.members.is_empty();
        report_missing(&table, &shape.resource, (can_be_filled, deletes), problems);
        if table.node("read").is_none() {
            table.missing("read", "how one record is read: `read = { get = \"/users/{key}\" }`", problems);
        }
        table.finish(problems);
        (fine && calls.read.is_some()).then_some(calls)
    }

    /// A lookup that is a search in the list comes in the list's pages.
    fn share_paging(&mut self) {
        let Some(list) = &self.list else { return };
        for (_, call) in &mut self.find {
            let same = call.method == list.method && call.path.source() == list.path.source();
            if same && call.page.is_none() && call.items.is_some() {
                call.page.clone_from(&list.page);
            }
        }
    }
}

/// Without a call its requests are refused, which may be meant.
fn report_missing(table: &Table<'_>, resource: &str, (can_be_filled, deletes): (bool, bool), problems: &mut Problems) {
    let missing = [
        ("list", "list or count", true),
        ("create", "make", true),
        ("update", "change", !can_be_filled),
        ("delete", "delete", deletes),
    ];
    for (call, deed, matters) in missing {
        if matters && table.node(call).is_none() && !table.has_unknown_keys() {
            let message = format!("without a call `{call}` clients cannot {deed} a {resource}");
            problems.push(Diagnostic::note(Code::MISSING_KEY, &table.span, message));
        }
    }
}

/// `{members}` in `create` is one list of keys, which does not say of which type each is.
fn report_mixed(calls: &Calls, members: &[Members], node: &Node, problems: &mut Problems) {
    let body = calls.create.as_ref().and_then(|call| call.body.as_ref());
    if members.len() < 2 || !body.is_some_and(|body| body.has(Whole::Members)) {
        return;
    }
    let create = node.get("calls").and_then(|calls| calls.get("create")).unwrap_or(node);
    let message = "`{members}` does not say of which type each of them is";
    problems.push(
        Diagnostic::error(Code::BAD_MEMBERS, &create.span, message)
            .help("leave it out: members are added when the record is there"),
    );
}

/// What is to be read before it is made must have a key that the client says.
fn report_unknown_key(calls: &Calls, key: &Key, shape: &RecordShape, node: &Node, problems: &mut Problems) {
    let written = shape.fields.iter().any(|field| field.written && field.name.as_str() == key.path.as_str());
    if written || !calls.create.as_ref().is_some_and(|call| call.reads_first) {
        return;
    }
    let create = node.get("calls").and_then(|calls| calls.get("create")).unwrap_or(node);
    let message = format!("no rule writes the key `{}`, so there is nothing to read first", key.path.as_str());
    problems.push(
        Diagnostic::error(Code::BAD_CALL, &create.span, message)
            .help("`first = \"read\"` is for keys that clients choose; elsewhere `find.ATTRIBUTE` is asked first"),
    );
}

/// The field that an attribute is looked up in.
fn found_field(
    attribute: &str,
    span: &crate::diagnostic::Span,
    shape: &RecordShape,
    problems: &mut Problems,
) -> Option<FieldName> {
    let fits = |label: &str| label.eq_ignore_ascii_case(attribute);
    if let Some(field) = shape.fields.iter().find(|field| fits(&field.label) && field.list.is_none()) {
        return Some(field.name.clone());
    }
    let problem = Diagnostic::error(Code::BAD_CALL, span, format!("no rule reads a single field for `{attribute}`"));
    problems.push(match nearest(attribute, shape.fields.iter().map(|field| &*field.label)) {
        Some(near) if !fits(near) => problem.help(format!("did you mean `{near}`?")),
        _ => problem.help("a lookup is named by an attribute of the mapping: `find.userName = { … }`"),
    });
    None
}

fn capabilities(calls: &Calls, members: &[Members]) -> Capabilities {
    let reads_each = calls.list.as_ref().is_some_and(|list| list.then == Then::Read);
    Capabilities {
        searchable: Searchable::Equal(calls.find.iter().map(|(field, _)| field.clone()).collect()),
        sort: false,
        keyset: false,
        membership: membership(members),
        groups: false,
        version: false,
        resumes: calls.resumes,
        // Where each record costs a call of its own, a tenth is as much work.
        scan_limit: if reads_each { 1_000 } else { 10_000 },
    }
}

/// One by one only where all types are.
fn membership(members: &[Members]) -> Membership {
    let mut each = members.iter().map(Members::membership);
    match each.next() {
        None => Membership::None,
        Some(first) if each.all(|other| other == first) => first,
        Some(_) => Membership::WholeList,
    }
}
