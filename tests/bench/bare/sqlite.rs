//! SQLite without the gateway.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, types::Value};

use crate::Result;
use crate::measure::{Lane, Target};
use crate::operation::{People, Subject};
use crate::script::{Parameter, Script, Statement, Step};

/// One operation's statements on a file.
pub(crate) struct Sqlite {
    path: PathBuf,
    script: Arc<Script>,
    people: Arc<People>,
    /// SQLite lets one write at a time; waiting for a lock of our own is what the gateway does, too.
    writer: Arc<Mutex<()>>,
}

impl Sqlite {
    pub(crate) fn new(path: &Path, script: Arc<Script>, people: Arc<People>) -> Self {
        Self { path: path.to_owned(), script, people, writer: Arc::default() }
    }
}

#[async_trait]
impl Target for Sqlite {
    async fn lane(&self) -> Result<Box<dyn Lane>> {
        let connection = Connection::open(&self.path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.set_prepared_statement_cache_capacity(128);
        let (script, people, writer) = (Arc::clone(&self.script), Arc::clone(&self.people), Arc::clone(&self.writer));
        Ok(Box::new(SqliteLane { connection, script, people, writer }))
    }
}

struct SqliteLane {
    connection: Connection,
    script: Arc<Script>,
    people: Arc<People>,
    writer: Arc<Mutex<()>>,
}

#[async_trait]
impl Lane for SqliteLane {
    async fn ask(&mut self, turn: u64) -> Result<()> {
        self.play(Turn { subject: self.people.of(self.script.operation, turn), found: Vec::new() })
    }

    fn blocks(&self) -> bool {
        true
    }
}

/// What differs from turn to turn.
struct Turn<'a> {
    subject: Subject<'a>,
    found: Vec<i64>,
}

impl SqliteLane {
    fn play(&self, mut turn: Turn<'_>) -> Result<()> {
        let mut alone = None;
        for step in &self.script.steps {
            match step {
                Step::Begin => {
                    self.end_reading()?;
                    alone = Some(self.writer.lock().unwrap_or_else(PoisonError::into_inner));
                    self.connection.execute_batch("BEGIN IMMEDIATE")?;
                }
                Step::Together(statements) => {
                    self.begin_reading()?;
                    for statement in statements {
                        self.run(statement, &turn)?;
                    }
                }
                Step::Finding(statements) => {
                    self.begin_reading()?;
                    for statement in statements {
                        turn.found = self.run(statement, &turn)?;
                    }
                    if turn.found.is_empty() {
                        return Err("the statement found nothing".into());
                    }
                }
                Step::Commit => {
                    self.connection.execute_batch("COMMIT")?;
                    alone = None;
                }
            }
        }
        drop(alone);
        self.end_reading()
    }

    /// Statements that read share a transaction, as the gateway's do.
    fn begin_reading(&self) -> Result<()> {
        if self.connection.is_autocommit() {
            self.connection.prepare_cached("BEGIN")?.raw_execute()?;
        }
        Ok(())
    }

    fn end_reading(&self) -> Result<()> {
        if !self.connection.is_autocommit() {
            self.connection.prepare_cached("ROLLBACK")?.raw_execute()?;
        }
        Ok(())
    }

    /// Gives the first column of all rows, where that is an integer.
    fn run(&self, statement: &Statement, turn: &Turn<'_>) -> Result<Vec<i64>> {
        let mut prepared = self.connection.prepare_cached(&statement.text)?;
        for (at, parameter) in statement.parameters.iter().enumerate() {
            prepared.raw_bind_parameter(at + 1, bound(parameter, turn))?;
        }
        let columns = prepared.column_count();
        let mut rows = prepared.raw_query();
        let mut first = Vec::new();
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                let value = row.get_ref(column)?;
                if column == 0 {
                    first.extend(value.as_i64().ok());
                }
            }
        }
        Ok(first)
    }
}

fn bound(parameter: &Parameter, turn: &Turn<'_>) -> Value {
    match parameter {
        Parameter::Null => Value::Null,
        Parameter::Boolean(b) => Value::Integer(i64::from(*b)),
        Parameter::Integer(i) => Value::Integer(*i),
        Parameter::Text(text) => Value::Text(text.clone()),
        Parameter::Word(text) => Value::Text(Parameter::filled(text, &turn.subject.word)),
        Parameter::Key => Value::Integer(turn.subject.person.key),
        Parameter::Team => Value::Integer(turn.subject.team.key),
        Parameter::Found => turn.found.first().map_or(Value::Null, |key| Value::Integer(*key)),
        Parameter::AllFound => Value::Text(serde_json::json!(turn.found).to_string()),
        Parameter::List(items) => {
            let items: Vec<_> = items.iter().map(|item| json_of(bound(item, turn))).collect();
            Value::Text(serde_json::Value::Array(items).to_string())
        }
    }
}

fn json_of(value: Value) -> serde_json::Value {
    match value {
        Value::Integer(i) => i.into(),
        Value::Text(text) => text.into(),
        _ => serde_json::Value::Null,
    }
}
