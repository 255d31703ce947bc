//! Changing the members of a record: one by one, or as a whole list.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{TryStreamExt as _, stream};
use serde_json::Value as Json;

use super::call::Call;
use super::meaning::Outcome;
use super::members::Members;
use super::names::{Names, Present};
use super::request::Fill;
use super::template::Slot;
use super::work::{AT_ONCE, Work, after_a_change, garbage};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::MembersChange;
use crate::record::{Member, RecordKey};

impl Work<'_> {
    /// Changes the members of a record, one type after the other.
    pub(super) async fn change_members(&self, key: &RecordKey, change: &MembersChange) -> Result<(), DownstreamError> {
        if self.resource.members.is_empty() && *change != MembersChange::None {
            return Err(unsupported());
        }
        let mut changed = false;
        for members in &self.resource.members {
            let own = of_type(change, members);
            let done = self.change_type(key, members, &own).await;
            done.map_err(|error| if changed { after_a_change(error) } else { error })?;
            changed |= own != MembersChange::None;
        }
        Ok(())
    }

    async fn change_type(
        &self,
        key: &RecordKey,
        members: &Members,
        change: &MembersChange,
    ) -> Result<(), DownstreamError> {
        if let Some(kept) = &members.kept {
            return self.change_kept(key, members, kept, change).await;
        }
        match (change, &members.add, &members.remove, &members.replace) {
            (MembersChange::None, ..) => Ok(()),
            (MembersChange::Delta { add, remove }, Some(adding), Some(removing), _) => {
                let known = Names::new();
                self.one_by_one(key, members, (adding, add), (removing, remove), &known).await
            }
            (MembersChange::Replace(all), _, _, Some(replace)) => {
                self.replace(key, members, replace, all, &Present::default()).await
            }
            (MembersChange::Replace(all), Some(adding), Some(removing), None) => {
                let present = self.present_members(key, members).await?;
                let add = without(all, &present.members);
                let remove = without(&present.members, all);
                self.one_by_one(key, members, (adding, &add), (removing, &remove), &present.names).await
            }
            (MembersChange::Delta { add, remove }, _, _, Some(replace)) => {
                let present = self.present_members(key, members).await?;
                let mut all = without(&present.members, remove);
                all.extend(without(add, &all));
                if all.len() == present.members.len() && without(&all, &present.members).is_empty() {
                    return Ok(());
                }
                self.replace(key, members, replace, &all, &present).await
            }
            _ => Err(unsupported()),
        }
    }

    /// The slots that name a record and one of its members, who is called `name` by the application.
    pub(super) fn member_fill<'k>(
        &self,
        key: &'k RecordKey,
        members: &Members,
        (member, name): (&'k RecordKey, &'k Json),
    ) -> Fill<'k> {
        let mut fill = self.keyed(key);
        fill.texts.member = Some(name.as_str().unwrap_or_else(|| member.as_str()));
        fill.texts.member_key = Some(member.as_str());
        fill.parts.member = name.clone();
        fill.parts.member_key = members.key_json(member.as_str());
        fill
    }

    /// Makes a call about one member; `Missing` when the member cannot even be named.
    async fn call_for(
        &self,
        call: &Call,
        key: &RecordKey,
        members: &Members,
        member: &RecordKey,
        known: &Names,
    ) -> Result<Option<Outcome>, DownstreamError> {
        let name = match call.sends(Slot::Member) {
            true => self.name_of(members, member, known).await?,
            false => Some(Json::Null),
        };
        let Some(name) = name else { return Ok(None) };
        let mut fill = self.member_fill(key, members, (member, &name));
        match self.with_version(call, key, None, &mut fill).await? {
            true => self.call(call, &fill).await.map(Some),
            false => Ok(Some(Outcome::Missing)),
        }
    }

    async fn one_by_one(
        &self,
        key: &RecordKey,
        members: &Members,
        (adding, add): (&Call, &[Member]),
        (removing, remove): (&Call, &[Member]),
        known: &Names,
    ) -> Result<(), DownstreamError> {
        let (done, doubtful, refused) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let (done, doubtful, refused) = (&done, &doubtful, &refused);
        let added = stream::iter(add.iter().map(Ok)).try_for_each_concurrent(at_once(adding), |member| async move {
            match self.call_for(adding, key, members, &member.key, known).await? {
                Some(Outcome::Done(_)) => done.fetch_add(1, Ordering::Relaxed),
                Some(Outcome::Already) => doubtful.fetch_add(1, Ordering::Relaxed),
                Some(Outcome::Missing) => return Err(self.who_is_missing(adding, key, member).await),
                None => return Err(self.unknown(&member.key)),
            };
            Ok(())
        });
        let removed = async {
            stream::iter(remove.iter().map(Ok))
                .try_for_each_concurrent(at_once(removing), |member| async move {
                    // One that cannot even be named is not there, as one that is missing.
                    let outcome = self.call_for(removing, key, members, &member.key, known).await;
                    match outcome {
                        Err(DownstreamError { kind: ErrorKind::UnknownMember(_), .. }) => {}
                        outcome => {
                            let counter = if matches!(outcome?, Some(Outcome::Already)) { refused } else { done };
                            counter.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                    Ok(())
                })
                .await
        };
        let result: Result<(), DownstreamError> = match added.await {
            Ok(()) => removed.await,
            Err(error) => Err(error),
        };
        result.map_err(|error| if done.load(Ordering::Relaxed) > 0 { after_a_change(error) } else { error })?;
        let changed = |error| if done.load(Ordering::Relaxed) > 0 { after_a_change(error) } else { error };
        if doubtful.load(Ordering::Relaxed) > 0 {
            self.confirm(key, members, add).await.map_err(changed)?;
        }
        if refused.load(Ordering::Relaxed) > 0 {
            self.confirm_gone(key, members, remove).await.map_err(changed)?;
        }
        Ok(())
    }

    /// `already = [422]` may also have meant that the member does not exist: what is in the
    /// record decides.
    async fn confirm(&self, key: &RecordKey, members: &Members, add: &[Member]) -> Result<(), DownstreamError> {
        let present = self.present_members(key, members).await?;
        match without(add, &present.members).first() {
            None => Ok(()),
            Some(member) => Err(DownstreamError::new(
                ErrorKind::UnknownMember(member.key.clone()),
                format!("[{}.members] add: refused as if it were there already, but it is not", self.resource.name),
            )),
        }
    }

    /// A refusal to remove may mean that there is no such member: what is in the record decides.
    async fn confirm_gone(&self, key: &RecordKey, members: &Members, remove: &[Member]) -> Result<(), DownstreamError> {
        let present = self.present_members(key, members).await?;
        if without(remove, &present.members).len() == remove.len() {
            return Ok(());
        }
        Err(DownstreamError::new(
            ErrorKind::Unsupported("the application refuses to remove a member".to_owned()),
            format!("[{}.members] remove: refused, and the member is still there", self.resource.name),
        ))
    }

    async fn who_is_missing(&self, call: &Call, key: &RecordKey, member: &Member) -> DownstreamError {
        let (kind, what) = match self.document(key).await {
            Ok(Some(_)) => (ErrorKind::UnknownMember(member.key.clone()), "the member does not exist"),
            Ok(None) => (ErrorKind::NotFound, "the record does not exist"),
            Err(error) => return error,
        };
        DownstreamError::new(kind, format!("{}: {what}", call.name))
    }

    async fn replace(
        &self,
        key: &RecordKey,
        members: &Members,
        call: &Call,
        all: &[Member],
        known: &Present,
    ) -> Result<(), DownstreamError> {
        let gone = || DownstreamError::new(ErrorKind::NotFound, format!("{}: the record does not exist", call.name));
        let mut fill = self.keyed(key);
        fill.parts.members = self.names_of(members, all, &known.names).await?;
        if !self.with_version(call, key, known.version.as_deref(), &mut fill).await? {
            return Err(gone());
        }
        match self.call(call, &fill).await? {
            Outcome::Done(_) | Outcome::Already => Ok(()),
            Outcome::Missing => Err(gone()),
        }
    }

    /// The members by the call that lists them.
    pub(super) async fn listed_members(
        &self,
        call: &Call,
        members: &Members,
        key: &RecordKey,
    ) -> Result<Vec<Member>, DownstreamError> {
        self.present_in(call, members, key).await.map(|present| present.members)
    }

    async fn present_in(&self, call: &Call, members: &Members, key: &RecordKey) -> Result<Present, DownstreamError> {
        let items = self.walk_all(call, &self.keyed(key), MOST_MEMBERS).await?;
        let entries = members.listed(&items).map_err(|why| garbage(call, &why))?;
        self.members_of(call, members, entries).await
    }

    async fn present_members(&self, key: &RecordKey, members: &Members) -> Result<Present, DownstreamError> {
        let call = self.need(self.resource.calls.read.as_ref(), "read")?;
        let gone = || DownstreamError::new(ErrorKind::NotFound, format!("{}: the record does not exist", call.name));
        if let Some(list) = &members.list_call {
            // The version first: what others change after it is then refused.
            let version = match members.replace.as_ref().is_some_and(|call| call.sends(Slot::Version)) {
                true => self.found(key).await?.ok_or_else(gone)?.version,
                false => None,
            };
            return Ok(Present { version, ..self.present_in(list, members, key).await? });
        }
        let found = self.found(key).await?.ok_or_else(gone)?;
        let entries = members.take(&found.document).map_err(|why| garbage(call, &why))?;
        Ok(Present { version: found.version, ..self.members_of(call, members, entries).await? })
    }
}

/// Calls that send the record's version make a new one, so the next has to wait.
fn at_once(call: &Call) -> usize {
    if call.sends(Slot::Version) { 1 } else { AT_ONCE }
}

/// As many as the largest group that SCIM clients are known to keep.
const MOST_MEMBERS: u64 = 200_000;

/// The part of a change that is about members of one type.
pub(super) fn of_type(change: &MembersChange, members: &Members) -> MembersChange {
    let own = |all: &[Member]| -> Vec<Member> {
        all.iter().filter(|member| member.resource == members.resource).cloned().collect()
    };
    match change {
        MembersChange::None => MembersChange::None,
        MembersChange::Replace(all) => MembersChange::Replace(own(all)),
        MembersChange::Delta { add, remove } => match (own(add), own(remove)) {
            (add, remove) if add.is_empty() && remove.is_empty() => MembersChange::None,
            (add, remove) => MembersChange::Delta { add, remove },
        },
    }
}

/// The members of `some` whose keys are not in `others`.
fn without(some: &[Member], others: &[Member]) -> Vec<Member> {
    let keys: std::collections::HashSet<&RecordKey> = others.iter().map(|member| &member.key).collect();
    some.iter().filter(|member| !keys.contains(&member.key)).cloned().collect()
}

fn unsupported() -> DownstreamError {
    DownstreamError::new(
        ErrorKind::Unsupported("the application cannot change members in this way".to_owned()),
        "[members] has no call for such a change",
    )
}
