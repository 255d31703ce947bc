//! The load: an HTTP client over TLS that keeps its connections, as identity providers do.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::Result;
use crate::measure::{Lane, Target};
use crate::operation::{Asked, Operation, People};
use crate::process::{Address, Postern};

/// How HTTP is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// A connection for each client.
    Http1,
    /// One connection for all clients.
    Http2,
}

impl Protocol {
    pub(crate) const ALL: [Self; 2] = [Self::Http1, Self::Http2];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Http1 => "http/1.1",
            Self::Http2 => "h2",
        }
    }

    const fn alpn(self) -> &'static [u8] {
        match self {
            Self::Http1 => b"http/1.1",
            Self::Http2 => b"h2",
        }
    }
}

enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

/// One operation of the gateway, over one protocol.
pub(crate) struct Web {
    address: Address,
    operation: Operation,
    people: Arc<People>,
    shared: Option<http2::SendRequest<Full<Bytes>>>,
}

impl Web {
    pub(crate) async fn new(
        postern: &Postern,
        protocol: Protocol,
        operation: Operation,
        people: Arc<People>,
    ) -> Result<Self> {
        let address = postern.address().clone();
        let shared = match protocol {
            Protocol::Http1 => None,
            Protocol::Http2 => Some(http2_of(&address).await?),
        };
        Ok(Self { address, operation, people, shared })
    }
}

#[async_trait]
impl Target for Web {
    async fn lane(&self) -> Result<Box<dyn Lane>> {
        let sender = match &self.shared {
            Some(shared) => Sender::Http2(shared.clone()),
            None => Sender::Http1(http1_of(&self.address).await?),
        };
        let (address, people) = (self.address.clone(), Arc::clone(&self.people));
        Ok(Box::new(WebLane { sender, address, operation: self.operation, people }))
    }
}

struct WebLane {
    sender: Sender,
    address: Address,
    operation: Operation,
    people: Arc<People>,
}

#[async_trait]
impl Lane for WebLane {
    async fn ask(&mut self, turn: u64) -> Result<()> {
        let asked = self.operation.asked(&self.people.of(self.operation, turn));
        let status = asked.status;
        let request = self.address.request(asked)?;
        let answer = match &mut self.sender {
            Sender::Http1(sender) => {
                sender.ready().await?;
                sender.send_request(request).await?
            }
            Sender::Http2(sender) => sender.send_request(request).await?,
        };
        let got = answer.status().as_u16();
        let body = answer.into_body().collect().await?.to_bytes();
        let lists = matches!(self.operation, Operation::Filter | Operation::Page);
        if got != status || (lists && !body.windows(4).any(|bytes| bytes == b"meta")) {
            return Err(format!("{}: {got} {}", self.operation.title(), String::from_utf8_lossy(&body)).into());
        }
        Ok(())
    }
}

impl Address {
    /// A request with everything that the gateway wants to see.
    pub(crate) fn request(&self, asked: Asked) -> Result<Request<Full<Bytes>>> {
        let body = asked.body.map(|body| body.to_string()).unwrap_or_default();
        let mut request = Request::builder()
            .method(asked.method)
            .uri(format!("https://{}/scim/v2{}", self.listen, asked.path))
            .header("host", self.listen.to_string())
            .header("authorization", format!("Bearer {}", self.token));
        if !body.is_empty() {
            request = request.header("content-type", "application/scim+json");
        }
        Ok(request.body(Full::new(Bytes::from(body)))?)
    }

    async fn connect(&self, protocol: Protocol) -> Result<TokioIo<TlsStream<TcpStream>>> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&self.authority)?)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![protocol.alpn().to_vec()];
        let stream = TcpStream::connect(self.listen).await?;
        stream.set_nodelay(true)?;
        let name = ServerName::from(self.listen.ip());
        Ok(TokioIo::new(TlsConnector::from(Arc::new(config)).connect(name, stream).await?))
    }
}

async fn http1_of(address: &Address) -> Result<http1::SendRequest<Full<Bytes>>> {
    let (sender, connection) = http1::handshake(address.connect(Protocol::Http1).await?).await?;
    tokio::spawn(connection);
    Ok(sender)
}

pub(crate) async fn http2_of(address: &Address) -> Result<http2::SendRequest<Full<Bytes>>> {
    let (sender, connection) = http2::handshake(TokioExecutor::new(), address.connect(Protocol::Http2).await?).await?;
    tokio::spawn(connection);
    Ok(sender)
}
