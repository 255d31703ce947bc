//! Statements that differ in nothing but the key that they ask for: written once for the types of a
//! resource's columns, and filled in for each request.
//!
//! A text that depends on what the key is cannot be filled in; it is written anew each time.

use std::mem::{Discriminant, discriminant};
use std::sync::OnceLock;

use jiff::tz::TimeZone;

use super::super::column::{ColumnType, Parameter};
use super::{Statement, Statements};
use crate::plan::Want;
use crate::value::Value;

/// A statement with a place for a key.
#[derive(Debug, Clone)]
pub(in super::super) struct Template {
    statement: Statement,
    /// The parameter that is the key, or a list of nothing but it.
    at: usize,
    /// The type of the column that the key is compared with.
    what: ColumnType,
    kind: Discriminant<Parameter>,
}

/// The statements that read one record, by what is wanted of it.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Readings([OnceLock<Option<Vec<Template>>>; 4]);

impl Readings {
    /// The templates, made by `write` when nobody has needed them yet; `None` when there can be none.
    pub(in super::super) fn of(
        &self,
        want: Want,
        write: impl FnOnce() -> Option<Vec<Template>>,
    ) -> Option<&Vec<Template>> {
        let at = usize::from(want.members) + 2 * usize::from(want.groups);
        self.0.get(at)?.get_or_init(write).as_ref()
    }
}

impl Statements<'_> {
    /// A statement as a template, whose parameter `at` was made of a key for this column.
    pub(in super::super) fn template(
        self,
        statement: Statement,
        at: usize,
        (table, column): (&str, &str),
    ) -> Option<Template> {
        let kind = match statement.parameters.get(at)? {
            Parameter::List(items) if items.len() == 1 => discriminant(items.first()?),
            Parameter::List(_) => return None,
            one => discriminant(one),
        };
        let what = self.types.of(table, column).clone();
        Some(Template { statement, at, what, kind })
    }
}

impl Template {
    /// The statement for a key; `None` when it would be another text.
    pub(in super::super) fn filled(&self, key: &Value, zone: &TimeZone) -> Option<Statement> {
        let parameter = self.what.parameter(key, zone).ok()?;
        // How a narrow text is written depends on its length.
        if discriminant(&parameter) != self.kind || matches!(parameter, Parameter::Narrow(..)) {
            return None;
        }
        let mut statement = self.statement.clone();
        match statement.parameters.get_mut(self.at)? {
            Parameter::List(items) => *items = vec![parameter],
            one => *one = parameter,
        }
        Some(statement)
    }
}
