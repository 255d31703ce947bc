//! The second half of every change of a resource: plan the difference, run it, remember, answer.

use crate::observe::Outcome;
use crate::plan::{self, MembersChange, UpdatePlan};
use crate::record::RecordKey;
use crate::scim::{Resource, Response};
use crate::value::Value;

use super::assemble::{self, Stored};
use super::{Call, Failure, Trace, get, resolve};

/// Makes `after` (references as keys) of what is stored, with a change of members.
pub(super) async fn write(
    call: &Call<'_>,
    before: &Stored,
    after: &Resource,
    members: MembersChange,
    trace: &mut Trace,
) -> Result<RecordKey, Failure> {
    let update = plan::update(call.mapping, &before.key, &before.raw, after, members, &call.env)?;
    trace.key = Some(before.key.to_string());
    trace.changed.clone_from(&update.changed);
    let key = match &update.plan {
        Some(plan) => run(call, plan).await?,
        None => before.key.clone(),
    };
    let new_id = !call.mapping.stores_external_id() && before.raw.external_id != after.external_id;
    if new_id {
        call.correlations().set_external_id(call.resource(), &key, after.external_id.as_ref()).await?;
        trace.changed.push("externalId".to_owned());
    }
    trace.outcome = Some(outcome(before, after, update.plan.is_some() || new_id, &trace.changed));
    Ok(key)
}

/// Runs an update; gives the key, which may have changed with it.
pub(super) async fn run(call: &Call<'_>, plan: &UpdatePlan) -> Result<RecordKey, Failure> {
    let _held = call.gateway.locks.hold(call.resource(), &plan.unique).await;
    let record = call.downstream().update(plan).await?;
    let key = record.map_or_else(|| plan.key.clone(), |record| record.key);
    if key != plan.key {
        call.correlations().rename(call.resource(), &plan.key, &key).await?;
    }
    Ok(key)
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

/// Reads the record again and answers with it: what is answered is what is stored.
pub(super) async fn answer(call: &Call<'_>, key: RecordKey, trace: &mut Trace) -> Result<Response, Failure> {
    let stored = get::stored(call, key, assemble::want(call)).await?;
    trace.id = stored.shown.id.as_ref().map(ToString::to_string);
    Ok(Response::Found(assemble::entity(call, &stored.shown)))
}

/// Replaces the ids of other resources by keys, leaving alone those that did not change: a manager
/// who has left the application must not stop every later change.
pub(super) async fn with_keys(call: &Call<'_>, before: &Stored, mut after: Resource) -> Result<Resource, Failure> {
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
    Ok(after)
}
