//! What the errors of MySQL and MariaDB mean, by number.
//!
//! The server's own words may hold values of the request, so the operator gets the number and the
//! names in it. What speaks of names only is quoted.

use mysql_async::{Error, ServerError};

use super::super::fault::{Fault, Refusal, Said};
use super::unavailable;
use crate::downstream::{DownstreamError, ErrorKind};

/// The fault of a failed statement; `text` is the statement's.
pub(super) fn fault(error: &Error, text: &str) -> Fault {
    match error {
        Error::Server(server) => of_server(server, text),
        Error::Io(_) => Fault::Lost("MySQL: the connection was lost".to_owned()),
        Error::Driver(mysql_async::DriverError::ConnectionClosed) => {
            Fault::Lost("MySQL: the connection was closed".to_owned())
        }
        _ => Fault::garbage("MySQL: an answer or a statement could not be used"),
    }
}

pub(in super::super) fn of_server(server: &ServerError, text: &str) -> Fault {
    of_code(server, text).saying(Said::new(&server.state, server.code, &server.message))
}

fn of_code(server: &ServerError, text: &str) -> Fault {
    let refused = |reason| refused(server, reason, text);
    match server.code {
        // A deadlock, a lock that was not given in time, a deadlock of name locks.
        1213 | 1205 | 3058 => Fault::Again(told(server)),
        1053 | 1077 | 1079 | 1080 | 1927 | 3169 | 4031 => Fault::Lost(told(server)),
        // Interrupted or out of time, read-only, or out of something.
        1317 | 1969 | 3024 | 1290 | 1792 | 1836 | 1021 | 1037 | 1038 | 1041 | 1047 | 1114 | 1180 | 1461 => {
            unavailable(told(server))
        }
        1062 | 1586 | 1859 => refused(None),
        1048 | 1263 | 1364 => refused(Some("is required by the application")),
        1216 | 1217 | 1451 | 1452 => refused(Some("conflicts with other data of the application")),
        1406 => refused(Some("is longer than the application allows")),
        1264 | 1690 => refused(Some("is too large a number for the application")),
        1265 | 1292 | 1366 | 1411 | 1525 | 1644 | 3140 | 3819 | 4025 => {
            refused(Some("is not allowed by the application"))
        }
        // A text that the column's character set does not have.
        1267 | 1270 | 1271 => refused(Some("contains characters that the application does not know")),
        1054 | 1146 | 1243 | 1412 | 1615 => Fault::Stale(quoted(server)),
        _ => connect_fault_of(server),
    }
}

/// The fault of a connection that could not be made: nothing was sent.
pub(super) fn connect_fault(error: &Error) -> Fault {
    match error {
        Error::Server(server) => connect_fault_of(server),
        Error::Driver(mysql_async::DriverError::UnknownAuthPlugin { .. }) => {
            let detail = "MySQL: the server wants a way to sign in that is not known here";
            DownstreamError::new(ErrorKind::Credentials, detail).into()
        }
        // From the network or from TLS; these hold no values.
        error => unavailable(format!("MySQL: {error}")),
    }
}

fn connect_fault_of(server: &ServerError) -> Fault {
    match server.code {
        1044 | 1045 | 1698 | 1862 | 3118 | 4151 => DownstreamError::new(ErrorKind::Credentials, told(server)).into(),
        1040 | 1129 | 1130 | 1152 | 1158..=1161 | 1203 | 1226 => unavailable(told(server)),
        1049 | 1064 | 1142 | 1143 | 1146 | 1193 | 1227 | 1305 | 1370 => Fault::garbage(quoted(server)),
        _ => Fault::garbage(told(server)),
    }
}

/// The number, and what it is about.
fn told(server: &ServerError) -> String {
    format!("MySQL: error {} (SQLSTATE {})", server.code, server.state)
}

/// With the server's own words, where they are names.
fn quoted(server: &ServerError) -> String {
    format!("{}: {}", told(server), server.message)
}

fn refused(server: &ServerError, reason: Option<&'static str>, text: &str) -> Fault {
    let table = table_of(text);
    let columns: Vec<_> = column_of(server).into_iter().collect();
    let mut detail = format!("{}, table `{table}`", told(server));
    if let Some(name) = columns.first() {
        detail.push_str(&format!(", {} `{name}`", if reason.is_none() { "key" } else { "column" }));
    }
    Fault::Refused(Refusal { table, columns, reason, detail, said: None })
}

/// The column that a message names, or the key for a value that is taken.
fn column_of(server: &ServerError) -> Option<String> {
    let message = server.message.as_str();
    match server.code {
        // `Duplicate entry '…' for key 'users.login'`, the table's name only from MySQL 8 on.
        1062 | 1586 | 1859 => {
            let name = message.trim_end_matches('\'').rsplit_once(" '")?.1;
            Some(name.rsplit('.').next().unwrap_or(name).to_owned())
        }
        // `… a foreign key constraint fails (…, CONSTRAINT `…` FOREIGN KEY (`user_id`) REFERENCES …`
        1452 | 1216 => {
            let (_, rest) = message.split_once("FOREIGN KEY (`")?;
            rest.split('`').next().map(str::to_owned)
        }
        1451 | 1217 | 1267 | 1270 | 1271 => None,
        // `Column 'x' cannot be null`, `Field 'x' doesn't have a default value`.
        1048 | 1263 | 1364 => message.split('\'').nth(1).map(str::to_owned),
        // `… for column 'x' at row 1`, in MariaDB also `db`.`t`.`x`. A value comes before that.
        _ => {
            let (_, name) = message.rsplit_once(" for column ")?;
            let (name, _) = name.rsplit_once(" at row ")?;
            let name = name.rsplit('.').next().unwrap_or(name);
            Some(name.trim_matches(['`', '\'']).to_owned())
        }
    }
}

/// The table that a generated statement changes: its name comes first and quoted.
pub(super) fn table_of(text: &str) -> String {
    let Some(start) = text.find('`') else { return String::new() };
    let end = text[start..].find([' ', '(']).map_or(text.len(), |length| start + length);
    text[start..end].replace('`', "")
}
