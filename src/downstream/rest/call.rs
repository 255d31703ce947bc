//! One call of the mapping (`read = { get = "/users/{key}.json", item = "$.user" }`): what is
//! sent, and where in the answer things are.
//!
//! Keys of every call: the method (`get`, `post`, `put`, `patch`, `delete`) with the path, `query`,
//! `headers`, `json`, and `ok` with further statuses that mean success. Which others there are
//! depends on the call's [`Role`].

use http::{HeaderName, Method};

use super::body::{Body, Whole};
use super::context::Context;
use super::paging::{Paging, Place as Source};
use super::path::JsonPath;
use super::template::{Place, Slot, Template, encode_all};
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table, nearest};

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Many records: `items`, `page`, `then`, `complete`.
    List,
    /// One record by its key: `item`, `missing`.
    Read,
    /// The records with a value: `items` or `item`, `exact`, `then`, `complete`, `missing`.
    Find,
    /// A new record: `item`, `key_from`, `then`.
    Create,
    /// A changed record: `item`, `then`, `missing`.
    Update,
    /// No record any more: `missing`.
    Delete,
    /// One member more: `already`.
    AddMember,
    /// One member less: `missing`.
    RemoveMember,
    /// These members and no others.
    ReplaceMembers,
    /// A sign of life.
    Probe,
}

/// What follows a call whose answer holds no whole record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Each record is read by its key when the answer does not speak of all fields.
    Complete,
    /// Each record is read by its key.
    Read,
    /// What the answer leaves out is null.
    Nothing,
}

/// One call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// What it is for.
    pub(super) role: Role,
    /// How messages call it: `[User.calls] read`.
    pub(super) name: String,
    /// The method.
    pub(super) method: Method,
    /// The path below `base_url`.
    pub(super) path: Template,
    /// Query parameters; names are encoded already.
    pub(super) query: Vec<(String, Template)>,
    /// Further headers.
    pub(super) headers: Vec<(HeaderName, Template)>,
    /// The body.
    pub(super) body: Option<Body>,
    /// Further statuses that mean success.
    pub(super) ok: Vec<u16>,
    /// Statuses that say the member is there already.
    pub(super) already: Vec<u16>,
    /// Statuses that say the record is not there.
    pub(super) missing: Vec<u16>,
    /// Where the record is in the answer.
    pub(super) item: Option<JsonPath>,
    /// Where the records are in the answer.
    pub(super) items: Option<JsonPath>,
    /// How the list comes in pages.
    pub(super) page: Option<Paging>,
    /// Where the key of a new record is, when not in the record.
    pub(super) key_from: Option<Source>,
    /// True when what was found is compared once more: searches find more than what is equal, and
    /// an application that does not know a parameter answers everything.
    pub(super) exact: bool,
    /// What follows.
    pub(super) then: Then,
}

impl Role {
    /// True when the call changes nothing, so that it may be sent again.
    pub(super) const fn is_read(self) -> bool {
        matches!(self, Self::List | Self::Read | Self::Find | Self::Probe)
    }

    const fn slots(self) -> &'static [Slot] {
        match self {
            Self::List | Self::Create | Self::Probe => &[],
            Self::Read | Self::Update | Self::Delete | Self::ReplaceMembers => &[Slot::Key],
            Self::Find => &[Slot::Value],
            Self::AddMember | Self::RemoveMember => &[Slot::Key, Slot::Member],
        }
    }

    const fn wholes(self) -> &'static [Whole] {
        match self {
            Self::Create => &[Whole::Record, Whole::Members],
            Self::Update => &[Whole::Record, Whole::Changes],
            Self::ReplaceMembers => &[Whole::Members],
            _ => &[],
        }
    }
}

impl Call {
    /// Reads a call and notes every problem in it.
    pub(super) fn read(
        node: &Node,
        name: String,
        role: Role,
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let table = Table::open(node, &name, problems)?;
        let target = method_and_path(&table, role, &name, context, problems);
        let query = pairs(&table, "query", Place::Query, role, context, problems);
        let headers = pairs(&table, "headers", Place::Header, role, context, problems);
        let body = table.node("json").map(|json| Body::read(json, (role.slots(), role.wholes()), context, problems));
        let mut call = Self {
            role,
            name,
            method: Method::GET,
            path: Template::empty(),
            query: query.into_iter().map(|(name, value)| (encode_all(&name), value)).collect(),
            headers: header_names(headers, &table, problems),
            body: body.clone().flatten(),
            ok: statuses(&table, "ok", problems),
            already: Vec::new(),
            missing: Vec::new(),
            item: None,
            items: None,
            page: None,
            key_from: None,
            exact: false,
            then: Then::Complete,
        };
        call.read_answer_keys(&table, problems);
        let span = table.span.clone();
        table.finish(problems);
        let sends = |whole| call.body.as_ref().is_some_and(|body| body.has(whole));
        if matches!(role, Role::Create | Role::Update)
            && body.as_ref().is_none_or(Option::is_some)
            && !sends(Whole::Record)
            && !sends(Whole::Changes)
        {
            problems.push(
                Diagnostic::error(Code::BAD_CALL, &span, format!("{} sends no field", call.name))
                    .help("write a body with the slot: `json = { user = \"{record}\" }`"),
            );
        }
        (call.method, call.path) = target?;
        (body.is_none() || call.body.is_some()).then_some(call)
    }

    /// True when the call is about one record, so that 404 means that there is none.
    pub(super) fn is_keyed(&self) -> bool {
        match self.role {
            Role::List | Role::Create | Role::Probe => false,
            Role::Find => self.path.has(Slot::Value),
            _ => true,
        }
    }

    fn read_answer_keys(&mut self, table: &Table<'_>, problems: &mut Problems) {
        use Role::{AddMember, Create, Delete, Find, List, Read, RemoveMember, ReplaceMembers, Update};
        let role = self.role;
        if matches!(role, List | Find) {
            self.items = path(table, "items", problems);
        }
        if matches!(role, Read | Find | Create | Update) {
            self.item = path(table, "item", problems);
        }
        if matches!(role, List | Find) {
            self.page = table.node("page").and_then(|node| Paging::read(node, problems));
        }
        if role == Create {
            self.key_from = table.node("key_from").and_then(|node| Source::read(node, "`key_from`", problems));
        }
        if role == Find {
            self.exact = table.boolean("exact", problems).unwrap_or(true);
        }
        if matches!(role, List | Find | Create | Update) {
            self.then = then(table, role, problems);
        }
        if role == AddMember {
            self.already = statuses(table, "already", problems);
        }
        if matches!(role, Read | Find | Update | Delete | RemoveMember | ReplaceMembers) {
            self.missing = statuses(table, "missing", problems);
        }
    }
}

fn method_and_path(
    table: &Table<'_>,
    role: Role,
    name: &str,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<(Method, Template)> {
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let mut found = Vec::new();
    for method in methods {
        if let Some((path, span)) = table.string(&method.as_str().to_ascii_lowercase(), problems) {
            found.push((method, path, span));
        }
    }
    let problem = match found.as_slice() {
        [(method, path, span)] => {
            let template = Template::parse(path, span, Place::Path, role.slots(), context, problems)?;
            return Some((method.clone(), template));
        }
        [] => Diagnostic::error(Code::BAD_CALL, &table.span, format!("{name} has no method"))
            .help("write one of `get`, `post`, `put`, `patch`, `delete` with the path: `get = \"/users.json\"`"),
        [_, (_, _, second), ..] => Diagnostic::error(Code::CONFLICTING_KEYS, second, format!("{name} has two methods"))
            .help("a call has one method with one path"),
    };
    problems.push(problem);
    None
}

/// The name-and-text pairs under `key`; numbers and booleans count as their text.
fn pairs(
    table: &Table<'_>,
    key: &str,
    place: Place,
    role: Role,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Vec<(String, Template)> {
    let Some(inner) = table.node(key).and_then(|node| Table::open(node, &format!("`{key}`"), problems)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, node) in inner.entries() {
        let text = match &node.value {
            NodeValue::String(text) => text.clone(),
            NodeValue::Integer(i) => i.to_string(),
            NodeValue::Boolean(b) => b.to_string(),
            _ => {
                let message = format!("`{}` is {}", name.name, node.kind());
                problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).label("expected a string"));
                continue;
            }
        };
        let template = Template::parse(&text, &node.span, place, role.slots(), context, problems);
        found.extend(template.map(|template| (name.name.clone(), template)));
    }
    found
}

/// Headers that frame the message or that the driver itself needs are not for the mapping.
fn header_names(
    pairs: Vec<(String, Template)>,
    table: &Table<'_>,
    problems: &mut Problems,
) -> Vec<(HeaderName, Template)> {
    const OURS: &[&str] = &["host", "content-length", "transfer-encoding", "connection", "accept-encoding"];
    let mut found = Vec::new();
    for (name, value) in pairs {
        match name.parse::<HeaderName>() {
            Ok(name) if !OURS.contains(&name.as_str()) => found.push((name, value)),
            _ => {
                let message = format!("`{name}` is no header that a call can set");
                problems.push(Diagnostic::error(Code::BAD_CALL, &table.span_of("headers"), message));
            }
        }
    }
    found
}

fn then(table: &Table<'_>, role: Role, problems: &mut Problems) -> Then {
    let known: &[(&str, Then)] = &[("read", Then::Read), ("nothing", Then::Nothing)];
    if matches!(role, Role::List | Role::Find) && table.boolean("complete", problems) == Some(true) {
        return Then::Nothing;
    }
    let Some((text, span)) = table.string("then", problems) else { return Then::Complete };
    if let Some((_, then)) = known.iter().find(|(name, _)| *name == text) {
        return *then;
    }
    let near = nearest(text, known.iter().map(|(name, _)| *name)).unwrap_or("read");
    let message = format!("`{text}` is nothing that can follow a call");
    problems.push(Diagnostic::error(Code::BAD_CALL, span, message).help(format!("did you mean `{near}`?")));
    Then::Complete
}

/// The JSONPath under `key`.
pub(super) fn path(table: &Table<'_>, key: &str, problems: &mut Problems) -> Option<JsonPath> {
    let (text, span) = table.string(key, problems)?;
    match JsonPath::parse(text) {
        Ok(path) => Some(path),
        Err(why) => {
            let message = format!("`{text}` is not a path");
            problems.push(Diagnostic::error(Code::BAD_CALL, span, message).help(why));
            None
        }
    }
}

/// The status or the list of statuses under `key`.
pub(super) fn statuses(table: &Table<'_>, key: &str, problems: &mut Problems) -> Vec<u16> {
    let Some(node) = table.node(key) else { return Vec::new() };
    let items = match &node.value {
        NodeValue::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut found = Vec::new();
    for item in items {
        match item.value {
            NodeValue::Integer(status @ 100..=599) => found.extend(u16::try_from(status)),
            _ => problems.push(
                Diagnostic::error(Code::BAD_CALL, &item.span, format!("`{key}` holds something else than a status"))
                    .label("expected a number from 100 to 599"),
            ),
        }
    }
    found
}
