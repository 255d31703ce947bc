//! What PostgreSQL's errors mean, by SQLSTATE.
//!
//! The server's own words may hold values of the request, so the operator gets the code and the
//! names of table, column and constraint. Class 42 speaks of names only and is quoted.

use tokio_postgres::error::DbError;

use super::super::fault::{Fault, Refusal, Said};
use crate::downstream::{DownstreamError, ErrorKind};

/// The fault of a failed statement.
pub(super) fn fault(error: &tokio_postgres::Error) -> Fault {
    let Some(server) = error.as_db_error() else {
        if error.is_closed() || is_io(error) {
            return Fault::Lost("PostgreSQL: the connection was lost".to_owned());
        }
        return Fault::garbage(format!("PostgreSQL: {error}"));
    };
    let (code, detail) = (server.code().code(), describe(server));
    of_code(server, code, detail).saying(Said::new(code, 0, server.message()))
}

fn of_code(server: &DbError, code: &str, detail: String) -> Fault {
    match code {
        "40001" | "40P01" | "55P03" => Fault::Again(detail),
        "0A000" | "26000" => Fault::Stale(detail),
        "57014" | "25006" => DownstreamError::unavailable(detail).into(),
        "23505" | "23P01" => refused(server, None, detail),
        "23502" => refused(server, Some("is required by the application"), detail),
        "23503" => refused(server, Some("conflicts with other data of the application"), detail),
        "22001" => refused(server, Some("is longer than the application allows"), detail),
        "22003" => refused(server, Some("is too large a number for the application"), detail),
        "42501" => Fault::garbage(detail),
        _ => match &code[..2] {
            "22" | "23" => refused(server, Some("is not allowed by the application"), detail),
            "42" => Fault::Stale(detail),
            "28" => DownstreamError::new(ErrorKind::Credentials, detail).into(),
            // Out of something: the statement, or the COMMIT, was refused as a whole.
            "53" => DownstreamError::unavailable(detail).into(),
            "08" | "57" => Fault::Lost(detail),
            _ => Fault::garbage(detail),
        },
    }
}

/// The fault of a connection that could not be made: nothing was sent.
pub(super) fn connect_fault(error: &tokio_postgres::Error) -> Fault {
    let text = error.to_string();
    let credentials = error.as_db_error().is_some_and(|server| server.code().code().starts_with("28"))
        || text.starts_with("authentication error")
        || text.contains("password missing");
    let detail = error.as_db_error().map_or_else(|| format!("PostgreSQL: {}", with_cause(error)), describe);
    if credentials {
        return DownstreamError::new(ErrorKind::Credentials, detail).into();
    }
    DownstreamError::unavailable(detail).into()
}

/// Connection errors come from the network or from TLS and hold no values.
fn with_cause(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|cause| cause.downcast_ref::<std::io::Error>().is_some())
}

fn describe(server: &DbError) -> String {
    let mut detail = format!("PostgreSQL: SQLSTATE {}", server.code().code());
    for (what, name) in [("table", server.table()), ("column", server.column()), ("constraint", server.constraint())] {
        if let Some(name) = name {
            detail.push_str(&format!(", {what} `{name}`"));
        }
    }
    if server.code().code().starts_with("42") {
        detail.push_str(&format!(": {}", server.message()));
    }
    detail
}

fn refused(server: &DbError, reason: Option<&'static str>, detail: String) -> Fault {
    let mut columns: Vec<String> = server.column().map(str::to_owned).into_iter().collect();
    // `Key (lower(login::text))=(…) already exists.`, in the server's language.
    let key = server.detail().and_then(|text| text.split_once('(')).and_then(|(_, rest)| rest.split_once(")=("));
    columns.extend(key.into_iter().flat_map(|(key, _)| words(key)));
    // `users_login_key`: what is left when the detail says nothing.
    columns.extend(server.constraint().into_iter().flat_map(|name| name.split('_')).map(str::to_owned));
    Fault::Refused(Refusal {
        table: server.table().unwrap_or_default().to_owned(),
        columns,
        reason,
        detail,
        said: None,
    })
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty()).map(str::to_owned)
}
