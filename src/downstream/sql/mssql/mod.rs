//! SQL Server: a pool of connections that repairs itself, and transactions.
//!
//! Nothing is left behind in a session that goes back to the pool.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use deadpool::Runtime;
use deadpool::managed::{Object, Pool, PoolError, TimeoutType};
use jiff::tz::TimeZone;

pub(super) use self::address::{Place, read as read_place};
use self::fault::{connect_fault, fault};
use self::pool::Connections;
use self::session::MssqlSession;
use super::Engine;
use super::column::ColumnType;
use super::config::{Config, Limits};
use super::dialect::Dialect;
use super::fault::Fault;
use super::flow::{Answer, Job, Outcome, Session as _, transacted};
use super::statement::Statement;
use crate::diagnostic::{Problems, Span};
use crate::downstream::{DownstreamError, ErrorKind};

mod address;
pub(super) mod columns;
mod decode;
pub(super) mod dialect;
mod encode;
pub(super) mod fault;
mod keys;
pub(super) mod pool;
mod session;
mod tls;

/// The application's SQL Server database.
pub(super) struct MssqlEngine {
    pool: Pool<Connections>,
    zone: TimeZone,
    limits: Limits,
}

impl std::fmt::Debug for MssqlEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MssqlEngine").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl MssqlEngine {
    /// Makes the pool without connecting. Notes a problem with the certificates.
    pub(super) fn new(place: &Place, config: &Config, span: &Span, problems: &mut Problems) -> Option<Self> {
        let limits = config.limits.clone();
        let trust = tls::trust(place, &config.tls, span, problems)?;
        let pool = Pool::builder(Connections::new(place.clone(), trust, limits.clone()))
            .max_size(limits.pool)
            .wait_timeout(Some(limits.acquire))
            .create_timeout(Some(limits.connect.saturating_mul(2)))
            .recycle_timeout(Some(limits.connect))
            .runtime(Runtime::Tokio1)
            .build()
            .ok()?;
        Some(Self { pool, zone: config.zone.clone(), limits })
    }

    async fn connection(&self) -> Result<Object<Connections>, Fault> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => unavailable("SQL Server: no connection was free in time"),
            PoolError::Timeout(_) => unavailable("SQL Server: connecting took too long"),
            PoolError::Backend(error) => connect_fault(&error),
            PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                unavailable("SQL Server: the pool gives no connections")
            }
        })
    }

    async fn session(&self, transaction: bool) -> Result<MssqlSession<'_>, Fault> {
        let connection = self.connection().await?;
        Ok(MssqlSession::new(&self.pool, connection, transaction, &self.zone, patience(&self.limits)))
    }
}

#[async_trait]
impl Engine for MssqlEngine {
    fn dialect(&self) -> &'static dyn Dialect {
        &dialect::Mssql
    }

    async fn describe(&self, statements: Vec<Statement>) -> Result<Vec<Vec<ColumnType>>, Fault> {
        let mut session = self.session(false).await?;
        columns::describe(&mut session, &statements).await
    }

    async fn perform(&self, job: Arc<Job>) -> Result<Outcome, Fault> {
        if job.reads() {
            return job.perform(&mut self.session(false).await?).await;
        }
        // A write may ask for its row afterwards, which has to be the same transaction.
        transacted(&job, patience(&self.limits), || self.session(true)).await
    }

    async fn ask(&self, statements: Vec<Statement>) -> Result<Vec<Answer>, Fault> {
        self.session(false).await?.run(statements).await
    }

    async fn probe(&self) -> Result<(), Fault> {
        let mut connection = self.connection().await?;
        match tokio::time::timeout(self.limits.connect, pool::say(&mut connection.client, "SELECT 1")).await {
            Ok(Ok(())) => Ok(()),
            failed => {
                // Its answer may come any time; nobody else is to get this connection.
                drop(Object::take(connection));
                failed.map_or_else(|_| Err(too_slow()), |said| said.map_err(|error| fault(&error, "")))
            }
        }
    }

    /// The server keeps plans by the statements' texts, and makes them anew by itself.
    fn forget(&self) {}
}

/// How long an answer may take. The server has no such limit of its own; a connection that is closed
/// ends what it works on.
fn patience(limits: &Limits) -> Duration {
    limits.statement
}

fn unavailable(detail: impl Into<String>) -> Fault {
    DownstreamError::unavailable(detail).into()
}

fn too_slow() -> Fault {
    unavailable("SQL Server: no answer within `statement_timeout`")
}

fn ambiguous(detail: &str) -> Fault {
    DownstreamError::new(ErrorKind::Ambiguous, detail).into()
}
