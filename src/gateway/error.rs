//! Every failure below the gateway, put into SCIM's words: here and nowhere else.
//!
//! The client learns which attribute and what to do, never a table, a host or the application's own
//! words. A failure of the application is never a 401, a 404 or an empty list: clients would remove
//! or duplicate accounts over it.

use crate::correlation::CorrelationError;
use crate::downstream::{DownstreamError, ErrorKind};
use crate::observe::Outcome;
use crate::scim::{ScimError, ScimType};

/// What went wrong.
#[derive(Debug)]
pub(super) enum Failure {
    /// The request cannot be fulfilled as it is.
    Scim(ScimError),
    /// The application.
    Downstream(DownstreamError),
    /// The correlation store.
    Correlation(CorrelationError),
    /// The request's time is over.
    Deadline,
}

impl From<ScimError> for Failure {
    fn from(error: ScimError) -> Self {
        Self::Scim(error)
    }
}

impl From<DownstreamError> for Failure {
    fn from(error: DownstreamError) -> Self {
        Self::Downstream(error)
    }
}

impl From<CorrelationError> for Failure {
    fn from(error: CorrelationError) -> Self {
        Self::Correlation(error)
    }
}

impl Failure {
    /// What the client is told.
    pub(super) fn into_scim(self) -> ScimError {
        match self {
            Self::Scim(error) => error,
            Self::Downstream(error) => of_application(error.kind),
            Self::Correlation(_) => ScimError::unavailable(5, "the gateway cannot reach its own store"),
            Self::Deadline => ScimError::unavailable(10, "the application did not answer in time"),
        }
    }

    /// What the audit is told.
    pub(super) const fn outcome(&self) -> Outcome {
        match self {
            Self::Scim(error) => match error.status {
                404 => Outcome::NotFound,
                409 => Outcome::Conflict,
                400..=499 => Outcome::Rejected,
                _ => Outcome::Failed,
            },
            Self::Downstream(error) => match error.kind {
                ErrorKind::Uniqueness { .. } => Outcome::Conflict,
                ErrorKind::NotFound => Outcome::NotFound,
                ErrorKind::Ambiguous => Outcome::Ambiguous,
                ErrorKind::Told(ref told) if told.status == 409 => Outcome::Conflict,
                ErrorKind::Invalid { .. }
                | ErrorKind::Told(_)
                | ErrorKind::UnknownMember(_)
                | ErrorKind::VersionConflict => Outcome::Rejected,
                _ => Outcome::Failed,
            },
            Self::Correlation(_) => Outcome::Failed,
            Self::Deadline => Outcome::Ambiguous,
        }
    }
}

fn of_application(kind: ErrorKind) -> ScimError {
    match kind {
        ErrorKind::Unavailable { retry_after } => {
            let seconds = retry_after.map_or(5, |wait| wait.as_secs().clamp(1, 3600));
            ScimError::unavailable(u32::try_from(seconds).unwrap_or(3600), "the application cannot be reached")
        }
        ErrorKind::Ambiguous => {
            ScimError::unavailable(30, "it is not known whether the application took the change; try again")
        }
        ErrorKind::Credentials => {
            ScimError::unavailable(60, "the application does not accept the gateway's credentials")
        }
        ErrorKind::Garbage => ScimError::new(502, "the application gave an answer that cannot be used"),
        ErrorKind::Uniqueness { label } => match label {
            Some(label) => ScimError::uniqueness(format!("`{label}` is already in use")),
            None => ScimError::uniqueness("a value that must be unique is already in use"),
        },
        ErrorKind::Invalid { label, reason } => match label {
            Some(label) => ScimError::invalid_value(format!("`{label}` {reason}")),
            None => ScimError::invalid_value(format!("a value {reason}")),
        },
        ErrorKind::UnknownMember(_) => ScimError::invalid_value("`members` names a resource that does not exist"),
        ErrorKind::NotFound => ScimError::not_found("no such resource"),
        ErrorKind::VersionConflict => ScimError::new(412, "the resource has changed"),
        ErrorKind::TooMany => {
            ScimError::bad_request(ScimType::TooMany, "the filter matches more resources than can be worked through")
        }
        ErrorKind::Told(told) => {
            ScimError { scim_type: told.keyword.and_then(ScimType::named), ..ScimError::new(told.status, told.detail) }
        }
        ErrorKind::Unsupported(what) => ScimError::new(501, what),
    }
}
