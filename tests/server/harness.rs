//! A real server on loopback with a scripted engine behind it, and clients that speak to it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use async_trait::async_trait;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use postern::gateway::{Client, Permissions};
use postern::observe::metrics::Metrics;
use postern::observe::{Observation, Observer, Observers, RequestFacts};
use postern::scim::{Entity, ListResponse, RawRequest, Response, ScimError, Verb};
use postern::server::{AddressList, Config, Door, Engine, Limits, Server, Token, tls};
use postern::value::{Object, Value};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;

pub(super) const TOKEN: &str = "pst_a-token-that-is-long-enough-to-be-one-00000000";

/// An engine that does what the path says: `/Panic`, `/Sleep/MILLISECONDS`, `/Fail/STATUS`, `/Echo`.
#[derive(Clone, Default)]
struct Script {
    /// What it was told that the edge refused.
    refused: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl Engine for Script {
    async fn handle(&self, client: &Client, raw: RawRequest, facts: &mut RequestFacts) -> Result<Response, ScimError> {
        let path: Vec<&str> = raw.path.iter().map(String::as_str).collect();
        facts.op = "get";
        match (raw.verb, &path[..]) {
            (_, ["Panic"]) => panic!("the engine was told to"),
            (_, ["Sleep", milliseconds]) => {
                tokio::time::sleep(Duration::from_millis(milliseconds.parse().unwrap())).await;
                Ok(Response::NoContent(None))
            }
            (_, ["Groups", "Sleep"]) => {
                tokio::time::sleep(Duration::from_millis(1500)).await;
                Ok(Response::NoContent(None))
            }
            (_, ["Fail", "503"]) => Err(ScimError::unavailable(7, "the application is away")),
            (_, ["Fail", status]) => Err(ScimError::new(status.parse().unwrap(), "as told")),
            (_, ["Echo", ..]) => Ok(Response::Document(echo(client, &raw))),
            (Verb::Get, ["Users"]) => Ok(Response::List(ListResponse {
                total_results: 0,
                start_index: 1,
                cursor: None,
                resources: Vec::new(),
            })),
            (Verb::Post, ["Users" | "Groups"]) => Ok(Response::Created(entity())),
            (Verb::Get, ["Users", "42"]) => Ok(Response::Found(entity())),
            (Verb::Get, ["Users", "same"]) => Ok(Response::NotModified("W/\"1\"".to_owned())),
            (Verb::Put, ["Users"]) => Err(ScimError::new(405, "not on a list")),
            _ => Err(ScimError::not_found("no such thing")),
        }
    }

    fn refused(
        &self,
        client: &Client,
        (verb, path): (Verb, &[String]),
        error: &ScimError,
        facts: &mut RequestFacts,
        _since: Instant,
    ) {
        facts.op = "refused";
        let note = format!("{} by {}: {verb:?} /{} {}", client.tenant, client.token, path.join("/"), error.status);
        self.refused.lock().unwrap().push(note);
    }
}

fn entity() -> Entity {
    let body = Object::from_iter([("id", "42")]);
    Entity { body, location: "https://scim.example/scim/v2/Users/42".to_owned(), etag: Some("W/\"1\"".to_owned()) }
}

fn echo(client: &Client, raw: &RawRequest) -> Object {
    let list = |items: &[String]| Value::List(items.iter().map(|item| Value::from(item.as_str())).collect());
    let mut echo = Object::new();
    echo.set("tenant", &*client.tenant);
    echo.set("token", &*client.token);
    echo.set("user", client.user.as_deref().unwrap_or_default());
    echo.set("path", list(&raw.path));
    echo.set("query", Value::List(raw.query.0.iter().map(|(k, v)| Value::from(format!("{k}={v}"))).collect()));
    echo.set("ifMatch", list(&raw.preconditions.if_match));
    echo.set("body", raw.body.clone().unwrap_or_default());
    echo
}

/// Keeps every observation as text.
#[derive(Default)]
pub(super) struct Notes(Mutex<Vec<String>>);

impl Observer for Notes {
    fn observe(&self, fact: &Observation) {
        self.0.lock().unwrap().push(format!("{fact:?}"));
    }
}

impl Notes {
    pub(super) fn count(&self, part: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|note| note.contains(part)).count()
    }
}

/// A running server.
pub(super) struct Edge {
    pub(super) scim: SocketAddr,
    pub(super) admin: SocketAddr,
    pub(super) notes: Arc<Notes>,
    pub(super) shutdown: CancellationToken,
    pub(super) served: JoinHandle<bool>,
    pub(super) tls: Arc<ArcSwap<rustls::ServerConfig>>,
    script: Script,
    certificate: CertificateDer<'static>,
}

impl Edge {
    pub(super) async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub(super) async fn with(limits: Limits) -> Self {
        let (chain, key) = certificate();
        let tls = Arc::new(ArcSwap::new(tls::from_pem(chain.as_bytes(), key.as_bytes()).unwrap()));
        let script = Script::default();
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            admin: ([127, 0, 0, 1], 0).into(),
            tls: tls.clone(),
            doors: Arc::new(ArcSwap::from_pointee(doors(&script))),
            proxies: networks(&["127.0.0.1"]),
            limits,
            checks: Vec::new(),
        };
        let (notes, metrics) = (Arc::new(Notes::default()), Arc::new(Metrics::new()));
        let observers = Observers(vec![notes.clone(), metrics.clone()]);
        let server = Server::bind(config, observers, metrics).await.unwrap();
        let (scim, admin) = (server.local_addr().unwrap(), server.admin_addr().unwrap());
        let shutdown = CancellationToken::new();
        let served = tokio::spawn(server.serve(shutdown.clone()));
        let certificate = CertificateDer::from_pem_slice(chain.as_bytes()).unwrap();
        Self { scim, admin, notes, shutdown, served, tls, script, certificate }
    }

    /// What the engine was told of since the last time: `main by entra: Post /Users 400`.
    pub(super) fn refused(&self) -> Vec<String> {
        std::mem::take(&mut *self.script.refused.lock().unwrap())
    }

    pub(super) async fn stop(self) -> bool {
        self.shutdown.cancel();
        self.served.await.unwrap()
    }

    /// A TLS connection; `alpn` is what the client offers.
    pub(super) async fn connect(&self, alpn: &[&str]) -> TlsStream<TcpStream> {
        self.connect_by(rustls::ALL_VERSIONS, alpn).await
    }

    pub(super) async fn connect_by(
        &self,
        versions: &[&'static rustls::SupportedProtocolVersion],
        alpn: &[&str],
    ) -> TlsStream<TcpStream> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut client = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        client.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let tcp = TcpStream::connect(self.scim).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        tokio_rustls::TlsConnector::from(Arc::new(client)).connect(name, tcp).await.unwrap()
    }

    /// Sends bytes as they are and reads until the server hangs up.
    pub(super) async fn raw(&self, request: &[u8]) -> Reply {
        let mut stream = self.connect(&["http/1.1"]).await;
        // A server that refuses early may hang up before the whole request is written.
        let _ = stream.write_all(request).await;
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        let _ = tokio::time::timeout(Duration::from_secs(20), read).await.expect("the server hangs up");
        Reply::parse(&answer)
    }

    /// A request with the right token; `head` begins with the method and has no line ends.
    pub(super) async fn ask(&self, head: &[&str], body: &str) -> Reply {
        let auth = format!("Authorization: Bearer {TOKEN}");
        let mut lines = head.to_vec();
        lines.push(&auth);
        self.ask_bare(&lines, body).await
    }

    /// A request without a token.
    pub(super) async fn ask_bare(&self, head: &[&str], body: &str) -> Reply {
        let mut text = format!("{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", head[0]);
        for line in &head[1..] {
            text.push_str(&format!("{line}\r\n"));
        }
        if !body.is_empty() {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        text.push_str(&format!("\r\n{body}"));
        self.raw(text.as_bytes()).await
    }

    pub(super) async fn h2(&self) -> hyper::client::conn::http2::SendRequest<Full<Bytes>> {
        let stream = self.connect(&["h2"]).await;
        let (sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        sender
    }

    /// What the private listener says.
    pub(super) async fn admin(&self, target: &str) -> Reply {
        let mut stream = TcpStream::connect(self.admin).await.unwrap();
        let request = format!("{target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        Reply::parse(&answer)
    }
}

pub(super) fn certificate() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

fn networks(texts: &[&str]) -> AddressList {
    let mut list = AddressList::default();
    for text in texts {
        list.add(text).unwrap();
    }
    list
}

fn doors(script: &Script) -> Vec<Door> {
    let token = |name: &str, text: &str, expires: Option<&str>| Token {
        name: name.into(),
        sha256: Token::hash(text),
        expires: expires.map(|at| at.parse().unwrap()),
        user: None,
        basic_user: None,
        permissions: Permissions::default(),
        allow_from: AddressList::default(),
        values: Default::default(),
    };
    let door = |tenant: &str, path: &str, tokens| Door {
        tenant: tenant.into(),
        hosts: Vec::new(),
        path: path.to_owned(),
        engine: Arc::new(script.clone()),
        tokens,
        allow_from: AddressList::default(),
    };
    let elsewhere = Token { allow_from: networks(&["20.0.0.0/8", "2603:1006::/32"]), ..token("far", "pst_far", None) };
    let basic = Token { basic_user: Some("scim-acme".into()), ..token("basic", "pst_basic", None) };
    let bound = Token { user: Some("ana".into()), ..token("ana", "pst_of-ana", None) };
    vec![
        door(
            "main",
            "/scim/v2",
            vec![
                token("first", "pst_first", None),
                token("entra", TOKEN, None),
                bound,
                elsewhere,
                basic,
                token("old", "pst_old", Some("2020-01-01T00:00:00Z")),
            ],
        ),
        door("contoso", "/contoso/scim/v2/", vec![token("okta", "pst_contoso", None)]),
        door("nested", "/scim/v2/nested", vec![token("inner", "pst_inner", None)]),
        Door {
            hosts: vec!["acme.example".to_owned()],
            ..door("acme", "/scim/v2", vec![token("acme", "pst_acme", None)])
        },
        Door {
            hosts: vec!["only.example".to_owned(), "second.example".to_owned()],
            ..door("only", "/only", vec![token("only", "pst_only", None)])
        },
        Door { allow_from: networks(&["20.0.0.0/8"]), ..door("far", "/far", vec![token("any", "pst_any", None)]) },
    ]
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    head: String,
    pub(super) body: String,
}

impl Reply {
    fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub(super) async fn of(answer: hyper::Response<hyper::body::Incoming>) -> Self {
        let (head, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let lines = head.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
        Self {
            status: head.status.as_u16(),
            head: format!("\r\n{}", lines.collect::<Vec<_>>().join("\r\n")),
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).first().copied()
    }

    /// Every line of a header.
    pub(super) fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).collect()
    }

    pub(super) fn json(&self) -> Value {
        Value::from_json(self.body.as_bytes(), &Default::default()).expect(&self.body)
    }

    /// Asserts a SCIM error (RFC 7644 §3.12) in every respect that clients rely on.
    #[track_caller]
    pub(super) fn assert_error(&self, status: u16) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/scim+json; charset=utf-8"), "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{self:?}");
        assert!(self.header("x-request-id").is_some(), "{self:?}");
        let body = self.json();
        let body = body.as_object().unwrap();
        let schema = Value::from("urn:ietf:params:scim:api:messages:2.0:Error");
        assert_eq!(body.get("schemas").unwrap().as_list().unwrap(), [schema]);
        assert_eq!(body.get("status").unwrap().as_str(), Some(&*status.to_string()));
        assert!(!body.get("detail").unwrap().as_str().unwrap().is_empty());
    }
}
