//! The second half of every change of a resource: plan the difference, run it, remember, answer.

use crate::observe::Outcome;
use crate::plan::{self, MembersChange, UpdatePlan};
use crate::record::{Record, RecordKey};
use crate::scim::{Resource, Response};
use crate::value::Value;

use super::assemble::{self, Stored};
use super::lookup::stored::Words;
use super::open::{self, Originals};
use super::{Call, Failure, Trace, acknowledged, get, lookup, resolve, shadow, unfinished};

/// What a resource shall be.
#[derive(Clone)]
pub(super) struct Wanted {
    /// The resource, with references as keys and words as they are stored.
    pub(super) resource: Resource,
    /// What the client said for the latter.
    pub(super) words: Words,
    /// What it sent for attributes that are stored as text.
    pub(super) originals: Originals,
}

/// What a change left in the application.
pub(super) struct Written {
    /// The key, which may have changed.
    key: RecordKey,
    /// The record, when the application gave it along with the change.
    record: Option<Record>,
    /// True when nothing had to change.
    unchanged: bool,
}

impl Written {
    /// Nothing had to change.
    pub(super) const fn unchanged(key: RecordKey) -> Self {
        Self { key, record: None, unchanged: true }
    }
}

/// Makes what is wanted of what is stored, with a change of members.
pub(super) async fn write(
    call: &Call<'_>,
    before: &Stored,
    wanted: &Wanted,
    members: MembersChange,
    trace: &mut Trace,
) -> Result<Written, Failure> {
    let after = &*acknowledged::settled(call, before, &wanted.resource);
    let mut update = call.aside(|| plan::update(call.mapping, &before.key, &before.raw, after, members, &call.env))?;
    if let Some(plan) = &mut update.plan {
        plan.expected_version.clone_from(&before.version);
    }
    trace.key = Some(before.key.to_string());
    trace.changed.clone_from(&update.changed);
    let mut written = match &update.plan {
        Some(plan) => run(call, plan).await?,
        None => Written::unchanged(before.key.clone()),
    };
    let stored = update.plan.as_ref().map(|plan| written.record.as_ref().map_or(&plan.whole, |record| &record.fields));
    let sent = shadow::Sent { resource: after, words: &wanted.words, originals: &wanted.originals };
    if shadow::remember(call, &written.key, &sent, stored).await? {
        written.unchanged = false;
    }
    if !call.mapping.stores_external_id() && before.raw.external_id != after.external_id {
        call.correlations().set_external_id(call.resource(), &written.key, after.external_id.as_ref()).await?;
        trace.changed.push("externalId".to_owned());
        written.unchanged = false;
    }
    let outcome = outcome(before, after, !written.unchanged, &trace.changed);
    trace.outcome = Some(outcome);
    if acknowledged::remember(call, &written.key).await? {
        trace.changed.push("active".to_owned());
        trace.outcome = Some(if outcome == Outcome::Noop { Outcome::Acknowledged } else { outcome });
        written.unchanged = false;
    }
    Ok(written)
}

/// Runs an update and follows a key that changes with it.
pub(super) async fn run(call: &Call<'_>, plan: &UpdatePlan) -> Result<Written, Failure> {
    let _held = call.gateway.locks.hold(call.resource(), &plan.unique).await;
    let completed = unfinished::before_change(call, plan).await?;
    let record = call.downstream().update(plan).await?;
    if completed {
        unfinished::finished(call, &plan.key).await?;
    }
    let key = record.as_ref().map_or_else(|| plan.key.clone(), |record| record.key.clone());
    if key != plan.key {
        call.correlations().rename(call.resource(), &plan.key, &key).await?;
    }
    Ok(Written { key, record, unchanged: false })
}

fn outcome(before: &Stored, after: &Resource, written: bool, changed: &[String]) -> Outcome {
    if !written {
        return Outcome::Noop;
    }
    let active = |resource: &Resource| resource.attributes.get("active").cloned();
    match active(after) {
        Some(Value::Boolean(now))
            if changed.iter().any(|name| name == "active") && active(&before.raw) != active(after) =>
        {
            if now {
                Outcome::Enabled
            } else {
                Outcome::Disabled
            }
        }
        _ => Outcome::Updated,
    }
}

/// Answers with what is stored: what came with the change, or else what is read now. A change of a
/// resource does not change its groups, so those read before are still true.
pub(super) async fn answer(
    call: &Call<'_>,
    written: Written,
    before: Option<Stored>,
    trace: &mut Trace,
) -> Result<Response, Failure> {
    let want = assemble::want(call);
    let groups = before.as_ref().and_then(|before| before.groups.clone());
    let groups_known = !want.groups || groups.is_some();
    let stored = match (written.record, before) {
        (None, Some(before)) if written.unchanged && groups_known && !want.members => before,
        (Some(record), _) if groups_known && (!want.members || record.members.is_some()) => {
            assemble::one(call, Record { groups, ..record }).await?
        }
        _ => get::stored(call, written.key, want).await?,
    };
    trace.id = stored.shown.id.as_ref().map(ToString::to_string);
    Ok(Response::Found(assemble::entity(call, &stored.shown)))
}

/// Replaces the ids of other resources by keys, and words by what is stored for them, leaving alone those that did not change: a manager
/// who has left the application must not stop every later change.
pub(super) async fn with_keys(call: &Call<'_>, before: &Stored, mut after: Resource) -> Result<Wanted, Failure> {
    let mut unchanged = Vec::new();
    for rule in call.mapping.rules.iter().filter(|rule| rule.references.is_some()) {
        let id = rule.slot.value_in(&after);
        if id != Value::Null && id == rule.slot.value_in(&before.shown) {
            unchanged.push(rule);
            rule.slot.put(Value::Null, &mut after);
        }
    }
    resolve::references(call, &mut after).await?;
    for rule in unchanged {
        rule.slot.put(rule.slot.value_in(&before.raw), &mut after);
    }
    let words = lookup::stored::replace(call, &mut after, Some(before)).await?;
    let originals = open::as_text(call, &mut after, Some(before));
    Ok(Wanted { resource: after, words, originals })
}
