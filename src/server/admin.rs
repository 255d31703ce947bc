//! The private listener: `/livez`, `/readyz`, `/healthz`, `/metrics`, plain HTTP, nothing to change.
//!
//! It depends on nothing behind the gateway: a dead application must not take the gateway out of
//! the balancer, whose clients are better served by a well-formed 503.

use std::convert::Infallible;
use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use http::header::{self, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::observe::metrics::Metrics;

use super::stage::{Stage, State};

/// Enough for probes and scrapers, too few to hurt.
const CONNECTIONS: usize = 64;
const HEADER_READ: Duration = Duration::from_secs(10);
/// No scrape takes longer; what does is cut.
const CONNECTION: Duration = Duration::from_secs(300);

/// Something that has to be well before `/readyz` says so.
#[derive(Clone)]
pub struct Check {
    /// Its name in `/readyz?verbose`.
    pub name: &'static str,
    /// Whether it is well; asked at each probe, so it must be quick.
    pub well: Arc<dyn Fn() -> bool + Send + Sync>,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Check({})", self.name)
    }
}

/// What the private listener can tell.
#[derive(Debug)]
pub(super) struct Admin {
    state: Arc<State>,
    checks: Vec<Check>,
    metrics: Arc<Metrics>,
}

type Answer = Response<Full<Bytes>>;

impl Admin {
    pub(super) const fn new(state: Arc<State>, checks: Vec<Check>, metrics: Arc<Metrics>) -> Self {
        Self { state, checks, metrics }
    }

    pub(super) async fn serve(self, listener: TcpListener, closing: CancellationToken) {
        let (admin, tasks) = (Arc::new(self), TaskTracker::new());
        let permits = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let next = async { (permits.clone().acquire_owned().await, listener.accept().await) };
            let (permit, accepted) = tokio::select! {
                next = next => next,
                () = closing.cancelled() => break,
            };
            let Ok((stream, _)) = accepted else {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let (admin, closing) = (admin.clone(), closing.clone());
            tasks.spawn(async move {
                let _permit = permit;
                tokio::select! {
                    _ = tokio::time::timeout(CONNECTION, admin.connection(stream)) => (),
                    () = closing.cancelled() => (),
                }
            });
        }
        tasks.close();
        tasks.wait().await;
    }

    async fn connection(self: Arc<Self>, stream: TcpStream) {
        let service = service_fn(move |request| {
            let answer = self.answer(&request);
            async move { Ok::<_, Infallible>(answer) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_READ)
            .serve_connection(TokioIo::new(stream), service);
        // A probe that hangs up early is no news.
        let _ = connection.await;
    }

    fn answer(&self, request: &Request<Incoming>) -> Answer {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut answer = text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n".to_owned());
            answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return answer;
        }
        let verbose = request.uri().query().is_some_and(|query| query.split('&').any(|p| p.starts_with("verbose")));
        match request.uri().path() {
            "/livez" => text(StatusCode::OK, "ok\n".to_owned()),
            "/readyz" | "/healthz" => self.readiness(verbose),
            "/metrics" => {
                let mut answer = text(StatusCode::OK, self.metrics.encode());
                answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(Metrics::CONTENT_TYPE));
                answer
            }
            _ => text(StatusCode::NOT_FOUND, "not found\n".to_owned()),
        }
    }

    fn readiness(&self, verbose: bool) -> Answer {
        let stage = self.state.stage();
        let checks: Vec<_> = self.checks.iter().map(|check| (check.name, (check.well)())).collect();
        let ready = stage == Stage::Ready && checks.iter().all(|(_, well)| *well);
        let mut body = String::new();
        if verbose {
            let mark = |well: bool| if well { '+' } else { '-' };
            let _ = writeln!(body, "[{}]server {}", mark(stage == Stage::Ready), stage.as_str());
            for (name, well) in checks {
                let _ = writeln!(body, "[{}]{name} {}", mark(well), if well { "ok" } else { "failed" });
            }
        }
        body.push_str(if ready { "ready\n" } else { "not ready\n" });
        text(if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, body)
    }
}

fn text(status: StatusCode, body: String) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
