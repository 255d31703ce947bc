//! Writing to the store's file, several changes to one commit.
//!
//! A commit waits for the disk, by far the slowest thing in a request. Changes that come while one
//! commit waits are written together by the next.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::problem;
use crate::correlation::CorrelationError;

pub(super) type Change = Box<dyn FnOnce(&Connection) -> rusqlite::Result<()> + Send>;

type Done = Result<(), CorrelationError>;

/// A change and who waits for it.
struct Waiting {
    change: Change,
    done: oneshot::Sender<Done>,
}

/// The one connection that writes, and what waits for it.
pub(super) struct Writer {
    connection: Mutex<Connection>,
    queue: Mutex<Vec<Waiting>>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Writer {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection: Mutex::new(connection), queue: Mutex::default() }
    }

    /// Writes whatever waits, in one transaction. A change that fails takes no other with it.
    fn write_all(&self) {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = std::mem::take(&mut *self.queue.lock().unwrap_or_else(PoisonError::into_inner));
        if waiting.is_empty() {
            // The one before was so kind.
            return;
        }
        let written = Self::together(&connection, waiting);
        for (done, result) in written {
            // A request that no longer waits has what it asked for.
            let _ = done.send(result);
        }
    }

    fn together(connection: &Connection, waiting: Vec<Waiting>) -> Vec<(oneshot::Sender<Done>, Done)> {
        let begun = connection.execute_batch("BEGIN IMMEDIATE");
        let mut written: Vec<_> = waiting
            .into_iter()
            .map(|Waiting { change, done }| {
                let result = if begun.is_ok() { alone(connection, change).map_err(problem) } else { Ok(()) };
                (done, result)
            })
            .collect();
        let ended = begun.and_then(|()| connection.execute_batch("COMMIT"));
        if let Err(error) = ended {
            let _ = connection.execute_batch("ROLLBACK");
            let error = problem(error);
            written.iter_mut().for_each(|(_, result)| *result = Err(error.clone()));
        }
        written
    }
}

/// All of one change or nothing of it.
fn alone(connection: &Connection, change: Change) -> rusqlite::Result<()> {
    connection.execute_batch("SAVEPOINT one")?;
    let result = change(connection);
    if result.is_err() {
        connection.execute_batch("ROLLBACK TO one")?;
    }
    connection.execute_batch("RELEASE one")?;
    result
}

/// A write waits for the disk: it runs where waiting stops nobody.
pub(super) async fn write(writer: &Arc<Writer>, change: Change) -> Done {
    let (done, written) = oneshot::channel();
    writer.queue.lock().unwrap_or_else(PoisonError::into_inner).push(Waiting { change, done });
    let writer = Arc::clone(writer);
    tokio::task::spawn_blocking(move || writer.write_all());
    written.await.map_err(|error| CorrelationError(error.to_string()))?
}
