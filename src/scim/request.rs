//! `RawRequest` → `Request`: what a client asked for, checked against the mapping's schemas.

use std::sync::Arc;

use crate::value::Value;

mod parse;

pub(super) use parse::check_message;

use super::bulk::BulkRequest;
use super::{
    Discovery, PatchOperation, Projection, Query, Resource, ResourceId, ResourceType, ResourceTypes, ScimError,
};

/// The HTTP methods of SCIM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

/// A request as it came, HTTP taken off: nothing is checked yet but sizes and JSON.
#[derive(Debug, Clone)]
pub struct RawRequest {
    /// The method.
    pub verb: Verb,
    /// The path below the tenant's base path, each segment percent-decoded: `["Users", "42"]`.
    pub path: Vec<String>,
    /// The query parameters, decoded.
    pub query: RawQuery,
    /// The body, when there was one.
    pub body: Option<Value>,
    /// `If-Match` and `If-None-Match`.
    pub preconditions: Preconditions,
}

/// Decoded query parameters in order.
#[derive(Debug, Clone, Default)]
pub struct RawQuery(pub Vec<(String, String)>);

impl RawQuery {
    /// The first value of a parameter, whatever the case of its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Conditional request headers (RFC 7644 §3.14), ETags as sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preconditions {
    /// The tags of `If-Match`; `*` is one of them when sent.
    pub if_match: Vec<String>,
    /// The tags of `If-None-Match`.
    pub if_none_match: Vec<String>,
}

impl Preconditions {
    /// True when `If-Match` forbids a change of the resource that has this ETag (weak comparison).
    #[must_use]
    pub fn forbid_change(&self, etag: &str) -> bool {
        !self.if_match.is_empty() && !self.if_match.iter().any(|tag| tag == "*" || same_tag(tag, etag))
    }

    /// True when `If-None-Match` says that the client has this version already.
    #[must_use]
    pub fn has_already(&self, etag: &str) -> bool {
        self.if_none_match.iter().any(|tag| tag == "*" || same_tag(tag, etag))
    }
}

fn same_tag(a: &str, b: &str) -> bool {
    a.trim().trim_start_matches("W/") == b.trim().trim_start_matches("W/")
}

/// A checked request.
#[derive(Debug, Clone)]
pub struct Request {
    /// What to do.
    pub operation: Operation,
    /// Which attributes the answer carries.
    pub projection: Projection,
    /// Conditions on the stored version.
    pub preconditions: Preconditions,
    /// Attributes that the schemas do not know; dropped, and counted by name.
    pub unknown: Vec<String>,
}

/// What SCIM can ask for.
#[derive(Debug, Clone)]
pub enum Operation {
    /// POST /Users
    Create(Arc<ResourceType>, Box<Resource>),
    /// GET /Users/{id}
    Get(Arc<ResourceType>, ResourceId),
    /// GET /Users, POST /Users/.search
    Query(Arc<ResourceType>, Box<Query>),
    /// GET on the base path, POST /.search: one query for each resource type, in order.
    QueryAll(Vec<Request>),
    /// PUT /Users/{id}
    Replace(Arc<ResourceType>, ResourceId, Box<Resource>),
    /// PATCH /Users/{id}
    Patch(Arc<ResourceType>, ResourceId, Vec<PatchOperation>),
    /// DELETE /Users/{id}
    Delete(Arc<ResourceType>, ResourceId),
    /// POST /Bulk
    Bulk(BulkRequest),
    /// GET /Schemas, /ResourceTypes, /ServiceProviderConfig and their items
    Discover(Discovery),
}

impl Operation {
    /// True for what may change a resource.
    #[must_use]
    pub const fn is_change(&self) -> bool {
        match self {
            Self::Create(..) | Self::Replace(..) | Self::Patch(..) | Self::Delete(..) | Self::Bulk(_) => true,
            Self::Get(..) | Self::Query(..) | Self::QueryAll(_) | Self::Discover(_) => false,
        }
    }

    /// The resource type that the operation is about.
    #[must_use]
    pub const fn kind(&self) -> Option<&Arc<ResourceType>> {
        match self {
            Self::Create(kind, _)
            | Self::Get(kind, _)
            | Self::Query(kind, _)
            | Self::Replace(kind, _, _)
            | Self::Patch(kind, _, _)
            | Self::Delete(kind, _) => Some(kind),
            Self::QueryAll(_) | Self::Bulk(_) | Self::Discover(_) => None,
        }
    }
}

/// What a parser tolerates beyond the RFC, because rewriting the text beforehand would need the
/// parser itself. The default tolerates nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Leniency {
    /// `userName eq jdoe`: a value without quotation marks.
    pub unquoted_filter_values: bool,
    /// `primary eq "True"`, `level eq "5"`: a boolean or number written as text.
    pub typed_text: bool,
    /// `manager eq "17"`: an extension's attribute without the extension's URN.
    pub bare_extension_names: bool,
    /// `replace` on `emails[type eq "work"].value` without such an element makes the element.
    pub create_selected: bool,
    /// A PATCH of an attribute that no schema has is dropped and named, as POST does, instead of
    /// refused.
    pub unknown_attributes: bool,
    /// `remove` of a list of plain values, with some of them as its value, removes these and not all.
    pub listed_removal: bool,
}

impl Request {
    /// Checks a raw request, client deviations already undone.
    ///
    /// # Errors
    /// 404 for an unknown endpoint, 405 for a method that it does not have, 400 for the rest, 501
    /// for what SCIM defines and this server does not do (`/Me`).
    pub fn parse(raw: &RawRequest, types: &ResourceTypes, leniency: &Leniency) -> Result<Self, ScimError> {
        parse::parse(raw, types, leniency)
    }
}
