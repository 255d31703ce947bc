//! A SCIM client: one request on one TLS connection, nothing shared, nothing retried.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use serde_json::Value;
use tokio::net::TcpStream;

/// What a person would not write encoded, and a URL must not hold as it is.
const UNSAFE: AsciiSet = CONTROLS.add(b' ').add(b'"').add(b'[').add(b']').add(b'+').add(b'\\').add(b'{').add(b'}');

/// Longer than any answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where to ask, whom to trust and what to show.
#[derive(Clone)]
pub(crate) struct Client {
    address: SocketAddr,
    base: String,
    headers: Vec<(&'static str, String)>,
    tls: Arc<rustls::ClientConfig>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    /// `Null` where there is no body.
    pub(crate) body: Value,
    pub(crate) took: Duration,
}

impl Client {
    pub(crate) fn new(address: SocketAddr, base: &str, token: &str, authority: &[u8]) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(authority) {
            roots.add(certificate.unwrap()).unwrap();
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let headers = vec![("host", "localhost".to_owned()), ("authorization", format!("Bearer {token}"))];
        Self { address, base: base.to_owned(), headers, tls: Arc::new(tls) }
    }

    /// The same with another header.
    pub(crate) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.retain(|(have, _)| *have != name);
        self.headers.push((name, value));
        self
    }

    /// Sends a request; the path is below the tenant's base path and may be written as people do.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<&str>) -> Reply {
        let began = Instant::now();
        let answer = tokio::time::timeout(PATIENCE, self.exchange(method, path, body)).await;
        let (status, headers, bytes) = answer.unwrap_or_else(|_| panic!("no answer to {method} {path}"));
        let body = match bytes.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{method} {path}: {error}")),
        };
        Reply { status, headers, body, took: began.elapsed() }
    }

    async fn exchange(&self, method: &str, path: &str, body: Option<&str>) -> (u16, http::HeaderMap, Bytes) {
        let tcp = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = tokio_rustls::TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        let connection = tokio::spawn(connection);
        let target = format!("{}{}", self.base, utf8_percent_encode(path, &UNSAFE));
        let request = http::Request::builder().method(method).uri(target);
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        let request = request
            .header("content-type", "application/scim+json; charset=utf-8")
            .header("accept", "application/scim+json")
            .body(Full::new(Bytes::from(body.unwrap_or_default().to_owned())))
            .unwrap();
        let (head, body) = sender.send_request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        connection.abort();
        (head.status.as_u16(), head.headers, body)
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Asserts a SCIM error in every respect that clients rely on (RFC 7644 §3.12).
    pub(crate) fn assert_scim_error(&self, status: u16) {
        assert_eq!(self.status, status, "{self:?}");
        let kind = self.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("application/scim+json"), "{self:?}");
        assert_eq!(
            self.body["schemas"],
            serde_json::json!(["urn:ietf:params:scim:api:messages:2.0:Error"]),
            "{self:?}"
        );
        assert_eq!(self.body["status"], status.to_string(), "{self:?}");
        assert!(self.body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{self:?}");
    }
}
