//! One connection from TCP to its last request: accept, TLS handshake, HTTP by ALPN, drain.

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::observe::metrics::Metrics;
use crate::observe::{Observation, Observer, Observers};

use super::body::Room;
use super::pulse::{Felt, Pulse};
use super::{AddressList, Door, Limits, exchange};

/// Connections reset by the client before they were answered, and by us for its errors, after
/// which an HTTP/2 connection is given up (rapid reset, CVE-2023-44487 and CVE-2025-8671).
const PENDING_RESETS: usize = 20;
const OWN_RESETS: usize = 100;

/// After GOAWAY, how long an idle client may take to hang up.
const FAREWELL: Duration = Duration::from_secs(5);

/// HTTP/1.1 has no word to say; this is for TLS's own `close_notify`.
const FAREWELL_H1: Duration = Duration::from_millis(100);

/// What every connection shares.
#[derive(Debug)]
pub(super) struct Edge {
    tls: Arc<ArcSwap<rustls::ServerConfig>>,
    pub(super) doors: Arc<ArcSwap<Vec<Door>>>,
    pub(super) proxies: AddressList,
    pub(super) limits: Limits,
    pub(super) observers: Observers,
    pub(super) metrics: Arc<Metrics>,
    pub(super) tasks: TaskTracker,
    pub(super) in_flight: Arc<Semaphore>,
    pub(super) room: Room,
    connections: Arc<Semaphore>,
    closing: CancellationToken,
    cutting: CancellationToken,
}

impl Edge {
    pub(super) fn new(
        tls: Arc<ArcSwap<rustls::ServerConfig>>,
        (doors, proxies): (Arc<ArcSwap<Vec<Door>>>, AddressList),
        limits: Limits,
        observers: Observers,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            tls,
            doors,
            proxies,
            observers,
            metrics,
            tasks: TaskTracker::new(),
            in_flight: Arc::new(Semaphore::new(limits.in_flight)),
            room: Room::new(&limits),
            connections: Arc::new(Semaphore::new(limits.connections)),
            closing: CancellationToken::new(),
            cutting: CancellationToken::new(),
            limits,
        }
    }

    /// Accepts connections until `end`. A connection has its permit before it is accepted.
    pub(super) async fn accept_until(self: Arc<Self>, listener: &TcpListener, end: impl Future<Output = ()>) {
        let mut end = pin!(end);
        loop {
            let next = async {
                let permit = self.connections.clone().acquire_owned().await;
                (permit, listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                biased;
                () = &mut end => return,
                next = next => next,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let edge = self.clone();
                    self.tasks.spawn(async move {
                        let _permit = permit;
                        edge.observers.observe(&Observation::ConnectionOpened);
                        edge.clone().connection(stream, peer).await;
                        edge.observers.observe(&Observation::ConnectionClosed);
                    });
                }
                // Mostly too many open files: trying again at once would only burn a processor.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Lets what is under way finish. False when something had to be cut.
    pub(super) async fn drain(&self) -> bool {
        self.closing.cancel();
        self.tasks.close();
        let clean = tokio::time::timeout(self.limits.drain, self.tasks.wait()).await.is_ok();
        self.cutting.cancel();
        clean
    }

    async fn connection(self: Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        let _ = stream.set_nodelay(true);
        let started = Instant::now();
        let shaken = TlsAcceptor::from(self.tls.load_full()).accept(stream);
        let shaken = tokio::select! {
            shaken = tokio::time::timeout(self.limits.handshake, shaken) => shaken,
            () = self.closing.cancelled() => return,
        };
        let result = match &shaken {
            Ok(Ok(_)) => "ok",
            Ok(Err(_)) => "failed",
            Err(_) => "timeout",
        };
        self.observers.observe(&Observation::TlsHandshake { result, duration: started.elapsed() });
        if let Ok(Ok(stream)) = shaken {
            self.http(stream, peer.ip()).await;
        }
    }

    async fn http(self: Arc<Self>, stream: TlsStream<TcpStream>, peer: IpAddr) {
        let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let pulse = Pulse::start(!h2);
        let io = TokioIo::new(Felt::new(stream, (!h2).then(|| pulse.clone())));
        let service = {
            let (edge, pulse) = (self.clone(), pulse.clone());
            service_fn(move |request| {
                let busy = pulse.request(edge.limits.streams);
                let answer = exchange::answer(edge.clone(), peer, busy, request);
                async move { Ok::<_, Infallible>(answer.await) }
            })
        };
        let builder = self.builder(h2);
        let mut connection = pin!(builder.serve_connection(io, service));
        tokio::select! {
            _ = connection.as_mut() => return,
            () = self.cutting.cancelled() => return,
            () = self.closing.cancelled() => connection.as_mut().graceful_shutdown(),
            () = pulse.watch(&self.limits) => {
                connection.as_mut().graceful_shutdown();
                let farewell = if h2 { FAREWELL } else { FAREWELL_H1 };
                let _ = tokio::time::timeout(farewell, connection.as_mut()).await;
                return;
            }
        }
        let idle = Limits { idle: FAREWELL, header_read: FAREWELL, ..self.limits.clone() };
        tokio::select! {
            _ = connection.as_mut() => (),
            () = self.cutting.cancelled() => (),
            () = pulse.watch(&idle) => (),
        }
    }

    fn builder(&self, h2: bool) -> auto::Builder<Tracked> {
        let limits = &self.limits;
        let mut builder = auto::Builder::new(Tracked(self.tasks.clone()));
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(None)
            .max_headers(4 * limits.header_count)
            .max_buf_size(limits.head_buffer().max(16 * 1024))
            .half_close(false);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams)
            .max_header_list_size(u32::try_from(limits.head_buffer()).unwrap_or(u32::MAX))
            .max_pending_accept_reset_streams(PENDING_RESETS)
            .max_local_error_reset_streams(OWN_RESETS)
            .keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10));
        if h2 { builder.http2_only() } else { builder.http1_only() }
    }
}

/// Spawns hyper's own tasks where the drain waits for them.
#[derive(Debug, Clone)]
struct Tracked(TaskTracker);

impl<F> hyper::rt::Executor<F> for Tracked
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, task: F) {
        self.0.spawn(task);
    }
}
