//! The error message of RFC 7644 §3.12.

use crate::value::{Object, Value};

use super::urn;

/// The detail keyword of a 400 or 409 (RFC 7644 table 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScimType {
    /// The filter cannot be parsed or its operator or attribute is not supported.
    InvalidFilter,
    /// More results than the server is willing to work through.
    TooMany,
    /// A value that must be unique is taken.
    Uniqueness,
    /// A change that the attribute's mutability forbids.
    Mutability,
    /// The body is not what the operation takes.
    InvalidSyntax,
    /// A PATCH path that names no attribute.
    InvalidPath,
    /// A PATCH path that selects no value.
    NoTarget,
    /// A missing required value or a value of the wrong kind.
    InvalidValue,
    /// The wrong protocol version.
    InvalidVers,
    /// A request that would show secrets in a URI.
    Sensitive,
    /// A cursor that is not ours or belongs to another query (RFC 9865).
    InvalidCursor,
    /// A cursor that is too old (RFC 9865).
    ExpiredCursor,
    /// A page size that a list by cursor cannot have (RFC 9865).
    InvalidCount,
}

impl ScimType {
    /// The type of the refusals that a mapping can word itself.
    #[must_use]
    pub fn named(keyword: &str) -> Option<Self> {
        let known = [Self::InvalidValue, Self::Mutability, Self::NoTarget, Self::TooMany, Self::Uniqueness];
        known.into_iter().find(|one| one.as_str() == keyword)
    }

    /// The keyword.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

/// What a SCIM client is told when something fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status} {detail}")]
pub struct ScimError {
    /// The HTTP status.
    pub status: u16,
    /// The keyword, with 400 and 409 only.
    pub scim_type: Option<ScimType>,
    /// A sentence for the administrator of the client, without secrets, hosts or tables.
    pub detail: String,
    /// Seconds after which the client may try again, for 429 and 503.
    pub retry_after: Option<u32>,
}

impl ScimError {
    /// An error without a keyword.
    #[must_use]
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into(), retry_after: None }
    }

    /// 400 with a keyword.
    #[must_use]
    pub fn bad_request(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self { scim_type: Some(scim_type), ..Self::new(400, detail) }
    }

    /// 400 `invalidValue`.
    #[must_use]
    pub fn invalid_value(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::InvalidValue, detail)
    }

    /// 400 `invalidSyntax`.
    #[must_use]
    pub fn invalid_syntax(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::InvalidSyntax, detail)
    }

    /// 400 `invalidFilter`.
    #[must_use]
    pub fn invalid_filter(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::InvalidFilter, detail)
    }

    /// 400 `mutability`.
    #[must_use]
    pub fn mutability(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::Mutability, detail)
    }

    /// 409 `uniqueness`.
    #[must_use]
    pub fn uniqueness(detail: impl Into<String>) -> Self {
        Self { scim_type: Some(ScimType::Uniqueness), ..Self::new(409, detail) }
    }

    /// 404: no such resource or no such endpoint.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(404, detail)
    }

    /// 503 with `Retry-After`.
    #[must_use]
    pub fn unavailable(retry_after: u32, detail: impl Into<String>) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(503, detail) }
    }

    /// Puts `operation N: ` before the detail (PATCH and Bulk, counted from 1).
    #[must_use]
    pub fn in_operation(mut self, number: usize) -> Self {
        self.detail = format!("operation {number}: {}", self.detail);
        self
    }

    /// The message body.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut body = Object::new();
        body.set("schemas", Value::List(vec![urn::ERROR.into()]));
        body.set("status", self.status.to_string());
        if let Some(scim_type) = self.scim_type {
            body.set("scimType", scim_type.as_str());
        }
        body.set("detail", self.detail.as_str());
        Value::Object(body)
    }
}
