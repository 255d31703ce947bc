//! PostgreSQL without the gateway.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::{BufMut as _, BytesMut};
use futures_util::future::{join, try_join_all};
use tokio_postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, NoTls, Row, Statement as Prepared};

use crate::Result;
use crate::measure::{Lane, Target};
use crate::operation::{People, Subject};
use crate::script::{Parameter, Script, Statement, Step};

/// One operation's statements on a database.
pub(crate) struct Postgres {
    dsn: String,
    script: Arc<Script>,
    people: Arc<People>,
}

impl Postgres {
    pub(crate) const fn new(dsn: String, script: Arc<Script>, people: Arc<People>) -> Self {
        Self { dsn, script, people }
    }
}

#[async_trait]
impl Target for Postgres {
    async fn lane(&self) -> Result<Box<dyn Lane>> {
        let (client, connection) = tokio_postgres::connect(&self.dsn, NoTls).await?;
        tokio::spawn(connection);
        let mut prepared = HashMap::new();
        for step in &self.script.steps {
            let (Step::Together(statements) | Step::Finding(statements)) = step else { continue };
            for statement in statements {
                prepared.insert(statement.text.clone(), client.prepare(&statement.text).await?);
            }
        }
        let (script, people) = (Arc::clone(&self.script), Arc::clone(&self.people));
        Ok(Box::new(PostgresLane { client, prepared, script, people }))
    }
}

struct PostgresLane {
    client: Client,
    prepared: HashMap<String, Prepared>,
    script: Arc<Script>,
    people: Arc<People>,
}

#[async_trait]
impl Lane for PostgresLane {
    async fn ask(&mut self, turn: u64) -> Result<()> {
        let mut turn = Turn { subject: self.people.of(self.script.operation, turn), found: Vec::new() };
        let mut begin = false;
        for step in &self.script.steps {
            match step {
                Step::Begin => begin = true,
                Step::Together(statements) => {
                    self.run(statements, &turn, std::mem::take(&mut begin)).await?;
                }
                Step::Finding(statements) => {
                    let rows = self.run(statements, &turn, std::mem::take(&mut begin)).await?;
                    for row in rows.last().into_iter().flatten() {
                        turn.found.push(i64::from(row.try_get::<_, i32>(0)?));
                    }
                    if turn.found.is_empty() {
                        return Err("the statement found nothing".into());
                    }
                }
                Step::Commit => self.client.batch_execute("COMMIT").await?,
            }
        }
        Ok(())
    }
}

/// What differs from turn to turn.
struct Turn<'a> {
    subject: Subject<'a>,
    found: Vec<i64>,
}

impl PostgresLane {
    /// All statements in one round trip, the beginning of a transaction included.
    async fn run(&self, statements: &[Statement], turn: &Turn<'_>, begin: bool) -> Result<Vec<Vec<Row>>> {
        let bound: Vec<Vec<Text>> = statements
            .iter()
            .map(|statement| statement.parameters.iter().map(|p| text_of(p, turn)).collect())
            .collect();
        let asked = try_join_all(statements.iter().zip(&bound).map(|(statement, bound)| self.one(statement, bound)));
        if !begin {
            return asked.await;
        }
        let (begun, rows) = join(self.client.batch_execute("BEGIN"), asked).await;
        begun?;
        rows
    }

    async fn one(&self, statement: &Statement, bound: &[Text]) -> Result<Vec<Row>> {
        let prepared = self.prepared.get(&statement.text).ok_or("not prepared")?;
        let parameters: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|text| text as &(dyn ToSql + Sync)).collect();
        Ok(self.client.query(prepared, &parameters).await?)
    }
}

fn text_of(parameter: &Parameter, turn: &Turn<'_>) -> Text {
    Text(Some(match parameter {
        Parameter::Null => return Text(None),
        Parameter::Boolean(b) => i64::from(*b).to_string(),
        Parameter::Integer(i) => i.to_string(),
        Parameter::Text(text) => text.clone(),
        Parameter::Word(text) => Parameter::filled(text, &turn.subject.word),
        Parameter::Key => turn.subject.person.key.to_string(),
        Parameter::Team => turn.subject.team.key.to_string(),
        Parameter::Found => turn.found.first().map(i64::to_string).unwrap_or_default(),
        Parameter::AllFound => {
            format!("{{{}}}", turn.found.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
        }
        Parameter::List(items) => {
            let items: Vec<_> = items.iter().filter_map(|item| text_of(item, turn).0).collect();
            format!("{{{}}}", items.join(","))
        }
    }))
}

/// A parameter in its text form; the server knows what it has to be.
#[derive(Debug)]
struct Text(Option<String>);

impl ToSql for Text {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, Box<dyn Error + Sync + Send>> {
        let Some(text) = &self.0 else { return Ok(IsNull::Yes) };
        out.put_slice(text.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}
