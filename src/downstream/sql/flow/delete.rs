//! Deleting a record with what depends on it, in an order that foreign keys allow.

use super::super::column::Parameter;
use super::super::given::{Event, When};
use super::super::layout::Layout;
use super::super::statement::{Statements, Values};
use super::{Fault, Session, cells, kept};
use crate::plan::DeletePlan;
use crate::record::Fields;
use crate::value::Value;

pub(super) async fn delete(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &DeletePlan,
) -> Result<bool, Fault> {
    let Some(key) = all.key(layout, &plan.key) else { return Ok(false) };
    let text = Value::from(plan.key.as_str());
    let mut batch = Vec::new();
    let nothing = Fields::new();
    let values = Values { key: Some(&key), set: &nothing, whole: &nothing };
    for statement in layout.further.of(&[Event::Delete], When::Before) {
        batch.push(all.given(layout, statement, &values)?);
    }
    if layout.instead.delete.is_none() {
        let own = all.model.memberships_of(&layout.resource).filter(|(_, one)| one.kept.is_none());
        batch.extend(own.map(|(_, membership)| all.delete_memberships(membership, &membership.member, &text)));
        let groups = layout.memberships.iter().filter(|one| one.kept.is_none());
        batch.extend(groups.map(|m| all.delete_memberships(m, &m.group, &text)));
        batch.extend(kept::farewell(all, layout, &key, &text));
        // What belongs to a row that stays, stays.
        let related = if layout.mark.is_some() { 0 } else { layout.related.len() };
        batch.extend((0..related).map(|index| all.delete_related(layout, index, &key, Vec::new())));
    }
    // Rows that hang on a record outside the scope must not go: look before anything is deleted.
    let cells = layout.instead.delete.is_none() && cells::lists(all, layout).next().is_some();
    let looks = layout.distinct || cells || !batch.is_empty() || layout.instead.delete.is_some();
    if looks && !exists(session, all, layout, &key).await? {
        return Ok(false);
    }
    if cells {
        cells::clear(session, all, layout, &text).await?;
    }
    let own = batch.len();
    let now = Value::DateTime(jiff::Timestamp::now());
    batch.push(match (&layout.instead.delete, &layout.mark) {
        (Some(statement), _) => all.given(layout, statement, &values)?,
        (None, Some(mark)) => all.mark(layout, mark, &key, &now),
        (None, None) => all.delete(layout, &key),
    });
    for statement in layout.further.of(&[Event::Delete], When::After) {
        batch.push(all.given(layout, statement, &values)?);
    }
    let answers = session.run(batch).await?;
    // How many rows a procedure says to have changed tells nothing.
    Ok(layout.instead.delete.is_some() || layout.distinct || answers.get(own).is_some_and(|answer| answer.affected > 0))
}

async fn exists(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    key: &Parameter,
) -> Result<bool, Fault> {
    let answer = super::run_one(session, all.lock(layout, key, None)).await?;
    Ok(!answer.rows.is_empty())
}
