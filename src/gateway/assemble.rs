//! Records → resources as clients see them: ids, externalIds, members, references, versions.
//! Whatever the page's size, each of these is asked for once.

use std::collections::HashMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::mapping::{Rule, to_resource};
use crate::plan::Want;
use crate::record::{Member, Record, RecordKey};
use crate::scim::{Entity, Resource, ResourceId, Version, location};
use crate::value::{Object, Value};

use super::lookup::shown::Name;
use super::lookup::stored::Words;
use super::{Call, Failure, acknowledged, lookup, shadow};

/// A record beside what the mapping makes of it.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    /// The application's key.
    pub(super) key: RecordKey,
    /// The resource with references as keys and words as they are stored: what changes are compared with.
    pub(super) raw: Resource,
    /// The resource as the client sees it.
    pub(super) shown: Resource,
    /// The groups that it is a member of, when they were asked for.
    pub(super) groups: Option<Vec<Member>>,
    /// The application's own version, where it keeps one.
    pub(super) version: Option<String>,
    /// What stands for stored values that the application translates.
    pub(super) names: Vec<Name>,
    /// What the client said for stored values, where that is kept.
    pub(super) words: Words,
}

/// Assembles some records.
pub(super) async fn all(call: &Call<'_>, records: Vec<Record>) -> Result<Vec<Stored>, Failure> {
    let keys: Vec<RecordKey> = records.iter().map(|record| record.key.clone()).collect();
    let ids = call.correlations().ids_of(call.resource(), &keys).await?;
    let external_ids = if call.mapping.stores_external_id() {
        vec![None; keys.len()]
    } else {
        call.correlations().external_ids_of(call.resource(), &keys).await?
    };
    let mut found = Vec::with_capacity(records.len());
    for ((record, id), external_id) in records.iter().zip(ids).zip(external_ids) {
        let mut raw = to_resource(call.mapping, record, &call.env);
        raw.id = Some(id);
        raw.external_id = raw.external_id.or(external_id);
        let groups = record.groups.clone();
        let version = record.version.clone();
        found.push(Stored {
            key: record.key.clone(),
            shown: raw.clone(),
            raw,
            groups,
            version,
            names: Vec::new(),
            words: Words::new(),
        });
    }
    shadow::show(call, &records, &mut found).await?;
    show_references(call, &mut found).await?;
    lookup::shown::replace(call, &mut found).await?;
    show_links(call, &records, &mut found).await?;
    for (record, stored) in records.iter().zip(&mut found) {
        set_version(call, record, &mut stored.shown);
    }
    Ok(found)
}

/// Assembles one record.
pub(super) async fn one(call: &Call<'_>, record: Record) -> Result<Stored, Failure> {
    let mut found = all(call, vec![record]).await?;
    found.pop().ok_or_else(|| Failure::Scim(super::resolve::not_found(call)))
}

/// What a request wants of a record beyond its fields.
pub(super) fn want(call: &Call<'_>) -> Want {
    let projection = &call.request.projection;
    let capabilities = call.downstream().capabilities(call.resource());
    Want {
        members: call.mapping.has_members() && projection.wants("members", &call.mapping.kind),
        // A group can be in groups as well, but has no attribute that says so.
        groups: capabilities.groups
            && call.mapping.kind.attribute("groups").is_some()
            && projection.wants("groups", &call.mapping.kind),
    }
}

/// The resource as an answer carries it.
pub(super) fn entity(call: &Call<'_>, shown: &Resource) -> Entity {
    let base_url = &call.gateway.parts.base_url;
    let mut body = shown.to_object(&call.mapping.kind, base_url);
    let location = shown.id.as_ref().map(|id| location(&call.mapping.kind, base_url, id)).unwrap_or_default();
    call.request.projection.apply(&mut body, &call.mapping.kind);
    Entity { body, location, etag: shown.meta.version.as_ref().map(Version::to_etag) }
}

/// Keys of other resources become their ids.
async fn show_references(call: &Call<'_>, found: &mut [Stored]) -> Result<(), Failure> {
    for rule in &call.mapping.rules {
        let Some(target) = &rule.references else { continue };
        let key_of = |stored: &Stored| match rule.slot.value_in(&stored.raw) {
            Value::Null => None,
            value => Some(RecordKey::new(&value.to_text())),
        };
        let keys: Vec<Option<RecordKey>> = found.iter().map(key_of).collect();
        let present: Vec<RecordKey> = keys.iter().flatten().cloned().collect();
        let mut ids = call.correlations().ids_of(target, &present).await?.into_iter();
        for (stored, key) in found.iter_mut().zip(keys) {
            if key.is_some()
                && let Some(id) = ids.next()
            {
                rule.slot.put(Value::String(id.as_str().to_owned()), &mut stored.shown);
                show_address(call, rule, target, &id, &mut stored.shown);
            }
        }
    }
    Ok(())
}

/// The `$ref` beside a reference's `value`.
fn show_address(call: &Call<'_>, rule: &Rule, target: &str, id: &ResourceId, shown: &mut Resource) {
    let Some(mapping) = call.gateway.parts.mapping.resource(target) else { return };
    if rule.slot.path.sub.as_deref() != Some("value") {
        return;
    }
    let mut slot = rule.slot.clone();
    slot.path.sub = Some("$ref".into());
    slot.put(Value::String(location(&mapping.kind, &call.gateway.parts.base_url, id)), shown);
}

/// Members and groups become elements with `value`, `$ref`, `type` and `display`.
async fn show_links(call: &Call<'_>, records: &[Record], found: &mut [Stored]) -> Result<(), Failure> {
    let linked = records.iter().flat_map(|record| record.members.iter().chain(&record.groups).flatten());
    let mut keys: HashMap<Arc<str>, Vec<RecordKey>> = HashMap::new();
    for member in linked {
        keys.entry(Arc::clone(&member.resource)).or_default().push(member.key.clone());
    }
    let mut ids: HashMap<(Arc<str>, RecordKey), ResourceId> = HashMap::new();
    for (resource, keys) in keys {
        let found = call.correlations().ids_of(&resource, &keys).await?;
        ids.extend(keys.into_iter().zip(found).map(|(key, id)| ((Arc::clone(&resource), key), id)));
    }
    for (record, stored) in records.iter().zip(found) {
        for (name, links) in [("members", &record.members), ("groups", &record.groups)] {
            let Some(links) = links else { continue };
            let elements: Vec<Value> = links.iter().filter_map(|member| element(call, name, member, &ids)).collect();
            if !elements.is_empty() {
                stored.shown.attributes.set(name, Value::List(elements));
            }
        }
    }
    Ok(())
}

fn element(
    call: &Call<'_>,
    name: &str,
    member: &Member,
    ids: &HashMap<(Arc<str>, RecordKey), ResourceId>,
) -> Option<Value> {
    let id = ids.get(&(Arc::clone(&member.resource), member.key.clone()))?;
    let kind = &call.gateway.parts.mapping.resource(&member.resource)?.kind;
    let mut element = Object::new();
    element.set("value", id.as_str());
    element.set("$ref", location(kind, &call.gateway.parts.base_url, id));
    // `type` is the resource type of a member, but the kind of membership of a group (RFC 7643 §4).
    element.set("type", if name == "groups" { "direct" } else { &*member.resource });
    if let Some(display) = &member.display {
        element.set("display", display.as_str());
    }
    Some(Value::Object(element))
}

/// The application's own version; without one, a digest of what is stored. A resource with members
/// has a version only when they were read, since they may change without their group's row.
fn set_version(call: &Call<'_>, record: &Record, shown: &mut Resource) {
    if call.mapping.has_members() && record.members.is_none() {
        shown.meta.version = None;
        return;
    }
    let own = shown.meta.version.take();
    // One that lists do not tell would be another in a list than alone.
    let own = own.filter(|_| call.downstream().capabilities(call.resource()).version);
    // Outside input: what would not do in a header is told by its digest.
    let all_in_record = !call.mapping.has_members() && !acknowledged::applies(call);
    if own.as_ref().is_some_and(Version::is_harmless) && all_in_record {
        shown.meta.version = own;
        return;
    }
    let mut digest = Sha256::new();
    digest.update(own.as_ref().map(Version::to_etag).unwrap_or_default());
    for (name, value) in record.fields.iter() {
        digest.update(name.as_bytes());
        digest.update([0]);
        digest.update(value.to_json().as_bytes());
        digest.update([1]);
    }
    if acknowledged::applies(call) {
        digest.update(shown.attributes.get("active").map(Value::to_text).unwrap_or_default());
    }
    // A user and a group may have the same key.
    let members = record.members.iter().flatten();
    let mut members: Vec<_> = members.map(|member| (&*member.resource, member.key.as_str())).collect();
    members.sort_unstable();
    for (resource, key) in members {
        digest.update(resource.as_bytes());
        digest.update([2]);
        digest.update(key.as_bytes());
        digest.update([2]);
    }
    if let Some(id) = &shown.external_id {
        digest.update(id.as_str().as_bytes());
    }
    let hash = digest.finalize();
    shown.meta.version = Some(Version::new(hash[..8].iter().map(|byte| format!("{byte:02x}")).collect::<String>()));
}
