//! One connection while a job has it.

use std::time::Duration;

use async_trait::async_trait;
use deadpool::managed::{Object, Pool};
use futures_util::TryStreamExt as _;
use jiff::tz::TimeZone;
use tiberius::error::Error;
use tiberius::{ColumnData, QueryItem};

use super::super::fault::Fault;
use super::super::flow::{Answer, Session, State, Transaction};
use super::super::statement::Statement;
use super::decode::decode;
use super::dialect::NAME_LOCK;
use super::encode::query;
use super::fault::fault;
use super::keys::columns_of_key;
use super::pool::{Connections, Spoken, say};
use super::{ambiguous, too_slow, unavailable};
use crate::value::Value;

/// The cells of the rows of an answer.
pub(super) type Cells = Vec<Vec<ColumnData<'static>>>;

/// A connection with at most one transaction.
pub(super) struct MssqlSession<'a> {
    pool: &'a Pool<Connections>,
    /// Taken away when it must not go back to the pool.
    connection: Option<Object<Connections>>,
    state: State,
    /// True while an answer is outstanding.
    busy: bool,
    zone: &'a TimeZone,
    patience: Duration,
}

impl Drop for MssqlSession<'_> {
    fn drop(&mut self) {
        // The server undoes what was begun once the connection is closed.
        if self.busy || self.state == State::Open {
            self.discard();
        }
    }
}

impl<'a> MssqlSession<'a> {
    pub(super) fn new(
        pool: &'a Pool<Connections>,
        connection: Object<Connections>,
        transaction: bool,
        zone: &'a TimeZone,
        patience: Duration,
    ) -> Self {
        let state = if transaction { State::Due } else { State::Plain };
        Self { pool, connection: Some(connection), state, busy: false, zone, patience }
    }

    /// One word without an answer; `None` when nothing came of it in time.
    async fn say(&mut self, text: &'static str, patience: Duration) -> Option<Result<(), Fault>> {
        let connection = self.connection.as_mut()?;
        self.busy = true;
        let said = tokio::time::timeout(patience, say(&mut connection.client, text)).await.ok()?;
        self.busy = false;
        Some(self.known(said, text))
    }

    fn discard(&mut self) {
        self.connection.take().map(Object::take).into_iter().for_each(drop);
    }

    async fn batch(&mut self, batch: &[Statement]) -> Result<Vec<Answer>, Fault> {
        if self.state == State::Due {
            self.state = State::Open;
            let begun = say(self.client()?, "BEGIN TRANSACTION").await;
            self.known(begun, "")?;
        }
        let mut answers = Vec::with_capacity(batch.len());
        for statement in batch {
            answers.push(self.one(statement).await?);
        }
        Ok(answers)
    }

    async fn one(&mut self, statement: &Statement) -> Result<Answer, Fault> {
        let answer = self.execute(statement).await?;
        if statement.text == NAME_LOCK {
            return match answer.rows.first().and_then(|row| row.first()) {
                Some(Value::Integer(0..)) => Ok(answer),
                Some(Value::Integer(-3)) => Err(Fault::Again("SQL Server: a deadlock of name locks".to_owned())),
                _ => Err(unavailable("SQL Server: others work on the same name")),
            };
        }
        match statement.then.as_deref().filter(|_| answer.affected > 0) {
            Some(then) => Ok(Answer { affected: answer.affected, ..self.execute(then).await? }),
            None => Ok(answer),
        }
    }

    /// A statement that gives no rows is asked how many it changed: triggers would add to what the
    /// protocol counts.
    async fn execute(&mut self, statement: &Statement) -> Result<Answer, Fault> {
        let silent = statement.returns.is_empty();
        let counted = format!("{}; SELECT ROWCOUNT_BIG()", statement.text);
        let text = if silent { counted.as_str() } else { statement.text.as_str() };
        let found = cells(self.client()?, text, statement).await;
        let rows = match self.known(found, &statement.text) {
            Ok(rows) => rows,
            Err(fault) => return Err(self.explained(fault).await),
        };
        if silent {
            let affected = match rows.into_iter().flatten().next() {
                Some(ColumnData::I64(Some(count))) => u64::try_from(count).unwrap_or_default(),
                _ => return Err(Fault::garbage("SQL Server: a change was not counted")),
            };
            return Ok(Answer { rows: Vec::new(), affected });
        }
        let decoded = rows.into_iter().map(|row| {
            let values = row.into_iter().zip(&statement.returns);
            values.map(|(value, what)| decode(value, what, self.zone)).collect()
        });
        let rows: Vec<_> = decoded.collect();
        Ok(Answer { affected: rows.len() as u64, rows })
    }

    /// The cells that a statement outside any plan gives, in time.
    pub(super) async fn asked(&mut self, statement: &Statement) -> Result<Cells, Fault> {
        let patience = self.patience;
        self.busy = true;
        let client = self.client()?;
        let found = tokio::time::timeout(patience, cells(client, &statement.text, statement)).await;
        self.busy = false;
        let Ok(found) = found else {
            self.discard();
            return Err(too_slow());
        };
        self.known(found, "")
    }

    fn client(&mut self) -> Result<&mut Spoken, Fault> {
        let connection = self.connection.as_mut();
        connection.map(|connection| &mut connection.client).ok_or_else(no_connection)
    }

    /// The result, with the connection gone when it is of no more use. Where one is dead, those that are
    /// idle are as well.
    fn known<T>(&mut self, result: Result<T, Error>, text: &str) -> Result<T, Fault> {
        result.map_err(|error| {
            let fault = fault(&error, text);
            if matches!(fault, Fault::Lost(_)) {
                self.pool.retain(|_, _| false);
            }
            if !matches!(error, Error::Server(_)) || matches!(fault, Fault::Lost(_)) {
                self.discard();
            }
            fault
        })
    }

    /// A value that is taken, with the columns of the key that says so.
    async fn explained(&mut self, fault: Fault) -> Fault {
        match (fault, &mut self.connection) {
            (Fault::Refused(mut refusal), Some(connection)) if refusal.reason.is_none() => {
                columns_of_key(&mut connection.client, &mut refusal).await;
                Fault::Refused(refusal)
            }
            (fault, _) => fault,
        }
    }
}

#[async_trait]
impl Transaction for MssqlSession<'_> {
    async fn commit(mut self) -> Result<(), Fault> {
        if self.state != State::Open {
            return Ok(());
        }
        match self.say("COMMIT TRANSACTION", self.patience).await {
            Some(result) => result.map_err(Fault::at_commit)?,
            None => return Err(Fault::Unsettled("SQL Server: no answer to COMMIT".to_owned())),
        }
        self.state = State::Plain;
        Ok(())
    }

    /// The server may have done so by itself.
    async fn roll_back(mut self) {
        const UNDO: &str = "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION";
        if self.state == State::Open && matches!(self.say(UNDO, Duration::from_secs(1)).await, Some(Ok(()))) {
            self.state = State::Plain;
        }
    }
}

#[async_trait]
impl Session for MssqlSession<'_> {
    async fn run(&mut self, batch: Vec<Statement>) -> Result<Vec<Answer>, Fault> {
        let plain = self.state == State::Plain;
        self.busy = true;
        let result = tokio::time::timeout(self.patience, self.batch(&batch)).await;
        self.busy = false;
        let Ok(result) = result else {
            self.discard();
            let writes = plain && batch.iter().any(|statement| !statement.text.starts_with("SELECT"));
            return Err(if writes { ambiguous("SQL Server: no answer to a write") } else { too_slow() });
        };
        result
    }
}

/// The rows of the last set that a statement gives: a trigger's own come before it.
async fn cells(client: &mut Spoken, text: &str, statement: &Statement) -> Result<Cells, Error> {
    let mut stream = Box::pin(query(text, &statement.parameters).query(client)).await?;
    let mut rows = Cells::new();
    while let Some(item) = stream.try_next().await? {
        match item {
            QueryItem::Metadata(_) => rows.clear(),
            QueryItem::Row(row) => rows.push(row.into_iter().collect()),
        }
    }
    Ok(rows)
}

fn no_connection() -> Fault {
    Fault::Lost("SQL Server: no connection".to_owned())
}
