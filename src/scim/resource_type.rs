//! Resource types: which schema and extensions the resources at an endpoint have (RFC 7643 §6).

use std::sync::Arc;

use super::{Attribute, Schema};

/// The resources at one endpoint.
#[derive(Debug, Clone)]
pub struct ResourceType {
    /// `User`: also the resource's name in the mapping.
    pub name: Arc<str>,
    /// `/Users`.
    pub endpoint: String,
    /// What they are.
    pub description: String,
    /// The base schema.
    pub schema: Arc<Schema>,
    /// The extensions.
    pub extensions: Vec<SchemaExtension>,
}

/// An extension of a resource type.
#[derive(Debug, Clone)]
pub struct SchemaExtension {
    /// The extension's schema.
    pub schema: Arc<Schema>,
    /// True when a resource without it is refused.
    pub required: bool,
}

impl ResourceType {
    /// The schema with this URN, base or extension, whatever the case.
    #[must_use]
    pub fn schema_of(&self, urn: &str) -> Option<&Arc<Schema>> {
        std::iter::once(&self.schema)
            .chain(self.extensions.iter().map(|extension| &extension.schema))
            .find(|schema| schema.id.eq_ignore_ascii_case(urn))
    }

    /// The attribute at the top of the base schema.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.schema.attribute(name)
    }

    /// Base schema and extensions.
    pub fn schemas(&self) -> impl Iterator<Item = &Arc<Schema>> {
        std::iter::once(&self.schema).chain(self.extensions.iter().map(|extension| &extension.schema))
    }
}

/// The resource types of one mapping.
#[derive(Debug, Clone, Default)]
pub struct ResourceTypes {
    /// In the order of the mapping.
    pub types: Vec<Arc<ResourceType>>,
}

impl ResourceTypes {
    /// The type served at `/Users`; the leading slash is optional, case matters.
    #[must_use]
    pub fn at_endpoint(&self, endpoint: &str) -> Option<&Arc<ResourceType>> {
        let wanted = endpoint.trim_start_matches('/');
        self.types.iter().find(|kind| kind.endpoint.trim_start_matches('/') == wanted)
    }

    /// The type called `User`.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Arc<ResourceType>> {
        self.types.iter().find(|kind| &*kind.name == name)
    }
}
