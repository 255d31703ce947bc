//! How SQL Server says things, from version 2017 on.
//!
//! A text is compared in two steps: by the column's own collation, which its index serves, and by its
//! characters, because a collation also takes accents, widths or spaces at the end for nothing.

use super::super::catalogue::{self, Questions};
use super::super::column::{ColumnType, Parameter};
use super::super::dialect::{Affix, Dialect, Made};
use crate::plan::Case;

/// Keeps others from taking the name until the transaction ends. The name is hashed because a name of
/// a lock is short; what it gives is negative when the lock was not given.
pub(in super::super) const NAME_LOCK: &str = "DECLARE @name nvarchar(255) = CONVERT(nvarchar(64), HASHBYTES('SHA2_256', @P1), 2), @given int; \
    EXEC @given = sp_getapplock @name, 'Exclusive', 'Transaction', 5000; SELECT @given";

/// Characters by their code, whatever language the column's order is of.
const BY_CODE: &str = "COLLATE Latin1_General_100_BIN2";

/// The longest text that has a size in a type's name, in characters.
const SIZED: usize = 4000;

/// SQL Server.
#[derive(Debug)]
pub(in super::super) struct Mssql;

/// A text with all of its characters, of whatever code page its column is.
fn text(expression: &str) -> String {
    format!("CAST({expression} AS nvarchar(max))")
}

/// In small letters, in those of no particular language.
fn small(expression: &str) -> String {
    format!("LOWER({} COLLATE Latin1_General_100_CI_AS)", text(expression))
}

/// A text that spaces at its end make another: a comparison would pass over them.
fn closed(expression: &str) -> String {
    format!("({expression} + NCHAR(1)) {BY_CODE}")
}

impl Dialect for Mssql {
    fn placeholder(&self, number: usize) -> String {
        format!("@P{number}")
    }

    /// A null has no type of its own here, where one that is bound had to have one. A text for a
    /// `varchar` column is of the column's own code page: an index would not serve any other.
    fn bound(&self, number: usize, parameter: &Parameter) -> String {
        let placeholder = self.placeholder(number);
        match parameter {
            Parameter::Null => "NULL".to_owned(),
            Parameter::Narrow(text, collation) => {
                let size = if text.len() > 2 * SIZED { "max" } else { "8000" };
                format!("CAST({placeholder} COLLATE {collation} AS varchar({size}))")
            }
            Parameter::List(items) => unpacked(&placeholder, items.first()),
            _ => placeholder,
        }
    }

    fn quote(&self, name: &str) -> String {
        format!("[{}]", name.replace(']', "]]"))
    }

    fn one_of(&self, expression: &str, list: &str) -> String {
        format!("{expression} IN ({list})")
    }

    fn none_of(&self, expression: &str, list: &str) -> String {
        format!("{expression} NOT IN ({list})")
    }

    /// A condition is no value.
    fn negated(&self, condition: &str) -> String {
        format!("CASE WHEN {condition} THEN 1 ELSE 0 END = 0")
    }

    fn as_text(&self, expression: &str) -> String {
        text(expression)
    }

    fn caseless(&self, expression: &str) -> String {
        closed(&small(expression))
    }

    /// Only a computed column has one, which would be the application's to add.
    fn indexes_expressions(&self) -> bool {
        false
    }

    fn by_code_point(&self, expression: &str) -> String {
        if expression.ends_with(BY_CODE) { expression.to_owned() } else { format!("{} {BY_CODE}", text(expression)) }
    }

    fn asks_for_both_spellings(&self) -> bool {
        true
    }

    fn refined(&self, expression: &str, case: Case) -> Option<String> {
        Some(closed(&if case == Case::Ignored { small(expression) } else { text(expression) }))
    }

    fn pattern(&self, affix: Affix, text: &str) -> String {
        affix.pattern(text).replace('[', "\\[")
    }

    fn matches_exactly(&self, expression: &str, _: Affix, placeholder: &str) -> String {
        format!("{} {BY_CODE} LIKE {placeholder} ESCAPE '\\'", text(expression))
    }

    fn like_caseless(&self, expression: &str, pattern: &str) -> String {
        format!("{} {BY_CODE} LIKE {} ESCAPE '\\'", small(expression), small(pattern))
    }

    fn exact_takes_pattern(&self) -> bool {
        true
    }

    fn contains(&self, text: &str, part: &str) -> String {
        format!("CHARINDEX({part}, {text}) > 0")
    }

    /// The members that stay, and those that come, put together again.
    fn merged(&self, column: &str, members: &str) -> String {
        let stored = format!("COALESCE(NULLIF(NULLIF({column}, ''), 'null'), '{{}}')");
        let text = "CAST(CASE [type] WHEN 0 THEN N'null' WHEN 1 THEN N'\"' + STRING_ESCAPE([value], 'json') + N'\"' \
            ELSE [value] END AS nvarchar(max))";
        let stays = format!(
            "SELECT [key], [value], [type] FROM OPENJSON({stored}) WHERE [key] NOT IN (SELECT [key] FROM OPENJSON({members}))"
        );
        let comes = format!("SELECT [key], [value], [type] FROM OPENJSON({members}) WHERE [type] <> 0");
        format!(
            "(SELECT N'{{' + COALESCE(STRING_AGG(N'\"' + STRING_ESCAPE([key], 'json') + N'\":' + {text}, N','), N'') + N'}}' \
             FROM ({stays} UNION ALL {comes}) AS j)"
        )
    }

    fn same(&self, left: &str, right: &str) -> String {
        if right == "NULL" {
            format!("{left} IS NULL")
        } else {
            format!("EXISTS (SELECT {left} INTERSECT SELECT {right})")
        }
    }

    fn differs(&self, left: &str, right: &str) -> String {
        if right == "NULL" {
            format!("{left} IS NOT NULL")
        } else {
            format!("NOT EXISTS (SELECT {left} INTERSECT SELECT {right})")
        }
    }

    fn order(&self, expression: &str, descending: bool) -> String {
        if descending {
            format!("CASE WHEN {expression} IS NULL THEN 0 ELSE 1 END, {expression} DESC")
        } else {
            format!("CASE WHEN {expression} IS NULL THEN 1 ELSE 0 END, {expression}")
        }
    }

    fn page(&self, limit: &str, offset: &str) -> String {
        format!(" OFFSET {offset} ROWS FETCH NEXT {limit} ROWS ONLY")
    }

    fn first(&self, ordered: bool) -> &'static str {
        if ordered {
            " OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY"
        } else {
            " ORDER BY (SELECT NULL) OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY"
        }
    }

    fn next_of(&self, sequence: &str) -> Option<String> {
        Some(format!("NEXT VALUE FOR {}", self.table(sequence)))
    }

    fn fresh_uuid(&self) -> Option<&'static str> {
        Some("NEWID()")
    }

    fn unless_there(&self, _: &str, _: &str) -> String {
        String::new()
    }

    /// Nobody else inserts what was not there until the transaction ends.
    fn absence_lock(&self) -> &'static str {
        " WITH (UPDLOCK, HOLDLOCK)"
    }

    /// `OUTPUT` alone is refused where the table has triggers, and does not see what they changed.
    fn made(&self, key: &str, what: &ColumnType) -> Option<Made> {
        let what = if let ColumnType::Padded(text) = what { &**text } else { what };
        let held = match what {
            ColumnType::Integer(_) => "bigint".to_owned(),
            ColumnType::Uuid => "uniqueidentifier".to_owned(),
            ColumnType::Narrow(narrow) => format!("varchar(900) COLLATE {}", narrow.collation),
            _ => "nvarchar(450) COLLATE DATABASE_DEFAULT".to_owned(),
        };
        Some(Made {
            before: format!("DECLARE @made TABLE (k {held}); "),
            within: format!(" OUTPUT inserted.{key} INTO @made"),
            key: "(SELECT k FROM @made)".to_owned(),
        })
    }

    /// For a key that is known beforehand, as after an `UPDATE`.
    fn inserted_key(&self) -> Option<&'static str> {
        Some("")
    }

    fn update_returns(&self) -> bool {
        false
    }

    fn row_lock(&self) -> &'static str {
        ""
    }

    fn row_lock_hint(&self) -> &'static str {
        " WITH (UPDLOCK, ROWLOCK)"
    }

    fn name_lock(&self) -> Option<&'static str> {
        Some(NAME_LOCK)
    }

    fn questions(&self) -> Option<&'static Questions> {
        Some(&catalogue::mssql::QUESTIONS)
    }

    /// It depends on the database's collation, which most often passes over case; where it does not,
    /// the statement that is prepared says so.
    fn names_have_case(&self) -> bool {
        false
    }
}

/// The rows of a list, which is bound as JSON.
fn unpacked(placeholder: &str, like: Option<&Parameter>) -> String {
    let (value, what) = match like {
        Some(Parameter::Integer(_)) => ("v".to_owned(), "bigint"),
        Some(Parameter::Narrow(_, collation)) => {
            (format!("CAST(v COLLATE {collation} AS varchar(8000))"), "nvarchar(4000)")
        }
        // No collation of its own that could contradict the column's.
        _ => ("v COLLATE DATABASE_DEFAULT".to_owned(), "nvarchar(4000)"),
    };
    format!("SELECT {value} FROM OPENJSON({placeholder}) WITH (v {what} '$')")
}
