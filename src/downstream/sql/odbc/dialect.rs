//! How databases say things that keep to the standard, ISO/IEC 9075, and how three of them differ from it.
//!
//! What the standard has no word for is done without: no row comes back from a write, so a new row is
//! found by its key or by a unique value; no name is locked, so two who make the same one at the same
//! moment are told apart by the application's own unique index.
//!
//! Placeholders are numbered here, as in the other dialects, and made positional before they are sent.
//! A list stands inside `IN (…)`, as many placeholders as it has values.

use super::super::catalogue::Questions;
use super::super::column::Parameter;
use super::super::dialect::{Affix, Dialect};

/// The standard's language, or one that is near to it.
#[derive(Debug)]
pub(super) struct Standard {
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ansi,
    Db2,
    Hana,
    Oracle,
}

/// ISO/IEC 9075:2016 and nothing else.
pub(super) static ANSI: Standard = Standard { kind: Kind::Ansi };

/// Db2, from 11.1 on, and Db2 for i.
pub(super) static DB2: Standard = Standard { kind: Kind::Db2 };

/// SAP HANA.
pub(super) static HANA: Standard = Standard { kind: Kind::Hana };

/// Oracle Database, from 12.1 on: an empty text is null there, and an alias has no `AS`.
pub(super) static ORACLE: Standard = Standard { kind: Kind::Oracle };

/// What stands for a text that is null.
const NULL: &str = "NULL";

impl Dialect for Standard {
    fn placeholder(&self, number: usize) -> String {
        format!("?{number}")
    }

    /// A null that is bound would need a type, which nobody knows here.
    fn bound(&self, number: usize, parameter: &Parameter) -> String {
        match parameter {
            Parameter::Null => NULL.to_owned(),
            Parameter::Text(text) if self.kind == Kind::Oracle && text.is_empty() => NULL.to_owned(),
            _ => self.placeholder(number),
        }
    }

    fn named(&self, table: &str, alias: &str) -> String {
        let word = if self.kind == Kind::Oracle { "" } else { "AS " };
        format!("{table} {word}{alias}")
    }

    fn one_of(&self, expression: &str, list: &str) -> String {
        format!("{expression} IN ({list})")
    }

    /// An empty list is one null, which nothing is known to differ from.
    fn none_of(&self, expression: &str, list: &str) -> String {
        format!("CASE WHEN {expression} IN ({list}) THEN 1 ELSE 0 END = 0")
    }

    /// A condition is no value.
    fn negated(&self, condition: &str) -> String {
        format!("CASE WHEN {condition} THEN 1 ELSE 0 END = 0")
    }

    /// Long enough for numbers and times, which are all that is compared so.
    fn as_text(&self, expression: &str) -> String {
        let what = if self.kind == Kind::Oracle { "varchar2" } else { "varchar" };
        format!("CAST({expression} AS {what}(255))")
    }

    fn caseless(&self, expression: &str) -> String {
        format!("LOWER({expression})")
    }

    fn matches_exactly(&self, expression: &str, _: Affix, placeholder: &str) -> String {
        format!("{expression} LIKE {placeholder} ESCAPE '\\'")
    }

    fn like_caseless(&self, expression: &str, pattern: &str) -> String {
        format!("LOWER({expression}) LIKE LOWER({pattern}) ESCAPE '\\'")
    }

    fn exact_takes_pattern(&self) -> bool {
        true
    }

    fn contains(&self, text: &str, part: &str) -> String {
        match self.kind {
            Kind::Ansi => format!("POSITION({part} IN {text}) > 0"),
            Kind::Db2 => format!("LOCATE({part}, {text}) > 0"),
            Kind::Hana => format!("LOCATE({text}, {part}) > 0"),
            Kind::Oracle => format!("INSTR({text}, {part}) > 0"),
        }
    }

    /// The standard has no such function.
    fn merges(&self) -> bool {
        false
    }

    /// Never asked for.
    fn merged(&self, _: &str, members: &str) -> String {
        members.to_owned()
    }

    fn same(&self, left: &str, right: &str) -> String {
        if right == NULL { format!("{left} IS NULL") } else { format!("{left} = {right}") }
    }

    fn differs(&self, left: &str, right: &str) -> String {
        if right == NULL { format!("{left} IS NOT NULL") } else { format!("({left} <> {right} OR {left} IS NULL)") }
    }

    fn filled(&self, column: &str) -> String {
        match self.kind {
            Kind::Oracle => format!("{column} IS NOT NULL"),
            _ => format!("({column} IS NOT NULL AND {column} <> '')"),
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
        match self.kind {
            Kind::Hana => format!(" LIMIT {limit} OFFSET {offset}"),
            _ => format!(" OFFSET {offset} ROWS FETCH NEXT {limit} ROWS ONLY"),
        }
    }

    fn first(&self, _: bool) -> &'static str {
        match self.kind {
            Kind::Hana => " LIMIT 1",
            _ => " FETCH FIRST 1 ROWS ONLY",
        }
    }

    fn no_table(&self) -> &'static str {
        match self.kind {
            Kind::Ansi => " FROM (VALUES (1)) AS d",
            Kind::Db2 => " FROM SYSIBM.SYSDUMMY1",
            Kind::Hana => " FROM DUMMY",
            Kind::Oracle => " FROM DUAL",
        }
    }

    fn unless_there(&self, _: &str, _: &str) -> String {
        String::new()
    }

    /// What a sequence gave last is a word that Oracle takes in few places, none of them a condition; so the
    /// row is found by its values.
    fn next_of(&self, sequence: &str) -> Option<String> {
        let sequence = self.table(sequence);
        Some(match self.kind {
            Kind::Ansi | Kind::Db2 => format!("NEXT VALUE FOR {sequence}"),
            Kind::Hana | Kind::Oracle => format!("{sequence}.NEXTVAL"),
        })
    }

    /// For a key that is known beforehand, as after an `UPDATE`.
    fn inserted_key(&self) -> Option<&'static str> {
        Some("")
    }

    fn found_by_its_values(&self) -> bool {
        true
    }

    fn update_returns(&self) -> bool {
        false
    }

    fn row_lock(&self) -> &'static str {
        match self.kind {
            Kind::Db2 => " WITH RS USE AND KEEP UPDATE LOCKS",
            _ => " FOR UPDATE",
        }
    }

    fn name_lock(&self) -> Option<&'static str> {
        None
    }

    fn questions(&self) -> Option<&'static Questions> {
        None
    }

    /// Every name is quoted.
    fn names_have_case(&self) -> bool {
        true
    }
}
