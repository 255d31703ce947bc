//! Changes of members as deltas: adding one to a hundred thousand reads nobody.

use std::sync::Arc;

use crate::mapping::attribute_names;
use crate::observe::{Observation, Observer as _};
use crate::plan::MembersChange;
use crate::record::{Member, RecordKey};
use crate::scim::patch::MemberChange;
use crate::scim::{Resource, ScimError};

use super::{Call, Failure, resolve};

/// Adds up changes in their order.
pub(super) async fn sum(call: &Call<'_>, changes: &[MemberChange]) -> Result<MembersChange, Failure> {
    let mut sum = MembersChange::None;
    for change in changes {
        sum = match change {
            MemberChange::Clear => MembersChange::Replace(Vec::new()),
            MemberChange::Replace(ids) => MembersChange::Replace(resolve::members(call, ids).await?),
            MemberChange::Add(ids) => add(sum, resolve::members(call, ids).await?),
            MemberChange::Remove(ids) => remove(sum, resolve::known_members(call, ids).await?),
        };
    }
    Ok(match sum {
        // All that would have joined was left out, and whoever should go is nobody.
        MembersChange::Delta { add, remove } if add.is_empty() && remove.is_empty() => MembersChange::None,
        sum => sum,
    })
}

fn add(sum: MembersChange, more: Vec<Member>) -> MembersChange {
    match sum {
        MembersChange::None => MembersChange::Delta { add: more, remove: Vec::new() },
        MembersChange::Delta { mut add, mut remove } => {
            remove.retain(|member| !more.contains(member));
            add.extend(more);
            MembersChange::Delta { add, remove }
        }
        MembersChange::Replace(mut all) => {
            all.extend(more);
            MembersChange::Replace(all)
        }
    }
}

fn remove(sum: MembersChange, gone: Vec<Member>) -> MembersChange {
    match sum {
        MembersChange::None => MembersChange::Delta { add: Vec::new(), remove: gone },
        MembersChange::Delta { mut add, mut remove } => {
            add.retain(|member| !gone.contains(member));
            remove.extend(gone);
            MembersChange::Delta { add, remove }
        }
        MembersChange::Replace(mut all) => {
            all.retain(|member| !gone.contains(member));
            MembersChange::Replace(all)
        }
    }
}

/// Refuses a group that would be a member of itself. Longer circles are the application's to judge:
/// nobody here follows members of members.
pub(super) fn refuse_itself(call: &Call<'_>, key: &RecordKey, change: &MembersChange) -> Result<(), ScimError> {
    let (MembersChange::Delta { add: joining, .. } | MembersChange::Replace(joining)) = change else { return Ok(()) };
    let itself = |member: &&Member| member.resource == *call.resource() && member.key == *key;
    match joining.iter().find(itself) {
        Some(_) => Err(ScimError::invalid_value("`members`: a group cannot be a member of itself")),
        None => Ok(()),
    }
}

/// Counts the attributes that the client sent and no rule maps.
pub(super) fn report_dropped(call: &Call<'_>, resource: &Resource) {
    for name in attribute_names(&resource.attributes, call.mapping) {
        if !call.mapping.maps(&name) {
            call.gateway.parts.observers.observe(&Observation::AttributeDropped {
                tenant: Arc::clone(&call.gateway.parts.tenant),
                resource_type: Arc::clone(call.resource()),
                attribute: name,
            });
        }
    }
}
