//! The engine: a pool of connections that repairs itself, and transactions.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use deadpool::Runtime;
use deadpool::managed::{Object, Pool, PoolError, TimeoutType};
use jiff::tz::TimeZone;

use super::super::Engine;
use super::super::catalogue::{self, Catalogue};
use super::super::column::{ColumnType, Parameter};
use super::super::config::{Config, Limits};
use super::super::dialect::Dialect;
use super::super::fault::Fault;
use super::super::flow::{
    Answer, Job, Outcome, Session as _, Settled, Transaction as _, Work, settled, transacted, worked,
};
use super::super::statement::Statement;
use super::language::{Language, Settles};
use super::pool::{Connections, is_alive};
use super::session::OdbcSession;
use super::{Place, catalogue as driver, too_slow, unavailable};
use crate::value::Value;

/// The application's database behind a driver.
pub(in super::super) struct OdbcEngine {
    pool: Pool<Connections>,
    language: &'static Language,
    zone: TimeZone,
    limits: Limits,
}

impl std::fmt::Debug for OdbcEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OdbcEngine")
            .field("language", &self.language.name)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl OdbcEngine {
    /// Makes the pool without connecting.
    pub(in super::super) fn new(place: &Place, config: &Config) -> Option<Self> {
        let limits = config.limits.clone();
        let connections = Connections::new(place, limits.clone(), config.zone.clone());
        let language = connections.language;
        let pool = Pool::builder(connections)
            .max_size(if language.alone { 1 } else { limits.pool })
            .wait_timeout(Some(limits.acquire))
            .create_timeout(Some(limits.acquire.saturating_add(limits.connect.saturating_mul(2))))
            .recycle_timeout(Some(limits.connect))
            .runtime(Runtime::Tokio1)
            .build()
            .ok()?;
        Some(Self { pool, language, zone: config.zone.clone(), limits })
    }

    async fn connection(&self) -> Result<Object<Connections>, Fault> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => unavailable("ODBC: no connection was free in time"),
            PoolError::Timeout(_) => unavailable("ODBC: connecting took too long"),
            PoolError::Backend(fault) => fault,
            PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                unavailable("ODBC: the pool gives no connections")
            }
        })
    }

    async fn session(&self, transaction: bool) -> Result<OdbcSession<'_>, Fault> {
        let connection = self.connection().await?;
        Ok(OdbcSession::new(&self.pool, connection, transaction, &self.zone, self.patience()))
    }

    /// Longer than the driver takes to give up by itself, where it can, which is the better way to fail.
    fn patience(&self) -> Duration {
        self.limits.statement.saturating_add(Duration::from_millis(500))
    }

    /// Carries a job out in a transaction of which the database can tell later what came of it.
    async fn numbered(&self, job: &Job, current: &str, status: &'static str) -> Result<Outcome, Fault> {
        let (mut session, outcome) = worked(job, self.session(true).await?).await?;
        let number = session.run(vec![question(current, Vec::new())]).await?;
        let number = Parameter::Text(word(&number));
        let asked = || async {
            let answers = self.ask(vec![question(status, vec![number.clone()])]).await?;
            Ok(match word(&answers).as_str() {
                "committed" => Settled::Done,
                "aborted" => Settled::Undone,
                "in progress" => Settled::Open,
                _ => Settled::Unknown,
            })
        };
        match session.commit().await {
            Ok(()) => Ok(outcome),
            Err(Fault::Unsettled(detail)) => settled(detail, self.patience(), asked).await.map(|()| outcome),
            Err(fault) => Err(fault),
        }
    }

    /// Puts what the database's own catalogue says of columns in the place of what the driver says.
    async fn refined(
        &self,
        tables: &[(&str, Vec<&str>)],
        mut described: Vec<Vec<ColumnType>>,
    ) -> Result<Vec<Vec<ColumnType>>, Fault> {
        let Some(declared) = self.language.declared else { return Ok(described) };
        let case = self.language.dialect.names_have_case();
        let catalogue = catalogue::read(self).await?;
        let said = self.said(declared.asked).await?;
        for ((name, columns), types) in tables.iter().zip(&mut described) {
            let Some(table) = catalogue.table(name, case) else { continue };
            for (column, what) in columns.iter().zip(types) {
                if let Some(facts) = table.column(column, case).filter(|_| !table.view) {
                    let said = said.get(&(table.schema.clone(), table.name.clone(), facts.name.clone()));
                    *what = (declared.of)(facts, said.map_or("", String::as_str));
                }
            }
        }
        Ok(described)
    }

    /// The words that the first of these questions gives for columns, by schema, table and column.
    async fn said(&self, questions: &[&str]) -> Result<HashMap<(String, String, String), String>, Fault> {
        for question in questions {
            let returns = vec![ColumnType::Text(None); 4];
            let statement = Statement { text: (*question).to_owned(), parameters: Vec::new(), returns, then: None };
            let answers = match self.ask(vec![statement]).await {
                Ok(answers) => answers,
                Err(Fault::Stale(_)) => continue,
                Err(fault) => return Err(fault),
            };
            let rows = answers.into_iter().flat_map(|answer| answer.rows);
            let word = |row: &[Value], at: usize| row.get(at).map(Value::to_text).unwrap_or_default();
            return Ok(rows.map(|row| ((word(&row, 0), word(&row, 1), word(&row, 2)), word(&row, 3))).collect());
        }
        Ok(HashMap::new())
    }
}

/// A question with one word for an answer.
fn question(text: &str, parameters: Vec<Parameter>) -> Statement {
    Statement { text: text.to_owned(), parameters, returns: vec![ColumnType::Text(None)], then: None }
}

fn word(answers: &[Answer]) -> String {
    let row = answers.first().and_then(|answer| answer.rows.first());
    row.and_then(|row| row.first()).map(Value::to_text).unwrap_or_default()
}

#[async_trait]
impl Engine for OdbcEngine {
    fn dialect(&self) -> &'static dyn Dialect {
        self.language.dialect
    }

    async fn describe(&self, statements: Vec<Statement>) -> Result<Vec<Vec<ColumnType>>, Fault> {
        self.session(false).await?.described(statements).await
    }

    async fn types(
        &self,
        tables: &[(&str, Vec<&str>)],
        statements: Vec<Statement>,
    ) -> Result<Vec<Vec<ColumnType>>, Fault> {
        let described = self.describe(statements).await?;
        self.refined(tables, described).await
    }

    async fn perform(&self, job: Arc<Job>) -> Result<Outcome, Fault> {
        if job.reads() {
            return job.perform(&mut self.session(false).await?).await;
        }
        // A write may ask for its row afterwards, which has to be the same transaction.
        let new = matches!(*job.work, Work::Insert(_));
        match self.language.settles {
            Settles::ByNumber(current, status) => self.numbered(&job, current, status).await,
            Settles::OfKnownRows if new => {
                let (session, outcome) = worked(&job, self.session(true).await?).await?;
                session.commit().await.map(|()| outcome)
            }
            Settles::OfKnownRows | Settles::ByLock => transacted(&job, self.patience(), || self.session(true)).await,
        }
    }

    async fn ask(&self, statements: Vec<Statement>) -> Result<Vec<Answer>, Fault> {
        self.session(false).await?.run(statements).await
    }

    async fn probe(&self) -> Result<(), Fault> {
        let language = self.language;
        let mut session = self.session(false).await?;
        let asked = session.away(self.limits.connect, move |connection, _| is_alive(connection, language)).await;
        asked.unwrap_or_else(|| Err(too_slow()))
    }

    async fn catalogue(&self) -> Result<Catalogue, Fault> {
        let language = self.language;
        let mut session = self.session(false).await?;
        let read = session.away(self.patience(), move |connection, _| driver::read(connection, language)).await;
        read.unwrap_or_else(|| Err(too_slow()))
    }

    /// Nothing is prepared beyond its use.
    fn forget(&self) {}
}
