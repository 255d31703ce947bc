//! POST: create a resource (RFC 7644 §3.3).
//!
//! The client names no `id`: the application chooses the key, and correlation turns the key into
//! an id. Uniqueness is the application's to enforce where it can, because only it sees every
//! writer; the gateway looks first, and lets one request at a time create the same name.

use crate::observe::Outcome;
use crate::scim::{Resource, Response};

use super::write::Wanted;
use super::{
    Call, Failure, Trace, acknowledged, adopt, assemble, candidate, lookup, members, open, resolve, shadow, unfinished,
};

pub(super) async fn create(call: &Call<'_>, mut resource: Resource, trace: &mut Trace) -> Result<Response, Failure> {
    members::report_dropped(call, &resource);
    let ids = resolve::take_members(&mut resource).filter(|_| call.mapping.has_members()).unwrap_or_default();
    let members = resolve::members(call, &ids).await?;
    resolve::references(call, &mut resource).await?;
    let words = lookup::stored::replace(call, &mut resource, None).await?;
    let originals = open::as_text(call, &mut resource, None);
    let wanted = Wanted { resource, words, originals };
    let plan = candidate::plan(call, &wanted.resource, &members).await?;
    let held = call.gateway.locks.hold(call.resource(), &plan.unique).await;
    if call.mapping.adopt
        && let Some(stored) = adopt::find(call, &plan).await?
    {
        drop(held);
        return adopt::adopt(call, stored, wanted, trace).await;
    }
    if let Some(resumed) = unfinished::resume(call, &plan, &wanted, trace).await? {
        return Ok(resumed);
    }
    let mut record = unfinished::insert(call, &plan).await?;
    drop(held);
    trace.key = Some(record.key.to_string());
    if let Some(external_id) = wanted.resource.external_id.as_ref().filter(|_| !call.mapping.stores_external_id()) {
        call.correlations().set_external_id(call.resource(), &record.key, Some(external_id)).await?;
    }
    let sent = shadow::Sent { resource: &wanted.resource, words: &wanted.words, originals: &wanted.originals };
    shadow::remember(call, &record.key, &sent, Some(&record.fields)).await?;
    acknowledged::remember(call, &record.key).await?;
    if assemble::want(call).members {
        record.members.get_or_insert(members);
    }
    let stored = assemble::one(call, record).await?;
    trace.outcome = Some(Outcome::Created);
    trace.id = stored.shown.id.as_ref().map(ToString::to_string);
    trace.changed = crate::mapping::attribute_names(&stored.shown.attributes, call.mapping);
    Ok(Response::Created(assemble::entity(call, &stored.shown)))
}
