//! MySQL and MariaDB: a pool of connections that repairs itself, and transactions.
//!
//! Nothing is left behind in a session that goes back to the pool: no variables, no locks of names.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Opts, OptsBuilder};

use self::fault::fault;
use self::pool::Pool;
use self::session::MySqlSession;
use super::Engine;
use super::column::ColumnType;
use super::config::{Config, Limits, TlsMode};
use super::dialect::Dialect;
use super::fault::Fault;
use super::flow::{Answer, Job, Outcome, Session as _, transacted};
use super::statement::Statement;
use crate::diagnostic::{Problems, Span};
use crate::downstream::{DownstreamError, ErrorKind};

pub(super) mod columns;
mod decode;
pub(super) mod dialect;
pub(super) mod fault;
mod keys;
pub(super) mod pool;
mod positional;
mod session;
mod tls;

/// The application's MySQL or MariaDB database.
pub(super) struct MySqlEngine {
    pool: Pool,
    dialect: &'static dialect::MySql,
    zone: TimeZone,
    limits: Limits,
}

impl std::fmt::Debug for MySqlEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MySqlEngine").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// How many prepared statements a connection keeps; the one that was not used for longest goes.
const STATEMENTS: usize = 256;

impl MySqlEngine {
    /// Makes the pool without connecting. Notes a problem with the certificates.
    pub(super) fn new(
        address: Opts,
        mariadb: bool,
        config: &Config,
        span: &Span,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mode = tls::mode(&address, config.tls.mode);
        let plain = OptsBuilder::from_opts(address)
            // A row that is set to what it is already counts as found.
            .client_found_rows(true)
            .prefer_socket(false)
            .stmt_cache_size(STATEMENTS)
            // A server that is gone without a word is noticed.
            .tcp_keepalive(Some(Duration::from_secs(5)))
            .ssl_opts(None);
        let encrypted = match mode {
            TlsMode::Disable => None,
            TlsMode::Prefer | TlsMode::Require => Some(tls::options(config.tls.ca.as_deref(), span, problems)?),
        };
        let pool = match encrypted {
            None => Pool::new(plain.into(), None, config.limits.clone()),
            Some(options) => {
                let fallback = (mode == TlsMode::Prefer).then(|| plain.clone().into());
                Pool::new(plain.ssl_opts(options).into(), fallback, config.limits.clone())
            }
        };
        let dialect = if mariadb { &dialect::MARIADB } else { &dialect::MYSQL };
        Some(Self { pool, dialect, zone: config.zone.clone(), limits: config.limits.clone() })
    }

    async fn session(&self, transaction: bool) -> Result<MySqlSession<'_>, Fault> {
        let lease = self.pool.get().await?;
        Ok(MySqlSession::new(&self.pool, lease, transaction, &self.zone, patience(&self.limits)))
    }
}

#[async_trait]
impl Engine for MySqlEngine {
    fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    async fn describe(&self, statements: Vec<Statement>) -> Result<Vec<Vec<ColumnType>>, Fault> {
        let mut lease = self.pool.get().await?;
        let described = columns::describe(&mut lease.connection, &statements);
        let described = tokio::time::timeout(patience(&self.limits), described).await.map_err(|_| too_slow())?;
        let described = described.map_err(|error| self.failed(&error))?;
        self.pool.give_back(lease);
        Ok(described)
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
        let mut lease = self.pool.get().await?;
        let alive = tokio::time::timeout(self.limits.connect, lease.connection.ping()).await;
        alive.map_err(|_| too_slow())?.map_err(|error| self.failed(&error))?;
        self.pool.give_back(lease);
        Ok(())
    }

    fn forget(&self) {
        self.pool.forget();
    }
}

impl MySqlEngine {
    fn failed(&self, error: &mysql_async::Error) -> Fault {
        if error.is_fatal() {
            self.pool.forget();
        }
        fault(error, "")
    }
}

/// Longer than the server takes to give up by itself, which is the better way to fail.
fn patience(limits: &Limits) -> Duration {
    limits.statement.saturating_add(Duration::from_secs(1))
}

fn unavailable(detail: impl Into<String>) -> Fault {
    DownstreamError::unavailable(detail).into()
}

fn too_slow() -> Fault {
    unavailable("MySQL: no answer within `statement_timeout`")
}

fn ambiguous(detail: &str) -> Fault {
    DownstreamError::new(ErrorKind::Ambiguous, detail).into()
}
