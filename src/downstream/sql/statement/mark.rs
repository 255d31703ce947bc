//! Statements on rows that are marked as deleted rather than deleted.

use super::super::column::Parameter;
use super::super::layout::{Layout, Mark, Supplied};
use super::write::Row;
use super::{Statement, Statements, where_all};
use crate::downstream::DownstreamError;
use crate::plan::Unique;
use crate::value::Value;

impl Statements<'_> {
    /// Marks the record as deleted at `now`.
    pub(in super::super) fn mark(self, layout: &Layout, mark: &Mark, key: &Parameter, now: &Value) -> Statement {
        let mut draft = self.draft();
        let value = |supplied: &Supplied| match supplied {
            Supplied::Now => now.clone(),
            Supplied::Constant(value) => value.clone(),
        };
        let row = mark
            .set
            .iter()
            .map(|(column, supplied)| (column.clone(), self.constant(&layout.table, column, &value(supplied))));
        let set = draft.assignments(row.collect()).join(", ");
        let conditions = draft.own(layout, key, None);
        draft.finish(format!("UPDATE {} SET {set}{}", self.table(&layout.table), where_all(&conditions)), Vec::new())
    }

    /// The key of a row that is marked and holds the unique value, the latest first.
    ///
    /// # Errors
    /// A field that no column stands for.
    pub(in super::super) fn marked(self, layout: &Layout, unique: &Unique) -> Result<Statement, DownstreamError> {
        let mut draft = self.draft();
        let key = self.aliased(super::MAIN, &layout.key);
        let (read, what) = self.read_column(&layout.table, &layout.key, key.clone());
        let text = draft.holder_in(layout, &layout.marked, &read, unique, None)?;
        Ok(draft.finish(format!("{text} ORDER BY {key} DESC{}", self.dialect.first(true)), vec![what]))
    }

    /// Makes a living row of a marked one, with new values.
    pub(in super::super) fn revive(
        self,
        layout: &Layout,
        key: &Parameter,
        mut row: Row,
        living: &[(String, Value)],
    ) -> Statement {
        let mut draft = self.draft();
        row.retain(|(column, _)| !layout.scope.fixes(column) && living.iter().all(|(have, _)| have != column));
        row.extend(living.iter().map(|(column, value)| (column.clone(), self.constant(&layout.table, column, value))));
        let set = draft.assignments(row).join(", ");
        let mut conditions = vec![format!("{} = {}", self.quote(&layout.key), draft.bind(key.clone()))];
        conditions.extend(draft.scope(&layout.table, "", &layout.marked));
        draft.finish(format!("UPDATE {} SET {set}{}", self.table(&layout.table), where_all(&conditions)), Vec::new())
    }
}
