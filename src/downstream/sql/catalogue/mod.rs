//! What a database says about its own tables: columns, indexes, foreign keys, rights.
//!
//! Read with a few questions of the dialect, whose answers have the same columns everywhere. For
//! the live check and for a first mapping; no request needs it.

use super::Engine;
use super::column::ColumnType;
use super::fault::Fault;
use super::statement::Statement;
use crate::value::Value;

pub(super) mod mssql;
pub(super) mod mysql;
pub(super) mod postgres;
pub(super) mod sqlite;

/// What to ask a database.
#[derive(Debug)]
pub(super) struct Questions {
    /// schema, table, is it a view, is it found without its schema, column, declared type, is null
    /// refused, does it get a value by itself, the rights among `rawd` (read, add, write, delete).
    pub(super) columns: &'static str,
    /// schema, table, index, is it unique, is it the primary key, is it partial, position, element.
    pub(super) indexes: &'static str,
    /// schema, table, column, schema, table and column that it points at, does it let go when the
    /// row goes that it points at.
    pub(super) references: &'static str,
}

/// The tables of a database.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// In the order of their names.
    pub tables: Vec<TableFacts>,
}

/// A table or a view.
#[derive(Debug, Clone, Default)]
pub struct TableFacts {
    /// The schema that it is in.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// True for a view.
    pub view: bool,
    /// True when it is found by its name alone.
    pub visible: bool,
    /// True where nothing is known of its indexes but the primary key.
    pub unindexed: bool,
    /// In their order.
    pub columns: Vec<ColumnFacts>,
    /// The primary key among them.
    pub indexes: Vec<IndexFacts>,
    /// The foreign keys of one column.
    pub references: Vec<Reference>,
}

/// A column.
#[derive(Debug, Clone, Default)]
pub struct ColumnFacts {
    /// Its name.
    pub name: String,
    /// Its type as the database spells it: `character varying(150)`.
    pub declared: String,
    /// True when it refuses null.
    pub not_null: bool,
    /// True when it gets a value by itself: a default, an identity, a generated column.
    pub filled: bool,
    /// What may be done with it, among `rawd`.
    pub rights: String,
}

/// An index.
#[derive(Debug, Clone, Default)]
pub struct IndexFacts {
    /// Its name.
    pub name: String,
    /// True when no two rows are the same in it.
    pub unique: bool,
    /// True for the primary key.
    pub primary: bool,
    /// True when it holds some rows only.
    pub partial: bool,
    /// Columns or expressions: `login`, `lower(login)`, `login COLLATE NOCASE`.
    pub elements: Vec<String>,
}

/// A column that points at another table's.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    /// The column.
    pub column: String,
    /// The schema, table and column that it points at.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The column; empty for the primary key.
    pub target: String,
    /// True when the row goes, or lets go, with the row that it points at.
    pub yields: bool,
}

/// What a declared type comes to, as far as guesses and advice go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// Another number.
    Number,
    /// A truth value.
    Boolean,
    /// A point in time.
    Time,
    /// A date.
    Date,
    /// A UUID.
    Uuid,
    /// Anything else.
    Other,
}

/// Reads the catalogue.
pub(super) async fn read(engine: &dyn Engine) -> Result<Catalogue, Fault> {
    let Some(questions) = engine.dialect().questions() else { return engine.catalogue().await };
    let ask = |text: &str, columns: usize| Statement {
        text: text.to_owned(),
        parameters: Vec::new(),
        returns: vec![ColumnType::Unknown; columns],
        then: None,
    };
    let statements = vec![ask(questions.columns, 9), ask(questions.indexes, 8), ask(questions.references, 7)];
    let mut answers = engine.ask(statements).await?.into_iter().map(|answer| answer.rows);
    let mut catalogue = Catalogue::default();
    answers.next().unwrap_or_default().into_iter().for_each(|row| catalogue.take_column(&row));
    answers.next().unwrap_or_default().into_iter().for_each(|row| catalogue.take_index(&row));
    answers.next().unwrap_or_default().into_iter().for_each(|row| catalogue.take_reference(&row));
    Ok(catalogue)
}

fn text(row: &[Value], at: usize) -> String {
    row.get(at).map(Value::to_text).unwrap_or_default()
}

/// A truth value; behind a driver it may come as text.
fn flag(row: &[Value], at: usize) -> bool {
    match row.get(at) {
        Some(Value::Boolean(is)) => *is,
        Some(Value::Integer(number)) => *number == 1,
        Some(Value::String(text)) => text == "1",
        _ => false,
    }
}

impl Catalogue {
    /// The table that a mapping calls `name`, which may hold its schema.
    #[must_use]
    pub fn table(&self, name: &str, names_have_case: bool) -> Option<&TableFacts> {
        let same = |have: &str, name: &str| have == name || !names_have_case && have.eq_ignore_ascii_case(name);
        let (schema, bare) = name.rsplit_once('.').map_or((None, name), |(schema, bare)| (Some(schema), bare));
        self.tables.iter().find(|table| {
            let home = schema.map_or(table.visible, |schema| same(&table.schema, schema));
            home && same(&table.name, bare)
        })
    }

    fn take_column(&mut self, row: &[Value]) {
        let (schema, name) = (text(row, 0), text(row, 1));
        if self.tables.last().is_none_or(|last| last.name != name || last.schema != schema) {
            let (view, visible) = (flag(row, 2), flag(row, 3));
            self.tables.push(TableFacts { schema, name, view, visible, ..TableFacts::default() });
        }
        if let Some(table) = self.tables.last_mut() {
            table.columns.push(ColumnFacts {
                name: text(row, 4),
                declared: text(row, 5),
                not_null: flag(row, 6),
                filled: flag(row, 7),
                rights: text(row, 8),
            });
        }
    }

    fn at(&mut self, row: &[Value]) -> Option<&mut TableFacts> {
        let (schema, name) = (text(row, 0), text(row, 1));
        self.tables.iter_mut().find(|table| table.name == name && table.schema == schema)
    }

    fn take_index(&mut self, row: &[Value]) {
        let (name, element) = (text(row, 2), bare(&text(row, 7)));
        let Some(table) = self.at(row) else { return };
        match table.indexes.iter_mut().find(|index| index.name == name) {
            Some(index) => index.elements.push(element),
            None => table.indexes.push(IndexFacts {
                name,
                unique: flag(row, 3),
                primary: flag(row, 4),
                partial: flag(row, 5),
                elements: vec![element],
            }),
        }
    }

    fn take_reference(&mut self, row: &[Value]) {
        let Some(table) = self.at(row) else { return };
        table.references.push(Reference {
            column: text(row, 2),
            schema: text(row, 3),
            table: text(row, 4),
            target: text(row, 5),
            yields: flag(row, 6),
        });
    }
}

impl TableFacts {
    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str, names_have_case: bool) -> Option<&ColumnFacts> {
        let same = |have: &str| have == name || !names_have_case && have.eq_ignore_ascii_case(name);
        self.columns.iter().find(|column| same(&column.name))
    }

    /// The one column of the primary key, if it is one.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        let primary = self.indexes.iter().find(|index| index.primary)?;
        match &*primary.elements {
            [column] => Some(column),
            _ => None,
        }
    }
}

impl ColumnFacts {
    /// What the declared type comes to.
    #[must_use]
    pub fn kind(&self) -> ColumnKind {
        let declared = self.declared.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
        match () {
            () if has(&["[]"]) => ColumnKind::Other,
            () if has(&["bool", "tinyint(1)"]) || declared == "bit" => ColumnKind::Boolean,
            () if has(&["datetime", "timestamp"]) => ColumnKind::Time,
            () if declared == "date" => ColumnKind::Date,
            () if has(&["interval"]) => ColumnKind::Other,
            () if has(&["int", "serial"]) => ColumnKind::Integer,
            () if has(&["char", "text", "clob", "enum"]) => ColumnKind::Text,
            () if has(&["uuid", "uniqueidentifier"]) => ColumnKind::Uuid,
            () if has(&["numeric", "decimal", "real", "floa", "doub"]) => ColumnKind::Number,
            () => ColumnKind::Other,
        }
    }

    /// How many characters a text may have: the number in `varchar(150)`.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        if self.kind() != ColumnKind::Text {
            return None;
        }
        let (_, rest) = self.declared.split_once('(')?;
        rest.split(')').next()?.trim().parse().ok()
    }
}

/// An index's element without what differs from one spelling to another: quotes, casts and
/// brackets within brackets.
pub(super) fn bare(element: &str) -> String {
    let element = element.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(element);
    let mut text = element.replace(['"', '`'], "");
    for cast in ["::text", "::character varying", "::bpchar"] {
        text = text.replace(cast, "");
    }
    while let Some(at) = text.find("((") {
        let Some(end) = text.rfind("))") else { break };
        text.replace_range(end..end + 2, ")");
        text.replace_range(at..at + 2, "(");
    }
    text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).map(str::to_owned).unwrap_or(text)
}
