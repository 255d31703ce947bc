//! The edge: TLS, HTTP and bearer tokens outside, `scim::RawRequest` and `scim::Response` inside.
//!
//! Knows no mapping and no application; whatever stands behind a path is an [`Engine`]. Every byte
//! of a refusal that is ours to choose is a SCIM error message (RFC 7644 §3.12). What hyper refuses
//! by itself, since it cannot be read as HTTP at all, has hyper's empty body.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::gateway::{Client, Gateway, Recognition};
use crate::observe::metrics::Metrics;
use crate::observe::{Observation, Observer, Observers, RequestFacts};
use crate::scim::{RawRequest, Response, ScimError, Verb};

mod address;
mod admin;
mod authn;
mod body;
mod connection;
mod decode;
mod encode;
mod entrance;
mod exchange;
mod expiry;
mod limits;
mod message;
mod pulse;
mod routes;
mod stage;
pub mod tls;

use connection::Edge;
use stage::{Stage, State};

pub use crate::gateway::{Access, Permissions};
pub use address::{AddressList, NoNetwork};
pub use admin::Check;
pub use authn::{Token, WeakToken};
pub use limits::Limits;
pub use message::Message;
pub use routes::Door;

/// What answers the requests of one tenant.
#[async_trait]
pub trait Engine: Send + Sync {
    /// Answers one request, filling in `facts` as soon as something is known.
    ///
    /// # Errors
    /// What the client is told.
    async fn handle(&self, client: &Client, raw: RawRequest, facts: &mut RequestFacts) -> Result<Response, ScimError>;

    /// Notes a request that was refused before it could be handled, by its method and the path below
    /// the tenant's; fills in `facts` as far as these tell.
    fn refused(
        &self,
        client: &Client,
        asked: (Verb, &[String]),
        error: &ScimError,
        facts: &mut RequestFacts,
        since: Instant,
    );

    /// Looks up a secret that is none of the door's tokens; `user` is the user name beside it in Basic.
    async fn recognise(&self, _user: Option<&str>, _secret: &str) -> Recognition {
        Recognition::Unknown
    }

    /// True when there are further tokens to look up.
    fn has_tokens(&self) -> bool {
        false
    }

    /// True when such a secret is taken as the password of Basic.
    fn takes_basic(&self) -> bool {
        false
    }
}

#[async_trait]
impl Engine for Gateway {
    async fn handle(&self, client: &Client, raw: RawRequest, facts: &mut RequestFacts) -> Result<Response, ScimError> {
        Self::handle(self, client, raw, facts).await
    }

    fn refused(
        &self,
        client: &Client,
        asked: (Verb, &[String]),
        error: &ScimError,
        facts: &mut RequestFacts,
        since: Instant,
    ) {
        Self::refused(self, client, asked, error, facts, since);
    }

    async fn recognise(&self, user: Option<&str>, secret: &str) -> Recognition {
        Self::recognise(self, user, secret).await
    }

    fn has_tokens(&self) -> bool {
        Self::has_tokens(self)
    }

    fn takes_basic(&self) -> bool {
        Self::takes_basic(self)
    }
}

/// What the edge needs to know. Certificates and doors may be swapped while it serves.
#[derive(Clone)]
pub struct Config {
    /// Where SCIM is served, always over TLS.
    pub listen: SocketAddr,
    /// Where health and metrics are served, in plain HTTP; belongs on a private address.
    pub admin: SocketAddr,
    /// What new connections are greeted with; made by [`tls::load`].
    pub tls: Arc<ArcSwap<rustls::ServerConfig>>,
    /// The tenants and their paths.
    pub doors: Arc<ArcSwap<Vec<Door>>>,
    /// Whose word about the addresses of clients is believed.
    pub proxies: AddressList,
    /// How much a client may ask for, and how long it may take.
    pub limits: Limits,
    /// What has to be well for `/readyz` to say so, beside the server's own stage.
    pub checks: Vec<Check>,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("listen", &self.listen)
            .field("admin", &self.admin)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// A server that holds its ports and waits to be told to serve.
#[derive(Debug)]
pub struct Server {
    scim: TcpListener,
    admin: TcpListener,
    config: Config,
    observers: Observers,
    metrics: Arc<Metrics>,
}

impl Server {
    /// Takes both ports. Connections queue there until [`Server::serve`] accepts them.
    ///
    /// # Errors
    /// When a port cannot be had; the message names the address.
    pub async fn bind(config: Config, observers: Observers, metrics: Arc<Metrics>) -> io::Result<Self> {
        let scim = listen(config.listen).await?;
        let admin = listen(config.admin).await?;
        Ok(Self { scim, admin, config, observers, metrics })
    }

    /// Where SCIM is served; the port that was given when the configuration said 0.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.scim.local_addr()
    }

    /// Where health and metrics are served.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn admin_addr(&self) -> io::Result<SocketAddr> {
        self.admin.local_addr()
    }

    /// Serves until `shutdown` is cancelled, then drains. True when every request was finished.
    ///
    /// The admin listener answers until the very end, `/readyz` with 503 from the first moment of
    /// the drain. `Started`, `Draining` and `Stopped` are observed here and nowhere else.
    pub async fn serve(self, shutdown: CancellationToken) -> bool {
        let Self { scim, admin, config, observers, metrics } = self;
        let address = |at: io::Result<SocketAddr>| at.map_or_else(|_| String::new(), |at| at.to_string());
        let started = Observation::Started { listen: address(scim.local_addr()), admin: address(admin.local_addr()) };
        let state = Arc::new(State::default());
        let closing_admin = CancellationToken::new();
        let admin_room = admin::Admin::new(state.clone(), config.checks, metrics.clone());
        let admin_task = tokio::spawn(admin_room.serve(admin, closing_admin.clone()));

        let edge =
            Arc::new(Edge::new(config.tls, (config.doors, config.proxies), config.limits, observers.clone(), metrics));
        state.enter(Stage::Ready);
        observers.observe(&started);
        edge.clone().accept_until(&scim, shutdown.cancelled()).await;

        state.enter(Stage::Draining);
        observers.observe(&Observation::Draining);
        // A balancer needs a moment to notice `/readyz`; what it still sends is still served.
        edge.clone().accept_until(&scim, tokio::time::sleep(edge.limits.pre_drain)).await;
        drop(scim);
        let clean = edge.drain().await;

        closing_admin.cancel();
        let _ = admin_task.await;
        observers.observe(&Observation::Stopped { clean });
        clean
    }
}

async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("cannot listen on `{address}`: {error}"));
    TcpListener::bind(address).await.map_err(named)
}
