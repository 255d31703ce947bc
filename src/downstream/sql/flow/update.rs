//! Changing a record: its own row first, which also says whether it exists and keeps others out.

use super::super::column::Parameter;
use super::super::layout::Layout;
use super::super::statement::{Statement, Statements, read_row};
use super::insert::{given, is_vacant, name_locks};
use super::{Answer, Fault, Session, members, read, run_one};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::{ListChange, UpdatePlan};
use crate::record::{Record, RecordKey};
use crate::value::Object;

pub(super) async fn update(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &UpdatePlan,
) -> Result<Option<Record>, Fault> {
    let Some(key) = all.key(layout, &plan.key) else { return Err(not_found()) };
    refuse_taken(session, all, layout, plan, &key).await?;
    let answer = own_row(session, all, layout, plan, &key).await?;
    let Some(row) = answer.rows.into_iter().next() else {
        return Err(missing(session, all, layout, plan, &key).await?);
    };
    let whole = layout.is_flat() && row.len() > 1 && !all.main_row(layout, &plan.set)?.is_empty();
    let key_value = row.first().cloned().unwrap_or_default();
    let key = all.key(layout, &RecordKey::new(&key_value.to_text())).unwrap_or(key);
    related(session, all, layout, plan, &key).await?;
    let batch = list_changes(all, layout, &key, &plan.lists)?;
    if !batch.is_empty() {
        session.run(batch).await?;
    }
    members::change(session, all, layout, &key_value, &plan.members).await?;
    if whole {
        return Ok(Some(read_row(layout, row).record));
    }
    if plan.set.is_empty() && plan.lists.is_empty() {
        return Ok(None);
    }
    let fetched = run_one(session, all.fetch(layout, key)).await?;
    let mut rows: Vec<_> = fetched.rows.into_iter().take(1).map(|row| read_row(layout, row)).collect();
    read::lists(session, all, layout, &mut rows).await?;
    Ok(rows.pop().map(|row| row.record))
}

/// Refuses values that another record holds.
async fn refuse_taken(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &UpdatePlan,
    key: &Parameter,
) -> Result<(), Fault> {
    let unique = given(&plan.unique);
    if unique.is_empty() {
        return Ok(());
    }
    let mut batch = name_locks(all, layout, &unique);
    let locks = batch.len();
    for unique in &unique {
        batch.push(all.taken(layout, unique, Some(key))?);
    }
    let answers = session.run(batch).await?;
    match unique.iter().zip(answers.iter().skip(locks)).find(|(_, answer)| !answer.rows.is_empty()) {
        Some((unique, _)) => {
            let label = layout.column(&unique.field).map(|column| column.label.to_string());
            Err(DownstreamError::new(ErrorKind::Uniqueness { label }, "another record holds the value").into())
        }
        None => Ok(()),
    }
}

async fn own_row(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &UpdatePlan,
    key: &Parameter,
) -> Result<Answer, Fault> {
    let mut row = all.main_row(layout, &plan.set)?;
    row.retain(|(column, _)| !layout.scope.iter().any(|(have, _)| have == column));
    let version = plan.expected_version.as_deref();
    let statement = if row.is_empty() { all.lock(layout, key, version) } else { all.update(layout, key, row, version) };
    run_one(session, statement).await
}

/// Why no row was found: there is none, or it has another version.
async fn missing(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &UpdatePlan,
    key: &Parameter,
) -> Result<Fault, Fault> {
    if plan.expected_version.is_none() || layout.version.is_none() {
        return Ok(not_found());
    }
    let found = run_one(session, all.lock(layout, key, None)).await?;
    if found.rows.is_empty() {
        return Ok(not_found());
    }
    Ok(DownstreamError::new(ErrorKind::VersionConflict, "the record has another version").into())
}

/// The related tables with at most one row: changed, made, or deleted when nothing is left.
async fn related(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &UpdatePlan,
    key: &Parameter,
) -> Result<(), Fault> {
    let (mut batch, mut changed) = (Vec::new(), Vec::new());
    for (index, _) in layout.related(false) {
        let row = all.related_row(layout, index, &plan.set)?;
        if row.is_empty() {
            continue;
        }
        if is_vacant(layout, index, &plan.whole) {
            batch.push(all.delete_related(layout, index, key, Vec::new()));
        } else {
            changed.push((batch.len(), index));
            batch.push(all.update_related(layout, index, key, row));
        }
    }
    if batch.is_empty() {
        return Ok(());
    }
    let answers = session.run(batch).await?;
    let mut batch = Vec::new();
    for (at, index) in changed {
        if answers.get(at).is_some_and(|answer| answer.affected == 0) {
            let row = all.related_row(layout, index, &plan.whole)?;
            batch.push(all.insert_related(layout, index, key, row));
        }
    }
    if !batch.is_empty() {
        session.run(batch).await?;
    }
    Ok(())
}

fn list_changes(
    all: Statements<'_>,
    layout: &Layout,
    key: &Parameter,
    changes: &[ListChange],
) -> Result<Vec<Statement>, DownstreamError> {
    let mut batch = Vec::new();
    for change in changes {
        let Some((index, _)) = layout.list(change.list.as_str()) else {
            let detail = format!("no related table is known for list `{}`", change.list);
            return Err(DownstreamError::new(ErrorKind::Garbage, detail));
        };
        let rows = |elements: &[Object]| -> Result<Vec<_>, DownstreamError> {
            elements.iter().map(|element| all.element_row(layout, index, element)).collect()
        };
        for row in rows(&change.remove)? {
            if !row.is_empty() {
                batch.push(all.delete_related(layout, index, key, row));
            }
        }
        for row in rows(&change.add)? {
            batch.push(all.insert_related(layout, index, key, row));
        }
    }
    Ok(batch)
}

fn not_found() -> Fault {
    DownstreamError::new(ErrorKind::NotFound, "no such record in the resource's scope").into()
}
