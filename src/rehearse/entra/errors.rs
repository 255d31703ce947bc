//! What Entra makes of an answer: its own word for it, as the provisioning log has it.

use crate::rehearse::Answer;

/// Why an object could not be provisioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Entra's word: `EntryConflict`, `InsufficientRights`, …
    pub code: &'static str,
    /// What the log shows the administrator: the answer's own sentence.
    pub detail: String,
    /// The status; `None` when no answer came.
    pub status: Option<u16>,
    /// The whole job stops for it.
    pub(super) stops: bool,
}

impl Failure {
    /// An answer that is no success.
    pub(super) fn of(answer: &Answer) -> Self {
        let status = answer.status();
        let code = match (answer, status) {
            (Answer::Timeout, _) => "Timeout",
            (Answer::Broken(_), _) => "WebExceptionProtocolError",
            (_, Some(200..=299)) => "SystemForCrossDomainIdentityManagementServiceIncompatible",
            (_, Some(400)) => "SystemForCrossDomainIdentityManagementBadRequest",
            (_, Some(401)) => "Unauthorized",
            (_, Some(403)) => "InsufficientRights",
            (_, Some(404)) => "InvalidAnchor",
            (_, Some(409)) => "EntryConflict",
            (_, Some(422)) => "UnprocessableEntity",
            (_, Some(429)) => "TooManyRequests",
            (_, Some(501)) => "NotImplemented",
            (_, Some(500..=599)) => "InternalServerError",
            _ => "SystemForCrossDomainIdentityManagementServiceIncompatible",
        };
        Self { code, detail: answer.detail(), status, stops: matches!(status, Some(401 | 403)) }
    }

    /// A query that was answered with 404: whoever does so speaks no SCIM.
    pub(super) fn not_scim(answer: &Answer) -> Self {
        let code = "SystemForCrossDomainIdentityManagementServiceIncompatible";
        Self { code, stops: true, ..Self::of(answer) }
    }

    /// An answer that succeeded, but is not what SCIM says.
    pub(super) fn incompatible(answer: &Answer, why: &str) -> Self {
        let code = "SystemForCrossDomainIdentityManagementServiceIncompatible";
        Self { code, detail: why.to_owned(), status: answer.status(), stops: false }
    }

    /// More than one object fits.
    pub(super) fn duplicates(target: &str, count: i64) -> Self {
        let detail = format!("{count} objects have this `{target}`");
        Self { code: "DuplicateTargetEntries", detail, status: Some(200), stops: false }
    }

    /// The source has no value for any attribute that objects are found by.
    pub(super) fn unmatched() -> Self {
        let detail = "no attribute that objects are found by has a value".to_owned();
        Self { code: "MandatoryFieldsMissing", detail, status: None, stops: false }
    }

    /// An expression could not work.
    pub(super) fn expression(target: &str, reason: &str) -> Self {
        Self { code: "FailedExpression", detail: format!("`{target}`: {reason}"), status: None, stops: false }
    }
}
