//! SQLite: the application's own file, opened as it is.
//!
//! The file is never created and its journal mode never changed. A read by key takes microseconds
//! and runs where it is asked; pages, members and writes run on threads that may block. There is one
//! writer: SQLite would make others wait anyway, and waiting without a thread costs less.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt as _;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{Mutex as AsyncMutex, Semaphore};

use self::fault::fault;
use self::value::{decode, type_of};
use super::Engine;
use super::column::ColumnType;
use super::config::Limits;
use super::dialect::{Dialect, Sqlite};
use super::fault::Fault;
use super::flow::{Answer, Job, Outcome, Session, Work};
use super::statement::Statement;
use crate::downstream::DownstreamError;

mod fault;
mod value;

/// The application's SQLite file.
#[derive(Debug)]
pub(super) struct SqliteEngine {
    file: Arc<File>,
    writer: Arc<AsyncMutex<Option<Connection>>>,
    readers: Mutex<Vec<Connection>>,
    /// How many may read on threads at the same time.
    threads: Semaphore,
    limits: Limits,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    zone: TimeZone,
    /// How long a statement waits for another process to let go of the file.
    patience: Duration,
}

impl SqliteEngine {
    pub(super) fn new(path: &Path, zone: TimeZone, limits: Limits) -> Self {
        let file = File { path: path.to_owned(), zone, patience: limits.acquire };
        let threads = Semaphore::new(limits.pool);
        Self { file: Arc::new(file), writer: Arc::default(), readers: Mutex::default(), threads, limits }
    }

    fn reader(&self) -> Result<Connection, Fault> {
        let pooled = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        pooled.map_or_else(|| self.file.open(), Ok)
    }

    fn give_back(&self, connection: Connection) {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < self.limits.pool {
            readers.push(connection);
        }
    }

    async fn write(&self, job: Arc<Job>) -> Result<Outcome, Fault> {
        let acquired = tokio::time::timeout(self.limits.acquire, Arc::clone(&self.writer).lock_owned()).await;
        let mut slot = acquired.map_err(|_| unavailable("other writes took longer than `acquire_timeout`"))?;
        let connection = match slot.take() {
            Some(connection) => connection,
            None => self.file.open()?,
        };
        let file = Arc::clone(&self.file);
        self.bounded(connection, move |connection| {
            let (connection, result) = file.transaction(connection, &job);
            // The slot is filled before the next writer gets it, even when nobody waits for us.
            *slot = connection;
            (None, result)
        })
        .await
    }

    async fn read_on_thread(&self, connection: Connection, job: Arc<Job>) -> Result<Outcome, Fault> {
        let acquired = tokio::time::timeout(self.limits.acquire, self.threads.acquire()).await;
        let Ok(Ok(_permit)) = acquired else {
            return Err(unavailable("other reads took longer than `acquire_timeout`"));
        };
        let file = Arc::clone(&self.file);
        self.bounded(connection, move |connection| file.read(connection, &job, file.patience)).await
    }

    /// Runs blocking work; what takes longer than a statement may is interrupted.
    async fn bounded<F>(&self, connection: Connection, work: F) -> Result<Outcome, Fault>
    where
        F: FnOnce(Connection) -> (Option<Connection>, Result<Outcome, Fault>) + Send + 'static,
    {
        let interrupt = connection.get_interrupt_handle();
        let mut task = tokio::task::spawn_blocking(move || work(connection));
        let finished = match tokio::time::timeout(self.limits.statement, &mut task).await {
            Ok(finished) => finished,
            Err(_) => {
                interrupt.interrupt();
                task.await
            }
        };
        let (connection, result) = finished.map_err(|_| Fault::garbage("a SQLite thread failed"))?;
        if let Some(connection) = connection {
            self.give_back(connection);
        }
        result
    }
}

#[async_trait]
impl Engine for SqliteEngine {
    fn dialect(&self) -> &'static dyn Dialect {
        &Sqlite
    }

    async fn describe(&self, statements: Vec<Statement>) -> Result<Vec<Vec<ColumnType>>, Fault> {
        let connection = self.reader()?;
        let types = |statement: &Statement| {
            let prepared = connection.prepare(&statement.text).map_err(fault)?;
            Ok(prepared.columns().map(|column| type_of(column.decl_type())).collect())
        };
        let described = statements.iter().map(types).collect();
        self.give_back(connection);
        described
    }

    async fn perform(&self, job: Arc<Job>) -> Result<Outcome, Fault> {
        match &job.work {
            Work::Fetch(plan) if !plan.want.members => {
                let (connection, result) = self.file.read(self.reader()?, &job, Duration::ZERO);
                match (connection, result) {
                    (Some(connection), Err(Fault::Again(_))) => self.read_on_thread(connection, job).await,
                    (connection, result) => {
                        connection.into_iter().for_each(|connection| self.give_back(connection));
                        result
                    }
                }
            }
            Work::Fetch(_) | Work::Select(_) => self.read_on_thread(self.reader()?, job).await,
            Work::Insert(_) | Work::Update(_) | Work::Delete(_) => self.write(job).await,
        }
    }

    async fn probe(&self) -> Result<(), Fault> {
        let connection = self.reader()?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(fault)?;
        self.give_back(connection);
        Ok(())
    }

    fn forget(&self) {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl File {
    fn open(&self) -> Result<Connection, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(fault)?;
        connection.set_prepared_statement_cache_capacity(128);
        // The application's own connections keep its foreign keys; so must ours.
        connection.pragma_update(None, "foreign_keys", true).map_err(fault)?;
        Ok(connection)
    }

    /// Gives the connection back as well, unless it is of no more use.
    fn read(
        &self,
        connection: Connection,
        job: &Job,
        patience: Duration,
    ) -> (Option<Connection>, Result<Outcome, Fault>) {
        if let Err(error) = connection.busy_timeout(patience) {
            return (None, Err(fault(error)));
        }
        let mut session = SqliteSession { connection, zone: &self.zone };
        let result = now(&mut session, job);
        let usable = !matches!(result, Err(Fault::Lost(_)));
        (usable.then_some(session.connection), result)
    }

    fn transaction(&self, connection: Connection, job: &Job) -> (Option<Connection>, Result<Outcome, Fault>) {
        let begun = connection.busy_timeout(self.patience).and_then(|()| connection.execute_batch("BEGIN IMMEDIATE"));
        if let Err(error) = begun {
            return (None, Err(fault(error)));
        }
        let mut session = SqliteSession { connection, zone: &self.zone };
        let result = now(&mut session, job);
        let connection = session.connection;
        let end = if result.is_ok() { "COMMIT" } else { "ROLLBACK" };
        match connection.execute_batch(end) {
            Ok(()) => (Some(connection), result),
            // Closing the connection rolls back; a COMMIT that failed has written nothing.
            Err(error) => (None, result.and_then(|_| Err(fault(error)))),
        }
    }
}

/// A flow never waits inside SQLite, so its first step is its last.
fn now(session: &mut SqliteSession<'_>, job: &Job) -> Result<Outcome, Fault> {
    job.perform(session).now_or_never().unwrap_or_else(|| Err(Fault::garbage("a SQLite statement did not finish")))
}

struct SqliteSession<'a> {
    connection: Connection,
    zone: &'a TimeZone,
}

#[async_trait]
impl Session for SqliteSession<'_> {
    async fn run(&mut self, batch: Vec<Statement>) -> Result<Vec<Answer>, Fault> {
        batch.iter().map(|statement| self.one(statement).map_err(fault)).collect()
    }
}

impl SqliteSession<'_> {
    fn one(&self, statement: &Statement) -> rusqlite::Result<Answer> {
        let mut prepared = self.connection.prepare_cached(&statement.text)?;
        for (index, parameter) in statement.parameters.iter().enumerate() {
            prepared.raw_bind_parameter(index + 1, parameter)?;
        }
        if statement.returns.is_empty() {
            return Ok(Answer { rows: Vec::new(), affected: prepared.raw_execute()? as u64 });
        }
        let mut found = prepared.raw_query();
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let values =
                statement.returns.iter().enumerate().map(|(i, what)| Ok(decode(row.get_ref(i)?, what, self.zone)));
            rows.push(values.collect::<rusqlite::Result<_>>()?);
        }
        let affected = rows.len() as u64;
        Ok(Answer { rows, affected })
    }
}

fn unavailable(detail: impl Into<String>) -> Fault {
    DownstreamError::unavailable(detail).into()
}
