//! The families of metrics, by what they are about, each with the labels it may have.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::{MetricType, TypedMetric};
use prometheus_client::registry::{Metric, Registry};

use super::super::audit::AuditState;
use super::super::{Observation, Outcome, RequestFacts};

type Labels<const N: usize> = [(&'static str, String); N];
type Counters<const N: usize> = Family<Labels<N>, Counter>;
pub(super) type Gauges<const N: usize> = Family<Labels<N>, Gauge>;
type Histograms<const N: usize> = Family<Labels<N>, Histogram, fn() -> Histogram>;

#[derive(Debug)]
pub(super) struct Http {
    requests: Counters<5>,
    duration: Histograms<2>,
    pub(super) in_flight: Gauge,
    request_bytes: Histograms<1>,
    response_bytes: Histograms<1>,
    last_seen: Gauges<1>,
}

impl Http {
    pub(super) fn new(registry: &mut Registry) -> Self {
        Self {
            requests: family(registry, "http_requests", "Requests answered"),
            duration: histogram(registry, "http_request_duration_seconds", "From the head to the answer", seconds),
            in_flight: single(registry, "http_requests_in_flight", "Requests under way"),
            request_bytes: histogram(registry, "http_request_body_bytes", "Size of request bodies", sizes),
            response_bytes: histogram(registry, "http_response_body_bytes", "Size of answer bodies", sizes),
            last_seen: family(registry, "tenant_last_seen_timestamp_seconds", "When a client was last let in"),
        }
    }

    pub(super) fn observe(&self, request: &RequestFacts, method: &'static str, status: u16, duration: Duration) {
        let (tenant, op) = (tenant_of(request), request.op.to_owned());
        if request.token.is_some() {
            self.last_seen.get_or_create(&[("tenant", tenant.clone())]).set(now());
        }
        let labels = [("tenant", tenant.clone()), ("op", op.clone())];
        self.duration.get_or_create(&labels).observe(duration.as_secs_f64());
        let labels = [
            ("tenant", tenant),
            ("op", op),
            ("type", type_of(request)),
            ("method", method.to_owned()),
            ("status", status.to_string()),
        ];
        self.requests.get_or_create(&labels).inc();
    }

    pub(super) fn sizes(&self, request: &RequestFacts, asked: u64, answered: u64) {
        let labels = [("tenant", tenant_of(request))];
        self.request_bytes.get_or_create(&labels).observe(real(asked));
        self.response_bytes.get_or_create(&labels).observe(real(answered));
    }
}

#[derive(Debug)]
pub(super) struct Edge {
    open: Gauge,
    accepted: Counter,
    closed: Counter,
    handshakes: Counters<1>,
    handshake_duration: Histogram,
    certificate: Gauge,
    attempts: Counters<2>,
    tokens: Gauges<2>,
    rejected: Counters<1>,
}

impl Edge {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let handshake_duration = seconds();
        registry.register("tls_handshake_duration_seconds", "How long handshakes took", handshake_duration.clone());
        let certificate = Gauge::default();
        let until = "Until when the certificate is valid; 0 when it is not known";
        registry.register("tls_certificate_not_after_timestamp_seconds", until, certificate.clone());
        Self {
            open: single(registry, "connections_open", "Connections that are open"),
            accepted: single(registry, "connections_accepted", "Connections accepted"),
            closed: single(registry, "connections_closed", "Connections ended"),
            handshakes: family(registry, "tls_handshakes", "TLS handshakes"),
            handshake_duration,
            certificate,
            attempts: family(registry, "auth_attempts", "Tokens looked at"),
            tokens: family(registry, "token_expiry_timestamp_seconds", "When a token stops to work"),
            rejected: family(registry, "http_rejected", "Requests refused before they reached the gateway"),
        }
    }

    pub(super) fn observe(&self, fact: &Observation) {
        match fact {
            Observation::ConnectionOpened => {
                self.open.inc();
                self.accepted.inc();
            }
            Observation::ConnectionClosed => {
                self.open.dec();
                self.closed.inc();
            }
            Observation::TlsHandshake { result, duration } => {
                self.handshakes.get_or_create(&[("result", (*result).to_owned())]).inc();
                self.handshake_duration.observe(duration.as_secs_f64());
            }
            Observation::AuthAttempted { tenant, result } => {
                let labels = [("tenant", tenant.to_string()), ("result", (*result).to_owned())];
                self.attempts.get_or_create(&labels).inc();
            }
            Observation::RequestRefused { reason } => {
                self.rejected.get_or_create(&[("reason", (*reason).to_owned())]).inc();
            }
            Observation::TokenExpires { tenant, token, at } => {
                self.tokens.get_or_create(&[("tenant", tenant.to_string()), ("token", token.to_string())]).set(*at);
            }
            Observation::CertificateExpires { at } => {
                self.certificate.set(*at);
            }
            _ => (),
        }
    }
}

#[derive(Debug)]
pub(super) struct Provisioning {
    operations: Counters<4>,
    last_success: Gauges<1>,
    mapping_errors: Counters<4>,
}

impl Provisioning {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let success = "When a change was last carried out";
        Self {
            operations: family(registry, "provisioning_operations", "Changes asked for, by what came of them"),
            last_success: family(registry, "provisioning_last_success_timestamp_seconds", success),
            mapping_errors: family(registry, "mapping_errors", "Attributes that could not be mapped"),
        }
    }

    pub(super) fn observe(&self, request: &RequestFacts, outcome: Outcome, status: u16) {
        let tenant = tenant_of(request);
        if status < 400 {
            self.last_success.get_or_create(&[("tenant", tenant.clone())]).set(now());
        }
        let labels = [
            ("tenant", tenant),
            ("type", type_of(request)),
            ("op", request.op.to_owned()),
            ("outcome", outcome.as_str().to_owned()),
        ];
        self.operations.get_or_create(&labels).inc();
    }

    pub(super) fn dropped(&self, tenant: &str, resource_type: &str, attribute: &str) {
        let labels = [
            ("tenant", tenant.to_owned()),
            ("type", resource_type.to_owned()),
            ("attribute", attribute.to_owned()),
            ("reason", String::from("unknown_attribute")),
        ];
        self.mapping_errors.get_or_create(&labels).inc();
    }
}

#[derive(Debug)]
pub(super) struct Downstream {
    requests: Counters<4>,
    duration: Histograms<2>,
    lookups: Counters<3>,
    store_errors: Counters<1>,
}

impl Downstream {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let duration = "How long the application took";
        Self {
            requests: family(registry, "downstream_requests", "Calls of the application"),
            duration: histogram(registry, "downstream_request_duration_seconds", duration, seconds),
            lookups: family(registry, "correlation_lookups", "Pairs of id and key looked up, by the cache's answer"),
            store_errors: family(registry, "store_errors", "Failures of the correlation store"),
        }
    }

    pub(super) fn observe(&self, fact: &Observation) {
        match fact {
            Observation::DownstreamCalled { tenant, resource, operation, result, duration, .. } => {
                let (tenant, operation) = (("tenant", tenant.to_string()), ("operation", (*operation).to_owned()));
                self.duration.get_or_create(&[tenant.clone(), operation.clone()]).observe(duration.as_secs_f64());
                let labels = [tenant, ("type", resource.to_string()), operation, ("result", (*result).to_owned())];
                self.requests.get_or_create(&labels).inc();
            }
            Observation::CorrelationLookedUp { tenant, kind, hit } => {
                let result = if *hit { "hit" } else { "miss" };
                let labels =
                    [("tenant", tenant.to_string()), ("kind", (*kind).to_owned()), ("result", result.to_owned())];
                self.lookups.get_or_create(&labels).inc();
            }
            Observation::CorrelationFailed { tenant, .. } => {
                self.store_errors.get_or_create(&[("tenant", tenant.to_string())]).inc();
            }
            _ => (),
        }
    }
}

#[derive(Debug)]
pub(super) struct Config {
    successful: Gauge,
    loaded_at: Gauge,
    reloads: Counters<1>,
    tenants: Gauge,
}

impl Config {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let at = "When a configuration was last taken over";
        Self {
            successful: single(registry, "config_last_reload_successful", "0 when the last one was refused"),
            loaded_at: single(registry, "config_last_reload_success_timestamp_seconds", at),
            reloads: family(registry, "config_reloads", "Configurations read"),
            tenants: single(registry, "config_tenants", "Tenants of the current configuration"),
        }
    }

    pub(super) fn observe(&self, success: bool, tenants: usize) {
        self.successful.set(i64::from(success));
        let result = if success { "success" } else { "failure" };
        self.reloads.get_or_create(&[("result", result.to_owned())]).inc();
        if success {
            self.loaded_at.set(now());
            self.tenants.set(i64::try_from(tenants).unwrap_or(i64::MAX));
        }
    }
}

/// The audit's counters, read at each scrape.
#[derive(Debug)]
pub(super) struct AuditLines(pub(super) Arc<OnceLock<Arc<AuditState>>>);

impl Collector for AuditLines {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(state) = self.0.get() else { return Ok(()) };
        let written = ConstCounter::new(state.written());
        let records = encoder.encode_descriptor("audit_records", "Audit lines written", None, MetricType::Counter)?;
        written.encode(records)?;
        let lost = ConstCounter::new(state.lost());
        lost.encode(encoder.encode_descriptor("audit_dropped", "Audit lines lost", None, MetricType::Counter)?)?;
        let queued = ConstGauge::new(i64::try_from(state.queued()).unwrap_or(i64::MAX));
        let length = "Audit lines that wait for the writer";
        queued.encode(encoder.encode_descriptor("audit_queue_length", length, None, MetricType::Gauge)?)
    }
}

pub(super) fn single<M: Metric + Default + Clone>(registry: &mut Registry, name: &str, help: &str) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

pub(super) fn family<const N: usize, M>(registry: &mut Registry, name: &str, help: &str) -> Family<Labels<N>, M>
where
    M: Default + fmt::Debug + Send + Sync + EncodeMetric + TypedMetric + 'static,
{
    let family = Family::<Labels<N>, M>::default();
    registry.register(name, help, family.clone());
    family
}

fn histogram<const N: usize>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    buckets: fn() -> Histogram,
) -> Histograms<N> {
    let family = Histograms::<N>::new_with_constructor(buckets);
    registry.register(name, help, family.clone());
    family
}

/// OpenTelemetry's buckets for HTTP durations, and 30 s: where identity providers give up.
fn seconds() -> Histogram {
    Histogram::new([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 30.0])
}

/// From an empty page to the largest group.
fn sizes() -> Histogram {
    Histogram::new([256.0, 1024.0, 4096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0, 16_777_216.0])
}

fn tenant_of(request: &RequestFacts) -> String {
    request.tenant.as_deref().unwrap_or("_unknown").to_owned()
}

fn type_of(request: &RequestFacts) -> String {
    request.resource_type.as_deref().unwrap_or("_other").to_owned()
}

fn now() -> i64 {
    Timestamp::now().as_second()
}

#[allow(clippy::cast_precision_loss, reason = "sizes of bodies are far below 2^52")]
const fn real(bytes: u64) -> f64 {
    bytes as f64
}
