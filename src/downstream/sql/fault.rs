//! What can go wrong in a session, before it is known which field of the mapping it concerns.

use super::layout::Model;
use crate::downstream::{DownstreamError, ErrorKind};

/// A failed statement or connection.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// Rolled back by the database because of others' work; the same again may succeed.
    Again(String),
    /// The tables changed under a prepared statement.
    Stale(String),
    /// The connection failed while something was under way.
    Lost(String),
    /// The connection failed while COMMIT was under way, and what came of it is not known.
    Unsettled(String),
    /// The database refused values of these columns.
    Refused(Refusal),
    /// Final already.
    Answer(DownstreamError),
}

/// Values that the database refused.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) table: String,
    pub(super) columns: Vec<String>,
    /// Why, for the client; `None` when another record holds the value.
    pub(super) reason: Option<&'static str>,
    pub(super) detail: String,
}

impl From<DownstreamError> for Fault {
    fn from(error: DownstreamError) -> Self {
        Self::Answer(error)
    }
}

impl Fault {
    /// An answer that the driver cannot use; the detail is for the operator.
    pub(super) fn garbage(detail: impl Into<String>) -> Self {
        Self::Answer(DownstreamError::new(ErrorKind::Garbage, detail))
    }

    /// The error for the gateway, once nothing more is tried and nothing was written.
    pub(super) fn into_error(self, model: &Model) -> DownstreamError {
        match self {
            Self::Again(detail) | Self::Lost(detail) => DownstreamError::unavailable(detail),
            Self::Unsettled(detail) => DownstreamError::new(ErrorKind::Ambiguous, detail),
            Self::Stale(detail) => DownstreamError::new(ErrorKind::Garbage, detail),
            Self::Refused(refusal) => refusal.into_error(model),
            Self::Answer(error) => error,
        }
    }

    /// The fault when it struck while the write was being made final.
    pub(super) fn at_commit(self) -> Self {
        match self {
            Self::Lost(detail) => Self::Unsettled(detail),
            other => other,
        }
    }

    /// True when asking again may find the database there.
    pub(super) const fn may_pass(&self) -> bool {
        match self {
            Self::Again(_) | Self::Lost(_) => true,
            Self::Answer(error) => matches!(error.kind, ErrorKind::Unavailable { .. }),
            Self::Unsettled(_) | Self::Stale(_) | Self::Refused(_) => false,
        }
    }
}

impl Refusal {
    fn into_error(self, model: &Model) -> DownstreamError {
        let label = self.columns.iter().find_map(|column| model.label(&self.table, column));
        let kind = match self.reason {
            Some(reason) => ErrorKind::Invalid { label, reason: reason.to_owned() },
            None => ErrorKind::Uniqueness { label },
        };
        DownstreamError::new(kind, self.detail)
    }
}
