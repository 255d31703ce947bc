//! `[X.deprovision] disable = "acknowledge"`: `active = false` is answered with success, and the
//! application is left as it is.
//!
//! What a client last said of `active` is kept beside the record and is what it reads, so that it does
//! not say it again and again; the application's own flag is another matter, which its people decide.
//! Only `active = true`, said by a client, is compared with that flag and written where it is off. Not
//! here: accounts that no client has spoken of, whose flag is shown.

use std::borrow::Cow;

use crate::correlation::Shadow;
use crate::mapping::Disable;
use crate::record::RecordKey;
use crate::scim::{Operation, Resource};
use crate::value::Value;

use super::assemble::Stored;
use super::{Call, Failure};

/// The attribute that this is about.
const ATTRIBUTE: &str = "active";

/// True where the mapping says so.
pub(super) fn applies(call: &Call<'_>) -> bool {
    call.mapping.deprovision.disable == Disable::Acknowledge
}

/// What the request says of `active`, where that is only acknowledged; `None` when it says nothing.
pub(super) fn said(call: &Call<'_>) -> Option<bool> {
    if !applies(call) {
        return None;
    }
    let value = match &call.request.operation {
        Operation::Create(_, resource) | Operation::Replace(_, _, resource) => resource.attributes.get(ATTRIBUTE),
        Operation::Patch(_, _, operations) => {
            operations.iter().rev().find(|operation| operation.target.path.is(ATTRIBUTE)).map(|last| &last.value)
        }
        Operation::Delete(..) => Some(&Value::Boolean(false)),
        _ => None,
    };
    match value {
        Some(Value::Boolean(active)) => Some(*active),
        _ => None,
    }
}

/// The resource as the application is to have it: `active` stays as it is there, unless a client says
/// that somebody is active.
pub(super) fn settled<'r>(call: &Call<'_>, before: &Stored, after: &'r Resource) -> Cow<'r, Resource> {
    if !applies(call) || said(call) == Some(true) {
        return Cow::Borrowed(after);
    }
    let mut after = after.clone();
    after.attributes.set(ATTRIBUTE, before.raw.attributes.get(ATTRIBUTE).cloned().unwrap_or_default());
    Cow::Owned(after)
}

/// Shows what a client last said.
pub(super) fn show(call: &Call<'_>, shadows: &[Shadow], stored: &mut Stored) {
    if let Some(shadow) = shadows.iter().find(|shadow| applies(call) && &*shadow.attribute == ATTRIBUTE) {
        stored.shown.attributes.set(ATTRIBUTE, shadow.sent.clone());
    }
}

/// Keeps what the request says; true when it is news.
pub(super) async fn remember(call: &Call<'_>, key: &RecordKey) -> Result<bool, Failure> {
    let Some(said) = said(call) else { return Ok(false) };
    let known = call.correlations().shadows_of(call.resource(), std::slice::from_ref(key)).await?;
    let mut shadows = known.into_iter().next().unwrap_or_default();
    let news = Shadow { attribute: ATTRIBUTE.into(), sent: Value::Boolean(said), stored: String::new() };
    if shadows.contains(&news) {
        return Ok(false);
    }
    shadows.retain(|shadow| shadow.attribute != news.attribute);
    shadows.push(news);
    // In one order, so that what is known is told from what is new.
    shadows.sort_by(|one, other| one.attribute.cmp(&other.attribute));
    call.correlations().set_shadows(call.resource(), key, &shadows).await?;
    Ok(true)
}

/// What is kept of a record that has nothing to do with what became of a value.
pub(super) fn kept<'s>(call: &Call<'_>, shadows: &'s [Shadow]) -> impl Iterator<Item = &'s Shadow> {
    shadows.iter().filter(|shadow| is_kept(call, shadow))
}

/// True for what a client last said.
pub(super) fn is_kept(call: &Call<'_>, shadow: &Shadow) -> bool {
    applies(call) && &*shadow.attribute == ATTRIBUTE
}
