//! Where the databases' languages differ: quoting, placeholders, case, lists, locks.
//!
//! No I/O. A database to come is one more implementation of [`Dialect`] and an engine, in a folder
//! beside `sqlite` and `postgres`.

use super::catalogue::Questions;
use super::column::{ColumnType, Parameter};
use crate::plan::Case;

/// A database's way to say things.
pub(super) trait Dialect: std::fmt::Debug + Send + Sync {
    /// The placeholder of the parameter with this number, from 1.
    fn placeholder(&self, number: usize) -> String;

    /// What stands for this parameter in a statement.
    fn bound(&self, number: usize, _parameter: &Parameter) -> String {
        self.placeholder(number)
    }

    /// A name, quoted.
    fn quote(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// A table, `schema.table` in two parts.
    fn table(&self, name: &str) -> String {
        name.split('.').map(|part| self.quote(part)).collect::<Vec<_>>().join(".")
    }

    /// A table, or what stands for one, under another name.
    fn named(&self, table: &str, alias: &str) -> String {
        format!("{table} AS {alias}")
    }

    /// True when `expression` is one of the list that is bound at `list`.
    fn one_of(&self, expression: &str, list: &str) -> String;

    /// True when `expression` is none of the list that is bound at `list`, however long it is.
    fn none_of(&self, expression: &str, list: &str) -> String;

    /// True where the condition is false or nothing is known.
    fn negated(&self, condition: &str) -> String {
        format!("NOT coalesce({condition}, 1 = 0)")
    }

    /// The text form of something that is no text.
    fn as_text(&self, expression: &str) -> String {
        format!("CAST({expression} AS text)")
    }

    /// A text without the spaces that fill it up.
    fn unpadded(&self, expression: &str) -> String {
        format!("RTRIM({expression})")
    }

    /// A text without a collation of its own that patterns could not be used with.
    fn without_collation(&self, expression: &str) -> String {
        expression.to_owned()
    }

    /// What makes two texts that differ only in case the same.
    fn caseless(&self, expression: &str) -> String;

    /// A text that is compared by the order of its code points, as RFC 7644 §3.4.2.2 has it, whatever
    /// language the column's order is of.
    fn by_code_point(&self, expression: &str) -> String {
        expression.to_owned()
    }

    /// True where an accented letter is asked for in both of its spellings, composed and decomposed.
    fn asks_for_both_spellings(&self) -> bool {
        false
    }

    /// True where an index may be of an expression, so that one can serve [`Dialect::caseless`].
    fn indexes_expressions(&self) -> bool {
        true
    }

    /// What makes two texts that differ only in case the same, whatever their letters, where
    /// [`Dialect::caseless`] knows ASCII letters only.
    fn folded(&self, _expression: &str) -> Option<String> {
        None
    }

    /// What a column whose own comparison ignores case has to be compared by as well, where that
    /// comparison would take more for the same than it is asked to: accents, or case itself.
    fn refined(&self, _expression: &str, _case: Case) -> Option<String> {
        None
    }

    /// What to compare instead of a point in time, when it is not stored in one notation.
    fn comparable_time(&self, expression: &str) -> String {
        expression.to_owned()
    }

    /// The `LIKE` pattern for a text that is to be taken literally, escaped by `\`.
    fn pattern(&self, affix: Affix, text: &str) -> String {
        affix.pattern(text)
    }

    /// True when the text contains, starts with or ends with the parameter, case as it is.
    fn matches_exactly(&self, expression: &str, what: Affix, placeholder: &str) -> String;

    /// True when the text is like the pattern (`%`, `_`, escaped by `\`), ignoring case.
    fn like_caseless(&self, expression: &str, pattern: &str) -> String;

    /// True when [`Dialect::matches_exactly`] takes a `LIKE` pattern, not the text itself.
    fn exact_takes_pattern(&self) -> bool;

    /// True when the text stands somewhere in the other; what differs in case may count as well.
    fn contains(&self, text: &str, part: &str) -> String;

    /// True when the text is an element of an array column. Never called where a driver has none.
    fn in_array(&self, array: &str, element: &str) -> String {
        format!("{element} = ANY(CAST({array} AS text[]))")
    }

    /// True where members of a JSON object can be changed by [`Dialect::merged`].
    fn merges(&self) -> bool {
        true
    }

    /// The JSON object of a column with the members of the object that is bound at `members`; one
    /// that is null there goes (RFC 7396). Never called where a driver has no such column.
    fn merged(&self, column: &str, members: &str) -> String;

    /// Equality that takes null for a value.
    fn same(&self, left: &str, right: &str) -> String;

    /// The opposite of [`Dialect::same`].
    fn differs(&self, left: &str, right: &str) -> String;

    /// Orders by the expression; rows without a value come last, or first where the order descends.
    fn order(&self, expression: &str, descending: bool) -> String {
        format!("{expression}{}", if descending { " DESC NULLS FIRST" } else { " NULLS LAST" })
    }

    /// True when the column holds a text that is not empty.
    fn filled(&self, column: &str) -> String {
        format!("({column} IS NOT NULL AND {column} <> '')")
    }

    /// What a `SELECT` in an order ends with to give some rows only.
    fn page(&self, limit: &str, offset: &str) -> String {
        format!(" LIMIT {limit} OFFSET {offset}")
    }

    /// What a `SELECT`, with an order or without one, ends with to give one row at most.
    fn first(&self, _ordered: bool) -> &'static str {
        " LIMIT 1"
    }

    /// The time of the statement in the application's zone; `None` where the database does not know
    /// the zone, and the time is bound.
    fn now(&self) -> Option<&'static str> {
        None
    }

    /// What a `SELECT` without a table needs before its `WHERE`.
    fn no_table(&self) -> &'static str {
        ""
    }

    /// What makes a row of nothing but defaults.
    fn defaults(&self) -> &'static str {
        " DEFAULT VALUES"
    }

    /// How a `DELETE` begins whose condition may hold a long list.
    fn delete_from(&self, table: &str) -> String {
        format!("DELETE FROM {table}")
    }

    /// What an `INSERT` into the table ends with to pass over rows that are there already; the
    /// column is one of the table's.
    fn unless_there(&self, _table: &str, _column: &str) -> String {
        " ON CONFLICT DO NOTHING".to_owned()
    }

    /// What follows a table's name where rows are looked for that must not come until the transaction
    /// ends.
    fn absence_lock(&self) -> &'static str {
        ""
    }

    /// What makes one statement of an `INSERT` whose key the database makes and of the question for its
    /// row; `None` where the two are told apart by [`Dialect::inserted_key`].
    fn made(&self, _key: &str, _what: &ColumnType) -> Option<Made> {
        None
    }

    /// The next value of a sequence; `None` where there are no sequences.
    fn next_of(&self, _sequence: &str) -> Option<String> {
        None
    }

    /// The value that this connection took from the sequence last.
    fn last_of(&self, _sequence: &str) -> Option<String> {
        None
    }

    /// A new random UUID for each row, made by the database.
    fn fresh_uuid(&self) -> Option<&'static str> {
        None
    }

    /// The key of the row that was inserted last; `None` where `INSERT … RETURNING` gives the row.
    fn inserted_key(&self) -> Option<&'static str> {
        None
    }

    /// True where nothing tells the key that the database made: the new row is found by its unique values.
    fn found_by_its_values(&self) -> bool {
        false
    }

    /// True where `UPDATE … RETURNING` gives the row.
    fn update_returns(&self) -> bool {
        true
    }

    /// What follows a table's name to keep others from changing the row that is found.
    fn row_lock_hint(&self) -> &'static str {
        ""
    }

    /// What a `SELECT` ends with to keep others from changing the row, foreign keys excepted.
    fn row_lock(&self) -> &'static str;

    /// A statement that keeps others from taking the same name until the transaction ends; `None`
    /// where writers take turns anyway.
    fn name_lock(&self) -> Option<&'static str>;

    /// What to ask the database's own catalogue; `None` where the engine asks in another way.
    fn questions(&self) -> Option<&'static Questions>;

    /// True when `Users` and `users` are two tables.
    fn names_have_case(&self) -> bool;

    /// How a parameter reads in `explain`.
    fn literal(&self, parameter: &Parameter) -> String {
        match parameter {
            Parameter::Null => "null".to_owned(),
            Parameter::Boolean(b) => b.to_string(),
            Parameter::Integer(i) => i.to_string(),
            Parameter::Decimal(d) => d.to_string(),
            Parameter::Text(text) | Parameter::Narrow(text, _) => format!("'{}'", text.replace('\'', "''")),
            Parameter::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Parameter::List(items) | Parameter::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.literal(item)).collect();
                format!("{{{}}}", items.join(", "))
            }
        }
    }
}

/// How the key of a new row is kept for the question that follows in the same statement.
#[derive(Debug)]
pub(super) struct Made {
    /// Stands before the `INSERT`.
    pub(super) before: String,
    /// Stands between its columns and its values.
    pub(super) within: String,
    /// The key.
    pub(super) key: String,
}

/// Where a text is looked for in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Affix {
    Anywhere,
    Start,
    End,
}

impl Affix {
    /// The `LIKE` pattern for a text that is to be taken literally.
    pub(super) fn pattern(self, text: &str) -> String {
        let mut escaped = String::with_capacity(text.len() + 2);
        for c in text.chars() {
            if matches!(c, '\\' | '%' | '_') {
                escaped.push('\\');
            }
            escaped.push(c);
        }
        match self {
            Self::Anywhere => format!("%{escaped}%"),
            Self::Start => format!("{escaped}%"),
            Self::End => format!("%{escaped}"),
        }
    }
}
