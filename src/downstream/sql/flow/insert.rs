//! Making a record: the row and the check of its unique values in one statement, then what
//! belongs to it.

use super::super::column::Parameter;
use super::super::given::{Event, When};
use super::super::keys::KeyKind;
use super::super::layout::{Layout, Place};
use super::super::statement::{Row, Statement, Statements, Values, read_row};
use super::members::Change;
use super::read::Reading;
use super::revive::revive;
use super::{Fault, Session, given as mapped};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::{InsertPlan, MembersChange, Unique, Want};
use crate::record::{Fields, Record, RecordKey};
use crate::value::Value;

pub(super) async fn insert(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &InsertPlan,
) -> Result<Record, Fault> {
    let mut row = all.main_row(layout, &plan.fields)?;
    let has_key = |row: &Row| row.iter().find(|(column, _)| *column == layout.key).map(|(_, key)| key.clone());
    if has_key(&row).is_none() && layout.key_from.as_ref().is_some_and(|source| matches!(source.kind, KeyKind::Uuid)) {
        row.push((layout.key.clone(), Parameter::Text(uuid::Uuid::new_v4().to_string())));
    }
    let known = has_key(&row);
    let values = Values { key: known.as_ref(), set: &plan.fields, whole: &plan.fields };
    let before = layout.further.of(&[Event::Create], When::Before);
    mapped::run_further(session, all, layout, before, &values).await?;
    let (key, made) = match &layout.instead.insert {
        Some(statement) => (mapped::insert(session, all, layout, plan, statement, known).await?, None),
        None if layout.distinct => (named(session, all, layout, plan, known).await?, None),
        None => match revive(session, all, layout, plan, &row).await? {
            Some(key) => (key, None),
            None => {
                let made = own_row(session, all, layout, plan, row).await?;
                (made.first().cloned().unwrap_or_default(), layout.is_flat().then(|| read_row(layout, made).record))
            }
        },
    };
    let key = RecordKey::new(&key.to_text());
    // What further statements do is read with the rest.
    let made = made.filter(|_| !layout.further.any(&[Event::Create]));
    let parameter = all.key(layout, &key).ok_or_else(|| Fault::garbage("the new record has no key"))?;
    let record = belongings(session, all, layout, plan, (&key, parameter), made.is_none()).await?;
    made.or(record).ok_or_else(|| Fault::garbage("the new record is not in its own resource's scope"))
}

/// The key of a group that is only a name and comes to be with its members.
async fn named(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &InsertPlan,
    key: Option<Parameter>,
) -> Result<Value, Fault> {
    if plan.members.is_empty() {
        let what = format!(
            "a {} without members cannot exist here: it is nothing but the name of what its members have in common",
            layout.resource
        );
        return Err(
            DownstreamError::new(ErrorKind::Unsupported(what), "a group that is only a name has no members").into()
        );
    }
    let unique = given(&plan.unique);
    let locks = name_locks(all, layout, &unique);
    if !locks.is_empty() {
        session.run(locks).await?;
    }
    if !unique.is_empty()
        && let Some(taken) = which_is_taken(session, all, layout, &unique).await?
    {
        return Err(taken);
    }
    Ok(key.map_or(Value::Null, |key| key.to_value()))
}

/// Makes the resource's own row and gives it, or its key, as the database has it.
async fn own_row(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &InsertPlan,
    row: Row,
) -> Result<Vec<Value>, Fault> {
    let unique = given(&plan.unique);
    let mut batch = name_locks(all, layout, &unique);
    if let Some(source) = layout.key_from.as_ref().filter(|_| row.iter().all(|(column, _)| *column != layout.key)) {
        batch.extend(all.reserve(source, (&layout.table, &layout.key), 1));
    }
    batch.push(all.insert(layout, row, &unique)?);
    let mut answers = session.run(batch).await?;
    match answers.pop().and_then(|answer| answer.rows.into_iter().next()) {
        Some(row) => Ok(row),
        None => Err(which_is_taken(session, all, layout, &unique).await?.unwrap_or_else(|| taken(layout, None))),
    }
}

/// Makes what belongs to the new record, in one batch with reading it where its row is not all.
async fn belongings(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &InsertPlan,
    (key, parameter): (&RecordKey, Parameter),
    reads: bool,
) -> Result<Option<Record>, Fault> {
    let group = Value::from(key.as_str());
    let mut members = Change::default();
    members.add(all, layout, &group, &plan.members)?;
    if layout.has_own_members() && !plan.members.is_empty() {
        let change = MembersChange::Delta { add: plan.members.clone(), remove: Vec::new() };
        mapped::change_members(session, all, layout, &group, &change).await?;
    }
    let mut batch = members.take_statements();
    let added = batch.len();
    batch.extend(related_rows(all, layout, &parameter, &plan.fields)?);
    let values = Values { key: Some(&parameter), set: &plan.fields, whole: &plan.fields };
    for statement in layout.further.of(&[Event::Create], When::After) {
        batch.push(all.given(layout, statement, &values)?);
    }
    let before = batch.len();
    let reading = reads.then(|| Reading::new(all, layout, Want::default()));
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
        let left = layout.sees_to(layout.instead.insert.as_ref(), index);
        let written = !row.is_empty() || layout.related[index].presence;
        if !left && written && !is_vacant(layout, index, fields) {
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
    let own = || layout.columns_in(Place::Related(index));
    if let Some(presence) = own().find(|column| column.presence) {
        return !is_true(fields.get(&presence.field));
    }
    let columns = || own().filter(|column| column.written);
    let matter = |column: &&super::super::layout::Column| column.read;
    let any = columns().any(|column| matter(&column));
    columns().filter(|column| !any || matter(column)).all(|column| fields.get(&column.field).is_unassigned())
}

/// What makes a row that is only there or not be there.
pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Boolean(is) => *is,
        Value::Integer(number) => *number != 0,
        Value::String(text) => text == "1" || text.eq_ignore_ascii_case("true"),
        _ => false,
    }
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

/// Which of the unique values another record holds, if any.
pub(super) async fn which_is_taken(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    unique: &[Unique],
) -> Result<Option<Fault>, Fault> {
    let probes = unique.iter().map(|unique| all.taken(layout, unique, None)).collect::<Result<Vec<_>, _>>()?;
    let answers = session.run(probes).await?;
    let held = unique.iter().zip(&answers).find(|(_, answer)| !answer.rows.is_empty());
    Ok(held.map(|(unique, _)| taken(layout, Some(unique))))
}

fn taken(layout: &Layout, unique: Option<&Unique>) -> Fault {
    let label = unique.and_then(|unique| layout.column(&unique.field)).map(|column| column.label.to_string());
    DownstreamError::new(ErrorKind::Uniqueness { label }, "another record holds the value").into()
}
