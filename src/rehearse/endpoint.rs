//! Where a client finds a SCIM endpoint, and how it is let in: base address, credential, whom to trust.
//!
//! Not the connection itself; that is `wire`.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use http::HeaderValue;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};

/// A SCIM base address and everything that is needed to talk to it.
#[derive(Clone)]
pub struct Endpoint {
    /// The host name, in TLS and in the header `Host`.
    pub(super) host: String,
    /// Host and port as the header says them.
    pub(super) authority: String,
    pub(super) port: u16,
    /// The path, without a slash at its end: `/contoso/scim/v2`.
    pub(super) path: String,
    /// What stands behind `?` in the address; clients keep it.
    pub(super) query: Option<String>,
    pub(super) authorization: Option<HeaderValue>,
    pub(super) user_agent: Option<HeaderValue>,
    /// Connect here instead of to the host's own address.
    pub(super) connect: Option<SocketAddr>,
    pub(super) authorities: Vec<CertificateDer<'static>>,
    pub(super) timeout: Duration,
    pub(super) longest_wait: Duration,
}

/// Why an endpoint cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointProblem {
    /// The address is none.
    #[error("`{0}` is no https address")]
    Address(String),
    /// A credential has characters that no header may have.
    #[error("the credential has characters that cannot be sent in a header")]
    Credential,
    /// The certificates to trust cannot be read.
    #[error("the certificates to trust cannot be read: {0}")]
    Certificates(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

impl Endpoint {
    /// The endpoint at `url` (`https://host:port/path`), a slash at its end or not.
    ///
    /// # Errors
    /// When that is no https address.
    pub fn new(url: &str) -> Result<Self, EndpointProblem> {
        let wrong = || EndpointProblem::Address(url.to_owned());
        let parsed: http::Uri = url.trim().parse().map_err(|_| wrong())?;
        let authority = parsed.authority().filter(|_| parsed.scheme_str() == Some("https")).ok_or_else(wrong)?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() || authority.as_str().contains('@') {
            return Err(wrong());
        }
        Ok(Self {
            host,
            authority: authority.as_str().to_owned(),
            port: authority.port_u16().unwrap_or(443),
            path: parsed.path().trim_end_matches('/').to_owned(),
            query: parsed.query().map(str::to_owned),
            authorization: None,
            user_agent: None,
            connect: None,
            authorities: Vec::new(),
            timeout: Duration::from_secs(30),
            longest_wait: Duration::ZERO,
        })
    }

    /// Shows a bearer token.
    ///
    /// # Errors
    /// When it cannot stand in a header.
    pub fn bearer(self, token: &str) -> Result<Self, EndpointProblem> {
        self.authorization(&format!("Bearer {token}"))
    }

    /// Shows a user's name and password.
    ///
    /// # Errors
    /// When they cannot stand in a header.
    pub fn basic(self, user: &str, password: &str) -> Result<Self, EndpointProblem> {
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        self.authorization(&format!("Basic {pair}"))
    }

    fn authorization(mut self, value: &str) -> Result<Self, EndpointProblem> {
        let mut value = HeaderValue::from_str(value).map_err(|_| EndpointProblem::Credential)?;
        value.set_sensitive(true);
        self.authorization = Some(value);
        Ok(self)
    }

    /// Trusts these certificates (PEM) besides the machine's own.
    ///
    /// # Errors
    /// When there is no certificate in the text.
    pub fn trusting(mut self, pem: &[u8]) -> Result<Self, EndpointProblem> {
        let before = self.authorities.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| EndpointProblem::Certificates(error.to_string()))?;
            self.authorities.push(certificate);
        }
        if self.authorities.len() == before {
            return Err(EndpointProblem::Certificates("there is none in the file".to_owned()));
        }
        Ok(self)
    }

    /// Connects to this address, whatever the host's name leads to: a tenant found by its host name
    /// is played against on loopback so.
    #[must_use]
    pub fn at(mut self, address: SocketAddr) -> Self {
        self.connect = Some(address);
        self
    }

    /// Waits so long for an answer; 30 s where nothing is said.
    #[must_use]
    pub const fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Waits at most so long when an answer says `Retry-After`; where nothing is said, not at all:
    /// the clock of a rehearsal goes on without waiting.
    #[must_use]
    pub const fn waiting_at_most(mut self, longest: Duration) -> Self {
        self.longest_wait = longest;
        self
    }

    /// What the client calls itself; nothing where that can be in no header.
    #[must_use]
    pub fn calling_itself(mut self, name: &str) -> Self {
        self.user_agent = HeaderValue::from_str(name).ok();
        self
    }

    /// The base address, without its query.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}{}", self.authority, self.path)
    }

    /// The name that the certificate has to be for.
    pub(super) fn server_name(&self) -> Result<ServerName<'static>, EndpointProblem> {
        ServerName::try_from(self.host.clone()).map_err(|_| EndpointProblem::Address(self.url()))
    }

    /// How the endpoint is known for who it says it is.
    pub(super) fn tls(&self) -> Result<Arc<rustls::ClientConfig>, EndpointProblem> {
        let mut roots = rustls::RootCertStore::empty();
        for own in rustls_native_certs::load_native_certs().certs {
            // One certificate of the machine's that cannot be used takes nothing from the others.
            let _ = roots.add(own);
        }
        for certificate in &self.authorities {
            roots.add(certificate.clone()).map_err(|error| EndpointProblem::Certificates(error.to_string()))?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| EndpointProblem::Tls(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

impl fmt::Debug for Endpoint {
    /// Without the credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("url", &self.url()).field("connect", &self.connect).finish_non_exhaustive()
    }
}
