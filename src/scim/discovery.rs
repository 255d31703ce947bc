//! The discovery documents (RFC 7644 §4): made from the mapping's resource types.

use crate::value::Object;

use super::{ResourceTypes, ScimError};

/// Which document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discovery {
    /// GET /ServiceProviderConfig
    ServiceProviderConfig,
    /// GET /ResourceTypes
    ResourceTypes,
    /// GET /ResourceTypes/{name}
    ResourceType(String),
    /// GET /Schemas
    Schemas,
    /// GET /Schemas/{urn}
    Schema(String),
}

/// What this server can do, as /ServiceProviderConfig tells it.
#[derive(Debug, Clone)]
pub struct Features {
    /// Largest page.
    pub max_results: u64,
    /// True when versions are answered and `If-Match` is honoured.
    pub etag: bool,
    /// True when `sortBy` is honoured.
    pub sort: bool,
    /// True when `password` is mapped.
    pub change_password: bool,
    /// Operations of one bulk request; 0 when bulk is off.
    pub bulk_operations: u64,
    /// Bytes of one bulk request.
    pub bulk_bytes: u64,
}

impl Discovery {
    /// The document; `base_url` ends without a slash.
    ///
    /// # Errors
    /// 404 for a schema or resource type that is not there.
    pub fn document(&self, types: &ResourceTypes, features: &Features, base_url: &str) -> Result<Object, ScimError> {
        let _ = (types, features, base_url);
        Err(ScimError::not_found(""))
    }
}
