//! One connection while a job has it. Each batch, and each end of a transaction, is a piece of work for
//! a thread that may block; what takes too long is left to that thread, and the connection with it.

use std::time::Duration;

use async_trait::async_trait;
use deadpool::managed::{Object, Pool};
use jiff::tz::TimeZone;
use odbc_api::Connection;

use super::super::fault::Fault;
use super::super::flow::{Answer, Session, State, Transaction};
use super::super::statement::Statement;
use super::pool::{Away, Connections, close};
use super::run::{Runner, at_end};
use super::{ambiguous, too_slow};

/// A connection with at most one transaction.
pub(super) struct OdbcSession<'a> {
    pool: &'a Pool<Connections>,
    /// Taken away while a thread has it, and for good when it must not go back to the pool.
    connection: Option<Object<Connections>>,
    state: State,
    zone: &'a TimeZone,
    patience: Duration,
}

impl Drop for OdbcSession<'_> {
    fn drop(&mut self) {
        // The database undoes what was begun once the connection is closed.
        if self.state == State::Open {
            self.discard();
        }
    }
}

impl<'a> OdbcSession<'a> {
    pub(super) fn new(
        pool: &'a Pool<Connections>,
        connection: Object<Connections>,
        transaction: bool,
        zone: &'a TimeZone,
        patience: Duration,
    ) -> Self {
        let state = if transaction { State::Due } else { State::Plain };
        Self { pool, connection: Some(connection), state, zone, patience }
    }

    fn discard(&mut self) {
        self.connection.take().map(Object::take).into_iter().for_each(close);
    }

    fn runner(&self) -> Runner {
        let language = self.pool.manager().language;
        Runner { language, untyped: false, zone: self.zone.clone(), patience: self.patience }
    }

    /// Does something with the connection on a thread; `None` when nothing came of it in time. Where one
    /// connection is dead, those that are idle are as well.
    pub(super) async fn away<T: Send + 'static>(
        &mut self,
        patience: Duration,
        work: impl FnOnce(&Connection<'static>, bool) -> Result<T, Fault> + Send + 'static,
    ) -> Option<Result<T, Fault>> {
        let Some(object) = self.connection.take() else { return Some(Err(no_connection())) };
        let away = Away::new(object);
        let done = tokio::task::spawn_blocking(move || {
            let result = match away.connection() {
                Some((connection, untyped)) => work(connection, untyped),
                None => Err(no_connection()),
            };
            (away, result)
        });
        let (away, result) = match tokio::time::timeout(patience, done).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => return Some(Err(Fault::garbage("an ODBC thread failed"))),
            Err(_) => return None,
        };
        if matches!(result, Err(Fault::Lost(_))) {
            drop(away);
            self.pool.retain(|_, _| false);
        } else {
            self.connection = away.back();
        }
        Some(result)
    }

    /// The types of what each statement would give, and what is wrong with those that cannot be run.
    pub(super) async fn described(
        &mut self,
        statements: Vec<Statement>,
    ) -> Result<Vec<Vec<super::super::column::ColumnType>>, Fault> {
        let runner = self.runner();
        let described = self.away(self.patience, move |connection, _| runner.describe(connection, &statements)).await;
        described.unwrap_or_else(|| Err(too_slow()))
    }
}

#[async_trait]
impl Transaction for OdbcSession<'_> {
    async fn commit(mut self) -> Result<(), Fault> {
        if self.state != State::Open {
            return Ok(());
        }
        let language = self.pool.manager().language;
        let ended = self.away(self.patience, move |connection, _| at_end(connection, language, true)).await;
        match ended {
            Some(result) => result.map_err(Fault::at_commit)?,
            None => return Err(Fault::Unsettled("ODBC: no answer to COMMIT".to_owned())),
        }
        self.state = State::Plain;
        Ok(())
    }

    async fn roll_back(mut self) {
        let language = self.pool.manager().language;
        if self.state == State::Open
            && let Some(Ok(())) =
                self.away(Duration::from_secs(1), move |connection, _| at_end(connection, language, false)).await
        {
            self.state = State::Plain;
        }
    }
}

#[async_trait]
impl Session for OdbcSession<'_> {
    async fn run(&mut self, batch: Vec<Statement>) -> Result<Vec<Answer>, Fault> {
        let begins = self.state == State::Due;
        let plain = self.state == State::Plain;
        let writes = plain && batch.iter().any(|statement| !statement.text.starts_with("SELECT"));
        if begins {
            self.state = State::Open;
        }
        let runner = self.runner();
        let answered = self.away(self.patience, move |connection, untyped| {
            let runner = Runner { untyped, ..runner };
            if begins {
                connection.set_autocommit(false).map_err(|error| runner.fault(&error, ""))?;
            }
            batch.iter().map(|statement| runner.one(connection, statement)).collect()
        });
        match answered.await {
            Some(answers) => answers,
            None if writes => Err(ambiguous("ODBC: no answer to a write")),
            None => Err(too_slow()),
        }
    }
}

fn no_connection() -> Fault {
    Fault::Lost("ODBC: no connection".to_owned())
}
