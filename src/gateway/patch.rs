//! PATCH (RFC 7644 §3.5.2).
//!
//! Changes of members that can be said directly are a delta on the update and never read the
//! group. Everything else reads the resource, applies the operations and plans the difference:
//! the only second lap in the house.

use std::collections::HashSet;
use std::sync::Arc;

use crate::observe::Outcome;
use crate::plan::{MembersChange, UpdatePlan, Want};
use crate::record::{Fields, RecordKey};
use crate::scim::patch::{MemberChange, apply, member_change};
use crate::scim::{PatchOperation, ResourceId, Response};
use crate::value::Value;

use super::assemble::{self, Stored};
use super::write::Written;
use super::{Call, Failure, Trace, get, members, resolve, write};

pub(super) async fn patch(
    call: &Call<'_>,
    id: &ResourceId,
    operations: &[PatchOperation],
    trace: &mut Trace,
) -> Result<Response, Failure> {
    trace.id = Some(id.to_string());
    let key = resolve::key(call, id).await?;
    let (about_members, others): (Vec<_>, Vec<_>) =
        operations.iter().cloned().partition(|operation| is_about_members(call, operation));
    let direct: Option<Vec<MemberChange>> = about_members.iter().map(member_change).collect();
    let (written, before) = match direct {
        Some(changes) => {
            let change = members::sum(call, &changes).await?;
            members::refuse_itself(call, &key, &change)?;
            if others.is_empty() && call.request.preconditions.if_match.is_empty() {
                (only_members(call, key, change, trace).await?, None)
            } else {
                with_reading(call, key, &others, change, trace).await?
            }
        }
        None => with_members_read(call, key, operations, trace).await?,
    };
    if call.mapping.has_members() && call.request.projection.attributes.is_empty() {
        return Ok(Response::NoContent(None));
    }
    write::answer(call, written, before, trace).await
}

fn is_about_members(call: &Call<'_>, operation: &PatchOperation) -> bool {
    let path = &operation.target.path;
    call.mapping.has_members() && path.schema.is_none() && &*path.attribute == "members"
}

/// Nothing but members: the application says itself whether the group exists.
async fn only_members(
    call: &Call<'_>,
    key: RecordKey,
    members: MembersChange,
    trace: &mut Trace,
) -> Result<Written, Failure> {
    trace.key = Some(key.to_string());
    if members == MembersChange::None {
        trace.outcome = Some(Outcome::Noop);
        get::stored(call, key.clone(), Want::default()).await?;
        return Ok(Written::unchanged(key));
    }
    let plan = UpdatePlan {
        resource: Arc::clone(call.resource()),
        key,
        set: Fields::new(),
        whole: Fields::new(),
        merge: Fields::new(),
        lists: Vec::new(),
        members,
        unique: Vec::new(),
        enables: None,
        expected_version: None,
        token: Arc::clone(&call.env.token),
    };
    let written = write::run(call, &plan).await?;
    trace.outcome = Some(Outcome::Updated);
    trace.changed = vec!["members".to_owned()];
    Ok(written)
}

async fn with_reading(
    call: &Call<'_>,
    key: RecordKey,
    operations: &[PatchOperation],
    change: MembersChange,
    trace: &mut Trace,
) -> Result<(Written, Option<Stored>), Failure> {
    let _held = call.gateway.locks.hold_record(call.resource(), &key).await;
    let before = get::before_change(call, key, Want { members: false, ..assemble::want(call) }).await?;
    let mut after = apply(operations, &before.shown, &call.mapping.kind)?;
    members::report_dropped(call, &after);
    after.attributes.remove("members");
    let after = write::with_keys(call, &before, after).await?;
    let written = write::write(call, &before, &after, change, trace).await?;
    Ok((written, Some(before)))
}

/// An operation on members that cannot be said without knowing them, such as a filter on `display`.
async fn with_members_read(
    call: &Call<'_>,
    key: RecordKey,
    operations: &[PatchOperation],
    trace: &mut Trace,
) -> Result<(Written, Option<Stored>), Failure> {
    let _held = call.gateway.locks.hold_record(call.resource(), &key).await;
    let before = get::before_change(call, key, Want { members: true, groups: false }).await?;
    let operations = with_types(call, operations).await?;
    let mut after = apply(&operations, &before.shown, &call.mapping.kind)?;
    let wanted = resolve::take_members(&mut after).unwrap_or_default();
    let had = resolve::take_members(&mut before.shown.clone()).unwrap_or_default();
    let change = difference(call, &had, &wanted).await?;
    members::refuse_itself(call, &before.key, &change)?;
    let after = write::with_keys(call, &before, after).await?;
    let written = write::write(call, &before, &after, change, trace).await?;
    Ok((written, Some(before)))
}

/// Members that come have the type that their ids tell, so that a filter of a later operation finds
/// them by it.
async fn with_types(call: &Call<'_>, operations: &[PatchOperation]) -> Result<Vec<PatchOperation>, Failure> {
    let mut typed = operations.to_vec();
    for operation in typed.iter_mut().filter(|operation| is_about_members(call, operation)) {
        let elements = match &mut operation.value {
            Value::List(elements) => elements.as_mut_slice(),
            one => std::slice::from_mut(one),
        };
        for element in elements.iter_mut().filter_map(Value::as_object_mut) {
            let Some(id) = element.get("value").and_then(Value::as_str) else { continue };
            if let Some(member) = resolve::member(call, id).await? {
                element.set("type", &*member.resource);
            }
        }
    }
    Ok(typed)
}

async fn difference(call: &Call<'_>, had: &[String], wanted: &[String]) -> Result<MembersChange, Failure> {
    let missing_in = |some: &[String], others: &[String]| -> Vec<String> {
        let others: HashSet<&String> = others.iter().collect();
        some.iter().filter(|id| !others.contains(id)).cloned().collect()
    };
    let (add, remove) = (missing_in(wanted, had), missing_in(had, wanted));
    if add.is_empty() && remove.is_empty() {
        return Ok(MembersChange::None);
    }
    let (add, remove) = (resolve::members(call, &add).await?, resolve::known_members(call, &remove).await?);
    let nobody = add.is_empty() && remove.is_empty();
    Ok(if nobody { MembersChange::None } else { MembersChange::Delta { add, remove } })
}
