//! Memberships on the records of the members: each change reads a member's record, changes what it
//! tells of its groups, and writes it by its own `update`.
//!
//! A record is held from its reading to its writing, so that two groups that change at once lose
//! nothing here; what somebody else writes in between is theirs to guard.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Map, Value as Json};

use super::kept::{Change, Kept};
use super::meaning::Outcome;
use super::members::Members;
use super::names::Present;
use super::request::Fill;
use super::resource::Resource;
use super::work::{AT_ONCE, Found, Work, after_a_change, garbage};
use crate::diagnostic::{Code, Diagnostic, Problems};
use crate::downstream::{Binding, DownstreamError, ErrorKind};
use crate::plan::MembersChange;
use crate::record::{Member, RecordKey};

/// What becomes of a group in a member's record.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'g> {
    /// The member comes.
    Join(&'g Json),
    /// The member goes.
    Leave(&'g Json),
    /// The group is called otherwise: the former name, and the new one.
    Rename(&'g Json, &'g Json),
}

impl Step<'_> {
    fn change(self, kept: &Kept, document: &Json) -> Result<Change, String> {
        match self {
            Self::Join(group) => kept.with(document, group),
            Self::Leave(group) => kept.without(document, group),
            Self::Rename(former, name) => kept.renamed(document, former, name),
        }
    }
}

/// Who is in which group, by what the group is called, of one type of members.
pub(super) type Index = HashMap<String, Vec<RecordKey>>;

impl Work<'_> {
    /// Changes memberships on the records of the members.
    pub(super) async fn change_kept(
        &self,
        key: &RecordKey,
        members: &Members,
        kept: &Kept,
        change: &MembersChange,
    ) -> Result<(), DownstreamError> {
        if *change == MembersChange::None {
            return Ok(());
        }
        // A group that is not there must not come to stand in anybody's record.
        let document = self.document(key).await?.ok_or_else(|| {
            DownstreamError::new(ErrorKind::NotFound, format!("[{}.members]: no such record", self.resource.name))
        })?;
        let group = self.group_called(kept, key, &document)?;
        let (add, remove) = match change {
            MembersChange::Delta { add, remove } => (add.clone(), remove.clone()),
            MembersChange::Replace(all) => {
                let present = self.kept_members(key, members, kept, &document).await?;
                let missing_in = |some: &[Member], others: &[Member]| -> Vec<Member> {
                    some.iter().filter(|one| others.iter().all(|other| other.key != one.key)).cloned().collect()
                };
                (missing_in(all, &present), missing_in(&present, all))
            }
            MembersChange::None => return Ok(()),
        };
        self.write_kept(members, kept, Step::Join(&group), add).await?;
        self.write_kept(members, kept, Step::Leave(&group), remove).await.map_err(after_a_change)
    }

    /// Takes a group out of the records of all its members.
    pub(super) async fn leave_kept(&self, key: &RecordKey) -> Result<(), DownstreamError> {
        for members in &self.resource.members {
            let Some(kept) = members.kept.as_ref().filter(|kept| kept.removes_first) else { continue };
            let Some(document) = self.document(key).await? else { return Ok(()) };
            let group = self.group_called(kept, key, &document)?;
            let present = self.kept_members(key, members, kept, &document).await?;
            self.write_kept(members, kept, Step::Leave(&group), present).await?;
        }
        Ok(())
    }

    /// The members of a group by their list call, else by a walk through their records.
    pub(super) async fn kept_members(
        &self,
        key: &RecordKey,
        members: &Members,
        kept: &Kept,
        document: &Json,
    ) -> Result<Vec<Member>, DownstreamError> {
        if let Some(list) = &members.list_call {
            return self.listed_members(list, members, key).await;
        }
        let group = match self.group_called(kept, key, document)? {
            Json::String(name) => name,
            other => other.to_string(),
        };
        let own;
        let index = match self.index.iter().find(|(resource, _)| *resource == members.resource) {
            Some((_, index)) => index,
            None => {
                own = self.on(&members.resource)?.index(kept).await?;
                &own
            }
        };
        let keys = index.get(&group).map(Vec::as_slice).unwrap_or_default();
        let member =
            |key: &RecordKey| Member { resource: Arc::clone(&members.resource), key: key.clone(), display: None };
        Ok(keys.iter().map(member).collect())
    }

    /// Everybody's groups, for each type of members that keeps them, in one walk.
    pub(super) async fn indexes(&self) -> Result<Vec<(Arc<str>, Index)>, DownstreamError> {
        let mut found = Vec::new();
        for members in self.resource.members.iter().filter(|members| members.list_call.is_none()) {
            if let Some(kept) = &members.kept {
                found.push((Arc::clone(&members.resource), self.on(&members.resource)?.index(kept).await?));
            }
        }
        Ok(found)
    }

    /// Who of this resource is in which group, by a walk that is bounded as a filter's.
    async fn index(&self, kept: &Kept) -> Result<Index, DownstreamError> {
        let call = self.need(self.resource.calls.list.as_ref(), "list")?;
        let most = self.resource.capabilities.scan_limit;
        let documents = self.walk_all(call, &Fill::default(), most).await?;
        let told: Vec<Option<(RecordKey, Vec<String>)>> = stream::iter(documents)
            .map(|document| async move {
                let key = self.resource.key_in(&document).ok_or_else(|| garbage(call, "a record without a key"))?;
                let document = match kept.is_answered_by(&document) {
                    true => Some(document),
                    false => self.document(&key).await?,
                };
                let Some(document) = document else { return Ok(None) };
                let names = self.told_groups(kept, &document)?;
                Ok::<_, DownstreamError>(Some((key, names)))
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let mut index = Index::new();
        for (key, names) in told.into_iter().flatten() {
            for name in names {
                index.entry(name).or_default().push(key.clone());
            }
        }
        Ok(index)
    }

    /// What a member's whole record says of its groups. One that says nothing is no record of one who
    /// is in none: a write would be made of a list that nobody has seen.
    fn told_groups(&self, kept: &Kept, document: &Json) -> Result<Vec<String>, DownstreamError> {
        let call = self.need(self.resource.calls.read.as_ref(), "read")?;
        if !kept.is_answered_by(document) {
            return Err(garbage(call, &format!("the record does not speak of `{}`", kept.source())));
        }
        kept.names(document).map_err(|why| garbage(call, &why))
    }

    /// What a group is called in the records of its members.
    pub(super) fn group_called(&self, kept: &Kept, key: &RecordKey, document: &Json) -> Result<Json, DownstreamError> {
        let Some(naming) = &kept.naming else { return Ok(self.resource.key.to_json(key.as_str())) };
        let Some(field) = naming.field() else { return Ok(naming.spell(key.as_str()).into()) };
        let name = naming.bare_in(document).ok_or_else(|| {
            let detail = format!("[{0}.members]: the {0} has no `{field}`", self.resource.name);
            DownstreamError::new(ErrorKind::Garbage, detail)
        })?;
        Ok(naming.spell(&name).into())
    }

    /// Takes a step for each of some members.
    pub(super) async fn write_kept(
        &self,
        members: &Members,
        kept: &Kept,
        step: Step<'_>,
        some: Vec<Member>,
    ) -> Result<(), DownstreamError> {
        let work = self.on(&members.resource)?;
        let done = std::sync::atomic::AtomicBool::new(false);
        let each = stream::iter(some.into_iter().map(Ok)).try_for_each_concurrent(AT_ONCE, |member| {
            let done = &done;
            async move {
                let changed = work.write_one(kept, step, &member.key).await?;
                done.fetch_or(changed, std::sync::atomic::Ordering::Relaxed);
                Ok(())
            }
        });
        let result: Result<(), DownstreamError> = each.await;
        result.map_err(|error| if done.into_inner() { after_a_change(error) } else { error })
    }

    /// Changes one member's record; true when something was written.
    async fn write_one(&self, kept: &Kept, step: Step<'_>, key: &RecordKey) -> Result<bool, DownstreamError> {
        let _held = self.locks.hold_record(&self.resource.name, key).await;
        let call = self.need(self.resource.calls.update.as_ref(), "change")?;
        let gone = || match step {
            Step::Join(_) => {
                let detail = format!("[{}.calls] read: a member's own record does not exist", self.resource.name);
                Err(DownstreamError::new(ErrorKind::UnknownMember(key.clone()), detail))
            }
            // One who is gone is in no group.
            Step::Leave(_) | Step::Rename(..) => Ok(false),
        };
        let Some(Found { document, version }) = self.found(key).await? else { return gone() };
        self.told_groups(kept, &document)?;
        match step.change(kept, &document).map_err(|why| garbage(call, &why))? {
            Change::Nothing => Ok(false),
            Change::Taken => {
                let reason = "names one who is in another group, and the application knows one group for each";
                let kind = ErrorKind::Invalid { label: Some("members".to_owned()), reason: reason.to_owned() };
                Err(DownstreamError::new(kind, format!("[{}]: a member is in another group", self.resource.name)))
            }
            Change::Write(value) => {
                let mut fill = self.kept_fill(kept, key, document, value);
                self.with_version(call, key, version.as_deref(), &mut fill).await?;
                match self.call(call, &fill).await? {
                    Outcome::Done(_) | Outcome::Already => Ok(true),
                    Outcome::Missing => gone(),
                }
            }
        }
    }

    /// What fills the member's `update`.
    pub(super) fn kept_fill<'k>(&self, kept: &Kept, key: &'k RecordKey, document: Json, value: Json) -> Fill<'k> {
        let mut fill = self.keyed(key);
        fill.parts.changes = Json::Object(Map::new());
        kept.write(&mut fill.parts.changes, value.clone());
        fill.parts.record = document;
        kept.write(&mut fill.parts.record, value);
        self.only_sent(&mut fill);
        fill
    }

    /// The groups that a member's record names.
    pub(super) async fn groups_kept(
        &self,
        resource: &Arc<str>,
        kept: &Kept,
        document: &Json,
    ) -> Result<Vec<Member>, DownstreamError> {
        let call = self.need(self.resource.calls.read.as_ref(), "read")?;
        let entry = |name: String| super::listing::Entry {
            key: kept.naming.is_none().then(|| RecordKey::new(&name)),
            name: kept.naming.is_some().then_some(name),
            display: None,
        };
        let entries = self.told_groups(kept, document)?.into_iter().map(entry).collect();
        let entries = super::naming::bare(kept.naming.as_ref(), entries).map_err(|why| garbage(call, &why))?;
        let Present { members, .. } = self.named(call, resource, kept.naming.as_ref(), entries).await?;
        Ok(members)
    }
}

/// A member's record tells its groups where the groups' mapping says so, and must be there to be read
/// and written.
pub(super) fn share(resources: &mut [Resource], binding: &Binding<'_>, problems: &mut Problems) {
    let mut keeping = Vec::new();
    for (at, (_, node)) in resources.iter().zip(&binding.resources) {
        for members in &at.members {
            let Some(kept) = &members.kept else { continue };
            let table = node.get("members").unwrap_or(node);
            let table = table.get(&members.resource).unwrap_or(table);
            let calls = resources.iter().find(|have| have.name == members.resource).map(|have| &have.calls);
            let can_write = calls.is_some_and(|calls| calls.update.is_some());
            let can_list = members.list_call.is_some() || calls.is_some_and(|calls| calls.list.is_some());
            for (fine, what, help) in [
                (can_write, "update", "`update` writes a user's groups"),
                (can_list, "list", "members are found in the `list` of users, or by a `list` of their own here"),
            ] {
                if !fine {
                    let message = format!("`[{}.calls]` has no `{what}`", members.resource);
                    problems.push(Diagnostic::error(Code::BAD_MEMBERS, &table.span, message).help(help));
                }
            }
            keeping.push((Arc::clone(&members.resource), Arc::clone(&at.name), kept.clone()));
        }
    }
    for (member, group, kept) in keeping {
        if let Some(resource) = resources.iter_mut().find(|have| have.name == member) {
            resource.capabilities.groups = true;
            resource.keeps.get_or_insert((group, kept));
        }
    }
}
