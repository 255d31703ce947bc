//! Where statements of the mapping stand in for generated ones: what those would have found out by
//! themselves is asked before, and what came of them is read afterwards.

use super::super::column::Parameter;
use super::super::given::Given;
use super::super::layout::{Layout, Membership};
use super::super::statement::{KeptColumn, Statements, Values, Which};
use super::insert::{given as given_values, name_locks, which_is_taken};
use super::members::{self, of_kind};
use super::{Fault, Session, kept, run_one};
use crate::plan::{InsertPlan, MembersChange, Unique};
use crate::record::{Member, RecordKey};
use crate::value::Value;

/// Runs further statements in order.
pub(super) async fn run_further<'a>(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    statements: impl Iterator<Item = &'a Given>,
    values: &Values<'_>,
) -> Result<(), Fault> {
    let batch = statements.map(|given| all.given(layout, given, values)).collect::<Result<Vec<_>, _>>()?;
    if !batch.is_empty() {
        session.run(batch).await?;
    }
    Ok(())
}

/// Makes a record by the mapping's statement and gives its key: known before, or the first column of
/// what the statement gives, or found by a value that no other record has.
pub(super) async fn insert(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &InsertPlan,
    statement: &Given,
    key: Option<Parameter>,
) -> Result<Value, Fault> {
    let unique = given_values(&plan.unique);
    refuse_taken(session, all, layout, &unique).await?;
    let values = Values { key: key.as_ref(), set: &plan.fields, whole: &plan.fields };
    let answer = run_one(session, all.giving_key(layout, statement, &values)?).await?;
    if let Some(key) = &key {
        return Ok(key.to_value());
    }
    let told = answer.rows.into_iter().next().and_then(|row| row.into_iter().next()).filter(|key| *key != Value::Null);
    if let Some(key) = told {
        return Ok(key);
    }
    for unique in &unique {
        let found = run_one(session, all.key_of(layout, unique)?).await?;
        if let Some(key) = found.rows.into_iter().next().and_then(|row| row.into_iter().next()) {
            return Ok(key);
        }
    }
    Err(Fault::garbage("the statement of `insert` gave no key, and no unique value finds the record that it made"))
}

async fn refuse_taken(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    unique: &[Unique],
) -> Result<(), Fault> {
    if unique.is_empty() {
        return Ok(());
    }
    let locks = name_locks(all, layout, unique);
    if !locks.is_empty() {
        session.run(locks).await?;
    }
    which_is_taken(session, all, layout, unique).await?.map_or(Ok(()), Err)
}

/// Changes the members whose table the mapping's own statements write, one statement for each, and those
/// whose own rows tell the group.
pub(super) async fn change_members(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    group: &Value,
    change: &MembersChange,
) -> Result<(), Fault> {
    for membership in &layout.memberships {
        if let Some(column) = KeptColumn::of(all, membership, layout) {
            kept::change(session, all, column, group, change).await?;
            continue;
        }
        let (add, remove, which) = match change {
            MembersChange::None => continue,
            MembersChange::Delta { add, remove } => (add, remove, Which::These),
            MembersChange::Replace(all) => (all, all, Which::AllOthers),
        };
        if let Some(statement) = &membership.remove {
            let keys: Vec<_> = of_kind(remove, membership).map(|member| Value::from(member.key.as_str())).collect();
            let keys = all.keys_of(&membership.table, &membership.member, &keys);
            if which == Which::AllOthers || !keys.is_empty() {
                let there = run_one(session, all.present(membership, group, keys, which)).await?;
                let gone = there.rows.into_iter().filter_map(|row| row.into_iter().next());
                let batch: Vec<_> = gone.map(|member| all.for_member(membership, statement, group, &member)).collect();
                run_all(session, batch).await?;
            }
        }
        if let Some(statement) = &membership.add {
            add_members(session, all, membership, statement, group, add).await?;
        }
    }
    Ok(())
}

async fn add_members(
    session: &mut dyn Session,
    all: Statements<'_>,
    membership: &Membership,
    statement: &Given,
    group: &Value,
    wanted: &[Member],
) -> Result<(), Fault> {
    let mut wanted: Vec<&RecordKey> = of_kind(wanted, membership).map(|member| &member.key).collect();
    wanted.sort();
    wanted.dedup();
    let Some(member) = all.model.layout(&membership.resource).filter(|_| !wanted.is_empty()) else { return Ok(()) };
    let keys = members::keys_of(all, member, &wanted)?;
    members::refuse_unknown(session, all, member, &wanted, keys.clone()).await?;
    let there = run_one(session, all.present(membership, group, keys, Which::These)).await?;
    let there: Vec<String> = there.rows.iter().filter_map(|row| row.first()).map(Value::to_text).collect();
    let new = wanted.iter().filter(|key| there.iter().all(|have| have != key.as_str()));
    let each = new.map(|key| all.for_member(membership, statement, group, &Value::from(key.as_str())));
    run_all(session, each.collect()).await
}

async fn run_all(session: &mut dyn Session, batch: Vec<super::super::statement::Statement>) -> Result<(), Fault> {
    if !batch.is_empty() {
        session.run(batch).await?;
    }
    Ok(())
}
