//! A gateway with some tenants in a folder of its own, and a client that keeps its connection open and
//! shows a token of its choice with each request.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use serde_json::Value as Json;

use crate::e2e::{Folder, Process, free_address, wait_until_ready};

/// A running gateway.
pub(crate) struct Gateway {
    folder: Folder,
    listen: SocketAddr,
    admin: SocketAddr,
    authority: String,
    _process: Process,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Json,
}

impl Gateway {
    /// Serves tenants, which are TOML without `mapping`, over one mapping.
    pub(crate) async fn start(mapping: &str, tenants: &str) -> Self {
        let folder = Folder::new("tokens");
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        fs::write(folder.file("tls.crt"), made.cert.pem()).unwrap();
        fs::write(folder.file("tls.key"), made.signing_key.serialize_pem()).unwrap();
        fs::write(folder.file("app.toml"), mapping).unwrap();
        let (listen, admin) = (free_address(), free_address());
        let config = format!(
            "[server]\nlisten = \"{listen}\"\nadmin = \"{admin}\"\npublic_url = \"https://scim.fabrikam.example\"\n\
             tls = {{ certificate = \"tls.crt\", key = \"tls.key\" }}\npre_drain = \"0s\"\n\n\
             [log]\nlevel = \"debug\"\n\n[audit]\nfile = \"audit.log\"\n\n{tenants}"
        );
        fs::write(folder.file("postern.toml"), config).unwrap();
        let mut process = Process::start(&folder.0, &["serve", "--config", "postern.toml"], &[]);
        wait_until_ready(admin, &mut process, &folder.0).await;
        Self { folder, listen, admin, authority: made.cert.pem(), _process: process }
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.listen, self.authority.as_bytes()).await
    }

    /// The lines of the audit of one category, as far as they are whole.
    fn audit(&self, category: &str) -> Vec<Json> {
        let text = fs::read_to_string(self.folder.file("audit.log")).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let lines = whole.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
        lines.filter(|line| line["category"] == category).collect()
    }

    /// Waits for a line of the audit: they are written behind the answer.
    pub(crate) async fn audit_of(&self, category: &str) -> Json {
        self.audit_until(category, |_| true).await
    }

    /// The same for a line of a certain kind.
    pub(crate) async fn audit_until(&self, category: &str, fits: impl Fn(&Json) -> bool) -> Json {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(line) = self.audit(category).into_iter().find(&fits) {
                return line;
            }
            assert!(Instant::now() < until, "no such line in the audit");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// All that was written, but for the configuration.
    pub(crate) fn everything_said(&self) -> String {
        ["stdout", "stderr", "audit.log"]
            .map(|name| fs::read_to_string(self.folder.file(name)).unwrap_or_default())
            .concat()
    }

    pub(crate) async fn metrics(&self) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut stream = tokio::net::TcpStream::connect(self.admin).await.unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }
}

/// A connection that stays open.
pub(crate) struct Connection(SendRequest<Full<Bytes>>);

impl Connection {
    async fn open(address: SocketAddr, authority: &[u8]) -> Self {
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
        let tcp = tokio::net::TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = tokio_rustls::TlsConnector::from(Arc::new(tls)).connect(name, tcp).await.unwrap();
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    /// Sends a request with a whole `Authorization` header.
    pub(crate) async fn with(&mut self, authorization: &str, method: &str, path: &str, body: Option<Json>) -> Reply {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("authorization", authorization)
            .header("content-type", "application/scim+json")
            .body(Full::new(Bytes::from(body.map(|body| body.to_string()).unwrap_or_default())))
            .unwrap();
        self.0.ready().await.unwrap();
        let (head, body) = self.0.send_request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = if body.is_empty() { Json::Null } else { serde_json::from_slice(&body).unwrap() };
        Reply { status: head.status.as_u16(), headers: head.headers, body }
    }

    pub(crate) async fn bearer(&mut self, token: &str, method: &str, path: &str, body: Option<Json>) -> Reply {
        self.with(&format!("Bearer {token}"), method, path, body).await
    }

    /// Asks for a user who may not be there, until the answer has this status.
    pub(crate) async fn until(&mut self, status: u16, token: &str, path: &str) -> Reply {
        let until = Instant::now() + PATIENCE;
        loop {
            let reply = self.bearer(token, "GET", path, None).await;
            if reply.status == status || Instant::now() > until {
                assert_eq!(reply.status, status, "{reply:?}");
                return reply;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Longer than anything takes that is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
