//! Facts worth telling an operator or an auditor: one closed list, three readers.
//!
//! The request path never logs; it hands an [`Observation`] to the [`Observer`]. Observations carry
//! the *names* of attributes, never values, and no text of the request.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

pub mod audit;
mod burst;
pub mod log;
pub mod metrics;
mod process;

/// Who listens.
pub trait Observer: Send + Sync {
    /// Takes notice of a fact. Never blocks for long, never fails.
    fn observe(&self, fact: &Observation);
}

/// Several listeners as one.
#[derive(Clone, Default)]
pub struct Observers(pub Vec<Arc<dyn Observer>>);

impl std::fmt::Debug for Observers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Observers({})", self.0.len())
    }
}

impl Observer for Observers {
    fn observe(&self, fact: &Observation) {
        for observer in &self.0 {
            observer.observe(fact);
        }
    }
}

/// What a request was about, as far as it is known when it ends.
#[derive(Debug, Clone, Default)]
pub struct RequestFacts {
    /// The tenant's name; none when no tenant's path was met.
    pub tenant: Option<Arc<str>>,
    /// The name of the token that was accepted.
    pub token: Option<Arc<str>>,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The id that the answer carries in `X-Request-Id`.
    pub request_id: String,
    /// `create`, `get`, `list`, `filter`, `replace`, `patch`, `delete`, `bulk`, `discovery`, `_other`.
    pub op: &'static str,
    /// The resource type's name, when there is one.
    pub resource_type: Option<Arc<str>>,
}

/// What a change of a resource led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A new record.
    Created,
    /// An existing record was taken over.
    Adopted,
    /// Something changed.
    Updated,
    /// Nothing had to change.
    Noop,
    /// `active` became false.
    Disabled,
    /// `active` became true.
    Enabled,
    /// What a client said was noted, and the application left as it is.
    Acknowledged,
    /// The record is gone.
    Deleted,
    /// A unique value is taken.
    Conflict,
    /// No such resource.
    NotFound,
    /// The client's mistake.
    Rejected,
    /// Not known.
    Ambiguous,
    /// Not done.
    Failed,
}

impl Outcome {
    /// The word for labels and audit lines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Adopted => "adopted",
            Self::Updated => "updated",
            Self::Noop => "noop",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Acknowledged => "acknowledged",
            Self::Deleted => "deleted",
            Self::Conflict => "conflict",
            Self::NotFound => "not_found",
            Self::Rejected => "rejected",
            Self::Ambiguous => "ambiguous",
            Self::Failed => "failed",
        }
    }
}

/// One fact.
#[derive(Debug, Clone)]
pub enum Observation {
    /// The process is up and listens.
    Started {
        /// The SCIM address.
        listen: String,
        /// The admin address.
        admin: String,
    },
    /// The process was asked to stop and lets requests finish.
    Draining,
    /// The process ends; false when requests had to be cut.
    Stopped {
        /// True when every request was finished.
        clean: bool,
    },
    /// A connection was accepted.
    ConnectionOpened,
    /// A connection ended.
    ConnectionClosed,
    /// A TLS handshake ended.
    TlsHandshake {
        /// `ok`, `failed` or `timeout`.
        result: &'static str,
        /// How long it took.
        duration: Duration,
    },
    /// A token was looked at: `ok`, `missing`, `malformed`, `unknown`, `expired`, `scope`, `cidr`; of the
    /// application's own tokens also `requirement` and `unavailable`.
    AuthAttempted {
        /// The tenant's name.
        tenant: Arc<str>,
        /// The result.
        result: &'static str,
    },
    /// A token that is known was not let in, or asked for what it may not see. A change that it may not
    /// make is a [`Self::ResourceProvisioned`] with 403.
    AccessRefused {
        /// Who asked, and for what as far as that was looked at.
        request: RequestFacts,
        /// `expired`, `cidr`, `scope` or `requirement`, as of [`Self::AuthAttempted`].
        reason: &'static str,
        /// The status of the answer.
        status: u16,
    },
    /// A request was refused before it reached the gateway: `auth`, `limit_body`, `limit_url`,
    /// `framing`, `timeout_body`, `overload`, `draining`, `route`.
    RequestRefused {
        /// Why.
        reason: &'static str,
    },
    /// A request was answered.
    RequestServed {
        /// What it was about.
        request: RequestFacts,
        /// GET, POST …, `_OTHER`.
        method: &'static str,
        /// The status of the answer.
        status: u16,
        /// The answer's `scimType`.
        scim_type: Option<&'static str>,
        /// From the head of the request to the whole answer made.
        duration: Duration,
        /// Size of the request's body.
        request_bytes: u64,
        /// Size of the answer's body.
        response_bytes: u64,
    },
    /// A handler panicked; the client got 500.
    PanicCaught,
    /// A change was asked for; one audit line each.
    ResourceProvisioned {
        /// What it was about.
        request: RequestFacts,
        /// What came of it.
        outcome: Outcome,
        /// The status of the answer.
        status: u16,
        /// The resource's SCIM id.
        id: Option<String>,
        /// The application's key.
        key: Option<String>,
        /// The names of the attributes that changed.
        changed: Vec<String>,
        /// How long it took.
        duration: Duration,
    },
    /// A client sent an attribute that no rule maps; it was dropped.
    AttributeDropped {
        /// The tenant.
        tenant: Arc<str>,
        /// The resource type.
        resource_type: Arc<str>,
        /// The attribute, when the schemas know it; `_unknown` otherwise.
        attribute: String,
    },
    /// A client sent a member of a type that the application's groups cannot hold; it was left out.
    MemberIgnored {
        /// The tenant.
        tenant: Arc<str>,
        /// The resource type that has members.
        resource_type: Arc<str>,
        /// The member's type.
        member_type: Arc<str>,
    },
    /// A client sent the values of a list as one text, which was taken apart.
    ListSplit {
        /// The tenant.
        tenant: Arc<str>,
        /// The resource type.
        resource_type: Arc<str>,
        /// The attribute.
        attribute: String,
    },
    /// The application was called.
    DownstreamCalled {
        /// The tenant.
        tenant: Arc<str>,
        /// The resource.
        resource: Arc<str>,
        /// `insert`, `fetch`, `select`, `update`, `delete`, `probe`.
        operation: &'static str,
        /// `ok`, `reject`, `not_sent`, `ambiguous`, `garbage`, `auth`.
        result: &'static str,
        /// The cause, when it failed, without values of the request.
        detail: Option<String>,
        /// How long it took.
        duration: Duration,
    },
    /// Two rows of a lookup stand for the same, so that nothing was translated.
    LookupAmbiguous {
        /// The tenant.
        tenant: Arc<str>,
        /// The lookup's name in the mapping.
        lookup: Arc<str>,
        /// The attribute.
        attribute: String,
    },
    /// Two records of the application have the same bearer token, so that it lets nobody in.
    TokenAmbiguous {
        /// The tenant.
        tenant: Arc<str>,
    },
    /// The correlation was asked: kind `key`, `external_id`; result `hit` or `miss` of the cache.
    CorrelationLookedUp {
        /// The tenant.
        tenant: Arc<str>,
        /// What was looked up by.
        kind: &'static str,
        /// True when the cache knew.
        hit: bool,
    },
    /// The correlation store failed.
    CorrelationFailed {
        /// The tenant.
        tenant: Arc<str>,
        /// The cause.
        detail: String,
    },
    /// Audit lines could not be written; each of them is lost.
    AuditFailed {
        /// How many.
        lost: u64,
        /// The cause.
        detail: String,
    },
    /// A configuration was loaded or refused.
    ConfigLoaded {
        /// False when the old one stays.
        success: bool,
        /// How many tenants it has.
        tenants: usize,
    },
    /// When a token will stop to work.
    TokenExpires {
        /// The tenant.
        tenant: Arc<str>,
        /// The token's name.
        token: Arc<str>,
        /// Seconds since 1970.
        at: i64,
    },
    /// Until when the certificate is valid.
    CertificateExpires {
        /// Seconds since 1970.
        at: i64,
    },
}
