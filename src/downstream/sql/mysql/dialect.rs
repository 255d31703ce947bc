//! How MySQL and MariaDB say things.
//!
//! Placeholders are numbered here, as in the other dialects, and the session makes them positional.
//! A list stands inside `IN (…)`, where the session puts as many placeholders as it needs.

use super::super::catalogue::{self, Questions};
use super::super::dialect::{Affix, Dialect};
use crate::plan::Case;

/// Keeps others from taking the name, which is hashed because a name of a lock is short. Locks are
/// the server's, not the database's.
pub(in super::super) const NAME_LOCK: &str =
    "SELECT GET_LOCK(SHA2(CONCAT_WS('/', CONVERT(DATABASE() USING utf8mb4), ?1), 256), 5)";

/// What a row is asked back by when the database made its key.
pub(in super::super) const INSERTED: &str = "LAST_INSERT_ID()";

/// MySQL, or MariaDB.
#[derive(Debug)]
pub(in super::super) struct MySql {
    /// True for MariaDB, whose `INSERT` gives its row back, also when a trigger or a default made
    /// the key. No `UPDATE` does.
    returning: bool,
}

/// MySQL, and MariaDB under an address that does not say so.
pub(in super::super) static MYSQL: MySql = MySql { returning: false };

/// MariaDB.
pub(in super::super) static MARIADB: MySql = MySql { returning: true };

/// The bytes of a text, whatever the character set of its column: what no collation takes for the
/// same as another.
fn exact(expression: &str) -> String {
    format!("CAST(CONVERT({expression} USING utf8mb4) AS binary)")
}

/// The bytes of a text in small letters. A collation would also take accents for nothing.
fn folded(expression: &str) -> String {
    format!("CAST(lower(CONVERT({expression} USING utf8mb4)) AS binary)")
}

impl Dialect for MySql {
    fn placeholder(&self, number: usize) -> String {
        format!("?{number}")
    }

    fn quote(&self, name: &str) -> String {
        format!("`{}`", name.replace('`', "``"))
    }

    fn one_of(&self, expression: &str, list: &str) -> String {
        format!("{expression} IN ({list})")
    }

    fn contains(&self, text: &str, part: &str) -> String {
        format!("LOCATE({part}, {text}) > 0")
    }

    fn merged(&self, column: &str, members: &str) -> String {
        format!("JSON_MERGE_PATCH(COALESCE(NULLIF({column}, ''), '{{}}'), {members})")
    }

    /// An empty list is one null, which nothing is known to differ from.
    fn none_of(&self, expression: &str, list: &str) -> String {
        format!("NOT coalesce({expression} IN ({list}), 1 = 0)")
    }

    fn as_text(&self, expression: &str) -> String {
        format!("CAST({expression} AS char CHARACTER SET utf8mb4)")
    }

    fn caseless(&self, expression: &str) -> String {
        folded(expression)
    }

    /// Only as it is composed: a column of a smaller character set refuses the other spelling.
    fn asks_for_both_spellings(&self) -> bool {
        false
    }

    fn refined(&self, expression: &str, case: Case) -> Option<String> {
        Some(if case == Case::Ignored { folded(expression) } else { exact(expression) })
    }

    fn matches_exactly(&self, expression: &str, _: Affix, placeholder: &str) -> String {
        format!("{} LIKE {} ESCAPE '\\\\'", exact(expression), exact(placeholder))
    }

    fn like_caseless(&self, expression: &str, pattern: &str) -> String {
        format!("{} LIKE {} ESCAPE '\\\\'", folded(expression), folded(pattern))
    }

    fn exact_takes_pattern(&self) -> bool {
        true
    }

    fn same(&self, left: &str, right: &str) -> String {
        format!("{left} <=> {right}")
    }

    fn differs(&self, left: &str, right: &str) -> String {
        format!("NOT ({left} <=> {right})")
    }

    fn order(&self, expression: &str, descending: bool) -> String {
        let direction = if descending { " DESC" } else { "" };
        format!("{expression} IS NULL{direction}, {expression}{direction}")
    }

    fn no_table(&self) -> &'static str {
        " FROM DUAL"
    }

    fn defaults(&self) -> &'static str {
        " () VALUES ()"
    }

    /// Only where tables can be joined is a list read once, not once for each row.
    fn delete_from(&self, table: &str) -> String {
        format!("DELETE FROM {table} USING {table}")
    }

    /// `INSERT IGNORE` would pass over anything that is wrong with a row.
    fn unless_there(&self, table: &str, column: &str) -> String {
        format!(" ON DUPLICATE KEY UPDATE {table}.{column} = {table}.{column}")
    }

    fn inserted_key(&self) -> Option<&'static str> {
        (!self.returning).then_some(INSERTED)
    }

    fn update_returns(&self) -> bool {
        false
    }

    /// MariaDB's; a MySQL refuses it, and says so to `check --live`.
    fn next_of(&self, sequence: &str) -> Option<String> {
        Some(format!("NEXTVAL({})", self.table(sequence)))
    }

    fn last_of(&self, sequence: &str) -> Option<String> {
        Some(format!("LASTVAL({})", self.table(sequence)))
    }

    fn fresh_uuid(&self) -> Option<&'static str> {
        Some("UUID()")
    }

    fn row_lock(&self) -> &'static str {
        " FOR UPDATE"
    }

    fn name_lock(&self) -> Option<&'static str> {
        Some(NAME_LOCK)
    }

    fn questions(&self) -> Option<&'static Questions> {
        Some(&catalogue::mysql::QUESTIONS)
    }

    /// It depends on the server's file system; where it is not so, nothing is found that is not there.
    fn names_have_case(&self) -> bool {
        true
    }
}
