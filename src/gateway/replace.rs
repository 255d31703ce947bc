//! PUT: replace a resource (RFC 7644 §3.5.1).
//!
//! What the client leaves out is cleared, with exceptions that clients rely on: `active` and
//! `externalId` stay as they are, what cannot be read (a password) stays, and so does what the mapping
//! writes once or requires of new records only.

use crate::mapping::{Apply, Rule};
use crate::plan::{MembersChange, Want};
use crate::scim::{Mutability, Resource, ResourceId, Response, ScimError, check_immutable};
use crate::value::Value;

use super::assemble::{self, Stored};
use super::{Call, Failure, Trace, get, members, resolve, write};

pub(super) async fn replace(
    call: &Call<'_>,
    id: &ResourceId,
    mut after: Resource,
    trace: &mut Trace,
) -> Result<Response, Failure> {
    trace.id = Some(id.to_string());
    let key = resolve::key(call, id).await?;
    let _held = call.gateway.locks.hold_record(call.resource(), &key).await;
    let before = get::before_change(call, key, Want { members: false, ..assemble::want(call) }).await?;
    members::report_dropped(call, &after);
    let ids = resolve::take_members(&mut after).unwrap_or_default();
    let change = if call.mapping.has_members() {
        MembersChange::Replace(resolve::members(call, &ids).await?)
    } else {
        MembersChange::None
    };
    members::refuse_itself(call, &before.key, &change)?;
    keep(call, &before, &mut after)?;
    let after = write::with_keys(call, &before, after).await?;
    let written = write::write(call, &before, &after, change, trace).await?;
    write::answer(call, written, Some(before), trace).await
}

fn keep(call: &Call<'_>, before: &Stored, after: &mut Resource) -> Result<(), ScimError> {
    if after.attributes.get("active").is_none()
        && let Some(active) = before.shown.attributes.get("active")
    {
        after.attributes.set("active", active.clone());
    }
    if after.external_id.is_none() {
        after.external_id.clone_from(&before.shown.external_id);
    }
    let is_once = |rule: &&Rule| rule.list.is_none() && (rule.required_once || rule.apply == Apply::Create);
    let once = call.mapping.rules.iter().filter(is_once);
    for rule in once {
        let value = rule.slot.value_in(after);
        if value.is_unassigned() || value.as_str() == Some("") {
            rule.slot.put(rule.slot.value_in(&before.shown), after);
        }
    }
    check_immutable(after, &before.shown, &call.mapping.kind)?;
    for rule in call.mapping.rules.iter().filter(|rule| rule.slot.path.mutability == Mutability::Immutable) {
        let had = rule.slot.value_in(&before.shown);
        if had != Value::Null {
            rule.slot.put(had, after);
        }
    }
    Ok(())
}
