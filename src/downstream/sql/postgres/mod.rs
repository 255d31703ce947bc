//! PostgreSQL: a pool of connections that repairs itself, and transactions in few round trips.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType};
use futures_util::future::try_join_all;
use jiff::tz::TimeZone;
use tokio_postgres::config::SslMode;
use tokio_postgres::types::ToSql;

use self::dialect::Postgres;
use self::fault::{connect_fault, fault};
use self::session::PostgresSession;
use super::Engine;
use super::column::ColumnType;
use super::config::{Config, Limits};
use super::dialect::Dialect;
use super::fault::Fault;
use super::flow::{Answer, Job, Outcome, Session as _, Settled, Transaction as _, settled, worked};
use super::statement::Statement;
use crate::diagnostic::Problems;
use crate::downstream::{DownstreamError, ErrorKind};

mod decode;
pub(super) mod dialect;
mod encode;
mod fault;
mod session;
mod tls;

/// The application's PostgreSQL database.
pub(super) struct PostgresEngine {
    pool: Pool,
    zone: TimeZone,
    limits: Limits,
}

impl std::fmt::Debug for PostgresEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresEngine").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// How many prepared statements a connection keeps. Filters come in any shape; what is beyond
/// this is forgotten all at once.
const STATEMENTS: usize = 256;

impl PostgresEngine {
    /// Makes the pool without connecting. Notes a problem with the certificates.
    pub(super) fn new(
        mut address: tokio_postgres::Config,
        config: &Config,
        span: &crate::diagnostic::Span,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mode = tls::mode(&address, config.tls.mode);
        let limits = config.limits.clone();
        address.ssl_mode(mode);
        address.options(options(address.get_options(), &limits, &config.zone));
        if address.get_connect_timeout().is_none() {
            address.connect_timeout(limits.connect);
        }
        if address.get_application_name().is_none() {
            address.application_name("postern");
        }
        // A server that is gone without a word is noticed while a client is still waiting.
        address.keepalives_idle(Duration::from_secs(5));
        address.keepalives_interval(Duration::from_secs(5));
        address.keepalives_retries(2);
        address.tcp_user_timeout(Duration::from_secs(10));
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = if mode == SslMode::Disable {
            Manager::from_config(address, tokio_postgres::NoTls, recycling)
        } else {
            Manager::from_config(address, tls::connector(config.tls.ca.as_deref(), span, problems)?, recycling)
        };
        let pool = Pool::builder(manager)
            .max_size(limits.pool)
            .wait_timeout(Some(limits.acquire))
            .create_timeout(Some(limits.connect.saturating_mul(2)))
            .recycle_timeout(Some(limits.connect))
            .runtime(Runtime::Tokio1)
            .build()
            .ok()?;
        Some(Self { pool, zone: config.zone.clone(), limits })
    }

    async fn connection(&self) -> Result<Object, Fault> {
        let connection = self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => unavailable("PostgreSQL: no connection was free in time"),
            PoolError::Timeout(_) => unavailable("PostgreSQL: connecting took too long"),
            PoolError::Backend(error) => connect_fault(&error),
            PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                unavailable("PostgreSQL: the pool gives no connections")
            }
        })?;
        if connection.statement_cache.size() > STATEMENTS {
            connection.statement_cache.clear();
        }
        Ok(connection)
    }

    fn session(&self, connection: Object, transaction: bool) -> PostgresSession<'_> {
        PostgresSession::new(connection, transaction, &self.zone, patience(&self.limits))
    }

    /// A statement by itself would spare a round trip, but of one that was not answered nobody could
    /// tell whether it was carried out.
    async fn transaction(&self, job: &Job) -> Result<Outcome, Fault> {
        let (session, outcome) = worked(job, self.session(self.connection().await?, true)).await?;
        let transaction = session.transaction();
        match (session.commit().await, transaction) {
            (Ok(()), _) => Ok(outcome),
            (Err(Fault::Unsettled(detail)), Some(number)) => {
                settled(detail, patience(&self.limits), || self.status(number)).await.map(|()| outcome)
            }
            (Err(fault), _) => Err(fault),
        }
    }

    /// What the server says of a transaction. After a failover to a server that never had it, it is open
    /// there, or gone with everything else that was not copied.
    async fn status(&self, transaction: i64) -> Result<Settled, Fault> {
        let connection = self.connection().await?;
        let parameters: [&(dyn ToSql + Sync); 1] = [&transaction];
        let asked = connection.query_one("SELECT txid_status($1)", &parameters);
        let Ok(row) = tokio::time::timeout(self.limits.connect, asked).await else {
            drop(Object::take(connection));
            return Err(too_slow());
        };
        let status = row.and_then(|row| row.try_get::<_, Option<String>>(0)).map_err(|error| fault(&error))?;
        Ok(match status.as_deref() {
            Some("committed") => Settled::Done,
            Some("aborted") => Settled::Undone,
            Some("in progress") => Settled::Open,
            _ => Settled::Unknown,
        })
    }
}

#[async_trait]
impl Engine for PostgresEngine {
    fn dialect(&self) -> &'static dyn Dialect {
        &Postgres
    }

    async fn describe(&self, statements: Vec<Statement>) -> Result<Vec<Vec<ColumnType>>, Fault> {
        let connection = self.connection().await?;
        let described = try_join_all(statements.iter().map(|statement| connection.prepare(&statement.text)));
        let described = tokio::time::timeout(patience(&self.limits), described).await.map_err(|_| too_slow())?;
        let described = described.map_err(|error| fault(&error))?;
        let types = described.iter().map(|statement| statement.columns().iter().map(decode::type_of).collect());
        Ok(types.collect())
    }

    async fn perform(&self, job: Arc<Job>) -> Result<Outcome, Fault> {
        if job.reads() {
            return job.perform(&mut self.session(self.connection().await?, false)).await;
        }
        self.transaction(&job).await
    }

    async fn probe(&self) -> Result<(), Fault> {
        let connection = self.connection().await?;
        let alive = tokio::time::timeout(self.limits.connect, connection.simple_query("SELECT 1")).await;
        match alive {
            Ok(answer) => answer.map(|_| ()).map_err(|error| fault(&error)),
            Err(_) => {
                // Its answer may come any time; nobody else is to get this connection.
                drop(Object::take(connection));
                Err(too_slow())
            }
        }
    }

    async fn ask(&self, statements: Vec<Statement>) -> Result<Vec<Answer>, Fault> {
        self.session(self.connection().await?, false).run(statements).await
    }

    fn forget(&self) {
        self.pool.manager().statement_caches.clear();
    }
}

/// Longer than the server takes to give up by itself, which is the better way to fail.
fn patience(limits: &Limits) -> Duration {
    limits.statement.saturating_add(Duration::from_secs(1))
}

/// What each connection is told at its start; what the address itself says comes last and wins.
fn options(own: Option<&str>, limits: &Limits, zone: &TimeZone) -> String {
    let statement = limits.statement.as_millis();
    let idle = limits.statement.as_millis().saturating_mul(2);
    let zone = zone.iana_name().unwrap_or("UTC");
    let ours = format!(
        "-c statement_timeout={statement} -c idle_in_transaction_session_timeout={idle} -c TimeZone={zone} -c DateStyle=ISO"
    );
    format!("{ours} {}", own.unwrap_or_default()).trim_end().to_owned()
}

fn unavailable(detail: &str) -> Fault {
    DownstreamError::unavailable(detail).into()
}

fn too_slow() -> Fault {
    unavailable("PostgreSQL: no answer within `statement_timeout`")
}

fn ambiguous(detail: &str) -> Fault {
    DownstreamError::new(ErrorKind::Ambiguous, detail).into()
}
