//! What can go wrong with an application, by what the gateway has to do about it.

use std::time::Duration;

use super::Told;
use crate::record::RecordKey;

/// A failed call.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{detail}")]
pub struct DownstreamError {
    /// What it means.
    pub kind: ErrorKind,
    /// The cause for the operator's log, without values of the request.
    pub detail: String,
}

/// What a failure means.
#[derive(Debug, Clone, PartialEq)]
pub enum ErrorKind {
    /// Nothing was done: not reached, pool exhausted, rolled back after retries, overloaded.
    Unavailable {
        /// When it may be worth trying again, if the application said.
        retry_after: Option<Duration>,
    },
    /// A write was sent and its outcome is not known.
    Ambiguous,
    /// The application did not accept our credentials.
    Credentials,
    /// The answer was not what the application promised (HTML, truncated, wrong types).
    Garbage,
    /// A unique value is taken.
    Uniqueness {
        /// The label of the field (`RecordShape`), when it is known.
        label: Option<String>,
    },
    /// The application refused a value.
    Invalid {
        /// The label of the field, when it is known.
        label: Option<String>,
        /// Why, in words for the client: `is longer than 30 characters`.
        reason: String,
    },
    /// A member does not exist.
    UnknownMember(RecordKey),
    /// The record to change does not exist.
    NotFound,
    /// The record has another version than expected.
    VersionConflict,
    /// More records than the gateway is allowed to work through.
    TooMany,
    /// The application refused, and the mapping says what a client is told of it.
    Told(Told),
    /// The application cannot do this at all; the words say what, for the client.
    Unsupported(String),
}

impl DownstreamError {
    /// A failure of `kind` with the operator's detail.
    #[must_use]
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// Nothing was done and nothing is known about when to try again.
    #[must_use]
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unavailable { retry_after: None }, detail)
    }
}
