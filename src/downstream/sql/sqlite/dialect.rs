//! How SQLite says things, and what a connection to it is taught.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{Value as Stored, ValueRef};

use super::super::catalogue::{self, Questions};
use super::super::dialect::{Affix, Dialect};
use crate::value::prepared;

/// The function that every connection to SQLite is given: a text as it is compared without case.
const FOLDED: &str = "postern_folded";

/// SQLite. Its `NOCASE` knows ASCII letters only, and is the one comparison that an application's own
/// index can serve; a value with other letters is compared by a function of ours.
#[derive(Debug)]
pub(in super::super) struct Sqlite {
    /// True for connections of ours: they were given the function, and see rows that a write gives back.
    taught: bool,
}

/// SQLite over connections of ours.
pub(super) static SQLITE: Sqlite = Sqlite { taught: true };

/// SQLite behind a driver that knows nothing of the function, so that other letters have their case, and
/// takes no rows from a write.
#[cfg(feature = "odbc")]
pub(in super::super) static UNTAUGHT: Sqlite = Sqlite { taught: false };

impl Dialect for Sqlite {
    fn placeholder(&self, number: usize) -> String {
        format!("?{number}")
    }

    fn one_of(&self, expression: &str, list: &str) -> String {
        format!("{expression} IN (SELECT value FROM json_each({list}))")
    }

    fn none_of(&self, expression: &str, list: &str) -> String {
        format!("{expression} NOT IN (SELECT value FROM json_each({list}))")
    }

    fn caseless(&self, expression: &str) -> String {
        format!("{expression} COLLATE NOCASE")
    }

    fn folded(&self, expression: &str) -> Option<String> {
        self.taught.then(|| format!("{FOLDED}({expression})"))
    }

    /// The column may hold `2026-11-25 10:00:00` beside `2026-11-25T10:00:00.000Z`.
    fn comparable_time(&self, expression: &str) -> String {
        format!("strftime('%Y-%m-%d %H:%M:%f', {expression})")
    }

    fn matches_exactly(&self, expression: &str, what: Affix, placeholder: &str) -> String {
        match what {
            Affix::Anywhere => format!("instr({expression}, {placeholder}) > 0"),
            Affix::Start => format!("substr({expression}, 1, length({placeholder})) = {placeholder}"),
            Affix::End => format!("substr({expression}, -length({placeholder})) = {placeholder}"),
        }
    }

    fn like_caseless(&self, expression: &str, pattern: &str) -> String {
        format!("{expression} LIKE {pattern} ESCAPE '\\'")
    }

    fn exact_takes_pattern(&self) -> bool {
        false
    }

    fn contains(&self, text: &str, part: &str) -> String {
        format!("instr({text}, {part}) > 0")
    }

    fn merged(&self, column: &str, members: &str) -> String {
        format!("json_patch(COALESCE(NULLIF({column}, ''), '{{}}'), {members})")
    }

    fn same(&self, left: &str, right: &str) -> String {
        format!("{left} IS {right}")
    }

    fn differs(&self, left: &str, right: &str) -> String {
        format!("{left} IS NOT {right}")
    }

    /// Version 4 of RFC 9562.
    fn fresh_uuid(&self) -> Option<&'static str> {
        Some(
            "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || \
             substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))",
        )
    }

    fn inserted_key(&self) -> Option<&'static str> {
        (!self.taught).then_some("last_insert_rowid()")
    }

    fn update_returns(&self) -> bool {
        self.taught
    }

    fn row_lock(&self) -> &'static str {
        ""
    }

    fn name_lock(&self) -> Option<&'static str> {
        None
    }

    fn questions(&self) -> Option<&'static Questions> {
        Some(&catalogue::sqlite::QUESTIONS)
    }

    fn names_have_case(&self) -> bool {
        false
    }
}

/// Teaches a connection to fold. Under a name of its own: an index of the application's over `lower(…)` keeps its meaning.
pub(super) fn give_folding(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function(FOLDED, 1, flags, |arguments| {
        // What is no text is compared as it is.
        Ok(match arguments.get_raw(0) {
            ValueRef::Text(text) => Stored::Text(prepared(&String::from_utf8_lossy(text))),
            other => other.try_into()?,
        })
    })
}
