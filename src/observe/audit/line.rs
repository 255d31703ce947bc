//! What an audit line says.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::observe::{Observation, Outcome, RequestFacts};

/// A fact that belongs into the trail, with the moment at which it happened.
pub(super) struct Line {
    time: Timestamp,
    about: About,
}

/// A line's category, and what it knows.
enum About {
    /// A change was asked for.
    Provisioning {
        request: RequestFacts,
        outcome: Outcome,
        status: u16,
        id: Option<String>,
        key: Option<String>,
        changed: Vec<String>,
        duration: Duration,
    },
    /// A known token was not let in.
    Access { request: RequestFacts, reason: &'static str, status: u16 },
    /// A configuration came into force, or did not.
    Configuration { success: bool, tenants: usize },
}

impl Line {
    /// The line for a fact; none for what is no business of the audit.
    pub(super) fn of(fact: &Observation) -> Option<Self> {
        let about = match fact {
            Observation::ResourceProvisioned { request, outcome, status, id, key, changed, duration } => {
                About::Provisioning {
                    request: request.clone(),
                    outcome: *outcome,
                    status: *status,
                    id: id.clone(),
                    key: key.clone(),
                    changed: changed.clone(),
                    duration: *duration,
                }
            }
            Observation::AccessRefused { request, reason, status } => {
                About::Access { request: request.clone(), reason, status: *status }
            }
            Observation::ConfigLoaded { success, tenants } => {
                About::Configuration { success: *success, tenants: *tenants }
            }
            _ => return None,
        };
        Some(Self { time: Timestamp::now(), about })
    }

    /// The line as it is written; `seq` counts the lines of this process.
    pub(super) fn to_json(&self, seq: u64) -> Value {
        let mut line = Map::new();
        let mut set = |name: &str, value: Value| line.insert(name.to_owned(), value);
        set("v", json!(1));
        set("time", json!(self.time.to_string()));
        set("seq", json!(seq));
        set("category", json!(self.category()));
        set("level", json!(self.level()));
        match &self.about {
            About::Provisioning { request, outcome, status, id, key, changed, duration } => {
                asked(request, &mut set);
                set("id", json!(id));
                set("key", json!(key));
                set("outcome", json!(outcome.as_str()));
                set("status", json!(status));
                set("changed", json!(changed));
                set("duration_ms", json!(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)));
            }
            About::Access { request, reason, status } => {
                asked(request, &mut set);
                set("outcome", json!("refused"));
                set("reason", json!(reason));
                set("status", json!(status));
            }
            About::Configuration { success, tenants } => {
                set("outcome", json!(if *success { "loaded" } else { "refused" }));
                set("tenants", if *success { json!(tenants) } else { Value::Null });
            }
        }
        Value::Object(line)
    }

    const fn category(&self) -> &'static str {
        match self.about {
            About::Provisioning { .. } => "provisioning",
            About::Access { .. } => "access",
            About::Configuration { .. } => "configuration",
        }
    }

    /// `error` is for what an operator has to look into, `warning` for what the client asked amiss.
    const fn level(&self) -> &'static str {
        match &self.about {
            About::Provisioning { outcome, .. } => match outcome {
                Outcome::Failed | Outcome::Ambiguous => "error",
                Outcome::Rejected | Outcome::Conflict | Outcome::NotFound => "warning",
                _ => "info",
            },
            About::Access { .. } => "warning",
            About::Configuration { success, .. } => {
                if *success {
                    "info"
                } else {
                    "error"
                }
            }
        }
    }
}

/// Who asked for what.
fn asked(request: &RequestFacts, set: &mut impl FnMut(&str, Value) -> Option<Value>) {
    set("tenant", json!(request.tenant.as_deref()));
    set("actor", json!({ "token": request.token.as_deref(), "ip": request.address }));
    set("request", json!(request.request_id));
    let known = !matches!(request.op, "" | "_other");
    set("op", if known { json!(request.op) } else { Value::Null });
    set("type", json!(request.resource_type.as_deref()));
}
