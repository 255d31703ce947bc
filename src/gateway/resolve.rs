//! Ids in a request → the application's keys.

use std::sync::Arc;

use crate::observe::{Observation, Observer as _};
use crate::plan::Resolved;
use crate::record::{Member, RecordKey};
use crate::scim::{ExternalId, Filter, Resource, ResourceId, ScimError};
use crate::value::Value;

use super::{Call, Failure};

/// The key behind the id in the request's URL.
pub(super) async fn key(call: &Call<'_>, id: &ResourceId) -> Result<RecordKey, Failure> {
    let key = call.correlations().key_of(call.resource(), id).await?;
    key.ok_or_else(|| not_found(call).into())
}

/// 404 in the same words for what never was and what is gone.
pub(super) fn not_found(call: &Call<'_>) -> ScimError {
    ScimError::not_found(format!("no {} has this id", call.resource()))
}

/// One member by its id, whatever its type.
pub(super) async fn member(call: &Call<'_>, id: &str) -> Result<Option<Member>, Failure> {
    for resource in &call.mapping.members {
        if let Some(key) = call.correlations().key_of(resource, &ResourceId::new(id)).await? {
            return Ok(Some(Member { resource: Arc::clone(resource), key, display: None }));
        }
    }
    Ok(None)
}

/// Members by their ids; all of them must exist. Those of a type that the application has no place
/// for are left out where the mapping says so.
pub(super) async fn members(call: &Call<'_>, ids: &[String]) -> Result<Vec<Member>, Failure> {
    let mut found: Vec<Member> = Vec::with_capacity(ids.len());
    for (i, id) in ids.iter().enumerate() {
        match member(call, id).await? {
            Some(member) => found.push(member),
            None if leaves_out(call, id).await? => {}
            None => {
                let detail =
                    format!("`members`: number {} of {} names a resource that does not exist", i + 1, ids.len());
                return Err(ScimError::invalid_value(detail).into());
            }
        }
    }
    Ok(found)
}

/// True for the id of a resource that no group of the application can hold, where such ids are
/// ignored. The operator is told the type, since a client that sends such members expects them to
/// count.
async fn leaves_out(call: &Call<'_>, id: &str) -> Result<bool, Failure> {
    if !call.mapping.ignores_other_members {
        return Ok(false);
    }
    for resource in &call.gateway.parts.mapping.resources {
        let kind = &resource.kind.name;
        if !call.mapping.members.contains(kind)
            && call.correlations().key_of(kind, &ResourceId::new(id)).await?.is_some()
        {
            call.gateway.parts.observers.observe(&Observation::MemberIgnored {
                tenant: Arc::clone(&call.gateway.parts.tenant),
                resource_type: Arc::clone(call.resource()),
                member_type: Arc::clone(kind),
            });
            return Ok(true);
        }
    }
    Ok(false)
}

/// Members that shall go: an id that is nobody's is gone already.
pub(super) async fn known_members(call: &Call<'_>, ids: &[String]) -> Result<Vec<Member>, Failure> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(member(call, id).await?);
    }
    Ok(found)
}

/// Takes the members out of a resource, as ids.
pub(super) fn take_members(resource: &mut Resource) -> Option<Vec<String>> {
    let members = resource.attributes.remove("members")?;
    Some(member_ids(&members))
}

/// The ids in a `members` value.
pub(super) fn member_ids(members: &Value) -> Vec<String> {
    let ids = members.elements().iter().filter_map(Value::as_object);
    ids.filter_map(|member| member.get("value")?.as_str().map(str::to_owned)).collect()
}

/// Replaces ids of other resources (`manager.value`) by their keys.
pub(super) async fn references(call: &Call<'_>, resource: &mut Resource) -> Result<(), Failure> {
    for rule in &call.mapping.rules {
        let Some(target) = &rule.references else { continue };
        let Value::String(id) = rule.slot.value_in(resource) else { continue };
        let key = call.correlations().key_of(target, &ResourceId::new(&id)).await?;
        let key =
            key.ok_or_else(|| ScimError::invalid_value(format!("`{}` is not the id of any {target}", rule.slot)))?;
        rule.slot.put(Value::String(key.as_str().to_owned()), resource);
    }
    Ok(())
}

/// What the ids in a filter stand for.
pub(super) async fn filter(call: &Call<'_>, filter: Option<&Filter>) -> Result<Resolved, Failure> {
    let mut texts = Vec::new();
    if let Some(filter) = filter {
        collect(filter, &mut texts);
    }
    let mut resolved = Resolved::default();
    for (attribute, text) in texts {
        match attribute {
            "id" => {
                let keys = call.correlations().key_of(call.resource(), &ResourceId::new(&text)).await?;
                resolved.ids.insert(text, keys.into_iter().collect());
            }
            "externalId" => {
                let keys = call.correlations().with_external_id(call.resource(), &ExternalId::new(&text)).await?;
                resolved.external_ids.insert(text, keys);
            }
            _ => {
                let mut found: Vec<Member> = member(call, &text).await?.into_iter().collect();
                found.extend(reference(call, attribute, &text).await?);
                resolved.members.insert(text, found);
            }
        }
    }
    Ok(resolved)
}

async fn reference(call: &Call<'_>, attribute: &str, id: &str) -> Result<Option<Member>, Failure> {
    for rule in call.mapping.rules.iter().filter(|rule| &*rule.slot.path.attribute == attribute) {
        let Some(target) = &rule.references else { continue };
        if let Some(key) = call.correlations().key_of(target, &ResourceId::new(id)).await? {
            return Ok(Some(Member { resource: Arc::clone(target), key, display: None }));
        }
    }
    Ok(None)
}

/// Every text that is compared, beside the attribute that it is compared with. Filters are bounded
/// in depth when they are parsed.
fn collect<'a>(filter: &'a Filter, texts: &mut Vec<(&'a str, String)>) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|part| collect(part, texts)),
        Filter::Not(inner) | Filter::Element { filter: inner, .. } => collect(inner, texts),
        Filter::Present(_) => {}
        Filter::Compare { path, value, .. } => {
            let about_ids = ["id", "externalId"].contains(&&*path.attribute) || path.sub.as_deref() == Some("value");
            if about_ids && let Some(text) = value.as_str() {
                texts.push((&path.attribute, text.to_owned()));
            }
        }
    }
}
