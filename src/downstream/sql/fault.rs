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
    /// An error that the database itself has no meaning for: the application may have raised it.
    Raised(Box<Said>, String),
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
    /// What the database said.
    pub(super) said: Option<Box<Said>>,
}

/// What the database said of an error, for the rules of the mapping and for nobody else: the message
/// may hold values.
#[derive(Clone, Default)]
pub(super) struct Said {
    /// The SQLSTATE, empty where there is none.
    pub(super) state: String,
    /// The database's own number, 0 where there is none.
    pub(super) number: i64,
    pub(super) message: String,
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Said({} {})", self.state, self.number)
    }
}

impl Said {
    /// Of an error with this SQLSTATE, number and message.
    pub(super) fn new(state: &str, number: impl Into<i64>, message: &str) -> Self {
        let message = message.chars().take(LONGEST).collect();
        Self { state: state.to_owned(), number: number.into(), message }
    }
}

/// Most characters of a message that are looked at.
const LONGEST: usize = 4096;

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
            Self::Stale(detail) | Self::Raised(_, detail) => DownstreamError::new(ErrorKind::Garbage, detail),
            Self::Refused(refusal) => refusal.into_error(model),
            Self::Answer(error) => error,
        }
    }

    /// The fault with what the database said, where that may be the application's own.
    pub(super) fn saying(self, said: Said) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(Refusal { said: Some(Box::new(said)), ..refusal }),
            Self::Answer(DownstreamError { kind: ErrorKind::Garbage, detail }) => Self::Raised(Box::new(said), detail),
            other => other,
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
            Self::Unsettled(_) | Self::Stale(_) | Self::Refused(_) | Self::Raised(..) => false,
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
