//! A bounded pool of connections that are handed out in turn. What is doubtful is never put back.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, DriverError, Error, Opts};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::super::config::Limits;
use super::super::fault::Fault;
use super::fault::{connect_fault, fault};
use super::unavailable;

/// How long a connection may have been idle without being asked whether it is still there.
const TRUSTED: Duration = Duration::from_secs(15);

/// How long a connection is used: a server that was failed over is found again in time.
const LIFETIME: Duration = Duration::from_secs(1800);

/// The connections.
pub(super) struct Pool {
    options: Opts,
    /// The address without encryption, where that will do for a server that has none.
    plain: Option<Opts>,
    permits: Semaphore,
    idle: Mutex<Vec<Idle>>,
    limits: Limits,
}

struct Idle {
    connection: Conn,
    born: Instant,
    since: Instant,
}

/// A connection in use.
pub(super) struct Lease<'a> {
    pub(super) connection: Conn,
    born: Instant,
    _permit: SemaphorePermit<'a>,
}

impl Pool {
    pub(super) fn new(options: Opts, plain: Option<Opts>, limits: Limits) -> Self {
        let permits = Semaphore::new(limits.pool);
        Self { options, plain, permits, idle: Mutex::default(), limits }
    }

    /// A connection, waited for no longer than `acquire_timeout`.
    pub(super) async fn get(&self) -> Result<Lease<'_>, Fault> {
        let Ok(Ok(permit)) = tokio::time::timeout(self.limits.acquire, self.permits.acquire()).await else {
            return Err(unavailable("MySQL: no connection was free in time"));
        };
        let pooled = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(mut idle) = pooled.filter(|idle| idle.born.elapsed() < LIFETIME)
            && (idle.since.elapsed() < TRUSTED || self.answers(&mut idle.connection).await)
        {
            return Ok(Lease { connection: idle.connection, born: idle.born, _permit: permit });
        }
        Ok(Lease { connection: self.open().await?, born: Instant::now(), _permit: permit })
    }

    /// Takes a connection back that is as it was when it was given.
    pub(super) fn give_back(&self, lease: Lease<'_>) {
        let idle = Idle { connection: lease.connection, born: lease.born, since: Instant::now() };
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(idle);
    }

    /// Closes what is idle: where one connection is dead, the others are as well.
    pub(super) fn forget(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn answers(&self, connection: &mut Conn) -> bool {
        matches!(tokio::time::timeout(self.limits.connect, connection.ping()).await, Ok(Ok(())))
    }

    async fn open(&self) -> Result<Conn, Fault> {
        let patience = self.limits.connect.saturating_mul(2);
        let opened = tokio::time::timeout(patience, async {
            let mut connection = self.connect().await.map_err(|error| connect_fault(&error))?;
            let version: Option<String> = connection.query_first("SELECT VERSION()").await.map_err(lost)?;
            let mariadb = version.is_some_and(|version| version.contains("MariaDB"));
            for statement in session(mariadb, &self.limits) {
                connection.query_drop(statement).await.map_err(lost)?;
            }
            Ok(connection)
        });
        opened.await.unwrap_or_else(|_| Err(unavailable("MySQL: connecting took too long")))
    }

    async fn connect(&self) -> mysql_async::Result<Conn> {
        match (Conn::new(self.options.clone()).await, &self.plain) {
            (Err(Error::Driver(DriverError::NoClientSslFlagFromServer)), Some(plain)) => Conn::new(plain.clone()).await,
            (connected, _) => connected,
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "the shape that `map_err` takes")]
fn lost(error: Error) -> Fault {
    fault(&error, "")
}

/// What each connection is told at its start. Strict, so that no value is cut short without a word,
/// but with the dates of zeros that old applications need. Times are those of UTC. At any other
/// level of isolation a check after a lock would see the tables as they were before the lock. A list
/// in a subquery is read once, also where the planner believes that there are few rows.
pub(in super::super) fn session(mariadb: bool, limits: &Limits) -> [String; 2] {
    let lock = limits.statement.as_secs().div_ceil(4).max(1);
    let own = if mariadb {
        let seconds = limits.statement.as_secs_f64();
        let idle = limits.statement.as_secs().saturating_mul(2).max(1);
        format!(
            "max_statement_time = {seconds}, idle_transaction_timeout = {idle}, optimizer_switch = 'in_to_exists=off'"
        )
    } else {
        let milliseconds = limits.statement.as_millis();
        format!("max_execution_time = {milliseconds}, optimizer_switch = 'subquery_materialization_cost_based=off'")
    };
    [
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned(),
        format!(
            "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', innodb_lock_wait_timeout = {lock}, {own}"
        ),
    ]
}
