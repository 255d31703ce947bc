//! Changing memberships that stand in the members' own rows: as many statements for a thousand members
//! as for one.

use std::collections::HashMap;

use super::super::column::Parameter;
use super::super::layout::Layout;
use super::super::statement::{KeptColumn, Row, Statement, Statements, Which};
use super::members::{keys_of, of_kind, unknown};
use super::{Fault, Session, cells, run_one};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::MembersChange;
use crate::record::{Member, RecordKey};
use crate::value::Value;

/// Changes who is in the group with this key.
pub(super) async fn change(
    session: &mut dyn Session,
    all: Statements<'_>,
    column: KeptColumn<'_>,
    group: &Value,
    change: &MembersChange,
) -> Result<(), Fault> {
    if let Some(cells) = &column.kept.cells {
        return cells::change(session, all, (column, cells), group, change).await;
    }
    let (add, remove, which) = match change {
        MembersChange::None => return Ok(()),
        MembersChange::Delta { add, remove } => (add, remove, Which::These),
        MembersChange::Replace(members) => (members, members, Which::AllOthers),
    };
    let gone: Vec<_> = of_kind(remove, column.membership).map(|one| Value::from(one.key.as_str())).collect();
    let gone = all.keys_of(&column.member.table, &column.member.key, &gone);
    if which == Which::AllOthers || !gone.is_empty() {
        session.run(vec![all.leave_group(column, group, gone, which)]).await?;
    }
    join(session, all, column, group, add).await
}

/// Those who are in the group already are no error; those who do not exist are, and those who may not
/// leave another group for it.
async fn join(
    session: &mut dyn Session,
    all: Statements<'_>,
    column: KeptColumn<'_>,
    group: &Value,
    members: &[Member],
) -> Result<(), Fault> {
    let mut wanted: Vec<&RecordKey> = of_kind(members, column.membership).map(|member| &member.key).collect();
    wanted.sort();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(());
    }
    if column.is_nobody(all, group) {
        return Err(stands_for_none());
    }
    let keys = keys_of(all, column.member, &wanted)?;
    let joined = run_one(session, all.join_group(column, group, keys.clone())).await?;
    // Only when some row was not needed is it worth asking why.
    if joined.affected >= wanted.len() as u64 || !some_outside(session, all, column, group, &wanted, &keys).await? {
        return Ok(());
    }
    // One who was in the group already may have left it before the question, which keeps all rows as they
    // are: what is found now is final.
    run_one(session, all.join_group(column, group, keys.clone())).await?;
    match some_outside(session, all, column, group, &wanted, &keys).await? {
        true if column.kept.replaces => Err(stands_for_none()),
        true => Err(taken()),
        false => Ok(()),
    }
}

/// True when one of these is not in the group.
async fn some_outside(
    session: &mut dyn Session,
    all: Statements<'_>,
    column: KeptColumn<'_>,
    group: &Value,
    wanted: &[&RecordKey],
    keys: &[Parameter],
) -> Result<bool, Fault> {
    let found = run_one(session, all.standing(column, group, keys.to_vec())).await?;
    let found = found.rows.iter().filter_map(|row| Some((row.first()?.to_text(), row.get(1)?.to_text() == "1")));
    let found: HashMap<String, bool> = found.collect();
    let missing = wanted.iter().find(|key| !found.contains_key(key.as_str()));
    match missing {
        Some(key) => Err(unknown(key)),
        None => Ok(found.values().any(|inside| !inside)),
    }
}

/// What becomes of the rows of members when the group is called otherwise; asked before its own row
/// changes.
pub(super) async fn renamed(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    key: &Parameter,
    row: &Row,
) -> Result<Vec<Statement>, Fault> {
    let mut after = Vec::new();
    let one = layout.memberships.iter().filter_map(|one| KeptColumn::of(all, one, layout));
    for column in one.filter(|column| column.kept.cells.is_none()) {
        let Some(named) = &column.kept.named else { continue };
        let Some((_, new)) = row.iter().find(|(name, _)| name == named) else { continue };
        let found = run_one(session, all.name_of_group(layout, named, key)).await?;
        let old = found.rows.into_iter().next().and_then(|row| row.into_iter().next()).unwrap_or_default();
        let new = match new {
            Parameter::Null => column.kept.nobody.clone(),
            new => new.to_value(),
        };
        if old != Value::Null && old != new {
            after.extend(all.rename_group(column, (&old, &new)));
        }
    }
    Ok(after)
}

/// What has to be written so that a record that goes leaves nothing behind: in the rows of those who are
/// in it, and in its own where that stays.
pub(super) fn farewell(all: Statements<'_>, layout: &Layout, key: &Parameter, text: &Value) -> Vec<Statement> {
    let of_group = layout.memberships.iter().filter_map(|one| KeptColumn::of(all, one, layout));
    let mut batch: Vec<_> = of_group
        .filter(|column| column.kept.clears && column.kept.cells.is_none())
        .flat_map(|column| all.clear_group(column, text))
        .collect();
    if layout.mark.is_some() {
        let own = all.model.memberships_of(&layout.resource);
        let own = own.filter_map(|(group, one)| KeptColumn::of(all, one, group));
        batch.extend(own.map(|column| all.leave_all(column, key)));
    }
    batch
}

fn taken() -> Fault {
    let reason = "names one who is in another group, and the application knows one group for each";
    refused(reason, "a member is in another group")
}

fn stands_for_none() -> Fault {
    let reason = "cannot be added to this group: the application takes those who are in it for being in none";
    refused(reason, "what the group is called stands for no group")
}

pub(super) fn refused(reason: &str, detail: &str) -> Fault {
    let kind = ErrorKind::Invalid { label: Some("members".to_owned()), reason: reason.to_owned() };
    DownstreamError::new(kind, detail).into()
}
