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
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{Mutex as AsyncMutex, Semaphore};

use self::dialect::{SQLITE, give_folding};
use self::fault::fault;
use self::value::{decode, type_of};
use super::Engine;
use super::column::ColumnType;
use super::config::Limits;
use super::dialect::Dialect;
use super::fault::Fault;
use super::flow::{Answer, Job, Outcome, Session, Work};
use super::statement::Statement;
use crate::downstream::DownstreamError;

pub(super) mod dialect;
pub(super) mod fault;
pub(super) mod value;

/// The application's SQLite file.
#[derive(Debug)]
pub(super) struct SqliteEngine {
    file: Arc<File>,
    writer: Arc<AsyncMutex<Option<Opened>>>,
    readers: Mutex<Vec<Opened>>,
    /// How many may read on threads at the same time.
    threads: Semaphore,
    limits: Limits,
}

/// A connection, and which file it was that it opened.
#[derive(Debug)]
struct Opened {
    connection: Connection,
    identity: Identity,
}

/// Tells a file from another that has taken its name, as a restored backup does.
type Identity = Option<(u64, u64)>;

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

    fn reader(&self) -> Result<Opened, Fault> {
        let pooled = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        self.file.current(pooled)
    }

    fn give_back(&self, opened: Opened) {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < self.limits.pool {
            readers.push(opened);
        }
    }

    async fn write(&self, job: Arc<Job>) -> Result<Outcome, Fault> {
        let acquired = tokio::time::timeout(self.limits.acquire, Arc::clone(&self.writer).lock_owned()).await;
        let mut slot = acquired.map_err(|_| unavailable("other writes took longer than `acquire_timeout`"))?;
        let opened = self.file.current(slot.take())?;
        let file = Arc::clone(&self.file);
        self.bounded(opened, move |opened| {
            let (opened, result) = file.transaction(opened, &job);
            // The slot is filled before the next writer gets it, even when nobody waits for us.
            *slot = opened;
            (None, result)
        })
        .await
    }

    /// Reads where waiting harms nobody.
    async fn read<T, F>(&self, opened: Opened, read: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&File, Opened) -> (Option<Opened>, Result<T, Fault>) + Send + 'static,
    {
        let acquired = tokio::time::timeout(self.limits.acquire, self.threads.acquire()).await;
        let Ok(Ok(_permit)) = acquired else {
            return Err(unavailable("other reads took longer than `acquire_timeout`"));
        };
        let file = Arc::clone(&self.file);
        self.bounded(opened, move |opened| read(&file, opened)).await
    }

    /// Runs blocking work; what takes longer than a statement may is interrupted. What is still
    /// locked afterwards has been waited for long enough.
    async fn bounded<T, F>(&self, opened: Opened, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(Opened) -> (Option<Opened>, Result<T, Fault>) + Send + 'static,
    {
        let interrupt = opened.connection.get_interrupt_handle();
        let mut task = tokio::task::spawn_blocking(move || work(opened));
        let finished = match tokio::time::timeout(self.limits.statement, &mut task).await {
            Ok(finished) => finished,
            Err(_) => {
                interrupt.interrupt();
                task.await
            }
        };
        let (opened, result) = finished.map_err(|_| Fault::garbage("a SQLite thread failed"))?;
        opened.into_iter().for_each(|opened| self.give_back(opened));
        match result {
            Err(Fault::Again(detail)) => Err(unavailable(detail)),
            result => result,
        }
    }
}

impl SqliteEngine {
    async fn read_patiently(&self, opened: Opened, job: Arc<Job>) -> Result<Outcome, Fault> {
        self.read(opened, move |file, opened| file.perform(opened, &job, file.patience)).await
    }
}

#[async_trait]
impl Engine for SqliteEngine {
    fn dialect(&self) -> &'static dyn Dialect {
        &SQLITE
    }

    async fn describe(&self, statements: Vec<Statement>) -> Result<Vec<Vec<ColumnType>>, Fault> {
        self.read(self.reader()?, move |file, opened| {
            file.patiently(opened, |connection| statements.iter().map(|one| describe(connection, one)).collect())
        })
        .await
    }

    async fn perform(&self, job: Arc<Job>) -> Result<Outcome, Fault> {
        match &*job.work {
            Work::Fetch(plan) if !plan.want.members => {
                let (opened, result) = self.file.perform(self.reader()?, &job, Duration::ZERO);
                match (opened, result) {
                    (Some(opened), Err(Fault::Again(_))) => self.read_patiently(opened, job).await,
                    (opened, result) => {
                        opened.into_iter().for_each(|opened| self.give_back(opened));
                        result
                    }
                }
            }
            Work::Fetch(_) | Work::Select(_) => self.read_patiently(self.reader()?, job).await,
            Work::Insert(_) | Work::Update(_) | Work::Delete(_) => self.write(job).await,
        }
    }

    async fn probe(&self) -> Result<(), Fault> {
        const SQL: &str = "SELECT count(*) FROM sqlite_schema";
        self.read(self.reader()?, |file, opened| {
            file.patiently(opened, |connection| connection.query_row(SQL, [], |_| Ok(())))
        })
        .await
    }

    async fn ask(&self, statements: Vec<Statement>) -> Result<Vec<Answer>, Fault> {
        self.read(self.reader()?, move |file, Opened { connection, identity }| {
            let session = SqliteSession { connection, zone: &file.zone };
            let answers = statements.iter().map(|statement| session.one(statement).map_err(fault)).collect();
            (Some(Opened { connection: session.connection, identity }), answers)
        })
        .await
    }

    fn forget(&self) {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl File {
    /// A pooled connection when it is still one to the file of that name, else a new one.
    fn current(&self, pooled: Option<Opened>) -> Result<Opened, Fault> {
        let identity = self.identity();
        match pooled {
            Some(opened) if opened.identity == identity => Ok(opened),
            _ => self.open(identity),
        }
    }

    #[cfg(unix)]
    fn identity(&self) -> Identity {
        use std::os::unix::fs::MetadataExt as _;
        std::fs::metadata(&self.path).ok().map(|file| (file.dev(), file.ino()))
    }

    /// Elsewhere a file that is open keeps its name.
    #[cfg(not(unix))]
    fn identity(&self) -> Identity {
        None
    }

    fn open(&self, identity: Identity) -> Result<Opened, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(fault)?;
        connection.set_prepared_statement_cache_capacity(128);
        // One plan for all values of a parameter. Otherwise SQLite plans a statement anew whenever a
        // value is bound that the planner has looked at: a fifth of the time of a read by key.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(fault)?;
        // The application's own connections keep its foreign keys; so must ours.
        connection.pragma_update(None, "foreign_keys", true).map_err(fault)?;
        give_folding(&connection).map_err(fault)?;
        Ok(Opened { connection, identity })
    }

    /// Reads in one transaction: all rows are of one moment, and the file is locked once instead of
    /// once for each statement, which takes longer than a statement. Gives the connection back as
    /// well, unless it is of no more use.
    fn perform(&self, opened: Opened, job: &Job, patience: Duration) -> (Option<Opened>, Result<Outcome, Fault>) {
        let Opened { connection, identity } = opened;
        let begun = connection.busy_timeout(patience).and_then(|()| command(&connection, "BEGIN"));
        if let Err(error) = begun {
            return (None, Err(fault(error)));
        }
        let mut session = SqliteSession { connection, zone: &self.zone };
        let result = now(&mut session, job);
        // Nothing was written, so that how it ends makes no difference but for the connection.
        let usable = command(&session.connection, "ROLLBACK").is_ok() && !matches!(result, Err(Fault::Lost(_)));
        let opened = Opened { connection: session.connection, identity };
        (usable.then_some(opened), result)
    }

    fn patiently<T>(
        &self,
        opened: Opened,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> (Option<Opened>, Result<T, Fault>) {
        let done = opened.connection.busy_timeout(self.patience).and_then(|()| work(&opened.connection));
        (Some(opened), done.map_err(fault))
    }

    fn transaction(&self, opened: Opened, job: &Job) -> (Option<Opened>, Result<Outcome, Fault>) {
        let Opened { connection, identity } = opened;
        let begun = connection.busy_timeout(self.patience).and_then(|()| connection.execute_batch("BEGIN IMMEDIATE"));
        if let Err(error) = begun {
            return (None, Err(fault(error)));
        }
        let mut session = SqliteSession { connection, zone: &self.zone };
        let result = now(&mut session, job);
        let connection = session.connection;
        let end = if result.is_ok() { "COMMIT" } else { "ROLLBACK" };
        match connection.execute_batch(end) {
            Ok(()) => (Some(Opened { connection, identity }), result),
            // Closing the connection rolls back; a COMMIT that failed has written nothing.
            Err(error) => (None, result.and_then(|_| Err(fault(error)))),
        }
    }
}

/// Runs a statement that gives nothing and is run all the time.
fn command(connection: &Connection, text: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(text)?.raw_execute().map(|_| ())
}

fn describe(connection: &Connection, statement: &Statement) -> rusqlite::Result<Vec<ColumnType>> {
    let prepared = connection.prepare(&statement.text)?;
    Ok(prepared.columns().map(|column| type_of(column.decl_type())).collect())
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
