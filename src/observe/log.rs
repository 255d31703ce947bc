//! Observations as log lines: one JSON object a line, named as OpenTelemetry names things.
//!
//! Lines hold no values of attributes, no query strings and no bodies, since observations hold
//! none. `error` needs a person, `warn` is a degradation, `info` is one line for each request.

use std::fmt;
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::burst::Bursts;
use super::{Observation, Observer, RequestFacts};

/// How much is worth a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Level {
    /// Needs a person.
    Error,
    /// Something is degraded.
    Warn,
    /// One line for each request, and the life of the process.
    #[default]
    Info,
    /// Connections, calls of the application, look-ups.
    Debug,
}

impl Level {
    /// Every level with its name in `postern.toml`.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("error", Self::Error), ("warn", Self::Warn), ("info", Self::Info), ("debug", Self::Debug)];

    const fn severity(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warn => "WARN",
            Self::Info => "INFO",
            Self::Debug => "DEBUG",
        }
    }
}

/// The reader that writes lines.
pub struct Log {
    level: Level,
    paper: Mutex<Paper>,
}

struct Paper {
    output: Box<dyn Write + Send>,
    bursts: Bursts,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("level", &self.level).finish_non_exhaustive()
    }
}

impl Log {
    /// Writes to `output` what is at least as grave as `level`.
    #[must_use]
    pub fn new(level: Level, output: Box<dyn Write + Send>) -> Self {
        Self { level, paper: Mutex::new(Paper { output, bursts: Bursts::default() }) }
    }
}

impl Observer for Log {
    fn observe(&self, fact: &Observation) {
        let level = level_of(fact);
        if level > self.level {
            return;
        }
        let Entry { event, body, mut fields } = entry_of(fact);
        let mut paper = self.paper.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kind) = complaint(fact) {
            match paper.bursts.admit(format!("{event} {kind}"), Instant::now()) {
                None => return,
                Some(0) => (),
                Some(untold) => fields.push(("postern.suppressed", json!(untold))),
            }
        }
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), json!(Timestamp::now().to_string()));
        line.insert("severity_text".to_owned(), json!(level.severity()));
        line.insert("body".to_owned(), json!(body));
        line.insert("event.name".to_owned(), json!(event));
        line.insert("service.name".to_owned(), json!("postern"));
        line.insert("service.version".to_owned(), json!(env!("CARGO_PKG_VERSION")));
        line.extend(fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.to_owned(), v)));
        let mut text = Value::Object(line).to_string();
        text.push('\n');
        // There is nobody left to tell when the log itself cannot be written.
        let _ = paper.output.write_all(text.as_bytes());
    }
}

/// What a line says beside time and level.
struct Entry {
    event: &'static str,
    body: &'static str,
    fields: Vec<(&'static str, Value)>,
}

/// What kind of complaint a fact is, of those that come in bursts. A request's own line is none: it
/// is the record of the request.
fn complaint(fact: &Observation) -> Option<String> {
    use Observation as O;
    match fact {
        O::DownstreamCalled { tenant, resource, operation, result, .. } if level_of(fact) <= Level::Warn => {
            Some(format!("{tenant} {resource} {operation} {result}"))
        }
        O::AuthAttempted { tenant, result } if level_of(fact) <= Level::Warn => Some(format!("{tenant} {result}")),
        O::CorrelationFailed { tenant, .. } => Some(tenant.to_string()),
        O::AuditFailed { .. } | O::PanicCaught => Some(String::new()),
        _ => None,
    }
}

fn level_of(fact: &Observation) -> Level {
    use Observation as O;
    match fact {
        O::PanicCaught | O::CorrelationFailed { .. } | O::AuditFailed { .. } => Level::Error,
        O::ConfigLoaded { success, .. } if !success => Level::Error,
        O::DownstreamCalled { result, .. } => match *result {
            "ok" => Level::Debug,
            "reject" => Level::Info,
            "auth" => Level::Error,
            _ => Level::Warn,
        },
        O::Stopped { clean: false } => Level::Warn,
        O::RequestServed { status, .. } if *status >= 500 => Level::Warn,
        O::AttributeDropped { .. }
        | O::ConnectionOpened
        | O::ConnectionClosed
        | O::CorrelationLookedUp { .. }
        | O::TlsHandshake { .. }
        | O::RequestRefused { .. }
        | O::ResourceProvisioned { .. } => Level::Debug,
        // What has no token at all is mostly a scanner, and the request's own line says 401.
        O::AuthAttempted { result, .. } => match *result {
            "ok" | "missing" | "malformed" => Level::Debug,
            _ => Level::Warn,
        },
        O::Started { .. }
        | O::Draining
        | O::Stopped { .. }
        | O::RequestServed { .. }
        | O::ConfigLoaded { .. }
        | O::TokenExpires { .. }
        | O::CertificateExpires { .. } => Level::Info,
    }
}

fn entry_of(fact: &Observation) -> Entry {
    use Observation as O;
    match fact {
        O::Started { .. }
        | O::Draining
        | O::Stopped { .. }
        | O::ConfigLoaded { .. }
        | O::TokenExpires { .. }
        | O::CertificateExpires { .. }
        | O::PanicCaught
        | O::AuditFailed { .. } => of_process(fact),
        O::ConnectionOpened
        | O::ConnectionClosed
        | O::TlsHandshake { .. }
        | O::AuthAttempted { .. }
        | O::RequestRefused { .. } => of_edge(fact),
        O::RequestServed { .. } | O::ResourceProvisioned { .. } | O::AttributeDropped { .. } => of_request(fact),
        O::DownstreamCalled { .. } | O::CorrelationLookedUp { .. } | O::CorrelationFailed { .. } => of_backend(fact),
    }
}

fn of_process(fact: &Observation) -> Entry {
    use Observation as O;
    match fact {
        O::Started { listen, admin } => Entry::new(
            "process.started",
            "postern listens",
            vec![("server.address", json!(listen)), ("postern.admin_address", json!(admin))],
        ),
        O::Draining => Entry::new("process.draining", "postern lets requests finish and stops", vec![]),
        O::Stopped { clean } => {
            let body = if *clean { "postern has stopped" } else { "postern has stopped; requests were cut" };
            Entry::new("process.stopped", body, vec![("postern.clean", json!(clean))])
        }
        O::ConfigLoaded { success, tenants } => {
            let body = if *success { "the configuration is in force" } else { "the configuration was refused" };
            let fields = vec![("postern.success", json!(success)), ("postern.tenants", json!(tenants))];
            Entry::new("config.loaded", body, fields)
        }
        O::TokenExpires { tenant, token, at } => Entry::new(
            "token.expires",
            "a token has an end",
            vec![
                ("postern.tenant", json!(**tenant)),
                ("postern.token", json!(**token)),
                ("postern.expires_at", json!(instant(*at))),
            ],
        ),
        O::CertificateExpires { at } => {
            let fields = vec![("postern.expires_at", json!(instant(*at)))];
            Entry::new("certificate.expires", "the certificate has an end", fields)
        }
        O::AuditFailed { lost, detail } => Entry::new(
            "audit.failed",
            "audit lines are lost",
            vec![("postern.lost", json!(lost)), ("postern.detail", json!(plain(detail)))],
        ),
        _ => Entry::new("panic.caught", "a handler panicked; the client got 500", vec![]),
    }
}

fn of_edge(fact: &Observation) -> Entry {
    use Observation as O;
    match fact {
        O::ConnectionOpened => Entry::new("connection.opened", "a connection was accepted", vec![]),
        O::ConnectionClosed => Entry::new("connection.closed", "a connection ended", vec![]),
        O::TlsHandshake { result, duration } => Entry::new(
            "tls.handshake",
            "a TLS handshake ended",
            vec![("postern.result", json!(result)), ("postern.duration_ms", milliseconds(*duration))],
        ),
        O::AuthAttempted { tenant, result } => Entry::new(
            "auth.attempted",
            "a bearer token was looked at",
            vec![("postern.tenant", json!(**tenant)), ("postern.result", json!(result))],
        ),
        O::RequestRefused { reason } => {
            Entry::new("request.refused", "a request was refused at the edge", vec![("error.type", json!(reason))])
        }
        _ => Entry::new("edge", "", vec![]),
    }
}

fn of_request(fact: &Observation) -> Entry {
    use Observation as O;
    match fact {
        O::RequestServed { request, method, status, scim_type, duration, request_bytes, response_bytes } => {
            let mut fields = of_facts(request);
            fields.extend([
                ("http.request.method", json!(method)),
                ("http.response.status_code", json!(status)),
                ("http.request.body.size", json!(request_bytes)),
                ("http.response.body.size", json!(response_bytes)),
                ("postern.scim_type", json!(scim_type)),
                ("postern.duration_ms", milliseconds(*duration)),
            ]);
            Entry::new("request.served", "a request was answered", fields)
        }
        O::ResourceProvisioned { request, outcome, status, id, changed, duration, .. } => {
            let mut fields = of_facts(request);
            fields.extend([
                ("postern.outcome", json!(outcome.as_str())),
                ("http.response.status_code", json!(status)),
                ("postern.resource_id", json!(id.as_deref().map(plain))),
                ("postern.changed", json!(changed)),
                ("postern.duration_ms", milliseconds(*duration)),
            ]);
            Entry::new("resource.provisioned", "a change was asked for", fields)
        }
        O::AttributeDropped { tenant, resource_type, attribute } => Entry::new(
            "attribute.dropped",
            "a client sent an attribute that no rule maps",
            vec![
                ("postern.tenant", json!(**tenant)),
                ("postern.resource_type", json!(**resource_type)),
                ("postern.attribute", json!(plain(attribute))),
            ],
        ),
        _ => Entry::new("request", "", vec![]),
    }
}

fn of_backend(fact: &Observation) -> Entry {
    use Observation as O;
    match fact {
        O::DownstreamCalled { tenant, resource, operation, result, detail, duration } => Entry::new(
            "downstream.called",
            "the application was called",
            vec![
                ("postern.tenant", json!(**tenant)),
                ("postern.resource_type", json!(**resource)),
                ("postern.operation", json!(operation)),
                ("postern.result", json!(result)),
                ("postern.detail", json!(detail.as_deref().map(plain))),
                ("postern.downstream_ms", milliseconds(*duration)),
            ],
        ),
        O::CorrelationLookedUp { tenant, kind, hit } => Entry::new(
            "correlation.looked_up",
            "an id or a key was looked up",
            vec![("postern.tenant", json!(**tenant)), ("postern.kind", json!(kind)), ("postern.cache_hit", json!(hit))],
        ),
        O::CorrelationFailed { tenant, detail } => Entry::new(
            "correlation.failed",
            "the correlation store failed",
            vec![("postern.tenant", json!(**tenant)), ("postern.detail", json!(plain(detail)))],
        ),
        _ => Entry::new("backend", "", vec![]),
    }
}

fn of_facts(request: &RequestFacts) -> Vec<(&'static str, Value)> {
    vec![
        ("postern.request_id", json!(request.request_id)),
        ("postern.tenant", json!(request.tenant.as_deref())),
        ("postern.token", json!(request.token.as_deref())),
        ("client.address", json!(request.address)),
        ("postern.op", json!(request.op)),
        ("postern.resource_type", json!(request.resource_type.as_deref())),
    ]
}

impl Entry {
    const fn new(event: &'static str, body: &'static str, fields: Vec<(&'static str, Value)>) -> Self {
        Self { event, body, fields }
    }
}

fn milliseconds(duration: Duration) -> Value {
    json!((duration.as_secs_f64() * 1e6).round() / 1e3)
}

fn instant(second: i64) -> String {
    Timestamp::from_second(second).map_or_else(|_| second.to_string(), |at| at.to_string())
}

/// Text from elsewhere, cut to 500 characters, without what moves a terminal's cursor or turns the
/// direction of writing: JSON escapes only some of these.
fn plain(text: &str) -> String {
    let moves = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    text.chars().take(500).map(|c| if moves(c) { '\u{fffd}' } else { c }).collect()
}
