//! Making, changing and deleting a record.

use serde_json::Value as Json;
use tokio::sync::MutexGuard;

use super::answer::{item, key_of, last_segment};
use super::body::{Parts, Whole};
use super::call::{Call, Then};
use super::fields::Gone;
use super::meaning::{Answer, Outcome};
use super::request::Fill;
use super::sequence::{of_fields, only, taken};
use super::work::{Found, Work, after_a_change, garbage};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::{Case, DeletePlan, InsertPlan, MembersChange, UpdatePlan, Want};
use crate::record::{FieldName, Fields, Record, RecordKey};

impl Work<'_> {
    /// Carries out an insert: the lookups of what must be unique, the call, the members, and a
    /// read where the answer says too little.
    pub(super) async fn insert(&self, plan: &InsertPlan) -> Result<Record, DownstreamError> {
        let call = self.need(self.resource.calls.create.as_ref(), "create")?;
        self.check_unique(&plan.unique, None).await?;
        let in_body = call.body.as_ref().is_some_and(|body| body.has(Whole::Members));
        let members = if in_body { self.all_members_json(&plan.members).await? } else { Json::Null };
        let fill = self.insert_fill(plan, members).map_err(|why| garbage(call, &why))?;
        self.check_new(call, plan).await?;
        let answer = match self.call(call, &fill).await? {
            Outcome::Done(answer) => answer,
            Outcome::Already => return Err(self.taken(call, plan)),
            Outcome::Missing => return Err(garbage(call, "the application says that there is nothing")),
        };
        let document = item(call, answer.json.as_ref()).ok();
        let key = match self.new_key(call, &answer, document) {
            Some(key) => key,
            None => match self.named_key(plan) {
                Some(key) => key,
                None => self.find_new(call, plan).await?,
            },
        };
        if self.resource.calls.resumes {
            return Ok(Record { key, fields: Fields::new(), members: None, groups: None, version: None });
        }
        if let Err(failed) = self.finish_insert(plan, &key).await {
            return Err(self.undo_steps(plan, &key, failed).await);
        }
        let has_steps = self.create_steps(plan).next().is_some();
        if !in_body && !plan.members.is_empty() {
            let members = MembersChange::Delta { add: plan.members.clone(), remove: Vec::new() };
            if let Err(error) = self.change_members(&key, &members).await {
                let left = self.leave_kept(&key).await;
                let made = self.create_steps(plan).count();
                return Err(match left {
                    Ok(()) => self.undo_steps(plan, &key, (error, made)).await,
                    Err(_) => after_a_change(error),
                });
            }
        }
        // What the first call answered is not yet what the steps have made of it.
        if let Some(document) = document
            && !has_steps
            && call.then != Then::Read
            && (call.then == Then::Nothing || self.resource.is_whole(document))
            && self.resource.key_in(document).is_some()
        {
            return self.resource.record(document).map_err(|why| garbage(call, &why));
        }
        let read = self.read(&key, Want::default()).await.map_err(after_a_change)?;
        read.ok_or_else(|| unclear(call, "the new record cannot be read"))
    }

    /// Where the client's own name is the key, some applications write over what has it.
    async fn check_new(&self, call: &Call, plan: &InsertPlan) -> Result<(), DownstreamError> {
        match self.named_key(plan).filter(|_| call.reads_first) {
            Some(key) if self.document(&key).await?.is_some() => {
                let label = self.resource.fields.label(&FieldName::new(self.resource.key.path.as_str()));
                let detail = format!("{}: the record is there already", call.name);
                Err(DownstreamError::new(ErrorKind::Uniqueness { label }, detail))
            }
            _ => Ok(()),
        }
    }

    /// The key that the new record's own fields say, where the client chooses it.
    pub(super) fn named_key(&self, plan: &InsertPlan) -> Option<RecordKey> {
        let field = FieldName::new(self.resource.key.path.as_str());
        key_of(&plan.fields.get(&field).to_serde())
    }

    fn taken(&self, call: &Call, plan: &InsertPlan) -> DownstreamError {
        let label = match plan.unique.as_slice() {
            [one] => self.resource.fields.label(&one.field),
            _ => None,
        };
        DownstreamError::new(
            ErrorKind::Uniqueness { label },
            format!("{}: the status says that the record is there already", call.name),
        )
    }

    /// What fills the slots of `create`; `members` for `{members}`.
    pub(super) fn insert_fill(&self, plan: &InsertPlan, members: Json) -> Result<Fill<'static>, String> {
        let taken = taken(&self.resource.calls.steps.create);
        let own = only(&plan.fields, |name| taken.iter().all(|field| field.as_str() != name));
        let record = self.resource.fields.to_json(&own)?;
        let mut fill = Fill { parts: Parts { record, members, ..Parts::default() }, ..Fill::default() };
        self.only_sent(&mut fill);
        Ok(fill)
    }

    fn new_key(&self, call: &Call, answer: &Answer, document: Option<&Json>) -> Option<RecordKey> {
        let Some(place) = &call.key_from else { return self.resource.key_in(document?) };
        // A `Location` is a URL; a key alone has no slash.
        last_segment(&place.find(&answer.headers, answer.json.as_ref())?)
    }

    /// The key of a record that was made by an answer without one: it is looked up by what is
    /// unique about it.
    async fn find_new(&self, call: &Call, plan: &InsertPlan) -> Result<RecordKey, DownstreamError> {
        for unique in &plan.unique {
            if self.resource.calls.find.iter().any(|(field, _)| *field == unique.field) {
                let found = self.find(&unique.field, &unique.value, Case::Exact, Want::default()).await;
                if let [record] = found.map_err(after_a_change)?.as_slice() {
                    return Ok(record.key.clone());
                }
            }
        }
        Err(unclear(call, "the answer holds no key of the new record"))
    }

    /// A record without its members is not what was asked for: it goes again, if it can. The
    /// failure is then as good as if nothing had been made.
    pub(super) async fn undo_insert(&self, key: &RecordKey, error: DownstreamError) -> DownstreamError {
        let undone = match &self.resource.calls.delete {
            Some(delete) => match self.before_delete(key).await {
                Ok(()) => self.deleted(delete, key).await.map(drop),
                failed => failed,
            },
            None => Err(DownstreamError::new(ErrorKind::Ambiguous, "there is no call `delete`")),
        };
        match undone {
            Ok(()) => error,
            Err(failed) => {
                let detail = format!("{}; and {}, so the new record remains", error.detail, failed.detail);
                DownstreamError::new(ErrorKind::Ambiguous, detail)
            }
        }
    }

    /// Carries out an update: fields first, then members.
    pub(super) async fn update(&self, plan: &UpdatePlan) -> Result<Option<Record>, DownstreamError> {
        self.check_unique(&plan.unique, Some(&plan.key)).await?;
        let changes_fields = changes_fields(plan);
        let key = self.key_after(plan);
        let following = self.followers(plan).await?;
        let mut record = None;
        let mut reads = false;
        let taken = taken(&self.resource.calls.steps.update);
        let own = of_fields(plan, |name| taken.iter().all(|field| field.as_str() != name));
        if self::changes_fields(&own) {
            let call = self.need(self.resource.calls.update.as_ref(), "change")?;
            let answer = self.send_update(call, &own).await?;
            reads = call.then == Then::Read;
            record = item(call, answer.json.as_ref()).ok().filter(|_| !reads).and_then(|document| {
                let is_whole = call.then == Then::Nothing || self.resource.is_whole(document);
                self.resource.record(document).ok().filter(|record| is_whole && record.key == key)
            });
        }
        if self.update_steps(plan, &key, self::changes_fields(&own)).await? {
            (record, reads) = (None, true);
        }
        self.follow(&key, following).await.map_err(after_a_change)?;
        if plan.members != MembersChange::None {
            let changed = self.change_members(&key, &plan.members).await;
            changed.map_err(|error| if changes_fields { after_a_change(error) } else { error })?;
            record = None;
        }
        if !reads {
            return Ok(record);
        }
        let want = Want { members: plan.members != MembersChange::None, groups: false };
        let read = self.read(&key, want).await.map_err(after_a_change)?;
        read.map(Some).ok_or_else(|| DownstreamError::new(ErrorKind::NotFound, "the changed record is gone"))
    }

    /// The key once the fields are changed: a rename where the name is the key changes it.
    fn key_after(&self, plan: &UpdatePlan) -> RecordKey {
        let renamed = plan.set.iter().find(|(field, _)| *field == self.resource.key.path.as_str());
        renamed.and_then(|(_, value)| key_of(&value.to_serde())).unwrap_or_else(|| plan.key.clone())
    }

    async fn send_update(&self, call: &Call, plan: &UpdatePlan) -> Result<Answer, DownstreamError> {
        let _held = self.hold_lists(plan).await;
        // Only the document as it is keeps what no rule maps.
        let present = match self.needs_present(call, plan) {
            false => Found { document: Json::Object(serde_json::Map::new()), version: None },
            true => self.found(&plan.key).await?.ok_or_else(|| not_found(call))?,
        };
        let version = plan.expected_version.clone().or(present.version);
        let mut fill = self.update_fill(plan, present.document).map_err(|why| garbage(call, &why))?;
        if !self.with_version(call, &plan.key, version.as_deref(), &mut fill).await? {
            return Err(not_found(call));
        }
        match self.call(call, &fill).await? {
            Outcome::Done(answer) => Ok(*answer),
            Outcome::Missing | Outcome::Already => Err(not_found(call)),
        }
    }

    /// Holds a record whose lists change, since memberships may be in them, or another element.
    pub(super) async fn hold_lists(&self, plan: &UpdatePlan) -> Option<MutexGuard<'_, ()>> {
        let fields = &self.resource.fields;
        if self.resource.keeps.is_none() && !fields.are_in_elements(&plan.set) && !fields.are_in_elements(&plan.whole) {
            return None;
        }
        Some(self.locks.hold_record(&self.resource.name, &plan.key).await)
    }

    /// True when an update sends back what it has to read first.
    pub(super) fn needs_present(&self, call: &Call, plan: &UpdatePlan) -> bool {
        !plan.merge.is_empty()
            || self.resource.fields.are_in_elements(&plan.set)
            || call.body.as_ref().is_some_and(|body| body.has(Whole::Record))
    }

    /// What fills the slots of `update`; `present` is the document as it is.
    pub(super) fn update_fill<'k>(&self, plan: &'k UpdatePlan, present: Json) -> Result<Fill<'k>, String> {
        let mut fill = self.keyed(&plan.key);
        fill.parts.changes = Json::Object(serde_json::Map::new());
        self.resource.fields.put_changes(plan, &present, Gone::Null, &mut fill.parts.changes)?;
        fill.parts.record = present.clone();
        self.resource.fields.put_changes(plan, &present, Gone::LeftOut, &mut fill.parts.record)?;
        self.only_sent(&mut fill);
        Ok(fill)
    }

    /// Leaves out of a record's lists what the application does not take.
    pub(super) fn only_sent(&self, fill: &mut Fill<'_>) {
        self.resource.sends.apply(&mut fill.parts.changes);
        self.resource.sends.apply(&mut fill.parts.record);
    }

    /// Carries out a delete.
    pub(super) async fn delete(&self, plan: &DeletePlan) -> Result<bool, DownstreamError> {
        let call = self.need(self.resource.calls.delete.as_ref(), "delete")?;
        if call.reads_first && self.document(&plan.key).await?.is_none() {
            return Ok(false);
        }
        self.leave_kept(&plan.key).await?;
        self.before_delete(&plan.key).await?;
        let changed = !self.resource.calls.steps.delete.is_empty();
        let done = self.deleted(call, &plan.key).await;
        let done = done.map_err(|error| if changed { after_a_change(error) } else { error })?;
        Ok(matches!(done, Outcome::Done(_)))
    }
}

impl Work<'_> {
    /// Makes the call that deletes.
    async fn deleted(&self, call: &Call, key: &RecordKey) -> Result<Outcome, DownstreamError> {
        let mut fill = self.keyed(key);
        match self.with_version(call, key, None, &mut fill).await? {
            true => self.call(call, &fill).await,
            false => Ok(Outcome::Missing),
        }
    }
}

/// True when an update writes fields, besides members.
pub(super) fn changes_fields(plan: &UpdatePlan) -> bool {
    !(plan.set.is_empty() && plan.merge.is_empty() && plan.lists.is_empty())
}

fn not_found(call: &Call) -> DownstreamError {
    DownstreamError::new(ErrorKind::NotFound, format!("{}: the record does not exist", call.name))
}

fn unclear(call: &Call, why: &str) -> DownstreamError {
    DownstreamError::new(ErrorKind::Ambiguous, format!("{}: {why}", call.name))
}
