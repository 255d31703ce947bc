//! One call of the mapping (`read = { get = "/users/{key}.json", item = "$.user" }`): what is
//! sent, and where in the answer things are.
//!
//! Keys of every call: the method (`get`, `post`, `put`, `patch`, `delete`) with the path, `query`,
//! `headers`, `json` or `form`, and `ok` with further statuses that mean success. Which others there are
//! depends on the call's [`Role`].

use http::{HeaderName, Method};

use super::body::{Body, Whole};
use super::context::Context;
use super::form::Encoding;
use super::keys::{header_names, method_and_path, missing, one_of, pairs, path, statuses, then};
use super::paging::{Paging, Place as Source};
use super::path::JsonPath;
use super::template::{Place, Slot, Template, encode_all};
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Span, Table};
use crate::record::FieldName;
use crate::value::Value;

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Many records: `items`, `optional`, `page`, `then`, `complete`.
    List,
    /// One record by its key: `item`, `missing`.
    Read,
    /// The records with a value: `items` or `item`, `optional`, `exact`, `letters`, `then`, `complete`, `missing`.
    Find,
    /// What is known of a bearer token: `items` or `item`, `optional`, `missing`.
    Token,
    /// A new record: `item`, `key_from`, `then`, `already`, `first`.
    Create,
    /// One of several calls that make or change a record: `fields`, `undo`, `already`.
    Step,
    /// A call before a `delete`, or one that takes a step back: `missing`.
    Aside,
    /// A changed record: `item`, `then`, `missing`.
    Update,
    /// No record any more: `first`, `missing`.
    Delete,
    /// The members of a record: `items`, `field`, `name`, `display`, `page`.
    ListMembers,
    /// One member more: `already`.
    AddMember,
    /// One member less: `missing`.
    RemoveMember,
    /// These members and no others.
    ReplaceMembers,
    /// A sign of life.
    Probe,
    /// What only those are answered whom the application knows: `item`.
    Proof,
    /// A token for the calls that follow.
    Login,
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

/// How the letters of a value are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// As they came.
    AsTheyAre,
    /// In small letters, for a search that minds the case in a field that holds such.
    Lower,
    /// In capital letters.
    Upper,
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
    /// How the body is written.
    pub(super) encoding: Encoding,
    /// Further statuses that mean success.
    pub(super) ok: Vec<u16>,
    /// Statuses that say the member, or the record, is there already.
    pub(super) already: Vec<u16>,
    /// Statuses that say the record is not there.
    pub(super) missing: Vec<u16>,
    /// True when success with nothing in it says so, too.
    pub(super) empty_is_missing: bool,
    /// Where the record is in the answer.
    pub(super) item: Option<JsonPath>,
    /// Where the records are in the answer.
    pub(super) items: Option<JsonPath>,
    /// True when the list is left out where it would be empty.
    pub(super) is_optional: bool,
    /// Where the key of a member is in its item.
    pub(super) field: Option<JsonPath>,
    /// Where the application's name for a member is in its item.
    pub(super) member_name: Option<JsonPath>,
    /// Where the name of a member is in its item, for people.
    pub(super) display: Option<JsonPath>,
    /// How the list comes in pages.
    pub(super) page: Option<Paging>,
    /// Where the key of a new record is, when not in the record.
    pub(super) key_from: Option<Source>,
    /// True when what was found is compared once more: searches find more than what is equal, and
    /// an application that does not know a parameter answers everything.
    pub(super) exact: bool,
    /// How a value that is looked up is sent.
    pub(super) letters: Letters,
    /// True when the record is read before: some applications say that they have deleted what was
    /// never there, or made what was there already.
    pub(super) reads_first: bool,
    /// What follows.
    pub(super) then: Then,
    /// The fields that a step is for; a step without any is for all records.
    pub(super) fields: Vec<FieldName>,
    /// The call that takes a step back.
    pub(super) undo: Option<Box<Self>>,
}

impl Role {
    /// True when the call changes nothing, so that it may be sent again.
    pub(super) const fn is_read(self) -> bool {
        matches!(
            self,
            Self::List | Self::Read | Self::Find | Self::Token | Self::ListMembers | Self::Probe | Self::Proof
        )
    }

    /// The slots that have a value in the call's texts.
    pub(super) const fn slots(self) -> &'static [Slot] {
        match self {
            Self::List | Self::Probe | Self::Proof => &[],
            Self::Create => &[Slot::Record],
            Self::Step => &[Slot::Key, Slot::Record, Slot::Version],
            Self::Read | Self::ListMembers => &[Slot::Key],
            Self::Update | Self::Delete | Self::Aside | Self::ReplaceMembers => &[Slot::Key, Slot::Version],
            Self::Find => &[Slot::Value],
            Self::Token => &[Slot::Token],
            Self::AddMember | Self::RemoveMember => &[Slot::Key, Slot::Member, Slot::MemberKey, Slot::Version],
            Self::Login => &[Slot::User, Slot::Password],
        }
    }

    const fn wholes(self) -> &'static [Whole] {
        match self {
            Self::Create => &[Whole::Record, Whole::Members],
            Self::Update | Self::Step => &[Whole::Record, Whole::Changes],
            Self::ReplaceMembers => &[Whole::Members],
            _ => &[],
        }
    }
}

impl Letters {
    /// The value as it is sent; what is no text stays as it is.
    pub(super) fn apply(self, value: &Value) -> Value {
        match (self, value) {
            (Self::Lower, Value::String(text)) => text.to_lowercase().as_str().into(),
            (Self::Upper, Value::String(text)) => text.to_uppercase().as_str().into(),
            _ => value.clone(),
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
        let mut faults = Problems::new();
        let query = pairs(&table, "query", Place::Query, role, context, &mut faults);
        let headers = pairs(&table, "headers", Place::Header, role, context, &mut faults);
        let is_readable = !faults.has_errors();
        problems.extend(faults);
        let (encoding, body) = Encoding::read(&table, (role.slots(), role.wholes()), context, problems);
        let mut call = Self {
            role,
            name,
            method: Method::GET,
            path: Template::empty(),
            query: query.into_iter().map(|(name, value)| (encode_all(&name), value)).collect(),
            headers: header_names(headers, &table, problems),
            body: body.clone().flatten(),
            encoding,
            ok: statuses(&table, "ok", problems),
            already: Vec::new(),
            missing: Vec::new(),
            empty_is_missing: false,
            item: None,
            items: None,
            is_optional: false,
            field: None,
            member_name: None,
            display: None,
            page: None,
            key_from: None,
            exact: false,
            letters: Letters::AsTheyAre,
            reads_first: false,
            then: Then::Complete,
            fields: Vec::new(),
            undo: None,
        };
        call.read_answer_keys(&table, problems);
        let undone = call.read_step_keys(&table, context, problems);
        let span = table.span.clone();
        table.finish(problems);
        let sends = |whole| call.body.as_ref().is_some_and(|body| body.has(whole));
        if matches!(role, Role::Create | Role::Update)
            && body.as_ref().is_none_or(Option::is_some)
            && !sends(Whole::Record)
            && !sends(Whole::Changes)
            && !call.body.as_ref().is_some_and(Body::names_fields)
            && !target.as_ref().is_some_and(|(_, path)| path.names_fields())
        {
            problems.push(
                Diagnostic::error(Code::BAD_CALL, &span, format!("{} sends no field", call.name))
                    .help("write a body with the slot: `json = { user = \"{record}\" }`"),
            );
        }
        (call.method, call.path) = target?;
        undone?;
        call.report_unsent_value(&span, is_readable && body.as_ref().is_none_or(Option::is_some), problems);
        if matches!(role, Role::List | Role::ListMembers) && call.items.is_none() {
            return None;
        }
        (body.is_none() || call.body.is_some()).then_some(call)
    }

    /// A lookup that does not send what it looks for gets everything, to be compared afterwards. Where
    /// a slot could not be read, the value was meant to be sent, and that was told.
    fn report_unsent_value(&self, span: &Span, is_readable: bool, problems: &mut Problems) {
        if self.role == Role::Token && is_readable && !self.sends(Slot::Token) {
            let help = "put the slot where it belongs: `form = { token = \"{token}\" }`";
            let message = format!("{} does not send the token", self.name);
            problems.push(Diagnostic::error(Code::BAD_CALL, span, message).help(help));
        }
        if self.role != Role::Find || !is_readable || self.sends(Slot::Value) {
            return;
        }
        let message = format!("{} does not send the value to look for", self.name);
        let help = "put the slot where it belongs: `query = { name = \"{value}\" }`";
        problems.push(if self.exact {
            Diagnostic::note(Code::BAD_CALL, span, format!("{message}, so each lookup reads the whole list"))
        } else {
            Diagnostic::error(Code::BAD_CALL, span, message).help(help)
        });
    }

    /// True when the call sends what a slot holds.
    pub(super) fn sends(&self, slot: Slot) -> bool {
        let pairs = self.query.iter().map(|(_, text)| text).chain(self.headers.iter().map(|(_, text)| text));
        self.path.has(slot)
            || pairs.into_iter().any(|text| text.has(slot))
            || self.body.as_ref().is_some_and(|body| body.has_slot(slot))
    }

    /// True when the call is about one record, so that 404 means that there is none.
    pub(super) fn is_keyed(&self) -> bool {
        match self.role {
            Role::List | Role::Create | Role::Probe | Role::Proof | Role::Login => false,
            Role::Find => self.path.has(Slot::Value),
            Role::Token => self.path.has(Slot::Token),
            Role::ListMembers => self.path.has(Slot::Key),
            _ => true,
        }
    }

    /// `fields` and `undo`; `None` when the latter is wrong.
    fn read_step_keys(&mut self, table: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<()> {
        if self.role != Role::Step {
            return Some(());
        }
        self.fields = table.strings("fields", problems).into_iter().map(|(name, _)| FieldName::new(name)).collect();
        if let Some(node) = table.node("undo") {
            let name = format!("{} undo", self.name);
            self.undo = Some(Box::new(Self::read(node, name, Role::Aside, context, problems)?));
        }
        Some(())
    }

    fn read_answer_keys(&mut self, table: &Table<'_>, problems: &mut Problems) {
        use Role::{
            AddMember, Aside, Create, Delete, Find, List, ListMembers, Proof, Read, RemoveMember, ReplaceMembers, Step,
            Token, Update,
        };
        let role = self.role;
        if matches!(role, List | Find | Token | ListMembers) {
            self.page = table.node("page").and_then(|node| Paging::read(node, problems));
            self.items = path(table, "items", problems);
            self.is_optional = table.boolean("optional", problems).unwrap_or(false);
            if !matches!(role, Find | Token) && table.node("items").is_none() {
                let help = "where the records are: `items = \"$.users[*]\"`, or `\"$[*]\"` for a bare list";
                table.missing("items", help, problems);
            }
        }
        if matches!(role, Read | Find | Token | Create | Update | Proof) {
            self.item = path(table, "item", problems);
        }
        if role == ListMembers {
            if table.node("name").is_none() {
                table.required("field", "where the key of a member is in its item: `field = \"$.id\"`", problems);
            }
            self.field = path(table, "field", problems);
            self.member_name = path(table, "name", problems);
            self.display = path(table, "display", problems);
        }
        if role == Create {
            self.key_from = table.node("key_from").and_then(|node| Source::read(node, "`key_from`", problems));
        }
        if role == Find {
            self.exact = table.boolean("exact", problems).unwrap_or(true);
            let known = [("lower", Letters::Lower), ("upper", Letters::Upper)];
            self.letters = one_of(table, "letters", &known, problems).unwrap_or(Letters::AsTheyAre);
        }
        if matches!(role, Create | Delete) {
            self.reads_first = one_of(table, "first", &[("read", true)], problems).unwrap_or(false);
        }
        if matches!(role, List | Find | Create | Update) {
            self.then = then(table, role, problems);
        }
        if matches!(role, AddMember | Create | Step) {
            self.already = statuses(table, "already", problems);
        }
        if matches!(role, Read | Find | Token) {
            (self.missing, self.empty_is_missing) = missing(table, problems);
        }
        if matches!(role, Update | Delete | Aside | RemoveMember | ReplaceMembers) {
            self.missing = statuses(table, "missing", problems);
        }
    }
}
