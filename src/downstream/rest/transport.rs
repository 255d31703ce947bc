//! One HTTP request to the application and its bounded answer; what a failure on the way means.
//!
//! Host and scheme are fixed when the driver is bound. Redirects are not followed. Retries happen
//! only where nothing was sent, or where the call changes nothing.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Instant, sleep, timeout};
use tower::limit::ConcurrencyLimit;
use tower::util::BoxCloneSyncService;
use tower::{Service as _, ServiceBuilder, ServiceExt as _};

use super::breaker::Breaker;
use super::credentials::Credential;
use super::form::Payload;
use super::meaning::Answer;
use super::rate::Rate;
use crate::downstream::{DownstreamError, ErrorKind};

/// A request before credentials, ready to be sent or shown.
#[derive(Clone)]
pub(super) struct Outgoing {
    /// How messages call it; names no record.
    pub(super) name: String,
    /// The method.
    pub(super) method: Method,
    /// Path and query below `base_url`, encoded.
    pub(super) target: String,
    /// Headers of the call.
    pub(super) headers: HeaderMap,
    /// The body.
    pub(super) body: Option<Payload>,
    /// True when it may be sent twice.
    pub(super) is_read: bool,
}

type Outbound = Request<Full<Bytes>>;

/// The way to one application.
#[derive(Debug)]
pub(super) struct Transport {
    /// The client, so many exchanges at a time; an exchange ends with the whole answer.
    line: ConcurrencyLimit<BoxCloneSyncService<Outbound, Answer, Fault>>,
    base: Base,
    timeout: Duration,
    breaker: Breaker,
    rate: Option<Rate>,
}

/// Scheme, authority and path prefix that every request goes to.
#[derive(Debug, Clone)]
pub(super) struct Base {
    /// `https://app.example.com:8443/prefix`, without a slash at the end.
    pub(super) url: String,
}

/// What went wrong on the way.
#[derive(Debug)]
enum Fault {
    /// Nothing was sent.
    NotSent(String),
    /// The circuit is open.
    Open(Duration),
    /// Too many requests are under way.
    Busy,
    /// The application takes no more requests for a while.
    Limited(Duration),
    /// It was sent, or may have been, and no whole answer came.
    Lost(String),
    /// An answer began and broke off.
    Broken,
    /// An answer came that cannot be read.
    Unreadable(String),
}

impl Transport {
    /// Builds the client; connects to nothing.
    pub(super) fn new(base: Base, tls: rustls::ClientConfig, timeout: Duration, concurrency: usize) -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        connector.set_keepalive(Some(Duration::from_secs(15)));
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            // Below what servers commonly wait (5 s), so that a request seldom meets a connection
            // that is just being closed.
            .pool_idle_timeout(Duration::from_secs(4))
            .pool_max_idle_per_host(concurrency)
            .http1_max_headers(100)
            .http1_max_buf_size(MAX_HEAD as usize)
            .http2_max_header_list_size(MAX_HEAD)
            .build(connector);
        let exchange = tower::service_fn(move |request| exchange(client.clone(), request));
        let line = ServiceBuilder::new().concurrency_limit(concurrency).service(BoxCloneSyncService::new(exchange));
        Self { line, base, timeout, breaker: Breaker::default(), rate: None }
    }

    /// Sends no more than so many requests in a time.
    pub(super) fn limited(self, rate: Option<Rate>) -> Self {
        Self { rate, ..self }
    }

    /// Sends a request with a credential, again where that is safe, and gives the answer, whatever
    /// its status.
    ///
    /// # Errors
    /// `Unavailable`, `Ambiguous` or `Garbage`, by how far the request got.
    pub(super) async fn send(&self, outgoing: &Outgoing, credential: &Credential) -> Result<Answer, DownstreamError> {
        let started = Instant::now();
        let mut attempt = 0;
        loop {
            let result = self.attempt(outgoing, credential).await;
            attempt += 1;
            let may_retry = attempt < ATTEMPTS && started.elapsed() < self.timeout;
            let mut wait = pause(attempt);
            match result {
                Ok(answer) if may_retry && outgoing.is_read && is_passing(&answer) => {}
                Ok(answer) if may_retry && asks_to_wait(&answer, outgoing.is_read) => {
                    wait += answer.retry_after().unwrap_or_default();
                }
                Err(Fault::NotSent(_)) if may_retry => {}
                Err(Fault::Lost(_) | Fault::Broken) if may_retry && outgoing.is_read => {}
                Ok(answer) => return Ok(answer),
                Err(fault) => return Err(fault.meaning(outgoing)),
            }
            sleep(wait).await;
        }
    }

    async fn attempt(&self, outgoing: &Outgoing, credential: &Credential) -> Result<Answer, Fault> {
        let request = self.request(outgoing, credential)?;
        if let Some(rate) = &self.rate {
            rate.turn().await.map_err(Fault::Limited)?;
        }
        let mut line = self.line.clone();
        let free = timeout(QUEUE_TIMEOUT, line.ready()).await.map_err(|_| Fault::Busy)??;
        let pass = self.breaker.pass().map_err(Fault::Open)?;
        match timeout(self.timeout, free.call(request)).await {
            Err(_) => {
                pass.failed();
                Err(Fault::Lost(format!("no answer within {} ms", self.timeout.as_millis())))
            }
            Ok(result) => {
                match &result {
                    Err(Fault::NotSent(_)) => pass.failed(),
                    _ => pass.answered(),
                }
                result
            }
        }
    }

    fn request(&self, outgoing: &Outgoing, credential: &Credential) -> Result<Outbound, Fault> {
        let mut headers = outgoing.headers.clone();
        let mut target = format!("{}{}", self.base.url, outgoing.target);
        credential.apply(&mut target, &mut headers);
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.entry(header::ACCEPT).or_insert(ACCEPTED);
        headers.insert(header::USER_AGENT, HeaderValue::from_static(concat!("postern/", env!("CARGO_PKG_VERSION"))));
        let body = outgoing.body.as_ref().map(|payload| {
            let unfit = || Fault::NotSent("the credential cannot stand in the body".to_owned());
            payload.with(credential).ok_or_else(unfit)
        });
        let body = body.transpose()?;
        if let Some(payload) = &outgoing.body {
            headers.entry(header::CONTENT_TYPE).or_insert(payload.media_type());
        }
        let mut request = Request::builder()
            .method(outgoing.method.clone())
            .uri(target)
            .body(Full::new(Bytes::from(body.unwrap_or_default())))
            .map_err(|_| Fault::NotSent("the request cannot be written".to_owned()))?;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

async fn exchange(
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    request: Outbound,
) -> Result<Answer, Fault> {
    let response = client.request(request).await.map_err(|error| fault_of(&error))?;
    let (head, body) = response.into_parts();
    if head.headers.get(header::CONTENT_ENCODING).is_some_and(|value| value != "identity") {
        return Err(Fault::Unreadable("the answer is compressed though that was not asked for".to_owned()));
    }
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(Answer::new(head.status, head.headers, body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(Fault::Unreadable(format!("the answer is longer than {MAX_BODY} bytes")))
        }
        Err(_) => Err(Fault::Broken),
    }
}

impl Fault {
    fn meaning(self, outgoing: &Outgoing) -> DownstreamError {
        let (kind, what) = match self {
            Self::NotSent(what) => (ErrorKind::Unavailable { retry_after: None }, what),
            Self::Open(wait) => {
                let kind = ErrorKind::Unavailable { retry_after: Some(wait) };
                (kind, "not tried: the application could not be reached a moment ago".to_owned())
            }
            Self::Busy => {
                let kind = ErrorKind::Unavailable { retry_after: Some(Duration::from_secs(1)) };
                (kind, "too many requests to the application at once".to_owned())
            }
            Self::Limited(wait) => {
                let kind = ErrorKind::Unavailable { retry_after: Some(wait) };
                (kind, "not sent: `rate` allows no more requests for now".to_owned())
            }
            Self::Broken if outgoing.is_read => (ErrorKind::Garbage, "the answer broke off".to_owned()),
            Self::Broken => (ErrorKind::Ambiguous, "the answer broke off".to_owned()),
            Self::Lost(what) if outgoing.is_read => (ErrorKind::Unavailable { retry_after: None }, what),
            Self::Lost(what) => (ErrorKind::Ambiguous, what),
            Self::Unreadable(what) => (ErrorKind::Garbage, what),
        };
        DownstreamError::new(kind, format!("{}: {}: {what}", outgoing.name, outgoing.method))
    }
}

fn fault_of(error: &hyper_util::client::legacy::Error) -> Fault {
    if error.is_connect() {
        return Fault::NotSent(format!("cannot connect: {}", root_of(error)));
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(hyper) = inner.downcast_ref::<hyper::Error>()
            && hyper.is_parse()
        {
            return Fault::Unreadable(format!("the answer is no HTTP: {hyper}"));
        }
        cause = inner.source();
    }
    Fault::Lost(format!("the connection broke: {}", root_of(error)))
}

/// The innermost cause, which says most.
fn root_of(error: &hyper_util::client::legacy::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Answers of a gateway in front of the application that is just restarting it; 503 only where it
/// says no time, for such a time is kept to.
fn is_passing(answer: &Answer) -> bool {
    match answer.status {
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => true,
        StatusCode::SERVICE_UNAVAILABLE => answer.retry_after().is_none(),
        _ => false,
    }
}

/// An answer that nothing was done, and that it will be worth trying soon.
fn asks_to_wait(answer: &Answer, is_read: bool) -> bool {
    let status = answer.status;
    let undone = status == StatusCode::TOO_MANY_REQUESTS || (is_read && status == StatusCode::SERVICE_UNAVAILABLE);
    undone && answer.retry_after().is_some_and(|wait| wait <= LONGEST_WAIT)
}

/// 50 ms, then 100 ms, each up to twice as long, so that those who failed together do not come
/// back together.
fn pause(attempt: u32) -> Duration {
    let random = u64::from(uuid::Uuid::new_v4().as_bytes()[0]);
    let base = 50 << attempt.min(6).saturating_sub(1);
    Duration::from_millis(base + base * random / 255)
}

const ACCEPTED: HeaderValue = HeaderValue::from_static("application/json, application/xml;q=0.9, text/xml;q=0.8");
const ATTEMPTS: u32 = 3;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// A client waits no longer than some seconds in all; past this it is told to come back.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
const QUEUE_TIMEOUT: Duration = Duration::from_secs(2);
const MAX_HEAD: u32 = 16 * 1024;
const MAX_BODY: usize = 4 * 1024 * 1024;
