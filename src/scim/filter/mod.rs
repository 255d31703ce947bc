//! Filters (RFC 7644 §3.4.2.2): the tree; `parse` makes it, `matches` evaluates it.

mod literal;
mod matches;
mod parse;
mod print;
mod read;

use crate::value::Value;

use super::{AttributePath, Leniency, ResourceType, ResourceTypes, ScimError};

pub(super) use matches::values_of;
pub(super) use parse::parse_inside;

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
    /// All of them.
    pub const ALL: &'static [Self] =
        &[Self::Eq, Self::Ne, Self::Co, Self::Sw, Self::Ew, Self::Gt, Self::Ge, Self::Lt, Self::Le];

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

    /// The operator that is spelled so, whatever the case.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|op| op.as_str().eq_ignore_ascii_case(word))
    }
}

impl Filter {
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

    /// Parses a filter for resources of `kind`, by the letter of the RFC.
    ///
    /// # Errors
    /// 400 `invalidFilter` with the position and what was expected.
    pub fn parse(text: &str, kind: &ResourceType) -> Result<Self, ScimError> {
        Self::parse_with(text, kind, &Leniency::default())
    }

    /// Parses a filter, tolerating what `leniency` says.
    ///
    /// # Errors
    /// 400 `invalidFilter` with the position and what was expected.
    pub fn parse_with(text: &str, kind: &ResourceType, leniency: &Leniency) -> Result<Self, ScimError> {
        parse::parse(text, kind, &[], leniency)
    }

    /// Parses a filter of a query over several types (RFC 7644 §3.4.2.1): an attribute that another
    /// of them has is one without a value here.
    ///
    /// # Errors
    /// 400 `invalidFilter` with the position and what was expected.
    pub fn parse_among(
        text: &str,
        kind: &ResourceType,
        types: &ResourceTypes,
        leniency: &Leniency,
    ) -> Result<Self, ScimError> {
        parse::parse(text, kind, &types.types, leniency)
    }

    /// `path op value`.
    #[must_use]
    pub const fn compare(path: AttributePath, op: CompareOp, value: Value) -> Self {
        Self::Compare { path, op, value }
    }
}
