//! What an audit line says.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::observe::{Observation, Outcome, RequestFacts};

/// A fact that belongs into the trail, with the moment at which it happened.
pub(super) struct Line {
    time: Timestamp,
    fact: Observation,
}

impl Line {
    /// The line for a fact; none for what is no business of the audit.
    pub(super) fn of(fact: &Observation) -> Option<Self> {
        category(fact)?;
        Some(Self { time: Timestamp::now(), fact: fact.clone() })
    }

    /// The line as it is written; `seq` counts the lines of this process.
    pub(super) fn to_json(&self, seq: u64) -> Value {
        let mut line = Map::new();
        let mut set = |name: &str, value: Value| line.insert(name.to_owned(), value);
        set("v", json!(1));
        set("time", json!(self.time.to_string()));
        set("seq", json!(seq));
        set("category", json!(category(&self.fact)));
        set("level", json!(level(&self.fact)));
        match &self.fact {
            Observation::ResourceProvisioned { request, outcome, status, id, key, changed, duration } => {
                asked(request, &mut set);
                set("id", json!(id));
                set("key", json!(key));
                set("outcome", json!(outcome.as_str()));
                set("status", json!(status));
                set("changed", json!(changed));
                set("duration_ms", json!(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)));
            }
            Observation::AccessRefused { request, reason, status } => {
                asked(request, &mut set);
                set("outcome", json!("refused"));
                set("reason", json!(reason));
                set("status", json!(status));
            }
            Observation::ConfigLoaded { success, tenants } => {
                set("outcome", json!(if *success { "loaded" } else { "refused" }));
                set("tenants", if *success { json!(tenants) } else { Value::Null });
            }
            _ => {}
        }
        Value::Object(line)
    }
}

/// The category of a fact that belongs into the trail.
const fn category(fact: &Observation) -> Option<&'static str> {
    match fact {
        Observation::ResourceProvisioned { .. } => Some("provisioning"),
        Observation::AccessRefused { .. } => Some("access"),
        Observation::ConfigLoaded { .. } => Some("configuration"),
        _ => None,
    }
}

/// `error` is for what an operator has to look into, `warning` for what the client asked amiss.
const fn level(fact: &Observation) -> &'static str {
    match fact {
        Observation::ResourceProvisioned { outcome: Outcome::Failed | Outcome::Ambiguous, .. }
        | Observation::ConfigLoaded { success: false, .. } => "error",
        Observation::ResourceProvisioned {
            outcome: Outcome::Rejected | Outcome::Conflict | Outcome::NotFound, ..
        }
        | Observation::AccessRefused { .. } => "warning",
        _ => "info",
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
