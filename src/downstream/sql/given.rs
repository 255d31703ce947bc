//! Reads the statements that the mapping itself gives: in place of generated ones
//! (`[X.statements]`, `add` and `remove` of members), and before or after them (`[X.on.…]`).
//!
//! Which `:parameters` a statement may have depends on where it stands; their values are bound,
//! never written into the text.

use super::layout::Column;
use super::statement::named_parameters;
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Span, Table, nearest};

/// A statement of the mapping.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) text: String,
    /// Where the mapping has it.
    pub(super) span: Span,
    /// The names of its parameters, in the order in which they stand.
    pub(super) names: Vec<String>,
}

impl Given {
    /// True when the statement is told the value.
    pub(super) fn names(&self, parameter: &str) -> bool {
        self.names.iter().any(|name| name == parameter)
    }
}

/// Statements in place of those that would be generated.
#[derive(Debug, Default)]
pub(super) struct Instead {
    pub(super) insert: Option<Given>,
    pub(super) update: Option<Given>,
    pub(super) delete: Option<Given>,
}

/// What is done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    Create,
    Update,
    Delete,
    Enable,
    Disable,
}

/// Before or after it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Before,
    After,
}

const EVENTS: [(&str, Event); 5] = [
    ("create", Event::Create),
    ("update", Event::Update),
    ("delete", Event::Delete),
    ("enable", Event::Enable),
    ("disable", Event::Disable),
];

/// Further statements, in the order of the mapping.
#[derive(Debug, Default)]
pub(super) struct Further(Vec<(Event, When, Given)>);

impl Further {
    /// The statements for some events.
    pub(super) fn of<'a>(&'a self, events: &'a [Event], when: When) -> impl Iterator<Item = &'a Given> + use<'a> {
        let fits = move |(event, at, _): &&(Event, When, Given)| events.contains(event) && *at == when;
        self.0.iter().filter(fits).map(|(_, _, given)| given)
    }

    /// True when any is there for one of the events.
    pub(super) fn any(&self, events: &[Event]) -> bool {
        self.0.iter().any(|(event, _, _)| events.contains(event))
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Given> {
        self.told().map(|(_, given)| given)
    }

    /// All of them, with what each does in words.
    pub(super) fn told(&self) -> impl Iterator<Item = (&'static str, &Given)> {
        let words = |event: Event, when: When| match (event, when) {
            (Event::Create, When::Before) => "comes before a creation",
            (Event::Create, When::After) => "comes after a creation",
            (Event::Delete, When::Before) => "comes before a deletion",
            (Event::Delete, When::After) => "comes after a deletion",
            (_, When::Before) => "comes before a change",
            (_, When::After) => "comes after a change",
        };
        self.0.iter().map(move |(event, when, given)| (words(*event, *when), given))
    }
}

/// What a resource's statements may be told.
pub(super) struct Known<'a> {
    pub(super) columns: &'a [Column],
    /// True when the key of a new record is known before it is made.
    pub(super) key_first: bool,
    /// True when the key of a new record is made by another statement.
    pub(super) key_counted: bool,
}

/// What a statement may be told, where it stands.
#[derive(Clone, Copy)]
enum Told {
    /// `:key` and nothing else, and that it must be.
    Key,
    /// The fields, and `:key` where it is known.
    New,
    /// The fields and `:key`; no field that is written once.
    Changed,
    /// The fields and `:key`.
    Made,
}

/// `[X.statements]`.
pub(super) fn instead(table: &Table<'_>, what: &str, known: &Known<'_>, problems: &mut Problems) -> Instead {
    let Some(node) = table.node("statements") else { return Instead::default() };
    let Some(table) = Table::open(node, &below(what, "statements"), problems) else { return Instead::default() };
    let mut read = |key: &str, told: Told| {
        let node = table.node(key)?;
        known.statement(node, told, problems)
    };
    let found = Instead {
        insert: read("insert", Told::New),
        update: read("update", Told::Changed),
        delete: read("delete", Told::Key),
    };
    if let Some(given) = found.insert.as_ref().filter(|_| known.key_counted) {
        problems.push(
            Diagnostic::error(
                Code::CONFLICTING_KEYS,
                &given.span,
                "`key_from` takes a key that this statement is not told",
            )
            .help("leave `key_from` out: let the statement make the key, and give it back as its first column"),
        );
    }
    table.finish(problems);
    found
}

/// `[X.on.…]`, and what stands in `[X.deprovision] before_delete`.
pub(super) fn further(table: &Table<'_>, what: &str, known: &Known<'_>, problems: &mut Problems) -> Further {
    let mut found = Vec::new();
    if let Some(node) = table.node("deprovision").and_then(|node| node.get("before_delete")) {
        let statements = known.list(node, "before_delete", Told::Key, problems);
        found.extend(statements.into_iter().map(|given| (Event::Delete, When::Before, given)));
    }
    let what = below(what, "on");
    let Some(events) = table.node("on").and_then(|node| Table::open(node, &what, problems)) else {
        return Further(found);
    };
    for (name, event) in EVENTS {
        let Some(node) = events.node(name) else { continue };
        let Some(table) = Table::open(node, &below(&what, name), problems) else { continue };
        for (key, when) in [("before", When::Before), ("after", When::After)] {
            let told = match (event, when) {
                (Event::Delete, _) => Told::Key,
                (Event::Create, When::Before) => Told::New,
                (Event::Create, When::After) => Told::Made,
                _ => Told::Changed,
            };
            let Some(node) = table.node(key) else { continue };
            found.extend(known.list(node, key, told, problems).into_iter().map(|given| (event, when, given)));
        }
        table.finish(problems);
    }
    events.finish(problems);
    Further(found)
}

/// `add` or `remove` of a membership table: a statement for each member.
pub(super) fn of_member(node: &Node, problems: &mut Problems) -> Option<Given> {
    let given = parsed(node, problems)?;
    let fits = given.names("group") && given.names("member");
    if fits && given.names.iter().all(|name| name == "group" || name == "member" || is_of_token(name)) {
        return Some(given);
    }
    problems.push(
        Diagnostic::error(Code::BAD_MEMBERS, &node.span, "the statement's parameters are `:group` and `:member`")
            .help("both are needed: a statement without one of them would be about everybody"),
    );
    None
}

impl Known<'_> {
    fn list(&self, node: &Node, key: &str, told: Told, problems: &mut Problems) -> Vec<Given> {
        let NodeValue::Array(items) = &node.value else {
            problems.push(
                Diagnostic::error(Code::BAD_DEPROVISION, &node.span, format!("`{key}` is not a list of statements"))
                    .help(format!("write `{key} = [\"DELETE FROM log WHERE user_id = :key\"]`")),
            );
            return Vec::new();
        };
        items.iter().filter_map(|item| self.statement(item, told, problems)).collect()
    }

    fn statement(&self, node: &Node, told: Told, problems: &mut Problems) -> Option<Given> {
        let given = parsed(node, problems)?;
        if matches!(told, Told::Key) {
            if given.names("key") && given.names.iter().all(|name| name == "key" || is_of_token(name)) {
                return Some(given);
            }
            problems.push(
                Diagnostic::error(Code::BAD_DEPROVISION, &node.span, "the statement's one parameter is `:key`")
                    .help("a statement without `:key` would delete the rows of everybody"),
            );
            return None;
        }
        let wrong: Vec<_> = given.names.iter().filter_map(|name| self.problem(name, told, node)).collect();
        let right = wrong.is_empty();
        wrong.into_iter().for_each(|problem| problems.push(problem));
        right.then_some(given)
    }

    /// Why a statement cannot have this parameter.
    fn problem(&self, name: &str, told: Told, node: &Node) -> Option<Diagnostic> {
        let span = match node.as_str().and_then(|text| Some((text, text.find(&format!(":{name}"))?))) {
            Some((text, at)) => node.span.inside_string(text, at..at + name.len() + 1),
            None => node.span.clone(),
        };
        let problem = |message: String| Diagnostic::error(Code::BAD_FIELD, &span, message);
        if name == "key" {
            let unknown = matches!(told, Told::New) && !self.key_first;
            return unknown.then(|| {
                problem("the key of a new record is not known before it is made".to_owned())
                    .help("say it in `on.create.after`, or let the gateway make keys: `key_from = \"uuid\"`")
            });
        }
        let Some(column) = self.columns.iter().find(|column| column.field.as_str() == name && !column.in_list) else {
            if is_of_token(name) {
                return None;
            }
            let names = self.columns.iter().filter(|column| !column.in_list).map(|column| column.field.as_str());
            let help = match nearest(name, names.clone().chain(["key"])) {
                Some(near) => format!("did you mean `:{near}`?"),
                None => format!(
                    "the parameters here: {}",
                    names.map(|name| format!(":{name}")).collect::<Vec<_>>().join(", ")
                ),
            };
            return Some(problem(format!("no rule has a field `{name}`")).help(help));
        };
        (matches!(told, Told::Changed) && column.once).then(|| {
            problem(format!("`{name}` is given only when a record is made"))
                .help("leave it out here: every change would write it anew")
        })
    }
}

/// `:token.NAME`: which names there are is not the driver's to know.
fn is_of_token(name: &str) -> bool {
    name.strip_prefix("token.").is_some_and(|name| !name.is_empty() && !name.contains('.'))
}

fn parsed(node: &Node, problems: &mut Problems) -> Option<Given> {
    let Some(text) = node.as_str() else {
        problems.push(Diagnostic::error(Code::BAD_DEPROVISION, &node.span, "a statement is not a string"));
        return None;
    };
    match named_parameters(text) {
        Ok(names) => Some(Given { text: text.to_owned(), span: node.span.clone(), names }),
        Err(problem) => {
            problems.push(Diagnostic::error(Code::BAD_DEPROVISION, &node.span, problem));
            None
        }
    }
}

/// `[User]` and `on` → `[User.on]`.
fn below(what: &str, key: &str) -> String {
    format!("{}.{key}]", what.trim_end_matches(']'))
}
