//! Observations as Prometheus metrics.
//!
//! Every label comes from a closed set: names of the configuration, words of ours, status codes.
//! A client cannot add a series, whatever it sends (CVE-2026-16100 is what happens otherwise).

use std::sync::{Arc, OnceLock};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

mod families;

use super::audit::AuditState;
use super::process::Process;
use super::{Observation, Observer};
use families::{AuditLines, Config, Downstream, Edge, Gauges, Http, Provisioning, family, single};

/// The reader that counts.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    http: Http,
    edge: Edge,
    provisioning: Provisioning,
    downstream: Downstream,
    config: Config,
    panics: Counter,
    audit: Arc<OnceLock<Arc<AuditState>>>,
}

/// A request that is counted as in flight until this is dropped.
#[derive(Debug)]
pub struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// What `/metrics` answers in `Content-Type`.
    pub const CONTENT_TYPE: &'static str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// Every family, empty.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Process));
        let audit = Arc::new(OnceLock::new());
        let postern = registry.sub_registry_with_prefix("postern");
        let build: Gauges<1> = family(postern, "build_info", "Always 1; the version that runs");
        build.get_or_create(&[("version", env!("CARGO_PKG_VERSION").to_owned())]).set(1);
        postern.register_collector(Box::new(AuditLines(audit.clone())));
        Self {
            http: Http::new(postern),
            edge: Edge::new(postern),
            provisioning: Provisioning::new(postern),
            downstream: Downstream::new(postern),
            config: Config::new(postern),
            panics: single(postern, "panics", "Handlers that panicked; the client got 500"),
            audit,
            registry,
        }
    }

    /// Shows the audit's own counters, too. The first audit stays.
    pub fn watch_audit(&self, state: Arc<AuditState>) {
        let _ = self.audit.set(state);
    }

    /// Counts a request as in flight.
    #[must_use]
    pub fn request_in_flight(&self) -> InFlight {
        self.http.in_flight.inc();
        InFlight(self.http.in_flight.clone())
    }

    /// The exposition in OpenMetrics text.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail; half an exposition would be worse than none.
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(_) => String::from("# EOF\n"),
        }
    }
}

impl Observer for Metrics {
    fn observe(&self, fact: &Observation) {
        use Observation as O;
        match fact {
            O::Started { .. } | O::Draining | O::Stopped { .. } | O::AuditFailed { .. } => (),
            O::ConnectionOpened
            | O::ConnectionClosed
            | O::TlsHandshake { .. }
            | O::AuthAttempted { .. }
            | O::RequestRefused { .. }
            | O::TokenExpires { .. }
            | O::CertificateExpires { .. } => self.edge.observe(fact),
            O::RequestServed { request, method, status, duration, request_bytes, response_bytes, .. } => {
                self.http.observe(request, method, *status, *duration);
                self.http.sizes(request, *request_bytes, *response_bytes);
            }
            O::PanicCaught => {
                self.panics.inc();
            }
            O::ResourceProvisioned { request, outcome, status, .. } => {
                self.provisioning.observe(request, *outcome, *status);
            }
            O::AttributeDropped { tenant, resource_type, attribute } => {
                self.provisioning.dropped(tenant, resource_type, attribute);
            }
            O::DownstreamCalled { .. } | O::CorrelationLookedUp { .. } | O::CorrelationFailed { .. } => {
                self.downstream.observe(fact);
            }
            // Counted as the attempt that it is.
            O::AccessRefused { .. } => {}
            // The answer's status is counted; which row stands twice is for the log.
            O::LookupAmbiguous { .. } | O::TokenAmbiguous { .. } => {}
            // What was answered is counted; the type that is left out is for the log.
            O::MemberIgnored { .. } | O::ListSplit { .. } => {}
            O::ConfigLoaded { success, tenants } => self.config.observe(*success, *tenants),
        }
    }
}
