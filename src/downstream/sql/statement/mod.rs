//! Plan → SQL text and parameters. No I/O: this folder is the only place that produces SQL.
//!
//! Names come from the mapping and are quoted; values are only ever parameters, so the texts are a
//! small set and prepare well. [`read`] asks, [`write`] and [`membership`] change,
//! [`predicate`] says which rows.

use super::column::{ColumnType, Parameter, Types};
use super::dialect::Dialect;
use super::layout::{Column, Layout, Model, Place, Related, Scope};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::record::RecordKey;
use crate::value::Value;

mod cells;
mod given;
mod kept;
mod keys;
mod mark;
mod membership;
mod named;
mod predicate;
mod read;
mod template;
mod write;

pub(super) use cells::Pick;
pub(super) use given::Values;
pub(super) use kept::KeptColumn;
pub(super) use membership::Which;
pub(super) use named::named_parameters;
pub(super) use read::{ReadRow, read_row};
pub(super) use template::{Readings, Template};
pub(super) use write::Row;

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Statement {
    pub(super) text: String,
    pub(super) parameters: Vec<Parameter>,
    /// The types of the columns that it gives; none for one that gives no rows.
    pub(super) returns: Vec<ColumnType>,
    /// Asks for the row that this one has written, where it cannot give it back itself: its rows
    /// stand for those of this one.
    pub(super) then: Option<Box<Self>>,
}

/// Makes statements.
#[derive(Debug, Clone, Copy)]
pub(super) struct Statements<'a> {
    pub(super) model: &'a Model,
    pub(super) types: &'a Types,
    pub(super) dialect: &'static dyn Dialect,
    /// What is known of the token of the request.
    pub(super) token: &'a [(String, Value)],
}

/// A statement being written: its parameters so far.
struct Draft<'a> {
    all: Statements<'a>,
    parameters: Vec<Parameter>,
}

impl<'a> Statements<'a> {
    fn draft(self) -> Draft<'a> {
        Draft { all: self, parameters: Vec::new() }
    }

    /// The key as a parameter; `None` when no record can have such a key.
    pub(super) fn key(self, layout: &Layout, key: &RecordKey) -> Option<Parameter> {
        self.value_as_key(layout, &Value::from(key.as_str()))
    }

    pub(super) fn value_as_key(self, layout: &Layout, key: &Value) -> Option<Parameter> {
        let parameter = self.types.of(&layout.table, &layout.key).parameter(key, &self.model.zone).ok()?;
        (parameter != Parameter::Null).then_some(parameter)
    }

    /// A value for a column.
    ///
    /// # Errors
    /// `Invalid`, with the column's label, when the value does not fit the column.
    fn value(self, layout: &Layout, column: &Column, value: &Value) -> Result<Parameter, DownstreamError> {
        let table = layout.table_of(column.place);
        self.types.of(table, &column.name).parameter(value, &self.model.zone).map_err(|reason| {
            let kind = ErrorKind::Invalid { label: Some(column.label.to_string()), reason: reason.to_owned() };
            DownstreamError::new(kind, format!("a value for `{table}.{}` {reason}", column.name))
        })
    }

    /// A constant of the mapping for a column; one that does not fit is left to the database to refuse.
    fn constant(self, table: &str, column: &str, value: &Value) -> Parameter {
        self.types
            .of(table, column)
            .parameter(value, &self.model.zone)
            .unwrap_or_else(|_| Parameter::Text(value.to_text()))
    }

    fn quote(self, name: &str) -> String {
        self.dialect.quote(name)
    }

    fn table(self, name: &str) -> String {
        self.dialect.table(name)
    }

    /// A column as it is read: in its text form when nothing else can be read of it.
    fn read_column(self, table: &str, column: &str, expression: String) -> (String, ColumnType) {
        let what = self.types.of(table, column).clone();
        match what {
            ColumnType::Other => (self.dialect.as_text(&expression), what),
            _ => (expression, what),
        }
    }
}

impl Draft<'_> {
    fn bind(&mut self, parameter: Parameter) -> String {
        let placeholder = self.all.dialect.bound(self.parameters.len() + 1, &parameter);
        self.parameters.push(parameter);
        placeholder
    }

    fn finish(self, text: String, returns: Vec<ColumnType>) -> Statement {
        Statement { text, parameters: self.parameters, returns, then: None }
    }

    /// The conditions of a scope, on the table with this alias (none: the statement's own table).
    fn scope(&mut self, table: &str, alias: &str, scope: &Scope) -> Vec<String> {
        let mut conditions = Vec::new();
        for (column, value) in scope.iter() {
            let expression = self.all.aliased(alias, column);
            conditions.push(match self.all.constant(table, column, value) {
                Parameter::Null => format!("{expression} IS NULL"),
                parameter => format!("{expression} = {}", self.bind(parameter)),
            });
        }
        for (column, value) in &scope.except {
            let (expression, parameter) = (self.all.aliased(alias, column), self.all.constant(table, column, value));
            let excepted = self.bind(parameter);
            conditions.push(self.all.dialect.differs(&expression, &excepted));
        }
        conditions
    }

    /// The joins of the related tables with these indices, each with at most one row.
    fn joins(&mut self, layout: &Layout, wanted: impl Fn(usize) -> bool) -> String {
        let mut text = String::new();
        for (index, related) in layout.related(false).filter(|(index, _)| wanted(*index)) {
            let (alias, all) = (alias_of(index), self.all);
            let on = format!("{} = {}", all.aliased(&alias, &related.child), all.aliased(MAIN, &related.parent));
            let mut conditions = vec![on];
            conditions.extend(self.scope(&related.table, &alias, &related.scope));
            text.push_str(&format!(
                " LEFT JOIN {} ON {}",
                all.dialect.named(&all.table(&related.table), &alias),
                conditions.join(" AND ")
            ));
        }
        text
    }

    /// The value that rows of a related table point at, for the record with this key.
    fn parent(&mut self, layout: &Layout, related: &Related, key: &Parameter) -> String {
        let placeholder = self.bind(key.clone());
        if related.parent == layout.key {
            return placeholder;
        }
        let all = self.all;
        let (parent, table, column) = (all.quote(&related.parent), all.table(&layout.table), all.quote(&layout.key));
        format!("(SELECT {parent} FROM {table} WHERE {column} = {placeholder})")
    }
}

impl Statements<'_> {
    fn aliased(self, alias: &str, column: &str) -> String {
        if alias.is_empty() { self.quote(column) } else { format!("{alias}.{}", self.quote(column)) }
    }
}

/// The alias of a resource's own table where others are joined.
const MAIN: &str = "t";

/// The alias of a related table with at most one row.
fn alias_of(index: usize) -> String {
    format!("r{}", index + 1)
}

fn alias_in(place: Place) -> String {
    match place {
        Place::Main => MAIN.to_owned(),
        Place::Related(index) => alias_of(index),
    }
}

/// ` WHERE a AND b`, or nothing.
fn where_all(conditions: &[String]) -> String {
    if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) }
}
