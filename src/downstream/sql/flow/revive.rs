//! Making a record of a row that was marked as deleted and holds the same unique value.

use super::super::column::Parameter;
use super::super::layout::Layout;
use super::super::statement::{Row, Statements};
use super::insert::{given, name_locks, which_is_taken};
use super::{Fault, Session, run_one};
use crate::plan::InsertPlan;
use crate::value::Value;

/// Revives a row and gives its key; `None` where there is none to revive, or rows are not revived.
pub(super) async fn revive(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &InsertPlan,
    row: &Row,
) -> Result<Option<Value>, Fault> {
    let Some(living) = layout.mark.as_ref().and_then(|mark| mark.revive.as_ref()) else { return Ok(None) };
    let unique = given(&plan.unique);
    let locks = name_locks(all, layout, &unique);
    if !locks.is_empty() {
        session.run(locks).await?;
    }
    for one in &unique {
        let found = run_one(session, all.marked(layout, one)?).await?;
        let Some(key) = found.rows.into_iter().next().and_then(|row| row.into_iter().next()) else { continue };
        if let Some(taken) = which_is_taken(session, all, layout, &unique).await? {
            return Err(taken);
        }
        let Some(parameter) = all.value_as_key(layout, &key) else { continue };
        let row: Row = row.iter().filter(|(column, _)| *column != layout.key).cloned().collect();
        run_one(session, all.revive(layout, &parameter, row, living)).await?;
        forget_related(session, all, layout, &parameter).await?;
        return Ok(Some(key));
    }
    Ok(None)
}

/// What belonged to the former record gives way to what belongs to the new one.
async fn forget_related(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    key: &Parameter,
) -> Result<(), Fault> {
    let written = |index: &usize| {
        let place = super::super::layout::Place::Related(*index);
        layout.columns_in(place).any(|column| column.written)
    };
    let indices = (0..layout.related.len()).filter(written);
    let batch: Vec<_> = indices.map(|index| all.delete_related(layout, index, key, Vec::new())).collect();
    if !batch.is_empty() {
        session.run(batch).await?;
    }
    Ok(())
}
