//! One connection while a job has it.

use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::Object;
use futures_util::future::{join, try_join_all};
use futures_util::{StreamExt as _, pin_mut};
use jiff::tz::TimeZone;
use tokio_postgres::{SimpleQueryMessage, Statement as Prepared};

use super::super::column::Parameter;
use super::super::fault::Fault;
use super::super::flow::{Answer, Session, State, Transaction};
use super::super::statement::Statement;
use super::decode::{self, Raw};
use super::encode::AsText;
use super::fault::fault;
use super::{ambiguous, too_slow};

/// A connection with at most one transaction.
pub(super) struct PostgresSession<'a> {
    /// Taken away when it must not go back to the pool.
    connection: Option<Object>,
    state: State,
    /// The number of the transaction, once it has one.
    transaction: Option<i64>,
    /// True while answers are outstanding.
    busy: bool,
    zone: &'a TimeZone,
    patience: Duration,
}

impl Drop for PostgresSession<'_> {
    fn drop(&mut self) {
        // A connection that still works on a dropped request would keep the next one waiting.
        if self.busy || self.state == State::Open {
            self.discard();
        }
    }
}

impl<'a> PostgresSession<'a> {
    pub(super) fn new(connection: Object, transaction: bool, zone: &'a TimeZone, patience: Duration) -> Self {
        let state = if transaction { State::Due } else { State::Plain };
        Self { connection: Some(connection), state, transaction: None, busy: false, zone, patience }
    }

    /// What the server knows the transaction by, even when this session is gone.
    pub(super) const fn transaction(&self) -> Option<i64> {
        self.transaction
    }

    fn discard(&mut self) {
        self.connection.take().map(Object::take).into_iter().for_each(drop);
    }

    async fn batch(&mut self, batch: &[Statement]) -> Result<Vec<Answer>, Fault> {
        let begin = self.state == State::Due;
        if begin {
            self.state = State::Open;
        }
        let Some(connection) = &self.connection else {
            return Err(Fault::Lost("PostgreSQL: no connection".to_owned()));
        };
        let prepared = try_join_all(batch.iter().map(|statement| connection.prepare_cached(&statement.text))).await;
        let prepared = prepared.map_err(|error| fault(&error))?;
        let answers = try_join_all(
            prepared.iter().zip(batch).map(|(prepared, statement)| one(connection, prepared, statement, self.zone)),
        );
        if !begin {
            return answers.await;
        }
        // BEGIN goes first because it is polled first; nothing waits for its answer. At any other level
        // a check after a lock would see the tables as they were before the lock.
        let (begun, answers) = join(connection.simple_query(BEGIN), answers).await;
        self.transaction = number_of(&begun.map_err(|error| fault(&error))?);
        answers
    }
}

#[async_trait]
impl Transaction for PostgresSession<'_> {
    async fn commit(mut self) -> Result<(), Fault> {
        if self.state != State::Open {
            return Ok(());
        }
        let Some(connection) = &self.connection else {
            return Err(Fault::Lost("PostgreSQL: no connection".to_owned()));
        };
        let committed = tokio::time::timeout(self.patience, connection.batch_execute("COMMIT")).await;
        match committed {
            Ok(Ok(())) => {
                self.state = State::Plain;
                Ok(())
            }
            Ok(Err(error)) => Err(fault(&error).at_commit()),
            Err(_) => Err(Fault::Unsettled("PostgreSQL: no answer to COMMIT".to_owned())),
        }
    }

    async fn roll_back(mut self) {
        if self.state == State::Open
            && let Some(connection) = &self.connection
            && let Ok(Ok(())) = tokio::time::timeout(Duration::from_secs(1), connection.batch_execute("ROLLBACK")).await
        {
            self.state = State::Plain;
        }
    }
}

#[async_trait]
impl Session for PostgresSession<'_> {
    async fn run(&mut self, batch: Vec<Statement>) -> Result<Vec<Answer>, Fault> {
        let plain = self.state == State::Plain;
        self.busy = true;
        let result = tokio::time::timeout(self.patience, self.batch(&batch)).await;
        self.busy = false;
        let Ok(result) = result else {
            self.discard();
            let writes = plain && batch.iter().any(|statement| !statement.text.starts_with("SELECT"));
            return Err(if writes { ambiguous("PostgreSQL: no answer to a write") } else { too_slow() });
        };
        result
    }
}

/// The number is asked for along with the beginning, and costs no round trip of its own. By this name
/// the servers since 8.2 know it.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT txid_current()";

fn number_of(begun: &[SimpleQueryMessage]) -> Option<i64> {
    begun.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
        _ => None,
    })
}

async fn one(
    connection: &Object,
    prepared: &Prepared,
    statement: &Statement,
    zone: &TimeZone,
) -> Result<Answer, Fault> {
    let parameters = statement.parameters.iter().map(AsText::<Parameter>);
    let stream = connection.query_raw(prepared, parameters).await.map_err(|error| fault(&error))?;
    pin_mut!(stream);
    let mut rows = Vec::new();
    while let Some(row) = stream.next().await {
        let row = row.map_err(|error| fault(&error))?;
        let values = row.columns().iter().enumerate().map(|(i, column)| {
            let raw: Option<Raw<'_>> = row.try_get(i).map_err(|error| fault(&error))?;
            Ok(decode::value(raw, column.type_(), zone))
        });
        rows.push(values.collect::<Result<_, Fault>>()?);
    }
    Ok(Answer { rows, affected: stream.rows_affected().unwrap_or(0) })
}
