//! What each observation says in the log: its event, a sentence, its fields.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::{Observation, RequestFacts};

/// What a line says beside time and level.
pub(super) struct Entry {
    pub(super) event: &'static str,
    pub(super) body: &'static str,
    pub(super) fields: Vec<(&'static str, Value)>,
}

pub(super) fn entry_of(fact: &Observation) -> Entry {
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
        O::RequestServed { .. }
        | O::ResourceProvisioned { .. }
        | O::AccessRefused { .. }
        | O::AttributeDropped { .. }
        | O::MemberIgnored { .. }
        | O::ListSplit { .. } => of_request(fact),
        O::DownstreamCalled { .. }
        | O::CorrelationLookedUp { .. }
        | O::CorrelationFailed { .. }
        | O::LookupAmbiguous { .. }
        | O::TokenAmbiguous { .. } => of_backend(fact),
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
        O::AccessRefused { request, reason, status } => {
            let mut fields = of_facts(request);
            fields.extend([("error.type", json!(reason)), ("http.response.status_code", json!(status))]);
            Entry::new("access.refused", "a known token was not let in", fields)
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
        O::MemberIgnored { tenant, resource_type, member_type } => Entry::new(
            "member.ignored",
            "a member has a type that the application's groups cannot hold; it was left out",
            vec![
                ("postern.tenant", json!(**tenant)),
                ("postern.resource_type", json!(**resource_type)),
                ("postern.member_type", json!(plain(member_type))),
            ],
        ),
        O::ListSplit { tenant, resource_type, attribute } => Entry::new(
            "list.split",
            "a client sent a list as one text; the values were taken apart, and its mapping should do so",
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
        O::LookupAmbiguous { tenant, lookup, attribute } => Entry::new(
            "lookup.ambiguous",
            "two rows of a lookup stand for the same; nothing was translated",
            vec![
                ("postern.tenant", json!(**tenant)),
                ("postern.lookup", json!(plain(lookup))),
                ("postern.attribute", json!(plain(attribute))),
            ],
        ),
        O::TokenAmbiguous { tenant } => Entry::new(
            "token.ambiguous",
            "two records of the application have the same token; it lets nobody in",
            vec![("postern.tenant", json!(**tenant))],
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
