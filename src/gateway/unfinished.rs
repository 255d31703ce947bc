//! Records that several calls make, where the mapping says `on_failure = "resume"`.
//!
//! The first call gives the key, which is marked in the correlation store before the others are made;
//! the mark goes when all are. So only a record that we made and did not finish is ever gone on with:
//! by the POST that finds it under its matching attribute, or by the next change. Between the first
//! call and the mark there is a moment in which a stop of the gateway leaves a record that nobody
//! knows to be half made; a POST then answers 409.

use std::sync::Arc;

use crate::downstream::{DownstreamError, ErrorKind};
use crate::observe::Outcome;
use crate::plan::{FetchPlan, InsertPlan, UpdatePlan};
use crate::record::{Record, RecordKey};
use crate::scim::Response;

use super::write::Wanted;
use super::{Call, Failure, Trace, adopt, assemble, get};

/// Makes a record, all of it.
pub(super) async fn insert(call: &Call<'_>, plan: &InsertPlan) -> Result<Record, Failure> {
    let record = call.downstream().insert(plan).await?;
    if !resumes(call) {
        return Ok(record);
    }
    let key = record.key;
    let marked = call.correlations().set_unfinished(call.resource(), &key, true).await;
    call.downstream().complete(plan, &key).await?;
    if marked.is_ok() {
        call.correlations().set_unfinished(call.resource(), &key, false).await?;
    }
    let fetch = FetchPlan { resource: Arc::clone(call.resource()), key, want: crate::plan::Want::default() };
    let gone = || DownstreamError::new(ErrorKind::Ambiguous, "the new record cannot be read");
    Ok(call.downstream().fetch(&fetch).await?.ok_or_else(gone)?)
}

/// Goes on with the record of an earlier attempt, if there is one, and makes it what the client wants.
pub(super) async fn resume(
    call: &Call<'_>,
    plan: &InsertPlan,
    wanted: &Wanted,
    trace: &mut Trace,
) -> Result<Option<Response>, Failure> {
    if !resumes(call) {
        return Ok(None);
    }
    let Some(stored) = adopt::find(call, plan).await? else { return Ok(None) };
    let key = stored.key;
    if !call.correlations().is_unfinished(call.resource(), &key).await? {
        return Ok(None);
    }
    call.downstream().complete(plan, &key).await?;
    let stored = get::stored(call, key.clone(), assemble::want(call)).await?;
    let response = adopt::adopt(call, stored, wanted.clone(), trace).await?;
    call.correlations().set_unfinished(call.resource(), &key, false).await?;
    trace.outcome = Some(Outcome::Created);
    Ok(Some(response))
}

/// Makes what is missing of a record that is about to be changed; true when something was.
pub(super) async fn before_change(call: &Call<'_>, plan: &UpdatePlan) -> Result<bool, Failure> {
    // A change of members alone says nothing of the record that the calls could be made of.
    if !resumes(call) || plan.whole.is_empty() || !call.correlations().is_unfinished(call.resource(), &plan.key).await?
    {
        return Ok(false);
    }
    let (resource, fields) = (Arc::clone(&plan.resource), plan.whole.clone());
    let whole =
        InsertPlan { resource, fields, unique: Vec::new(), members: Vec::new(), token: Arc::clone(&plan.token) };
    call.downstream().complete(&whole, &plan.key).await?;
    Ok(true)
}

/// The record is whole.
pub(super) async fn finished(call: &Call<'_>, key: &RecordKey) -> Result<(), Failure> {
    Ok(call.correlations().set_unfinished(call.resource(), key, false).await?)
}

fn resumes(call: &Call<'_>) -> bool {
    call.downstream().capabilities(call.resource()).resumes
}
