//! GET of one resource (RFC 7644 §3.4.1), and the reading that every change begins with.

use crate::plan::{FetchPlan, Want};
use crate::record::RecordKey;
use crate::scim::{ResourceId, Response, ScimError, Version};

use super::assemble::{self, Stored};
use super::{Call, Failure, resolve};

pub(super) async fn get(call: &Call<'_>, id: &ResourceId) -> Result<Response, Failure> {
    let key = resolve::key(call, id).await?;
    let stored = stored(call, key, assemble::want(call)).await?;
    if let Some(etag) = stored.shown.meta.version.as_ref().map(Version::to_etag)
        && call.request.preconditions.has_already(&etag)
    {
        return Ok(Response::NotModified(etag));
    }
    Ok(Response::Found(assemble::entity(call, &stored.shown)))
}

/// Reads one record; 404 when it is gone.
pub(super) async fn stored(call: &Call<'_>, key: RecordKey, want: Want) -> Result<Stored, Failure> {
    let plan = FetchPlan { resource: call.resource().clone(), key, want };
    match call.downstream().fetch(&plan).await? {
        Some(record) => assemble::one(call, record).await,
        None => Err(resolve::not_found(call).into()),
    }
}

/// Reads the record that a change is about and checks `If-Match` (RFC 7644 §3.14).
pub(super) async fn before_change(call: &Call<'_>, key: RecordKey, mut want: Want) -> Result<Stored, Failure> {
    let conditional = !call.request.preconditions.if_match.is_empty();
    want.members |= conditional && call.mapping.has_members();
    let stored = stored(call, key, want).await?;
    let etag = stored.shown.meta.version.as_ref().map(Version::to_etag).unwrap_or_default();
    if call.request.preconditions.forbid_change(&etag) {
        return Err(ScimError::new(412, "the resource has another version than `If-Match` names").into());
    }
    Ok(stored)
}
