//! A resource and its common attributes (RFC 7643 §3.1).

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::value::{Object, Value};

use super::ResourceType;

/// The SCIM `id`: opaque, stable, exact in case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId(Arc<str>);

impl ResourceId {
    /// Takes an id as it was made or received.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The client's own id for a resource; exact in case (RFC 7643 §3.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExternalId(Arc<str>);

impl ExternalId {
    /// Takes an externalId as the client gave it.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A version: the opaque part of a weak ETag (RFC 7644 §3.14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(String);

impl Version {
    /// Takes the opaque part.
    #[must_use]
    pub fn new(opaque: impl Into<String>) -> Self {
        Self(opaque.into())
    }

    /// True when it can stand in a header and between quotes as it is (RFC 9110 §8.8.3 `etagc`).
    #[must_use]
    pub fn is_harmless(&self) -> bool {
        (1..=128).contains(&self.0.len()) && self.0.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"')
    }

    /// `W/"…"`.
    #[must_use]
    pub fn to_etag(&self) -> String {
        format!("W/\"{}\"", self.0)
    }
}

/// `meta`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Meta {
    /// When the resource was made, when the application tells.
    pub created: Option<Timestamp>,
    /// When it was changed, when the application tells.
    pub last_modified: Option<Timestamp>,
    /// Its version.
    pub version: Option<Version>,
}

/// A resource whose attributes fit its resource type. Made only by `conform` (from a client) and
/// by the mapping (from a record).
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// The attributes in canonical spelling, without `schemas`, `id`, `externalId` and `meta`;
    /// each extension an object under its URN.
    pub attributes: Object,
    /// The client's own id.
    pub external_id: Option<ExternalId>,
    /// Set once the application has stored the resource.
    pub id: Option<ResourceId>,
    /// Set on what the application gave.
    pub meta: Meta,
}

impl Resource {
    /// The whole resource as JSON: `schemas` by what it carries, `meta.location` under `base_url`
    /// (which ends without a slash).
    #[must_use]
    pub fn to_object(&self, kind: &ResourceType, base_url: &str) -> Object {
        let mut body = Object::new();
        body.set("schemas", self.schemas(kind));
        if let Some(id) = &self.id {
            body.set("id", id.as_str());
        }
        if let Some(external_id) = &self.external_id {
            body.set("externalId", external_id.as_str());
        }
        for (name, value) in self.attributes.iter().filter(|(_, value)| !value.is_unassigned()) {
            body.set(name, value.clone());
        }
        if let Some(id) = &self.id {
            body.set("meta", self.meta_object(kind, &location(kind, base_url, id)));
        }
        body
    }

    fn schemas(&self, kind: &ResourceType) -> Value {
        let carried = kind.extensions.iter().map(|extension| &extension.schema.id);
        let carried = carried.filter(|id| self.attributes.get(id).is_some_and(|value| !value.is_unassigned()));
        Value::List(std::iter::once(&kind.schema.id).chain(carried).map(|id| Value::from(&**id)).collect())
    }

    fn meta_object(&self, kind: &ResourceType, location: &str) -> Object {
        let mut meta = Object::new();
        meta.set("resourceType", &*kind.name);
        if let Some(at) = self.meta.created {
            meta.set("created", Value::DateTime(at));
        }
        if let Some(at) = self.meta.last_modified {
            meta.set("lastModified", Value::DateTime(at));
        }
        meta.set("location", location);
        if let Some(version) = &self.meta.version {
            meta.set("version", version.to_etag());
        }
        meta
    }
}

/// Where a resource is found.
#[must_use]
pub fn location(kind: &ResourceType, base_url: &str, id: &ResourceId) -> String {
    format!("{base_url}{}/{id}", kind.endpoint)
}

/// True for the names that every resource has beside its schema: they live in fields of
/// [`Resource`], not among its attributes.
#[must_use]
pub fn is_common(name: &str) -> bool {
    ["schemas", "id", "externalId", "meta"].iter().any(|common| common.eq_ignore_ascii_case(name))
}
