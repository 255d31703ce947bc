//! Changing a record: its own row first, which also says whether it exists and keeps others out.

use super::super::column::Parameter;
use super::super::given::{Event, When};
use super::super::layout::{Layout, Place};
use super::super::statement::{Row, Statement, Statements, Values, read_row};
use super::insert::{given as given_values, is_vacant, name_locks};
use super::members::Change;
use super::read::Reading;
use super::{Answer, Fault, Session, cells, given, kept, run_one};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::{ListChange, UpdatePlan, Want};
use crate::record::{Record, RecordKey};
use crate::value::{Object, Value};

pub(super) async fn update(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &UpdatePlan,
) -> Result<Option<Record>, Fault> {
    let Some(key) = all.key(layout, &plan.key) else { return Err(not_found()) };
    refuse_taken(session, all, layout, plan, &key).await?;
    let mut row = all.main_row(layout, &plan.set)?;
    row.retain(|(column, _)| !layout.scope.fixes(column));
    refuse_merge(all, layout, plan)?;
    let merged = all.merged_row(layout, &plan.merge);
    let events = events(plan);
    let instead = layout.instead.update.as_ref().filter(|_| !(plan.set.is_empty() && plan.merge.is_empty()));
    let further = layout.further.any(&events);
    if instead.is_some() || further {
        let found = run_one(session, all.lock(layout, &key, plan.expected_version.as_deref())).await?;
        if found.rows.is_empty() {
            return Err(missing(session, all, layout, plan, &key).await?);
        }
    }
    let before = layout.further.of(&events, When::Before);
    given::run_further(session, all, layout, before, &values(plan, &key)).await?;
    let whole = layout.is_flat() && !(row.is_empty() && merged.is_empty()) && instead.is_none() && !further;
    let new_key = new_key(layout, plan);
    let renamed = kept::renamed(session, all, layout, &key, &row).await?;
    cells::renamed(session, all, layout, &plan.key, &row).await?;
    let mut members = Change::new(all, layout, &Value::from(new_key.as_str()), &plan.members)?;
    let own = match instead {
        Some(statement) => all.given(layout, statement, &values(plan, &key))?,
        None => own_row(all, layout, plan, &key, (row, merged)),
    };
    let mut batch = vec![own];
    if new_key != plan.key {
        batch.extend(all.follow(layout, (&plan.key, &new_key)));
    }
    batch.extend(renamed);
    let before = batch.len();
    batch.extend(members.take_statements());
    let changes = batch.len();
    let now = all.key(layout, &new_key).unwrap_or_else(|| key.clone());
    let at_once = instead.is_none() && !further && !whole && only_own_row(all, layout, plan)?;
    let reading = at_once.then(|| Reading::new(all, layout, Want::default()));
    batch.extend(reading.iter().flat_map(|reading| reading.statements(&new_key, now.clone())));
    let mut answers = session.run(batch).await?;
    let read = answers.split_off(changes);
    let own = answers.drain(..before).next().and_then(|answer| answer.rows.into_iter().next());
    if own.is_none() && instead.is_none() {
        return Err(missing(session, all, layout, plan, &key).await?);
    }
    members.verify(session, all, &answers).await?;
    if let Some(reading) = reading {
        return reading.finish(session, read).await;
    }
    if layout.has_own_members() {
        let group = Value::from(new_key.as_str());
        given::change_members(session, all, layout, &group, &plan.members).await?;
    }
    related(session, all, layout, plan, &now).await?;
    if let Some(own) = own.filter(|_| whole) {
        return Ok(Some(read_row(layout, own).record));
    }
    lists_and_reading(session, all, layout, plan, (&new_key, now)).await
}

/// Some dialects can only write a whole JSON object.
fn refuse_merge(all: Statements<'_>, layout: &Layout, plan: &UpdatePlan) -> Result<(), DownstreamError> {
    if plan.merge.is_empty() || all.dialect.merges() {
        return Ok(());
    }
    let what = "the application cannot change some members of an object and leave the others as they are";
    let detail = format!("[{}]: this dialect has no function that merges JSON", layout.resource);
    Err(DownstreamError::new(ErrorKind::Unsupported(what.to_owned()), detail))
}

/// Changes the lists and reads what has become of the record, unless nothing but members changed.
async fn lists_and_reading(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &UpdatePlan,
    (key, parameter): (&RecordKey, Parameter),
) -> Result<Option<Record>, Fault> {
    let mut batch = list_changes(all, layout, &parameter, &plan.lists)?;
    if plan.set.is_empty() && plan.merge.is_empty() && batch.is_empty() {
        return Ok(None);
    }
    for statement in layout.further.of(&events(plan), When::After) {
        batch.push(all.given(layout, statement, &values(plan, &parameter))?);
    }
    let changes = batch.len();
    let reading = Reading::new(all, layout, Want::default());
    batch.extend(reading.statements(key, parameter));
    let read = session.run(batch).await?.split_off(changes);
    reading.finish(session, read).await
}

/// True when a change leaves alone what is not in the record's own row, so that the record can be read
/// in the round trip that changes it.
fn only_own_row(all: Statements<'_>, layout: &Layout, plan: &UpdatePlan) -> Result<bool, DownstreamError> {
    if plan.set.is_empty() && plan.merge.is_empty() || !plan.lists.is_empty() || layout.has_own_members() {
        return Ok(false);
    }
    for (index, related) in layout.related(false) {
        let turned = related.presence && plan.set.contains(&related.name);
        if turned || !all.related_row(layout, index, &plan.set)?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What a change is, besides a change of members.
fn events(plan: &UpdatePlan) -> Vec<Event> {
    if plan.set.is_empty() && plan.merge.is_empty() && plan.lists.is_empty() {
        return Vec::new();
    }
    let turn = plan.enables.map(|enables| if enables { Event::Enable } else { Event::Disable });
    [Event::Update].into_iter().chain(turn).collect()
}

const fn values<'a>(plan: &'a UpdatePlan, key: &'a Parameter) -> Values<'a> {
    Values { key: Some(key), set: &plan.set, whole: &plan.whole }
}

/// The key afterwards: a natural key changes when its column is set.
fn new_key(layout: &Layout, plan: &UpdatePlan) -> RecordKey {
    let set =
        layout.columns_in(Place::Main).find(|column| column.name == layout.key && plan.set.contains(&column.field));
    let value = set.map(|column| plan.set.get(&column.field)).filter(|value| !value.is_unassigned());
    value.map_or_else(|| plan.key.clone(), |value| RecordKey::new(&value.to_text()))
}

/// Refuses values that another record holds.
async fn refuse_taken(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &UpdatePlan,
    key: &Parameter,
) -> Result<(), Fault> {
    let unique = given_values(&plan.unique);
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

fn own_row(all: Statements<'_>, layout: &Layout, plan: &UpdatePlan, key: &Parameter, rows: (Row, Row)) -> Statement {
    let version = plan.expected_version.as_deref();
    let changes = !(rows.0.is_empty() && rows.1.is_empty());
    if changes || all.counted_version(layout, &rows.0).is_some() {
        all.update(layout, key, rows, version)
    } else {
        all.lock(layout, key, version)
    }
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
    for (index, related) in layout.related(false) {
        let row = all.related_row(layout, index, &plan.set)?;
        let turned = related.presence && plan.set.contains(&related.name);
        if row.is_empty() && !turned || layout.sees_to(layout.instead.update.as_ref(), index) {
            continue;
        }
        if is_vacant(layout, index, if turned { &plan.set } else { &plan.whole }) {
            batch.push(all.delete_related(layout, index, key, Vec::new()));
            continue;
        }
        changed.push((batch.len(), index, row.is_empty()));
        batch.push(match row.is_empty() {
            true => all.related_there(layout, index, key),
            false => all.update_related(layout, index, key, row),
        });
    }
    if batch.is_empty() {
        return Ok(());
    }
    let answers = session.run(batch).await?;
    let mut batch = Vec::new();
    for (at, index, asked) in changed {
        let lacks = |answer: &Answer| if asked { answer.rows.is_empty() } else { answer.affected == 0 };
        if answers.get(at).is_some_and(lacks) {
            let row = all.related_row(layout, index, &plan.whole)?;
            batch.extend(all.make_related(layout, index, key, row));
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
            batch.extend(all.make_related(layout, index, key, row));
        }
    }
    Ok(batch)
}

fn not_found() -> Fault {
    DownstreamError::new(ErrorKind::NotFound, "no such record in the resource's scope").into()
}
