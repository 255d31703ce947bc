//! HTTPS to one endpoint, one request after the other on a connection that is kept, every exchange
//! recorded.
//!
//! Retries only what every client retries: 429, and 503 with `Retry-After`. The rest is the
//! client's to decide.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

use crate::value::{JsonLimits, Value};

use super::exchange::without_secrets;
use super::{Answer, Endpoint, EndpointProblem, Exchange, Sending};

/// Somebody who looks at the application after each request that was meant to change something.
#[async_trait]
pub trait Watch: Send + Sync + std::fmt::Debug {
    /// What the application holds of what the exchange was about; `None` when nothing can be said.
    async fn held(&self, exchange: &Exchange) -> Option<Value>;
}

/// A client's line to an endpoint.
#[derive(Debug)]
pub struct Wire {
    endpoint: Endpoint,
    tls: Arc<rustls::ClientConfig>,
    open: Option<SendRequest<Full<Bytes>>>,
    exchanges: Vec<Exchange>,
    waited: Duration,
    watch: Option<Arc<dyn Watch>>,
}

/// How often one request is sent when the endpoint asks for patience.
const ATTEMPTS: usize = 3;
/// What to wait when the endpoint names no time.
const UNNAMED_WAIT: Duration = Duration::from_secs(5);
/// The largest answer that is read.
const LARGEST: usize = 16 * 1024 * 1024;
/// The headers of answers that are kept.
const HEADERS: [&str; 5] = ["content-type", "location", "etag", "retry-after", "www-authenticate"];

impl Wire {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// When TLS cannot be set up as the endpoint says.
    pub fn new(endpoint: &Endpoint) -> Result<Self, EndpointProblem> {
        endpoint.server_name()?;
        let tls = endpoint.tls()?;
        let endpoint = endpoint.clone();
        Ok(Self { endpoint, tls, open: None, exchanges: Vec::new(), waited: Duration::ZERO, watch: None })
    }

    /// Lets somebody look at the application after each change.
    pub fn watched_by(&mut self, watch: Arc<dyn Watch>) {
        self.watch = Some(watch);
    }

    /// Another credential from now on, as an administrator enters one.
    pub fn change_endpoint(&mut self, endpoint: &Endpoint) -> Result<(), EndpointProblem> {
        let watch = self.watch.take();
        *self = Self { exchanges: std::mem::take(&mut self.exchanges), watch, ..Self::new(endpoint)? };
        Ok(())
    }

    /// Sends a request, again when the endpoint asks for patience, and records what happened.
    pub async fn send(&mut self, step: &str, sending: &Sending) -> Answer {
        for _ in 1..ATTEMPTS {
            let (answer, wait) = self.once(step, sending).await;
            let Some(wait) = wait else { return answer };
            self.waited += wait;
            sleep(wait.min(self.endpoint.longest_wait)).await;
        }
        self.once(step, sending).await.0
    }

    /// What was exchanged since this was last asked.
    pub fn take_exchanges(&mut self) -> Vec<Exchange> {
        std::mem::take(&mut self.exchanges)
    }

    /// How long the endpoint asked to be waited for, since this was last asked.
    pub fn take_waited(&mut self) -> Duration {
        std::mem::take(&mut self.waited)
    }

    /// One request; with how long to wait before it is sent again.
    async fn once(&mut self, step: &str, sending: &Sending) -> (Answer, Option<Duration>) {
        let exchanged = timeout(self.endpoint.timeout, self.exchange(sending)).await;
        let (answer, headers) = match exchanged {
            Ok(Ok((status, headers, body))) => (read(status, &body), headers),
            Ok(Err(why)) => (Answer::Broken(why), HeaderMap::new()),
            Err(_) => (Answer::Timeout, HeaderMap::new()),
        };
        if answer.status().is_none() {
            self.open = None;
        }
        let wait = patience(&answer, &headers);
        self.record(step, sending, &answer, &headers).await;
        (answer, wait)
    }

    async fn record(&mut self, step: &str, sending: &Sending, answer: &Answer, headers: &HeaderMap) {
        let text = |name: &'static str| Some((name, headers.get(name)?.to_str().ok()?.chars().take(512).collect()));
        let mut exchange = Exchange {
            step: step.to_owned(),
            method: sending.method,
            path: sending.path.clone(),
            sent: sending.body.as_ref().map(without_secrets).unwrap_or_default(),
            answer: answer.kept(),
            headers: HEADERS.into_iter().filter_map(text).collect(),
            held: None,
        };
        if let Some(watch) = self.watch.as_ref().filter(|_| sending.is_write()) {
            exchange.held = watch.held(&exchange).await;
        }
        self.exchanges.push(exchange);
    }

    async fn exchange(&mut self, sending: &Sending) -> Result<(u16, HeaderMap, Bytes), String> {
        let request = self.request(sending)?;
        let mut line = match self.open.take().filter(|line| !line.is_closed()) {
            Some(line) => line,
            None => self.connect().await?,
        };
        line.ready().await.map_err(|error| format!("the connection broke off: {error}"))?;
        let answer = line.send_request(request).await.map_err(|error| format!("no answer: {error}"))?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, LARGEST).collect().await;
        let body = body.map_err(|error| format!("the answer broke off: {error}"))?.to_bytes();
        self.open = Some(line);
        Ok((head.status.as_u16(), head.headers, body))
    }

    fn request(&self, sending: &Sending) -> Result<Request<Full<Bytes>>, String> {
        let mut target = format!("{}{}", self.endpoint.path, sending.path);
        if let Some(query) = &self.endpoint.query {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(query);
        }
        let body = sending.body.as_ref().map(Value::to_json).unwrap_or_default();
        let mut request = Request::builder()
            .method(sending.method)
            .uri(target)
            .header(header::HOST, &self.endpoint.authority)
            .header(header::ACCEPT, "application/scim+json");
        if sending.body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/scim+json; charset=utf-8");
        }
        for (name, value) in
            [(header::AUTHORIZATION, &self.endpoint.authorization), (header::USER_AGENT, &self.endpoint.user_agent)]
        {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        request.body(Full::new(Bytes::from(body))).map_err(|error| format!("no request: {error}"))
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, String> {
        let tcp = match self.endpoint.connect {
            Some(address) => TcpStream::connect(address).await,
            None => TcpStream::connect((self.endpoint.host.as_str(), self.endpoint.port)).await,
        };
        let tcp = tcp.map_err(|error| format!("no connection: {error}"))?;
        let _ = tcp.set_nodelay(true);
        let name = self.endpoint.server_name().map_err(|error| error.to_string())?;
        let stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp).await;
        let stream = stream.map_err(|error| format!("no TLS: {error}"))?;
        let made = handshake(TokioIo::new(stream)).await;
        let (line, connection) = made.map_err(|error| format!("no HTTP: {error}"))?;
        tokio::spawn(async move {
            // What breaks here is told by the request that meets it.
            let _ = connection.await;
        });
        Ok(line)
    }
}

fn read(status: u16, body: &[u8]) -> Answer {
    if body.is_empty() {
        return Answer::Status { status, body: Value::Null, unreadable: None };
    }
    match Value::from_json(body, &JsonLimits::default()) {
        Ok(body) => Answer::Status { status, body, unreadable: None },
        Err(problem) => Answer::Status { status, body: Value::Null, unreadable: Some(problem.to_string()) },
    }
}

/// How long to wait before the request is sent again; `None` when it is not.
fn patience(answer: &Answer, headers: &HeaderMap) -> Option<Duration> {
    let named = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse::<u64>().ok());
    match (answer.status(), named) {
        (Some(429 | 503), Some(seconds)) => Some(Duration::from_secs(seconds.min(3600))),
        (Some(429), None) => Some(UNNAMED_WAIT),
        _ => None,
    }
}
