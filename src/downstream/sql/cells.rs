//! Several groups in one cell of a member's row: a list in text, JSON, or an array. What a cell says, and
//! how it changes. Pure.

use super::column::ColumnType;
use crate::value::{JsonLimits, Value};

/// How several groups stand in one cell.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    /// What stands between them; JSON or an array, when none.
    pub(super) separator: Option<String>,
}

impl Cells {
    /// What the cell holds.
    ///
    /// # Errors
    /// What is not as it should be: such a cell must not be taken for an empty one.
    pub(super) fn elements(&self, cell: &Value) -> Result<Vec<Value>, &'static str> {
        let elements = match (&self.separator, cell) {
            (_, Value::Null) => Vec::new(),
            (Some(separator), cell) => {
                let text = cell.to_text();
                let each = text.split(separator.as_str()).map(str::trim).filter(|one| !one.is_empty());
                each.map(Value::from).collect()
            }
            (None, Value::List(items)) => items.clone(),
            (None, Value::String(text)) if text.trim().is_empty() => Vec::new(),
            (None, Value::String(text)) => {
                match Value::from_json(text.as_bytes(), &JsonLimits::default()).map_err(|_| "a cell is no JSON")? {
                    Value::Null => Vec::new(),
                    Value::List(items) => items,
                    _ => return Err("a cell is no list"),
                }
            }
            (None, _) => return Err("a cell is no list"),
        };
        let plain = |one: &Value| matches!(one, Value::String(_) | Value::Integer(_));
        if elements.iter().all(plain) { Ok(elements) } else { Err("an element of a cell is no group") }
    }

    /// True when the cell names the group.
    ///
    /// # Errors
    /// As [`Cells::elements`].
    pub(super) fn names(&self, cell: &Value, group: &str) -> Result<bool, &'static str> {
        Ok(self.elements(cell)?.iter().any(|one| one.to_text() == group))
    }

    /// True when a group that is called so can be told from what stands beside it.
    pub(super) fn can_hold(&self, group: &str) -> bool {
        let separator = self.separator.as_deref();
        !group.is_empty() && separator.is_none_or(|separator| !group.contains(separator) && group.trim() == group)
    }

    /// What the cell becomes with the group; `None` when it is in it. A number stands as one unless texts
    /// stand there.
    ///
    /// # Errors
    /// As [`Cells::elements`].
    pub(super) fn with(&self, cell: &Value, group: &Value, what: &ColumnType) -> Result<Option<Value>, &'static str> {
        let mut elements = self.elements(cell)?;
        let name = group.to_text();
        if elements.iter().any(|one| one.to_text() == name) {
            return Ok(None);
        }
        let texts = elements.iter().any(|one| matches!(one, Value::String(_)));
        elements.push(if texts { Value::String(name) } else { group.clone() });
        Ok(Some(self.cell(elements, what)))
    }

    /// What the cell becomes without the group, or with another name in its place; `None` when it is not
    /// in it.
    ///
    /// # Errors
    /// As [`Cells::elements`].
    pub(super) fn without(
        &self,
        cell: &Value,
        group: &str,
        instead: Option<&Value>,
        what: &ColumnType,
    ) -> Result<Option<Value>, &'static str> {
        if !self.names(cell, group)? {
            return Ok(None);
        }
        let rest: Vec<_> = self.elements(cell)?.into_iter().filter(|one| one.to_text() != group).collect();
        let rest = self.cell(rest, what);
        match instead {
            Some(new) => Ok(Some(self.with(&rest, new, what)?.unwrap_or(rest))),
            None => Ok(Some(rest)),
        }
    }

    /// A cell of these, as a column of this type takes it.
    pub(super) fn cell(&self, elements: Vec<Value>, what: &ColumnType) -> Value {
        match &self.separator {
            Some(separator) => Value::String(elements.iter().map(Value::to_text).collect::<Vec<_>>().join(separator)),
            None if matches!(what, ColumnType::Json | ColumnType::Array(_)) => Value::List(elements),
            None => Value::String(Value::List(elements).to_json()),
        }
    }
}
