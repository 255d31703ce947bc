//! Statements on a connection, on a thread that may block.

use std::time::Duration;

use jiff::tz::TimeZone;
use odbc_api::{Connection, Cursor, CursorImpl, DataType, Error, ResultSetMetadata};

use super::super::column::ColumnType;
use super::super::fault::Fault;
use super::super::flow::Answer;
use super::super::statement::Statement;
use super::columns::type_of;
use super::decode::{Failed, cell};
use super::encode::bound;
use super::fault::{fault, of_mysql};
use super::language::Language;
use super::positional::positional;
use super::unavailable;
use crate::value::Value;

/// The most rows that one answer may have.
const ROWS: usize = 1_000_000;

/// What runs statements.
#[derive(Debug, Clone)]
pub(super) struct Runner {
    pub(super) language: &'static Language,
    /// True where every value goes as a text of no type.
    pub(super) untyped: bool,
    pub(super) zone: TimeZone,
    pub(super) patience: Duration,
}

/// Ends the transaction, and lets go of what was locked beyond it.
pub(super) fn at_end(connection: &Connection<'_>, language: &Language, commits: bool) -> Result<(), Fault> {
    let ended = if commits { connection.commit() } else { connection.rollback() };
    ended.map_err(|error| fault(language, &error, ""))?;
    let rest = || -> Result<(), Error> {
        connection.set_autocommit(true)?;
        if let Some((_, Some(release))) = language.name_lock {
            connection.execute(release, (), None).map(leave)?;
        }
        Ok(())
    };
    match rest() {
        Ok(()) => Ok(()),
        // What was committed stays so, and a connection that is in doubt is not used again.
        Err(_) if commits => Ok(()),
        Err(error) => Err(fault(language, &error, "")),
    }
}

/// Leaves what a statement gave. Freeing the statement closes its rows; closed by themselves they would
/// end the thread where the driver has closed them already, as PostgreSQL's does after a write.
pub(super) fn leave<S: odbc_api::handles::Statement>(cursor: Option<CursorImpl<S>>) {
    cursor.map(CursorImpl::into_stmt).into_iter().for_each(drop);
}

impl Runner {
    pub(super) fn fault(&self, error: &Error, text: &str) -> Fault {
        fault(self.language, error, text)
    }

    /// One statement, with the question for its row.
    pub(super) fn one(&self, connection: &Connection<'_>, statement: &Statement) -> Result<Answer, Fault> {
        let answer = self.execute(connection, statement)?;
        if self.language.name_lock.is_some_and(|(lock, _)| statement.text == lock) {
            return given(answer);
        }
        let Some(then) = statement.then.as_deref().filter(|_| answer.affected > 0) else { return Ok(answer) };
        let row = self.execute(connection, then)?;
        let by_its_values = self.language.dialect.found_by_its_values() && statement.text.starts_with("INSERT");
        if by_its_values && row.rows.len() > 1 {
            return Err(Fault::garbage("ODBC: a new row is not the only one with its unique value"));
        }
        Ok(Answer { affected: answer.affected, ..row })
    }

    fn execute(&self, connection: &Connection<'_>, statement: &Statement) -> Result<Answer, Fault> {
        let (text, sent) = positional(self.language, &statement.text, &statement.parameters)?;
        let failed = |failed: Failed| match failed {
            Failed::Driver(error) => self.fault(&error, &statement.text),
            Failed::Unusable(fault) => fault,
        };
        let answer = self.answer(connection, &text, &sent, &statement.returns).map_err(failed);
        let answer = answer.and_then(|answer| match self.swallowed(connection, &answer, &statement.text) {
            Some(fault) => Err(fault),
            None => Ok(answer),
        });
        answer.map_err(|fault| self.explained(connection, fault))
    }

    /// The error behind a write that changed nothing.
    fn swallowed(&self, connection: &Connection<'_>, answer: &Answer, text: &str) -> Option<Fault> {
        let errors = self.language.errors.filter(|_| answer.affected == 0 && !text.starts_with("SELECT"))?;
        let returns = [ColumnType::Text(None), ColumnType::Integer(4), ColumnType::Text(None)];
        let told = self.answer(connection, errors, &[], &returns).ok()?;
        match told.rows.first()?.as_slice() {
            [_, Value::Integer(number), words] => Some(of_mysql(*number, words.to_text(), text)),
            _ => None,
        }
    }

    /// A value that is taken, with the columns of the key that says so.
    fn explained(&self, connection: &Connection<'_>, fault: Fault) -> Fault {
        let Fault::Refused(mut refusal) = fault else { return fault };
        let questions = self.language.dialect.questions();
        let questions = questions.filter(|_| self.language.names_keys && refusal.reason.is_none());
        if let Some(questions) = questions
            && let Some(key) = refusal.columns.pop()
        {
            let returns = [const { ColumnType::Text(None) }; 8];
            let indexes = self.answer(connection, questions.indexes, &[], &returns).unwrap_or_default();
            let bare = refusal.table.rsplit('.').next().unwrap_or_default().to_owned();
            for row in indexes.rows {
                let [_, table, index, _, _, _, _, column] = &row[..] else { continue };
                if table.to_text() == bare && index.to_text() == key {
                    refusal.columns.push(column.to_text());
                }
            }
            refusal.columns.extend(key.split('_').map(str::to_owned));
        }
        Fault::Refused(refusal)
    }

    fn answer(
        &self,
        connection: &Connection<'_>,
        text: &str,
        sent: &[super::super::column::Parameter],
        returns: &[ColumnType],
    ) -> Result<Answer, Failed> {
        let parameters = bound(self.language, self.untyped, sent);
        let mut prepared = connection.preallocate()?;
        // Not every driver can; the session keeps the time as well.
        let seconds = usize::try_from(self.patience.as_secs().max(1)).unwrap_or(usize::MAX);
        let _ = prepared.set_query_timeout_sec(seconds);
        if returns.is_empty() {
            prepared.execute(text, parameters.as_slice()).map(leave)?;
            let affected = prepared.row_count()?.unwrap_or(0) as u64;
            return Ok(Answer { rows: Vec::new(), affected });
        }
        let Some(mut cursor) = prepared.execute(text, parameters.as_slice())? else {
            // A statement of the mapping may give its key or not.
            if text.starts_with("SELECT") {
                return Err(Failed::Unusable(Fault::garbage("ODBC: a question had no answer")));
            }
            let affected = prepared.row_count()?.unwrap_or(0) as u64;
            return Ok(Answer { rows: Vec::new(), affected });
        };
        let rows = self.rows(&mut cursor, text.starts_with("SELECT"), returns);
        leave(Some(cursor));
        let rows = rows?;
        Ok(Answer { affected: rows.len() as u64, rows })
    }

    fn rows(&self, cursor: &mut impl Cursor, asks: bool, returns: &[ColumnType]) -> Result<Vec<Vec<Value>>, Failed> {
        let columns = u16::try_from(cursor.num_result_cols()?).unwrap_or(0);
        if usize::from(columns) < returns.len() {
            return Err(Failed::Unusable(Fault::garbage("ODBC: a statement gave fewer columns than were asked for")));
        }
        let types = (1..=columns).map(|at| data_type(cursor, at)).collect::<Vec<_>>();
        let mut rows: Vec<Vec<Value>> = Vec::new();
        loop {
            let mut row = match cursor.next_row() {
                Ok(Some(row)) => row,
                Ok(None) => break,
                // A write that gives rows back, and wrote none.
                Err(Error::Diagnostics { record, .. }) if !asks && record.state.as_str() == "24000" => break,
                Err(error) => return Err(error.into()),
            };
            if rows.len() == ROWS {
                return Err(Failed::Unusable(Fault::garbage("ODBC: an answer has too many rows")));
            }
            let each = returns.iter().zip(&types).zip(1..);
            let cells = each.map(|((what, sent), at)| cell(&mut row, at, what, *sent, &self.zone));
            rows.push(cells.collect::<Result<_, _>>()?);
        }
        Ok(rows)
    }

    /// The types of what each statement would give.
    pub(super) fn describe(
        &self,
        connection: &Connection<'_>,
        statements: &[Statement],
    ) -> Result<Vec<Vec<ColumnType>>, Fault> {
        let described = statements.iter().map(|statement| {
            let (text, _) = positional(self.language, &statement.text, &statement.parameters)?;
            let of = || -> Result<Vec<ColumnType>, Error> {
                let mut prepared = connection.prepare(&text)?;
                let columns = u16::try_from(prepared.num_result_cols()?).unwrap_or(0);
                Ok((1..=columns).map(|at| type_of(data_type(&mut prepared, at))).collect())
            };
            of().map_err(|error| self.fault(&error, ""))
        });
        described.collect()
    }
}

fn data_type(described: &mut impl ResultSetMetadata, at: u16) -> DataType {
    let mut column = odbc_api::ColumnDescription::default();
    match described.describe_col(at, &mut column) {
        Ok(()) => column.data_type,
        Err(_) => DataType::Unknown,
    }
}

/// One for a lock of MySQL that was given; nothing below zero for one of SQL Server.
fn given(answer: Answer) -> Result<Answer, Fault> {
    match answer.rows.first().and_then(|row| row.first()).map(Value::to_text).as_deref() {
        Some("1" | "0") => Ok(answer),
        _ => Err(unavailable("ODBC: others work on the same name")),
    }
}
