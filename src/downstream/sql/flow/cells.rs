//! Changing cells that hold several groups each: the rows are read under lock, in the order of their keys,
//! and those that come to the same are written at once.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::super::cells::Cells;
use super::super::layout::{Layout, Scope};
use super::super::statement::{KeptColumn, Pick, Row, Statement, Statements, Which};
use super::kept::refused;
use super::members::{keys_of, of_kind, unknown};
use super::{Answer, Fault, Session, run_one};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::{MembersChange, Predicate};
use crate::record::{Member, RecordKey};
use crate::value::Value;

/// The most statements that are sent before their answers are awaited.
const AT_ONCE: usize = 500;

/// Changes who is in the group with this key.
pub(super) async fn change(
    session: &mut dyn Session,
    all: Statements<'_>,
    (column, cells): (KeptColumn<'_>, &Cells),
    group: &Value,
    change: &MembersChange,
) -> Result<(), Fault> {
    let (add, remove, which) = match change {
        MembersChange::None => return Ok(()),
        MembersChange::Delta { add, remove } => (add, remove, Which::These),
        MembersChange::Replace(members) => (members, members, Which::AllOthers),
    };
    let name = called(session, all, column, group).await?;
    let gone: Vec<_> = of_kind(remove, column.membership).map(|one| Value::from(one.key.as_str())).collect();
    let gone = all.keys_of(&column.member.table, &column.member.key, &gone);
    let text = name.to_text();
    if (which == Which::AllOthers || !gone.is_empty()) && !text.is_empty() {
        let scope = &column.member.scope;
        let pick = Pick { naming: Some(&text), members: Some((&gone, which)), scope, locks: true };
        take_out(session, all, (column, cells), pick, None).await?;
    }
    join(session, all, (column, cells), &name, add).await
}

async fn join(
    session: &mut dyn Session,
    all: Statements<'_>,
    (column, cells): (KeptColumn<'_>, &Cells),
    name: &Value,
    members: &[Member],
) -> Result<(), Fault> {
    let mut wanted: Vec<&RecordKey> = of_kind(members, column.membership).map(|member| &member.key).collect();
    wanted.sort();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(());
    }
    if !cells.can_hold(&name.to_text()) {
        let reason = "cannot be added to this group: what it is called cannot stand in a list of groups";
        return Err(refused(reason, "the group's name cannot stand in a cell"));
    }
    let keys = keys_of(all, column.member, &wanted)?;
    let scope = &column.member.scope;
    let pick = Pick { naming: None, members: Some((&keys, Which::These)), scope, locks: true };
    let found = run_one(session, all.cells(column, cells, pick)).await?;
    let there: HashSet<String> = found.rows.iter().filter_map(|row| row.first()).map(Value::to_text).collect();
    if let Some(missing) = wanted.iter().find(|key| !there.contains(key.as_str())) {
        return Err(unknown(missing));
    }
    let what = all.types.of(&column.membership.table, &column.membership.group);
    let batch = rewritten(all, column, found, |cell| cells.with(cell, name, what))?;
    run_all(session, batch).await
}

/// Takes a group out of cells, or writes another name in its place.
async fn take_out(
    session: &mut dyn Session,
    all: Statements<'_>,
    (column, cells): (KeptColumn<'_>, &Cells),
    pick: Pick<'_>,
    instead: Option<&Value>,
) -> Result<(), Fault> {
    let found = run_one(session, all.cells(column, cells, pick)).await?;
    let what = all.types.of(&column.membership.table, &column.membership.group);
    let name = pick.naming.unwrap_or_default();
    let batch = rewritten(all, column, found, |cell| cells.without(cell, name, instead, what))?;
    run_all(session, batch).await
}

/// Takes a group that goes out of every cell.
pub(super) async fn clear(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    group: &Value,
) -> Result<(), Fault> {
    for (column, cells) in lists(all, layout).filter(|(column, _)| column.kept.clears) {
        let name = called(session, all, column, group).await?.to_text();
        rename(session, all, (column, cells), &name, None).await?;
    }
    Ok(())
}

/// Lets cells follow a group that is about to be called otherwise.
pub(super) async fn renamed(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    key: &RecordKey,
    row: &Row,
) -> Result<(), Fault> {
    for (column, cells) in lists(all, layout) {
        let Some((_, new)) = row.iter().find(|(name, _)| name == column.membership.called(layout)) else { continue };
        let old = called(session, all, column, &Value::from(key.as_str())).await?.to_text();
        let new = new.to_value();
        if old == new.to_text() {
            continue;
        }
        if new != Value::Null && !cells.can_hold(&new.to_text()) {
            let kind = ErrorKind::Invalid { label: None, reason: "cannot stand in a list of groups".to_owned() };
            return Err(DownstreamError::new(kind, "the group's new name cannot stand in a cell").into());
        }
        rename(session, all, (column, cells), &old, Some(&new).filter(|new| **new != Value::Null)).await?;
    }
    Ok(())
}

/// Writes another name in place of the former, or none, in the rows that are marked as deleted as well.
async fn rename(
    session: &mut dyn Session,
    all: Statements<'_>,
    (column, cells): (KeptColumn<'_>, &Cells),
    old: &str,
    new: Option<&Value>,
) -> Result<(), Fault> {
    let each = if old.is_empty() { Vec::new() } else { column.every_scope() };
    for scope in each {
        let pick = Pick { naming: Some(old), members: None, scope, locks: true };
        take_out(session, all, (column, cells), pick, new).await?;
    }
    Ok(())
}

/// The memberships of a group that stand in cells.
pub(super) fn lists<'a>(all: Statements<'a>, layout: &'a Layout) -> impl Iterator<Item = (KeptColumn<'a>, &'a Cells)> {
    let columns = layout.memberships.iter().filter_map(move |one| KeptColumn::of(all, one, layout));
    columns.filter_map(|column| Some((column, column.kept.cells.as_ref()?)))
}

/// What the group with this key is called.
async fn called(
    session: &mut dyn Session,
    all: Statements<'_>,
    column: KeptColumn<'_>,
    group: &Value,
) -> Result<Value, Fault> {
    let layout = column.group;
    let Some(key) = all.value_as_key(layout, group) else { return Ok(Value::Null) };
    let Some(named) = &column.kept.named else { return Ok(key.to_value()) };
    let found = run_one(session, all.name_of_group(layout, named, &key)).await?;
    Ok(found.rows.into_iter().next().and_then(|row| row.into_iter().next()).unwrap_or_default())
}

/// A statement for each cell that some rows come to have.
fn rewritten(
    all: Statements<'_>,
    column: KeptColumn<'_>,
    found: Answer,
    become_of: impl Fn(&Value) -> Result<Option<Value>, &'static str>,
) -> Result<Vec<Statement>, Fault> {
    let mut rows: BTreeMap<String, (Value, Vec<Value>)> = BTreeMap::new();
    for row in found.rows {
        let [key, cell] = row.as_slice() else { continue };
        if let Some(cell) = become_of(cell).map_err(Fault::garbage)? {
            rows.entry(cell.to_json()).or_insert_with(|| (cell, Vec::new())).1.push(key.clone());
        }
    }
    let what = all.types.of(&column.membership.table, &column.membership.group);
    let written = rows.into_values().map(|(cell, keys)| {
        let cell = what.parameter(&cell, &all.model.zone).map_err(|_| too_long())?;
        let keys = all.keys_of(&column.member.table, &column.member.key, &keys);
        Ok(all.write_cells(column, cell, keys))
    });
    written.collect()
}

async fn run_all(session: &mut dyn Session, batch: Vec<Statement>) -> Result<(), Fault> {
    for some in batch.chunks(AT_ONCE) {
        session.run(some.to_vec()).await?;
    }
    Ok(())
}

/// The rows of an answer whose cells do name the group, without cell and name.
pub(super) fn exactly(cells: &Cells, answer: Answer) -> Result<Answer, Fault> {
    let mut rows = Vec::new();
    for mut row in answer.rows {
        let (called, cell) = (row.pop().unwrap_or_default(), row.pop().unwrap_or_default());
        if cells.names(&cell, &called.to_text()).map_err(Fault::garbage)? {
            rows.push(row);
        }
    }
    Ok(Answer { rows, ..answer })
}

/// The predicate with the groups in place of members whose cells tell them.
pub(super) async fn resolved(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    predicate: &Predicate,
) -> Result<Predicate, Fault> {
    let mut asked = Vec::new();
    members_in(predicate, &mut asked);
    let mut found = Vec::new();
    for who in asked {
        let mut keys = Vec::new();
        for (column, cells) in lists(all, layout) {
            keys.extend(groups_of(session, all, (column, cells), who).await?);
        }
        found.push(keys);
    }
    Ok(replaced(predicate, &mut found.into_iter(), layout))
}

/// Whose groups are asked for.
#[derive(Debug, Clone, Copy)]
enum Who<'p> {
    These(&'p [Member]),
    Anybody(&'p [Arc<str>]),
}

fn members_in<'p>(predicate: &'p Predicate, found: &mut Vec<Who<'p>>) {
    match predicate {
        Predicate::HasMember(members) => found.push(Who::These(members)),
        Predicate::HasMemberOf(kinds) => found.push(Who::Anybody(kinds)),
        Predicate::And(all) | Predicate::Or(all) => all.iter().for_each(|one| members_in(one, found)),
        Predicate::Not(inner) => members_in(inner, found),
        _ => (),
    }
}

fn replaced(predicate: &Predicate, found: &mut impl Iterator<Item = Vec<RecordKey>>, layout: &Layout) -> Predicate {
    let in_cells = |kind: &Arc<str>| {
        let kept = layout.memberships.iter().filter_map(|one| Some((&one.resource, one.kept.as_ref()?)));
        kept.filter(|(_, kept)| kept.cells.is_some()).any(|(resource, _)| resource == kind)
    };
    let mut or_in_cells =
        |rest: Predicate| Predicate::Or(vec![rest, Predicate::Keys(found.next().unwrap_or_default())]);
    match predicate {
        Predicate::HasMember(members) => {
            let rest = members.iter().filter(|member| !in_cells(&member.resource)).cloned();
            or_in_cells(Predicate::HasMember(rest.collect()))
        }
        Predicate::HasMemberOf(kinds) => {
            let rest = kinds.iter().filter(|kind| !in_cells(kind)).cloned();
            or_in_cells(Predicate::HasMemberOf(rest.collect()))
        }
        Predicate::And(all) => Predicate::And(all.iter().map(|one| replaced(one, found, layout)).collect()),
        Predicate::Or(any) => Predicate::Or(any.iter().map(|one| replaced(one, found, layout)).collect()),
        Predicate::Not(inner) => Predicate::Not(Box::new(replaced(inner, found, layout))),
        other => other.clone(),
    }
}

/// The groups that some of these are in, or anybody of a kind.
async fn groups_of(
    session: &mut dyn Session,
    all: Statements<'_>,
    (column, cells): (KeptColumn<'_>, &Cells),
    who: Who<'_>,
) -> Result<Vec<RecordKey>, Fault> {
    let membership = column.membership;
    let keys: Option<Vec<_>> = match who {
        Who::These(members) => {
            Some(of_kind(members, membership).filter_map(|one| all.key(column.member, &one.key)).collect())
        }
        Who::Anybody(kinds) => (!kinds.contains(&membership.resource)).then(Vec::new),
    };
    if keys.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let scope: &Scope = &column.member.scope;
    let members = keys.as_deref().map(|keys| (keys, Which::These));
    let pick = Pick { naming: None, members, scope, locks: false };
    let found = run_one(session, all.cells(column, cells, pick)).await?;
    let mut names = Vec::new();
    for cell in found.rows.iter().filter_map(|row| row.get(1)) {
        names.extend(cells.elements(cell).map_err(Fault::garbage)?);
    }
    let texts: HashSet<String> = names.iter().map(Value::to_text).collect();
    let names: Vec<Value> = texts.iter().map(|name| Value::from(name.as_str())).collect();
    let groups = run_one(session, all.groups_called(column, &names)).await?;
    let named = groups.rows.iter().filter_map(|row| Some((row.first()?, row.get(1)?)));
    let named = named.filter(|(_, name)| texts.contains(&name.to_text()));
    Ok(named.map(|(key, _)| RecordKey::new(&key.to_text())).collect())
}

fn too_long() -> Fault {
    let reason = "names one whose list of groups has no room for another";
    let kind = ErrorKind::Invalid { label: Some("members".to_owned()), reason: reason.to_owned() };
    DownstreamError::new(kind, "a cell does not take a further group").into()
}
