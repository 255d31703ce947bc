//! Observations as log lines: one JSON object a line, named as OpenTelemetry names things.
//!
//! Lines hold no values of attributes, no query strings and no bodies, since observations hold
//! none. `error` needs a person, `warn` is a degradation, `info` is one line for each request.

use std::fmt;
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::json;

mod entry;

use super::burst::Bursts;
use super::{Observation, Observer};
use entry::{Entry, entry_of};

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
    output: Mutex<Box<dyn Write + Send>>,
    bursts: Mutex<Bursts>,
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
        Self { level, output: Mutex::new(output), bursts: Mutex::default() }
    }
}

impl Observer for Log {
    fn observe(&self, fact: &Observation) {
        let level = level_of(fact);
        if level > self.level {
            return;
        }
        let mut entry = entry_of(fact);
        if let Some(kind) = complaint(fact) {
            let mut bursts = self.bursts.lock().unwrap_or_else(PoisonError::into_inner);
            match bursts.admit(format!("{} {kind}", entry.event), Instant::now()) {
                None => return,
                Some(0) => (),
                Some(untold) => entry.fields.push(("postern.suppressed", json!(untold))),
            }
        }
        let Ok(mut text) = serde_json::to_vec(&Line { level, entry }) else { return };
        text.push(b'\n');
        // There is nobody left to tell when the log itself cannot be written.
        let _ = self.output.lock().unwrap_or_else(PoisonError::into_inner).write_all(&text);
    }
}

/// An entry with what every line says.
struct Line {
    level: Level,
    entry: Entry,
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut line = serializer.serialize_map(None)?;
        line.serialize_entry("timestamp", &format_args!("{}", Timestamp::now()))?;
        line.serialize_entry("severity_text", self.level.severity())?;
        line.serialize_entry("body", self.entry.body)?;
        line.serialize_entry("event.name", self.entry.event)?;
        line.serialize_entry("service.name", "postern")?;
        line.serialize_entry("service.version", env!("CARGO_PKG_VERSION"))?;
        for (name, value) in self.entry.fields.iter().filter(|(_, value)| !value.is_null()) {
            line.serialize_entry(name, value)?;
        }
        line.end()
    }
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
        O::LookupAmbiguous { tenant, lookup, .. } => Some(format!("{tenant} {lookup}")),
        O::TokenAmbiguous { tenant } => Some(tenant.to_string()),
        O::MemberIgnored { tenant, resource_type, member_type } => {
            Some(format!("{tenant} {resource_type} {member_type}"))
        }
        O::ListSplit { tenant, resource_type, attribute } => Some(format!("{tenant} {resource_type} {attribute}")),
        O::AuditFailed { .. } | O::PanicCaught => Some(String::new()),
        _ => None,
    }
}

fn level_of(fact: &Observation) -> Level {
    use Observation as O;
    match fact {
        O::PanicCaught | O::CorrelationFailed { .. } | O::AuditFailed { .. } => Level::Error,
        O::LookupAmbiguous { .. } | O::TokenAmbiguous { .. } | O::MemberIgnored { .. } | O::ListSplit { .. } => {
            Level::Warn
        }
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
        | O::AccessRefused { .. }
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
