//! What SQLite's errors mean. Its own words name tables and columns; values they never hold.

use rusqlite::ErrorCode;

use super::super::fault::{Fault, Refusal, Said};
use super::unavailable;

#[allow(clippy::needless_pass_by_value, reason = "the shape that `map_err` takes")]
pub(super) fn fault(error: rusqlite::Error) -> Fault {
    let (code, message) = match &error {
        rusqlite::Error::SqliteFailure(code, message) => (code, message.as_deref().unwrap_or_default()),
        rusqlite::Error::SqlInputError { error, msg, .. } => (error, msg.as_str()),
        _ => return Fault::garbage("SQLite: a value or a statement could not be used"),
    };
    match code.code {
        ErrorCode::ConstraintViolation => {
            refused(code.extended_code, message).saying(Said::new("", code.extended_code, message))
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            Fault::Again("SQLite: the database is locked".to_owned())
        }
        ErrorCode::SchemaChanged => Fault::Stale("SQLite: the schema changed".to_owned()),
        ErrorCode::OperationInterrupted => unavailable("SQLite: took longer than `statement_timeout`"),
        ErrorCode::CannotOpen => unavailable("SQLite: the database file cannot be opened"),
        ErrorCode::DiskFull | ErrorCode::OutOfMemory | ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
            unavailable(format!("SQLite: {}", reason_of(code.code)))
        }
        ErrorCode::SystemIoFailure => Fault::Lost("SQLite: input or output failed".to_owned()),
        _ if message.starts_with("no such") => Fault::Stale(format!("SQLite: {message}")),
        _ => Fault::garbage(format!("SQLite: error {}", code.extended_code)),
    }
}

/// `UNIQUE constraint failed: users.login, users.tenant`.
pub(in super::super) fn refused(extended: i32, message: &str) -> Fault {
    let places = message.split_once(": ").map_or("", |(_, places)| places);
    let (mut table, mut columns) = (String::new(), Vec::new());
    for place in places.split(", ") {
        if let Some((of, column)) = place.rsplit_once('.') {
            of.clone_into(&mut table);
            columns.push(column.to_owned());
        }
    }
    let reason = match extended {
        rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
        | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | rusqlite::ffi::SQLITE_CONSTRAINT_ROWID => None,
        rusqlite::ffi::SQLITE_CONSTRAINT_NOTNULL => Some("is required by the application"),
        rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Some("conflicts with other data of the application"),
        rusqlite::ffi::SQLITE_CONSTRAINT_DATATYPE => Some("has a type that the application does not take"),
        _ => Some("is not allowed by the application"),
    };
    let detail = format!("SQLite: constraint {extended} on `{table}` ({})", columns.join(", "));
    Fault::Refused(Refusal { table, columns, reason, detail, said: None })
}

/// A word for the operator.
fn reason_of(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::DiskFull => "the disk is full",
        ErrorCode::OutOfMemory => "out of memory",
        ErrorCode::ReadOnly => "the database is read-only",
        _ => "the database file may not be used",
    }
}
