//! How connections are made, and when one is used again.

use std::time::{Duration, Instant};

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use tiberius::error::Error;
use tiberius::{AuthMethod, Client, Config, EncryptionLevel};
use tokio::net::TcpStream;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt as _};

use super::super::config::{Limits, TlsMode};
use super::Place;
use super::tls::Trust;

/// The protocol over a connection.
pub(super) type Spoken = Client<Compat<TcpStream>>;

/// How long a connection may have been idle without being asked whether it is still there.
const TRUSTED: Duration = Duration::from_secs(15);

/// How long a connection is used: a server that was failed over is found again in time.
const LIFETIME: Duration = Duration::from_secs(1800);

/// Makes connections.
pub(super) struct Connections {
    place: Place,
    trust: Trust,
    limits: Limits,
}

/// One connection.
pub(super) struct Connection {
    pub(super) client: Spoken,
}

impl Connections {
    pub(super) fn new(place: Place, trust: Trust, limits: Limits) -> Self {
        Self { place, trust, limits }
    }

    /// A connection to the server, or to where it sends its clients, as a database in a cloud may. Who is
    /// sent on once more is not followed.
    async fn open(&self, encryption: EncryptionLevel) -> Result<Spoken, Error> {
        match self.open_at(&self.place.host, self.place.port, encryption).await {
            Err(Error::Routing { host, port }) => self.open_at(&host, port, encryption).await,
            opened => opened,
        }
    }

    async fn open_at(&self, host: &str, port: u16, encryption: EncryptionLevel) -> Result<Spoken, Error> {
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        let mut config = Config::new();
        config.host(host);
        config.port(port);
        config.database(&self.place.database);
        config.application_name("postern");
        config.authentication(AuthMethod::sql_server(&self.place.user, &self.place.password));
        config.encryption(encryption);
        if let Some(authorities) = &self.trust.authorities {
            config.trust_cert_ca_bundle(authorities.clone());
        }
        // The pool and the session keep the time.
        config.handshake_timeout(None);
        config.command_timeout(None);
        // Of a size that is not for the stack of whoever waits for it, who waits in many places.
        Box::pin(Client::connect(config, stream.compat_write())).await
    }

    async fn connect(&self) -> Result<Spoken, Error> {
        match self.trust.mode {
            TlsMode::Disable => self.open(EncryptionLevel::NotSupported).await,
            TlsMode::Require => self.open(EncryptionLevel::Required).await,
            TlsMode::Prefer => match self.open(EncryptionLevel::On).await {
                // The server has no encryption. One that failed is another matter.
                Err(Error::Protocol(why)) if why.contains("encryption level") => {
                    self.open(EncryptionLevel::NotSupported).await
                }
                opened => opened,
            },
        }
    }
}

impl Manager for Connections {
    type Type = Connection;
    type Error = Error;

    async fn create(&self) -> Result<Connection, Error> {
        let mut client = self.connect().await?;
        say(&mut client, &session(&self.limits)).await?;
        Ok(Connection { client })
    }

    async fn recycle(&self, connection: &mut Connection, metrics: &Metrics) -> RecycleResult<Error> {
        if metrics.created.elapsed() > LIFETIME {
            return Err(RecycleError::message("old"));
        }
        let since: Instant = metrics.recycled.unwrap_or(metrics.created);
        if since.elapsed() > TRUSTED {
            say(&mut connection.client, "SELECT 1").await?;
        }
        Ok(())
    }
}

/// Runs a text without parameters and reads its answer to the end.
pub(super) async fn say(client: &mut Spoken, text: &str) -> Result<(), Error> {
    Box::pin(async { client.simple_query(text).await?.into_results().await.map(|_| ()) }).await
}

/// What each connection is told at its start: what indexes on computed columns ask for, no value cut
/// short without a word, and a transaction that failed is over. At any other level of isolation a check
/// after a lock would see the tables as they were before the lock.
pub(in super::super) fn session(limits: &Limits) -> String {
    let lock = (limits.statement.as_millis() / 4).clamp(1, i32::MAX.unsigned_abs().into());
    format!(
        "SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON; \
         SET NUMERIC_ROUNDABORT OFF; SET NOCOUNT, XACT_ABORT ON; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; \
         SET LOCK_TIMEOUT {lock}"
    )
}
