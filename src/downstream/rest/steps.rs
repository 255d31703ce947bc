//! Making the further calls of an operation, in their order; taking back what was made when one fails.

use serde_json::{Map, Value as Json};

use super::body::Whole;
use super::call::Call;
use super::fields::Gone;
use super::meaning::Outcome;
use super::request::Fill;
use super::sequence::of_fields;
use super::work::{Work, after_a_change, garbage};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::{InsertPlan, MembersChange, UpdatePlan};
use crate::record::RecordKey;

impl Work<'_> {
    /// The steps of `create` that this record needs.
    pub(super) fn create_steps<'w>(&'w self, plan: &'w InsertPlan) -> impl Iterator<Item = &'w Call> {
        self.resource.calls.steps.create.iter().filter(|step| step.is_for(plan))
    }

    /// Makes the steps of `create`; when one fails, gives it and how many were made before it.
    pub(super) async fn finish_insert(
        &self,
        plan: &InsertPlan,
        key: &RecordKey,
    ) -> Result<(), (DownstreamError, usize)> {
        for (at, step) in self.create_steps(plan).enumerate() {
            let fill = self.step_fill(step, plan, key).map_err(|why| (garbage(step, &why), at))?;
            if let Err(error) = self.step(step, key, None, fill).await {
                return Err((error, at));
            }
        }
        Ok(())
    }

    /// Makes all steps of a record that is there, and its members.
    pub(super) async fn complete(&self, plan: &InsertPlan, key: &RecordKey) -> Result<(), DownstreamError> {
        self.finish_insert(plan, key).await.map_err(|(error, _)| error)?;
        let body = self.resource.calls.create.as_ref().and_then(|call| call.body.as_ref());
        if plan.members.is_empty() || body.is_some_and(|body| body.has(Whole::Members)) {
            return Ok(());
        }
        let members = MembersChange::Delta { add: plan.members.clone(), remove: Vec::new() };
        self.change_members(key, &members).await
    }

    /// What fills a step of `create`.
    pub(super) fn step_fill<'k>(&self, step: &Call, plan: &InsertPlan, key: &'k RecordKey) -> Result<Fill<'k>, String> {
        let own = super::sequence::only(&plan.fields, |name| step.fields.is_empty() || step.names(name));
        let mut fill = self.keyed(key);
        fill.parts.record = self.resource.fields.to_json(&own)?;
        fill.parts.changes = fill.parts.record.clone();
        self.only_sent(&mut fill);
        Ok(fill)
    }

    async fn step(
        &self,
        step: &Call,
        key: &RecordKey,
        version: Option<&str>,
        mut fill: Fill<'_>,
    ) -> Result<(), DownstreamError> {
        let missing = || Err(garbage(step, "the application says that there is no such record"));
        if !self.with_version(step, key, version, &mut fill).await? {
            return missing();
        }
        match self.call(step, &fill).await? {
            Outcome::Done(_) | Outcome::Already => Ok(()),
            Outcome::Missing => missing(),
        }
    }

    /// Makes a call beside others; what is gone already is as good.
    async fn aside(&self, call: &Call, key: &RecordKey) -> Result<(), DownstreamError> {
        let mut fill = self.keyed(key);
        match self.with_version(call, key, None, &mut fill).await? {
            true => self.call(call, &fill).await.map(drop),
            false => Ok(()),
        }
    }

    /// Takes a new record back: the `undo` of each step that was made, the last one first, and then
    /// the record itself. A step whose outcome is not known counts as made. The failure is then as
    /// good as if nothing had been made; when something remains, it says so.
    pub(super) async fn undo_steps(
        &self,
        plan: &InsertPlan,
        key: &RecordKey,
        (error, made): (DownstreamError, usize),
    ) -> DownstreamError {
        let made = made + usize::from(matches!(error.kind, ErrorKind::Ambiguous | ErrorKind::Garbage));
        let steps: Vec<&Call> = self.create_steps(plan).take(made).collect();
        for step in steps.into_iter().rev() {
            let Some(undo) = &step.undo else { continue };
            if let Err(failed) = self.aside(undo, key).await {
                let detail = format!("{}; and {}, so the new record remains", error.detail, failed.detail);
                return DownstreamError::new(ErrorKind::Ambiguous, detail);
            }
        }
        self.undo_insert(key, error).await
    }

    /// Makes the steps of `update` whose fields change; `changed` says whether something was changed
    /// before. True when a step was made.
    pub(super) async fn update_steps(
        &self,
        plan: &UpdatePlan,
        key: &RecordKey,
        changed: bool,
    ) -> Result<bool, DownstreamError> {
        let mut changed = changed;
        let mut made = false;
        for step in self.resource.calls.steps.update.iter().filter(|step| step.is_for_change(plan)) {
            let own = of_fields(plan, |name| step.names(name));
            let _held = self.hold_lists(&own).await;
            let present = match self.step_needs_present(step, &own) {
                false => Json::Null,
                true => self.document(key).await?.unwrap_or(Json::Null),
            };
            let fill = self.update_step_fill(step, plan, key, &present).map_err(|why| garbage(step, &why))?;
            // Each call makes a new version.
            let version = plan.expected_version.as_deref().filter(|_| !changed);
            let done = self.step(step, key, version, fill).await;
            done.map_err(|error| if changed { after_a_change(error) } else { error })?;
            (changed, made) = (true, true);
        }
        Ok(made)
    }

    /// An object of which only some members change is sent whole, and so is a list of which one element
    /// is the record's field.
    fn step_needs_present(&self, step: &Call, own: &UpdatePlan) -> bool {
        let sends_record = step.body.as_ref().is_some_and(|body| body.has(Whole::Record));
        !own.merge.is_empty()
            || self.resource.fields.are_in_elements(&own.set)
            || sends_record && self.resource.fields.are_in_elements(&own.whole)
    }

    /// What fills a step of `update`: the fields that it is for; `present` is the document as it is.
    pub(super) fn update_step_fill<'k>(
        &self,
        step: &Call,
        plan: &UpdatePlan,
        key: &'k RecordKey,
        present: &Json,
    ) -> Result<Fill<'k>, String> {
        let own = of_fields(plan, |name| step.names(name));
        let mut fill = self.keyed(key);
        fill.parts.changes = Json::Object(Map::new());
        self.resource.fields.put_changes(&own, present, Gone::Null, &mut fill.parts.changes)?;
        fill.parts.record = self.resource.fields.to_json_beside(&own.whole, present)?;
        self.resource.fields.put_changes(&own, present, Gone::LeftOut, &mut fill.parts.record)?;
        self.only_sent(&mut fill);
        Ok(fill)
    }

    /// Makes the steps before a `delete`. What is gone already is as good.
    pub(super) async fn before_delete(&self, key: &RecordKey) -> Result<(), DownstreamError> {
        for (at, step) in self.resource.calls.steps.delete.iter().enumerate() {
            let done = self.aside(step, key).await;
            done.map_err(|error| if at > 0 { after_a_change(error) } else { error })?;
        }
        Ok(())
    }
}
