//! One connection while a job has it.

use std::time::Duration;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use mysql_async::Row;
use mysql_async::prelude::Queryable as _;

use super::super::fault::Fault;
use super::super::flow::{Answer, Session, State, Transaction};
use super::super::statement::Statement;
use super::decode::decode;
use super::dialect::{INSERTED, NAME_LOCK};
use super::fault::fault;
use super::keys::columns_of_key;
use super::pool::{Lease, Pool};
use super::positional::positional;
use super::{ambiguous, too_slow, unavailable};
use crate::value::Value;

/// A connection with at most one transaction.
pub(super) struct MySqlSession<'a> {
    pool: &'a Pool,
    /// Taken away when it must not go back to the pool.
    lease: Option<Lease<'a>>,
    state: State,
    /// True while an answer is outstanding.
    busy: bool,
    /// True while names are locked, which outlast the transaction.
    locked: bool,
    zone: &'a TimeZone,
    patience: Duration,
}

impl Drop for MySqlSession<'_> {
    fn drop(&mut self) {
        // The server undoes what was begun, and frees the names, once the connection is closed.
        if let Some(lease) = self.lease.take()
            && !self.busy
            && !self.locked
            && self.state != State::Open
        {
            self.pool.give_back(lease);
        }
    }
}

impl<'a> MySqlSession<'a> {
    pub(super) fn new(
        pool: &'a Pool,
        lease: Lease<'a>,
        transaction: bool,
        zone: &'a TimeZone,
        patience: Duration,
    ) -> Self {
        let state = if transaction { State::Due } else { State::Plain };
        Self { pool, lease: Some(lease), state, busy: false, locked: false, zone, patience }
    }

    async fn unlock(&mut self) {
        if self.locked && self.state != State::Open {
            let done = self.say("DO RELEASE_ALL_LOCKS()", Duration::from_secs(1)).await;
            self.locked = !matches!(done, Some(Ok(())));
        }
    }

    /// One word without an answer; `None` when nothing came of it in time.
    async fn say(&mut self, text: &'static str, patience: Duration) -> Option<Result<(), Fault>> {
        let lease = self.lease.as_mut()?;
        self.busy = true;
        let said = tokio::time::timeout(patience, lease.connection.query_drop(text)).await.ok()?;
        self.busy = false;
        Some(self.known(said, text))
    }

    async fn batch(&mut self, batch: &[Statement]) -> Result<Vec<Answer>, Fault> {
        if self.state == State::Due {
            self.state = State::Open;
            let lease = self.lease.as_mut().ok_or_else(no_connection)?;
            let begun = lease.connection.query_drop("START TRANSACTION").await;
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
            self.locked = true;
            let given = answer.rows.first().and_then(|row| row.first()) == Some(&Value::Integer(1));
            return if given { Ok(answer) } else { Err(unavailable("MySQL: others work on the same name")) };
        }
        let Some(then) = statement.then.as_deref().filter(|_| answer.affected > 0) else { return Ok(answer) };
        let inserted = self.lease.as_ref().and_then(|lease| lease.connection.last_insert_id());
        if then.text.contains(INSERTED) && inserted.is_none_or(|key| key == 0) {
            return Err(Fault::garbage(
                "MySQL: the database made no key that it could tell; map the key, or say `mariadb://` for MariaDB",
            ));
        }
        let row = self.execute(then).await?;
        Ok(Answer { affected: answer.affected, ..row })
    }

    async fn execute(&mut self, statement: &Statement) -> Result<Answer, Fault> {
        let (text, values) = positional(&statement.text, &statement.parameters);
        let lease = self.lease.as_mut().ok_or_else(no_connection)?;
        let found: Result<Vec<Row>, _> = lease.connection.exec(text, values).await;
        let affected = lease.connection.affected_rows();
        let rows = match self.known(found, &statement.text) {
            Ok(rows) => rows,
            Err(fault) => return Err(self.explained(fault).await),
        };
        let decoded = rows.into_iter().map(|row| {
            let values = row.unwrap().into_iter().zip(&statement.returns);
            values.map(|(value, what)| decode(value, what, self.zone)).collect()
        });
        Ok(Answer { rows: decoded.collect(), affected })
    }

    /// The result, with the connection gone when it is of no more use.
    fn known<T>(&mut self, result: mysql_async::Result<T>, text: &str) -> Result<T, Fault> {
        result.map_err(|error| {
            let fault = fault(&error, text);
            if error.is_fatal() || matches!(fault, Fault::Lost(_)) {
                self.lease = None;
                self.pool.forget();
            }
            fault
        })
    }

    /// A value that is taken, with the columns of the key that says so.
    async fn explained(&mut self, fault: Fault) -> Fault {
        match (fault, &mut self.lease) {
            (Fault::Refused(mut refusal), Some(lease)) if refusal.reason.is_none() => {
                columns_of_key(&mut lease.connection, &mut refusal).await;
                Fault::Refused(refusal)
            }
            (fault, _) => fault,
        }
    }
}

#[async_trait]
impl Transaction for MySqlSession<'_> {
    async fn commit(mut self) -> Result<(), Fault> {
        if self.state == State::Open {
            match self.say("COMMIT", self.patience).await {
                Some(result) => result.map_err(Fault::at_commit)?,
                None => return Err(Fault::Unsettled("MySQL: no answer to COMMIT".to_owned())),
            }
            self.state = State::Plain;
        }
        self.unlock().await;
        Ok(())
    }

    async fn roll_back(mut self) {
        if self.state == State::Open && matches!(self.say("ROLLBACK", Duration::from_secs(1)).await, Some(Ok(()))) {
            self.state = State::Plain;
        }
        self.unlock().await;
    }
}

#[async_trait]
impl Session for MySqlSession<'_> {
    async fn run(&mut self, batch: Vec<Statement>) -> Result<Vec<Answer>, Fault> {
        let plain = self.state == State::Plain;
        self.busy = true;
        let result = tokio::time::timeout(self.patience, self.batch(&batch)).await;
        self.busy = false;
        let Ok(result) = result else {
            self.lease = None;
            let writes = plain && batch.iter().any(|statement| !statement.text.starts_with("SELECT"));
            return Err(if writes { ambiguous("MySQL: no answer to a write") } else { too_slow() });
        };
        result
    }
}

fn no_connection() -> Fault {
    Fault::Lost("MySQL: no connection".to_owned())
}
