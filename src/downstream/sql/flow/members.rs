//! Changing members by difference: nothing is read that the request did not name.

use std::collections::HashSet;

use super::super::column::Parameter;
use super::super::layout::{Layout, Membership};
use super::super::statement::{Statement, Statements, Which};
use super::{Answer, Fault, Session, run_one};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::MembersChange;
use crate::record::{Member, RecordKey};
use crate::value::Value;

/// The statements of a change, and what their answers have to be looked at for.
#[derive(Default)]
pub(super) struct Change<'a> {
    statements: Vec<Statement>,
    additions: Vec<Addition<'a>>,
}

/// Members that were added by one of the statements.
struct Addition<'a> {
    /// Which statement of the change.
    at: usize,
    layout: &'a Layout,
    wanted: Vec<&'a RecordKey>,
    keys: Vec<Parameter>,
}

impl<'a> Change<'a> {
    /// Plans a change of the members of the group with this key.
    pub(super) fn new(
        all: Statements<'a>,
        layout: &'a Layout,
        group: &Value,
        change: &'a MembersChange,
    ) -> Result<Self, Fault> {
        let mut planned = Self::default();
        match change {
            MembersChange::None => (),
            MembersChange::Delta { add, remove } => {
                planned.remove(all, layout, group, remove, Which::These);
                planned.add(all, layout, group, add)?;
            }
            MembersChange::Replace(members) => {
                planned.remove(all, layout, group, members, Which::AllOthers);
                planned.add(all, layout, group, members)?;
            }
        }
        Ok(planned)
    }

    /// Takes the statements out, to run them in one batch with others.
    pub(super) fn take_statements(&mut self) -> Vec<Statement> {
        std::mem::take(&mut self.statements)
    }

    fn remove(&mut self, all: Statements<'_>, layout: &Layout, group: &Value, members: &[Member], which: Which) {
        for (at, membership) in layout.memberships.iter().enumerate().filter(|(_, one)| one.removes_rows()) {
            // Where types share rows, each would take those of the others for strangers.
            let sharing = |other: &&Membership| which == Which::AllOthers && other.same_rows(membership);
            if layout.memberships[..at].iter().any(|earlier| sharing(&earlier)) {
                continue;
            }
            let mut keys: Vec<_> = of_kind(members, membership).collect();
            for other in layout.memberships[at + 1..].iter().filter(sharing) {
                keys.extend(of_kind(members, other));
            }
            let keys: Vec<_> = keys.iter().map(|member| Value::from(member.key.as_str())).collect();
            let keys = all.keys_of(&membership.table, &membership.member, &keys);
            if which == Which::AllOthers || !keys.is_empty() {
                self.statements.push(all.remove_members(membership, group, keys, which));
            }
        }
    }

    /// Those who are members already are no error, those who do not exist are.
    pub(super) fn add(
        &mut self,
        all: Statements<'a>,
        layout: &'a Layout,
        group: &Value,
        members: &'a [Member],
    ) -> Result<(), Fault> {
        let known = |member: &&Member| layout.memberships.iter().any(|have| have.resource == member.resource);
        if let Some(stranger) = members.iter().find(|member| !known(member)) {
            return Err(unknown(&stranger.key));
        }
        for membership in layout.memberships.iter().filter(|one| one.adds_rows()) {
            let Some(member) = all.model.layout(&membership.resource) else { continue };
            let mut wanted: Vec<&RecordKey> = of_kind(members, membership).map(|member| &member.key).collect();
            wanted.sort();
            wanted.dedup();
            if wanted.is_empty() {
                continue;
            }
            let keys = keys_of(all, member, &wanted)?;
            if let Some(made) = &membership.key {
                let rows = (membership.table.as_str(), made.column.as_str());
                self.statements.extend(all.reserve(&made.source, rows, wanted.len()));
            }
            let at = self.statements.len();
            let now = Value::DateTime(jiff::Timestamp::now());
            self.statements.push(all.add_members(membership, layout, member, group, (keys.clone(), &now)));
            self.additions.push(Addition { at, layout: member, wanted, keys });
        }
        Ok(())
    }

    /// Refuses members that do not exist. Only when some row was not needed is it worth asking.
    pub(super) async fn verify(
        self,
        session: &mut dyn Session,
        all: Statements<'_>,
        answers: &[Answer],
    ) -> Result<(), Fault> {
        for addition in self.additions {
            let added = answers.get(addition.at).map_or(0, |answer| answer.affected);
            if added >= addition.wanted.len() as u64 {
                continue;
            }
            refuse_unknown(session, all, addition.layout, &addition.wanted, addition.keys).await?;
        }
        Ok(())
    }
}

/// Refuses members that do not exist.
pub(super) async fn refuse_unknown(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    wanted: &[&RecordKey],
    keys: Vec<Parameter>,
) -> Result<(), Fault> {
    let found = run_one(session, all.existing(layout, keys)).await?;
    let found: HashSet<String> = found.rows.iter().filter_map(|row| row.first()).map(Value::to_text).collect();
    wanted.iter().find(|key| !found.contains(key.as_str())).map_or(Ok(()), |missing| Err(unknown(missing)))
}

pub(super) fn keys_of(all: Statements<'_>, layout: &Layout, keys: &[&RecordKey]) -> Result<Vec<Parameter>, Fault> {
    keys.iter().map(|key| all.key(layout, key).ok_or_else(|| unknown(key))).collect()
}

pub(super) fn unknown(key: &RecordKey) -> Fault {
    DownstreamError::new(ErrorKind::UnknownMember(key.clone()), "a member to be added does not exist").into()
}

pub(super) fn of_kind<'m>(members: &'m [Member], membership: &'m Membership) -> impl Iterator<Item = &'m Member> {
    members.iter().filter(|member| member.resource == membership.resource)
}
