//! Deleting a record with what depends on it, in an order that foreign keys allow.

use super::super::column::Parameter;
use super::super::layout::Layout;
use super::super::statement::Statements;
use super::{Fault, Session};
use crate::plan::DeletePlan;
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
    batch.extend(layout.before_delete.iter().map(|statement| all.given(statement, &key)));
    batch.extend(all.model.memberships_of(&layout.resource).map(|(_, m)| all.delete_memberships(m, &m.member, &text)));
    batch.extend(layout.memberships.iter().map(|m| all.delete_memberships(m, &m.group, &text)));
    batch.extend((0..layout.related.len()).map(|index| all.delete_related(layout, index, &key, Vec::new())));
    // Rows that hang on a record outside the scope must not go: look before anything is deleted.
    if !batch.is_empty() && !exists(session, all, layout, &key).await? {
        return Ok(false);
    }
    batch.push(all.delete(layout, &key));
    let answers = session.run(batch).await?;
    Ok(answers.last().is_some_and(|answer| answer.affected > 0))
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
