//! Filters (RFC 7644 §3.4.2.2): the tree; `parse` makes it, `matches` evaluates it.

use std::fmt;

use crate::value::Value;

use super::{AttributePath, ResourceType, ScimError};

/// A filter whose paths exist and whose values have the type of their attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All of them; at least two.
    And(Vec<Self>),
    /// One of them; at least two.
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// `attr pr`.
    Present(AttributePath),
    /// `attr op value`.
    Compare {
        /// What is compared; inside `Element` a path with its sub-attribute.
        path: AttributePath,
        /// How.
        op: CompareOp,
        /// With what: `Null`, or the type of the attribute.
        value: Value,
    },
    /// `attr[filter]`: one and the same element of the attribute fulfils the filter. The form
    /// `attr[filter].sub op value` is the same with one more `And`.
    Element {
        /// The multi-valued attribute.
        path: AttributePath,
        /// What an element must fulfil.
        filter: Box<Self>,
    },
}

/// A comparison (RFC 7644 table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// equal
    Eq,
    /// not equal
    Ne,
    /// contains
    Co,
    /// starts with
    Sw,
    /// ends with
    Ew,
    /// greater than
    Gt,
    /// greater than or equal
    Ge,
    /// less than
    Lt,
    /// less than or equal
    Le,
}

impl CompareOp {
    /// The word of the grammar.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }
}

impl Filter {
    /// Parses a filter for resources of `kind`.
    ///
    /// # Errors
    /// 400 `invalidFilter` with the position and what was expected.
    pub fn parse(text: &str, kind: &ResourceType) -> Result<Self, ScimError> {
        let _ = (text, kind);
        Err(ScimError::invalid_filter(""))
    }
}

impl Filter {
    /// True when a complete resource (`Resource::to_object`) fulfils the filter.
    #[must_use]
    pub fn matches(&self, resource: &crate::value::Object) -> bool {
        let _ = resource;
        false
    }

    /// True when the filter asks for the attribute called `attribute` of the base schema.
    #[must_use]
    pub fn mentions(&self, attribute: &str) -> bool {
        let is = |path: &AttributePath| path.schema.is_none() && &*path.attribute == attribute;
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(|part| part.mentions(attribute)),
            Self::Not(inner) => inner.mentions(attribute),
            Self::Present(path) | Self::Compare { path, .. } | Self::Element { path, .. } => is(path),
        }
    }

    /// True when one element of a multi-valued attribute fulfils a filter on its sub-attributes
    /// (the inner filter of `Element`, or a comparison whose path ends at a sub-attribute).
    #[must_use]
    pub fn matches_element(&self, element: &crate::value::Object) -> bool {
        let _ = element;
        false
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
