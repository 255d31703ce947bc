//! Reads where the keys of new rows come from, when neither a rule nor the database's own default
//! gives them: `key_from` of a resource, of a related table and of a membership table.

use super::dialect::Dialect;
use super::layout::{Layout, Scope};
use super::tables::{Variables, scope};
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Span, Table};

/// Where the key of a new row comes from.
#[derive(Debug)]
pub(super) struct KeySource {
    pub(super) kind: KeyKind,
    /// Where the mapping says so.
    pub(super) span: Span,
}

/// The ways to make a key.
#[derive(Debug)]
pub(super) enum KeyKind {
    /// A random UUID.
    Uuid,
    /// The next value of a sequence of the database.
    Sequence(String),
    /// A row that counts the keys given so far.
    Allocator(Allocator),
}

/// A row of a table of numbers, one row for each table whose keys it counts.
#[derive(Debug)]
pub(super) struct Allocator {
    pub(super) table: String,
    pub(super) column: String,
    /// Which row.
    pub(super) scope: Scope,
    /// True when it holds the number to be given next, false when the one that was given last.
    pub(super) holds_next: bool,
}

/// The column of a row's own key, and where its value comes from.
#[derive(Debug)]
pub(super) struct MadeKey {
    pub(super) column: String,
    pub(super) source: KeySource,
}

impl KeySource {
    pub(super) const fn allocator(&self) -> Option<&Allocator> {
        match &self.kind {
            KeyKind::Allocator(allocator) => Some(allocator),
            KeyKind::Uuid | KeyKind::Sequence(_) => None,
        }
    }
}

const WAYS: &str = "write `\"uuid\"`, `{ sequence = \"users_seq\" }` or `{ table = \"ids\", column = \"nextid\" }`, or leave `key_from` out when the database or a rule gives the key";

/// `key_from` of a table of the mapping.
pub(super) fn key_source(table: &Table<'_>, variables: Variables<'_>, problems: &mut Problems) -> Option<KeySource> {
    let node = table.node("key_from")?;
    let kind = match &node.value {
        NodeValue::String(word) if word == "uuid" => KeyKind::Uuid,
        NodeValue::Table(_) => counted(node, variables, problems)?,
        NodeValue::String(word) => {
            problems.push(
                Diagnostic::error(Code::BAD_RELATION, &node.span, format!("`{word}` is no way to make a key"))
                    .help(WAYS),
            );
            return None;
        }
        _ => {
            let message = format!("`key_from` is {}", node.kind());
            problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).help(WAYS));
            return None;
        }
    };
    Some(KeySource { kind, span: node.span.clone() })
}

/// `key` and `key_from` of rows that have a key of their own besides the columns that tie them to
/// others.
pub(super) fn made_key(table: &Table<'_>, variables: Variables<'_>, problems: &mut Problems) -> Option<MadeKey> {
    let source = key_source(table, variables, problems);
    let column = table.string("key", problems);
    match (column, source) {
        (Some((column, _)), Some(source)) => Some(MadeKey { column: column.to_owned(), source }),
        (None, Some(source)) => {
            if table.node("key").is_none() {
                problems.push(
                    Diagnostic::error(Code::MISSING_KEY, &source.span, "`key_from` fills no column")
                        .help("name the column: `key = \"id\"`"),
                );
            }
            None
        }
        (Some((column, span)), None) => {
            if table.node("key_from").is_none() {
                let message = format!("nothing says where the key `{column}` of these rows comes from");
                let help = "add `key_from`, or leave `key` out when the database makes it";
                problems.push(Diagnostic::error(Code::BAD_RELATION, span, message).help(help));
            }
            None
        }
        (None, None) => None,
    }
}

fn counted(node: &Node, variables: Variables<'_>, problems: &mut Problems) -> Option<KeyKind> {
    let table = Table::open(node, "`key_from`", problems)?;
    let sequence = table.string("sequence", problems).map(|(name, _)| name.to_owned());
    if table.node("sequence").is_some() {
        table.finish(problems);
        return sequence.map(KeyKind::Sequence);
    }
    let name = table.required_string("table", "the table of numbers", problems);
    let column = table.required_string("column", "the column with the number", problems);
    let scope = scope(&table, variables, problems);
    let holds = table.string("holds", problems);
    if let Some((word, span)) = holds.filter(|(word, _)| !["last", "next"].contains(word)) {
        let message = format!("`{word}` is not what a number can be");
        let help = "`last`: the key that was given last; `next`: the key that is given next";
        problems.push(Diagnostic::error(Code::BAD_RELATION, span, message).help(help));
    }
    table.finish(problems);
    Some(KeyKind::Allocator(Allocator {
        table: name?.0.to_owned(),
        column: column?.0.to_owned(),
        scope,
        holds_next: holds.is_some_and(|(word, _)| word == "next"),
    }))
}

/// Notes the ways that a database does not have.
pub(super) fn report(layouts: &[Layout], dialect: &dyn Dialect, problems: &mut Problems) {
    for layout in layouts {
        for made in layout.memberships.iter().filter_map(|membership| membership.key.as_ref()) {
            if matches!(made.source.kind, KeyKind::Uuid) && dialect.fresh_uuid().is_none() {
                let message = "this database makes no UUIDs, and several members may join at once";
                let help = "name a sequence or a table of numbers, or leave `key` out when the column has a default";
                problems.push(Diagnostic::error(Code::BAD_RELATION, &made.source.span, message).help(help));
            }
        }
        let related = layout.related.iter().filter_map(|related| related.key.as_ref());
        let members = layout.memberships.iter().filter_map(|membership| membership.key.as_ref());
        let further = related.chain(members).map(|made| &made.source);
        for source in layout.key_from.iter().chain(further) {
            if matches!(&source.kind, KeyKind::Sequence(name) if dialect.next_of(name).is_none()) {
                problems.push(
                    Diagnostic::error(Code::BAD_RELATION, &source.span, "this database has no sequences")
                        .help("leave `key_from` out when the column counts by itself, or name a table of numbers"),
                );
            }
        }
    }
}
