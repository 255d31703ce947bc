//! Changing members by difference: nothing is read that the request did not name.

use std::collections::HashSet;

use super::super::column::Parameter;
use super::super::layout::{Layout, Membership};
use super::super::statement::{Statement, Statements, Which};
use super::{Fault, Session, run_one};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::MembersChange;
use crate::record::{Member, RecordKey};
use crate::value::Value;

pub(super) async fn change(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    group: &Value,
    change: &MembersChange,
) -> Result<(), Fault> {
    match change {
        MembersChange::None => Ok(()),
        MembersChange::Delta { add: come, remove: go } => {
            remove(session, all, layout, group, go, Which::These).await?;
            add(session, all, layout, group, come).await
        }
        MembersChange::Replace(members) => {
            remove(session, all, layout, group, members, Which::AllOthers).await?;
            add(session, all, layout, group, members).await
        }
    }
}

async fn remove(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    group: &Value,
    members: &[Member],
    which: Which,
) -> Result<(), Fault> {
    let mut batch: Vec<Statement> = Vec::new();
    for membership in &layout.memberships {
        let keys: Vec<_> = of_kind(members, membership).map(|member| Value::from(member.key.as_str())).collect();
        let keys = all.keys_of(&membership.table, &membership.member, &keys);
        if which == Which::AllOthers || !keys.is_empty() {
            batch.push(all.remove_members(membership, group, keys, which));
        }
    }
    if !batch.is_empty() {
        session.run(batch).await?;
    }
    Ok(())
}

/// Adds members; those who are members already are no error, those who do not exist are.
pub(super) async fn add(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    group: &Value,
    members: &[Member],
) -> Result<(), Fault> {
    for membership in &layout.memberships {
        let wanted: HashSet<&RecordKey> = of_kind(members, membership).map(|member| &member.key).collect();
        let Some(member) = all.model.layout(&membership.resource) else { continue };
        if wanted.is_empty() {
            continue;
        }
        let mut wanted: Vec<_> = wanted.into_iter().collect();
        wanted.sort();
        let keys = keys_of(all, member, &wanted)?;
        let added = run_one(session, all.add_members(membership, member, group, keys.clone())).await?.affected;
        // Only when some row was not needed is it worth asking whether all of them exist.
        if added < wanted.len() as u64 {
            let found = run_one(session, all.existing(member, keys)).await?;
            let found: HashSet<String> = found.rows.iter().filter_map(|row| row.first()).map(Value::to_text).collect();
            if let Some(missing) = wanted.iter().find(|key| !found.contains(key.as_str())) {
                return Err(unknown(missing));
            }
        }
    }
    let known = |member: &&Member| layout.memberships.iter().any(|membership| membership.resource == member.resource);
    match members.iter().find(|member| !known(member)) {
        Some(stranger) => Err(unknown(&stranger.key)),
        None => Ok(()),
    }
}

fn keys_of(all: Statements<'_>, layout: &Layout, keys: &[&RecordKey]) -> Result<Vec<Parameter>, Fault> {
    keys.iter().map(|key| all.key(layout, key).ok_or_else(|| unknown(key))).collect()
}

fn unknown(key: &RecordKey) -> Fault {
    DownstreamError::new(ErrorKind::UnknownMember(key.clone()), "a member to be added does not exist").into()
}

fn of_kind<'m>(members: &'m [Member], membership: &'m Membership) -> impl Iterator<Item = &'m Member> {
    members.iter().filter(|member| member.resource == membership.resource)
}
