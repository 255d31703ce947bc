//! How hosts are reached: which authorities are trusted, which certificate the gateway shows, how long
//! an answer may take. Opens no connection.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::context::Context;
use super::identity::Identity;
use super::transport::{Base, Transport};
use crate::diagnostic::{Code, Diagnostic, Problems, Span, Table};

/// What `[downstream]` says of it.
#[derive(Debug)]
pub(super) struct Reach {
    /// The authorities of `ca`.
    roots: RootCertStore,
    /// What the gateway shows of itself where a host asks.
    identity: Option<Arc<Identity>>,
    timeout: Duration,
}

/// A URL without a query: scheme and host, and the path below them.
#[derive(Debug, Clone)]
pub(super) struct Address {
    /// `https://app.example.com:8443`
    pub(super) origin: String,
    /// `/prefix`, without a slash at the end, or empty.
    pub(super) path: String,
    /// True for `https`.
    pub(super) is_tls: bool,
}

impl Reach {
    /// Reads `ca`, `tls` and `timeout` and notes every problem in them.
    pub(super) fn read(table: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<Self> {
        let timeout = table.duration("timeout", problems).unwrap_or(ATTEMPT_TIMEOUT);
        let roots = authorities(table, context, problems);
        let identity = table.node("tls").map(|node| Identity::read(node, context, problems));
        let identity = match identity {
            Some(identity) => Some(Arc::new(identity?)),
            None => None,
        };
        Some(Self { roots: roots?, identity, timeout })
    }

    /// True when the gateway has a certificate of its own to show.
    pub(super) const fn has_identity(&self) -> bool {
        self.identity.is_some()
    }

    /// The way to a host, so many exchanges at a time.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub(super) fn way(&self, address: &Address, concurrency: usize) -> Result<Transport, rustls::Error> {
        let tls = self.tls(address.is_tls)?;
        let base = Base { url: format!("{}{}", address.origin, address.path) };
        Ok(Transport::new(base, tls, self.timeout, concurrency))
    }

    /// Trusts what the system trusts, and `ca`.
    fn tls(&self, is_tls: bool) -> Result<ClientConfig, rustls::Error> {
        let mut roots = self.roots.clone();
        if is_tls {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let builder = builder.with_root_certificates(roots);
        Ok(match &self.identity {
            Some(identity) => builder.with_client_cert_resolver(Arc::clone(identity) as _),
            None => builder.with_no_client_auth(),
        })
    }
}

impl Address {
    /// Reads a URL; `what` is the key that holds it.
    pub(super) fn read(url: &str, what: &str, span: &Span, problems: &mut Problems) -> Option<Self> {
        let why = match url.parse::<Uri>() {
            Err(_) => "it is no URL",
            Ok(uri) if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) => {
                "a name and a password do not belong here; write `[downstream.credentials]`"
            }
            Ok(uri) if uri.query().is_some() || url.contains('#') => "it has a query or a fragment",
            Ok(uri) => match (uri.scheme_str(), uri.authority()) {
                (Some(scheme @ ("http" | "https")), Some(authority)) if !authority.host().is_empty() => {
                    let origin = format!("{scheme}://{authority}");
                    let path = uri.path().trim_end_matches('/').to_owned();
                    return Some(Self { origin, path, is_tls: scheme == "https" });
                }
                _ => "it does not begin with `http://` or `https://` and a host",
            },
        };
        problems.push(
            Diagnostic::error(Code::BAD_URL, span, format!("`{what}` cannot be used"))
                .label(why)
                .help("write scheme, host and, where needed, port and path: `https://app.example.com/api`"),
        );
        None
    }
}

fn authorities(table: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let Some(path) = table.path("ca", context.folder, problems) else { return Some(roots) };
    let certificates = CertificateDer::pem_file_iter(&path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let added = certificates.map(|certificates| roots.add_parsable_certificates(certificates).0);
    if matches!(added, Ok(1..)) {
        return Some(roots);
    }
    let message = format!("`{}` holds no certificate that can be read", path.display());
    let problem = Diagnostic::error(Code::BAD_TLS, &table.span_of("ca"), message);
    problems.push(problem.help("a PEM file with the authority's certificate"));
    None
}

/// One attempt, head and body together.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
