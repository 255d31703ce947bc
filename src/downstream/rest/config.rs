//! `[downstream]` of `kind = "rest"`: address, trust, limits, credentials.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::access::Access;
use super::call::{Call, Role};
use super::context::Context;
use super::credentials::Credentials;
use super::rate::Rate;
use super::transport::{Base, Transport};
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Span, Table};
use crate::downstream::secret;

/// What `[downstream]` says.
#[derive(Debug)]
pub(super) struct Config {
    /// The way to the application.
    pub(super) access: Access,
    /// The call that asks for a sign of life.
    pub(super) probe: Option<Call>,
    /// How long a list is kept.
    pub(super) list_cache: Duration,
}

impl Config {
    /// Reads the table and notes every problem in it.
    pub(super) fn read(node: &Node, context: &Context<'_>, problems: &mut Problems) -> Option<Self> {
        let table = Table::open(node, "[downstream]", problems)?;
        table.node("kind");
        let base = table
            .required("base_url", "`base_url = \"https://app.example.com\"`, or `{ env = \"NAME\" }`", problems)
            .and_then(|node| Some((secret(node, "`base_url`", context.folder, problems)?, &node.span)))
            .and_then(|(url, span)| base_of(&url, span, problems));
        let ca = table.path("ca", context.folder, problems);
        let ca_span = table.span_of("ca");
        let timeout = table.duration("timeout", problems).unwrap_or(ATTEMPT_TIMEOUT);
        let concurrency = table.number("concurrency", problems).unwrap_or(64).clamp(1, 1024);
        let rate = table.node("rate");
        let rate = rate.map(|node| Rate::read(node, problems));
        let list_cache = list_cache(&table, problems);
        let credentials = Credentials::read(&table, context, problems);
        let probe = table.node("probe");
        let probe = probe.map(|node| Call::read(node, "[downstream] probe".to_owned(), Role::Probe, context, problems));
        table.finish(problems);
        let (base, is_tls) = base?;
        let tls = tls(is_tls, ca.as_deref(), &ca_span, problems)?;
        let concurrency = usize::try_from(concurrency).unwrap_or(64);
        let probe = match probe {
            Some(call) => Some(call?),
            None => None,
        };
        let rate = match rate {
            Some(rate) => Some(rate?),
            None => None,
        };
        let transport = Transport::new(base, tls, timeout, concurrency).limited(rate);
        Some(Self { access: Access::new(transport, credentials?), probe, list_cache })
    }
}

/// `list_cache = "5s"`: none where nothing is written.
fn list_cache(table: &Table<'_>, problems: &mut Problems) -> Duration {
    let kept = table.duration("list_cache", problems).unwrap_or_default();
    if kept > LONGEST_LIST_CACHE {
        let message = "changes that others make would stay unseen for more than a minute";
        problems
            .push(Diagnostic::error(Code::BAD_CALL, &table.span_of("list_cache"), message).help("some seconds: `5s`"));
    }
    kept
}

/// The base, and whether it is reached by TLS.
fn base_of(url: &str, span: &Span, problems: &mut Problems) -> Option<(Base, bool)> {
    let why = match url.parse::<Uri>() {
        Err(_) => "it is no URL",
        Ok(uri) if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) => {
            "a name and a password do not belong here; write `[downstream.credentials]`"
        }
        Ok(uri) if uri.query().is_some() || url.contains('#') => "it has a query or a fragment",
        Ok(uri) => match (uri.scheme_str(), uri.authority()) {
            (Some(scheme @ ("http" | "https")), Some(authority)) if !authority.host().is_empty() => {
                let url = format!("{scheme}://{authority}{}", uri.path().trim_end_matches('/'));
                return Some((Base { url }, scheme == "https"));
            }
            _ => "it does not begin with `http://` or `https://` and a host",
        },
    };
    problems.push(
        Diagnostic::error(Code::BAD_URL, span, "`base_url` cannot be used")
            .label(why)
            .help("write scheme, host and, where needed, port and path: `https://app.example.com/api`"),
    );
    None
}

/// Trusts what the system trusts, and the certificates in the file `ca`.
fn tls(
    is_tls: bool,
    ca: Option<&std::path::Path>,
    span: &Span,
    problems: &mut Problems,
) -> Option<Arc<rustls::ClientConfig>> {
    let mut roots = RootCertStore::empty();
    if is_tls {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if let Some(path) = ca {
        let certificates = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let added = certificates.map(|certificates| roots.add_parsable_certificates(certificates).0);
        if !matches!(added, Ok(1..)) {
            let message = format!("`{}` holds no certificate that can be read", path.display());
            problems.push(
                Diagnostic::error(Code::BAD_TLS, span, message).help("a PEM file with the authority's certificate"),
            );
            return None;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    match builder {
        Ok(builder) => Some(Arc::new(builder.with_root_certificates(roots).with_no_client_auth())),
        Err(_) => {
            problems.push(Diagnostic::error(Code::BAD_TLS, span, "TLS cannot be set up"));
            None
        }
    }
}

/// Longer than this a client would look for what is long there.
const LONGEST_LIST_CACHE: Duration = Duration::from_secs(60);
/// One attempt, head and body together.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
