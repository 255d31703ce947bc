//! Making a record: the row and the check of its unique values in one statement, then what
//! belongs to it.

use super::super::column::Parameter;
use super::super::keys::KeyKind;
use super::super::layout::{Layout, Place};
use super::super::statement::{Statement, Statements, read_row};
use super::members::Change;
use super::read::Reading;
use super::{Fault, Session};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::{InsertPlan, Unique, Want};
use crate::record::{Fields, Record, RecordKey};
use crate::value::Value;

pub(super) async fn insert(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &InsertPlan,
) -> Result<Record, Fault> {
    let unique = given(&plan.unique);
    let mut row = all.main_row(layout, &plan.fields)?;
    let mut batch = name_locks(all, layout, &unique);
    match &layout.key_from {
        Some(_) if row.iter().any(|(column, _)| *column == layout.key) => {}
        Some(source) if matches!(source.kind, KeyKind::Uuid) => {
            row.push((layout.key.clone(), Parameter::Text(uuid::Uuid::new_v4().to_string())));
        }
        Some(source) => batch.extend(all.reserve(source, (&layout.table, &layout.key), 1)),
        None => {}
    }
    batch.push(all.insert(layout, row, &unique)?);
    let mut answers = session.run(batch).await?;
    let Some(row) = answers.pop().and_then(|answer| answer.rows.into_iter().next()) else {
        return Err(which_is_taken(session, all, layout, &unique).await?);
    };
    let key = RecordKey::new(&row.first().cloned().unwrap_or_default().to_text());
    let flat = layout.is_flat().then(|| read_row(layout, row).record);
    let record = belongings(session, all, layout, plan, &key).await?;
    flat.or(record).ok_or_else(|| Fault::garbage("the new record is not in its own resource's scope"))
}

/// Makes what belongs to the new record, in one batch with reading it where its row is not all.
async fn belongings(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &InsertPlan,
    key: &RecordKey,
) -> Result<Option<Record>, Fault> {
    let Some(parameter) = all.key(layout, key) else { return Err(Fault::garbage("the new record has no key")) };
    let mut members = Change::default();
    members.add(all, layout, &Value::from(key.as_str()), &plan.members)?;
    let mut batch = members.take_statements();
    let added = batch.len();
    batch.extend(related_rows(all, layout, &parameter, &plan.fields)?);
    let before = batch.len();
    let reading = (!layout.is_flat()).then(|| Reading::new(all, layout, Want::default()));
    batch.extend(reading.as_ref().map(|reading| reading.statements(key, parameter)).unwrap_or_default());
    if batch.is_empty() {
        return Ok(None);
    }
    let mut answers = session.run(batch).await?;
    let read = answers.split_off(before);
    members.verify(session, all, &answers[..added]).await?;
    match reading {
        Some(reading) => reading.finish(session, read).await,
        None => Ok(None),
    }
}

/// The rows of related tables for a new record.
fn related_rows(
    all: Statements<'_>,
    layout: &Layout,
    key: &Parameter,
    fields: &Fields,
) -> Result<Vec<Statement>, DownstreamError> {
    let mut batch = Vec::new();
    for (index, _) in layout.related(false) {
        let row = all.related_row(layout, index, fields)?;
        if !row.is_empty() && !is_vacant(layout, index, fields) {
            batch.extend(all.make_related(layout, index, key, row));
        }
    }
    for (index, related) in layout.related(true) {
        for element in fields.get(&related.name).elements().iter().filter_map(Value::as_object) {
            let row = all.element_row(layout, index, element)?;
            batch.extend(all.make_related(layout, index, key, row));
        }
    }
    Ok(batch)
}

/// True when nothing that people would miss is in the related row. Columns that no rule reads
/// back, such as timestamps of its own, do not keep a row alive.
pub(super) fn is_vacant(layout: &Layout, index: usize, fields: &Fields) -> bool {
    let columns = || layout.columns_in(Place::Related(index)).filter(|column| column.written);
    let matter = |column: &&super::super::layout::Column| column.read;
    let any = columns().any(|column| matter(&column));
    columns().filter(|column| !any || matter(column)).all(|column| fields.get(&column.field).is_unassigned())
}

/// The unique values that are values: any number of records may have none.
pub(super) fn given(unique: &[Unique]) -> Vec<Unique> {
    unique.iter().filter(|unique| !unique.value.is_unassigned()).cloned().collect()
}

/// In the order of the names, so that two who want the same ones do not wait for each other.
pub(super) fn name_locks(all: Statements<'_>, layout: &Layout, unique: &[Unique]) -> Vec<Statement> {
    let mut locks: Vec<_> = unique.iter().filter_map(|unique| all.name_lock(layout, unique)).collect();
    locks.sort_by(|a, b| format!("{:?}", a.parameters).cmp(&format!("{:?}", b.parameters)));
    locks
}

async fn which_is_taken(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    unique: &[Unique],
) -> Result<Fault, Fault> {
    let probes = unique.iter().map(|unique| all.taken(layout, unique, None)).collect::<Result<Vec<_>, _>>()?;
    let answers = session.run(probes).await?;
    let taken = unique.iter().zip(&answers).find(|(_, answer)| !answer.rows.is_empty());
    let label = taken.and_then(|(unique, _)| layout.column(&unique.field)).map(|column| column.label.to_string());
    Ok(DownstreamError::new(ErrorKind::Uniqueness { label }, "another record holds the value").into())
}
