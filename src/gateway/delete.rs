//! DELETE (RFC 7644 §3.6), by the mapping's choice: delete, disable, acknowledge or refuse.
//!
//! Whatever is chosen, the id is given up: it answers 404 from then on. An account that was only
//! disabled stays visible, under another id, for the client to match again.

use crate::mapping::Delete;
use crate::observe::{Observation, Observer as _, Outcome};
use crate::plan::{DeletePlan, MembersChange, Want};
use crate::record::RecordKey;
use crate::scim::{ResourceId, Response, ScimError};
use crate::value::Value;

use super::open::Originals;
use super::{Call, Failure, Trace, acknowledged, get, resolve, write};

pub(super) async fn delete(call: &Call<'_>, id: &ResourceId, trace: &mut Trace) -> Result<Response, Failure> {
    trace.id = Some(id.to_string());
    let key = resolve::key(call, id).await?;
    trace.key = Some(key.to_string());
    let policy = call.mapping.deprovision.delete;
    if policy == Delete::Refuse {
        return Err(ScimError::new(501, format!("a {} cannot be deleted here", call.resource())).into());
    }
    if policy != Delete::Delete || !call.request.preconditions.if_match.is_empty() {
        let _held = call.gateway.locks.hold_record(call.resource(), &key).await;
        let before = get::before_change(call, key.clone(), Want::default()).await?;
        if policy == Delete::Disable {
            let mut after = before.raw.clone();
            after.attributes.set("active", Value::Boolean(false));
            let after = write::Wanted { resource: after, words: before.words.clone(), originals: Originals::new() };
            write::write(call, &before, &after, MembersChange::None, trace).await?;
        }
    }
    if policy == Delete::Delete {
        let plan = DeletePlan { resource: call.resource().clone(), key: key.clone(), token: call.env.token.clone() };
        if !call.downstream().delete(&plan).await? {
            retire(call, &key).await;
            return Err(resolve::not_found(call).into());
        }
    }
    retire(call, &key).await;
    trace.outcome = Some(match policy {
        Delete::Disable if acknowledged::applies(call) => Outcome::Acknowledged,
        Delete::Disable => Outcome::Disabled,
        _ => Outcome::Deleted,
    });
    Ok(Response::NoContent(None))
}

/// The record is gone already: a store that cannot note it is the operator's concern, not a reason
/// to let the client try again.
async fn retire(call: &Call<'_>, key: &RecordKey) {
    if let Err(error) = call.correlations().retire(call.resource(), key).await {
        call.gateway.parts.observers.observe(&Observation::CorrelationFailed {
            tenant: call.gateway.parts.tenant.clone(),
            detail: error.to_string(),
        });
    }
}
