//! Shows the statements of a plan without a database: the flow runs against a session that writes
//! them down and answers what would be usual.

use async_trait::async_trait;
use futures_util::FutureExt as _;

use super::dialect::Dialect;
use super::fault::Fault;
use super::flow::{Answer, Job, Session, Work};
use super::statement::Statement;
use crate::value::Value;

/// The statements, one line each, with their parameters; what goes wrong is the last line.
pub(super) fn lines(job: &Job) -> Vec<String> {
    let mut session = Rehearsal { dialect: job.dialect, key: key_of(job), lines: Vec::new() };
    let result = job.perform(&mut session).now_or_never();
    let mut lines = session.lines;
    if let Some(Err(fault)) = result {
        lines.push(format!("-- {}", fault.into_error(&job.model)));
    }
    lines
}

fn key_of(job: &Job) -> Value {
    match &*job.work {
        Work::Fetch(plan) => Value::from(plan.key.as_str()),
        Work::Update(plan) => Value::from(plan.key.as_str()),
        Work::Delete(plan) => Value::from(plan.key.as_str()),
        Work::Insert(_) | Work::Select(_) => {
            // Something that the key's column could hold, and nobody takes for a real key.
            let possible = ["(key)", "0", "00000000-0000-0000-0000-000000000000"];
            Value::from(possible.into_iter().find(|key| job.can_be_key(key)).unwrap_or("0"))
        }
    }
}

struct Rehearsal {
    dialect: &'static dyn Dialect,
    key: Value,
    lines: Vec<String>,
}

#[async_trait]
impl Session for Rehearsal {
    async fn run(&mut self, batch: Vec<Statement>) -> Result<Vec<Answer>, Fault> {
        Ok(batch.into_iter().map(|statement| self.note(&statement)).collect())
    }
}

impl Rehearsal {
    fn note(&mut self, statement: &Statement) -> Answer {
        self.write_down(statement);
        if let Some(then) = &statement.then {
            return self.note(then);
        }
        // A probe for a value that is taken finds nothing; every other statement finds one row.
        let probe = statement.text.starts_with("SELECT 1 ");
        let mut row = vec![Value::Null; statement.returns.len()];
        if let Some(first) = row.first_mut() {
            *first = self.key.clone();
        }
        let rows = if probe || row.is_empty() { Vec::new() } else { vec![row] };
        Answer { rows, affected: u64::MAX }
    }

    fn write_down(&mut self, statement: &Statement) {
        let dialect = self.dialect;
        let bound = statement.parameters.iter().enumerate();
        let bound: Vec<_> =
            bound.map(|(i, p)| format!("{} = {}", dialect.placeholder(i + 1), dialect.literal(p))).collect();
        let separator = if bound.is_empty() { "" } else { "  -- " };
        self.lines.push(format!("{}{separator}{}", statement.text, bound.join(", ")));
    }
}
