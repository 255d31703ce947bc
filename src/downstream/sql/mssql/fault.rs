//! What the errors of SQL Server mean, by number.
//!
//! The server's own words may hold values of the request, so the operator gets the number and the
//! names in it. What speaks of names only is quoted.

use tiberius::error::Error;

use super::super::fault::{Fault, Refusal, Said};
use super::unavailable;
use crate::downstream::{DownstreamError, ErrorKind};

/// The fault of a failed statement; `text` is the statement's.
pub(super) fn fault(error: &Error, text: &str) -> Fault {
    match error {
        Error::Server(server) => of_server(server.code(), server.message(), text),
        Error::Io { .. } => Fault::Lost("SQL Server: the connection was lost".to_owned()),
        _ => Fault::garbage("SQL Server: an answer or a statement could not be used"),
    }
}

/// A text that is no date, number, UUID or flag, or not of a type that takes it.
const NO_SUCH_VALUE: &[u32] = &[241, 242, 245, 248, 257, 260, 295, 296, 517, 8114, 8169];

/// The fault of an error with this number and message.
pub(in super::super) fn of_server(code: u32, message: &str, text: &str) -> Fault {
    of_code(code, message, text).saying(Said::new("", code, message))
}

fn of_code(code: u32, message: &str, text: &str) -> Fault {
    let refused = |reason| refused(code, message, reason, text);
    match code {
        // A deadlock, a lock that was not given in time, a row that changed under a snapshot.
        1205 | 1222 | 3960 => Fault::Again(told(code)),
        // The server shuts down or ended the session; a database that moves to another.
        596 | 6002 | 6005 | 6006 | 40143 | 40197 => Fault::Lost(told(code)),
        2601 | 2627 => refused(None),
        515 => refused(Some("is required by the application")),
        547 if check(message) => refused(Some("is not allowed by the application")),
        547 => refused(Some("conflicts with other data of the application")),
        2628 | 8152 => refused(Some("is longer than the application allows")),
        220 | 232 | 8115 => refused(Some("is too large a number for the application")),
        // What a trigger or the application's own code refuses, with its own number or by undoing the transaction.
        3609 | 50000.. => refused(Some("is not allowed by the application")),
        code if NO_SUCH_VALUE.contains(&code) => refused(Some("is not allowed by the application")),
        207 | 208 | 4104 => Fault::Stale(quoted(code, message)),
        _ => connect_fault_of(code, message),
    }
}

/// The fault of a connection that could not be made: nothing was sent.
pub(super) fn connect_fault(error: &Error) -> Fault {
    match error {
        Error::Server(server) => connect_fault_of(server.code(), server.message()),
        // The library's own advice is about its own interface, and goes on for lines.
        Error::Tls(why) => {
            let why = why.split(". ").next().unwrap_or_default();
            unavailable(format!(
                "SQL Server: no encrypted connection: {why}; `ca` names a file of certificates to trust"
            ))
        }
        Error::Routing { .. } => unavailable("SQL Server: the server sends its clients on and on"),
        Error::Protocol(why) if why.contains("encryption level") => {
            unavailable("SQL Server: the server offers no encryption, and `tls` is `require`")
        }
        // From the network; it holds no values.
        error => unavailable(format!("SQL Server: {error}")),
    }
}

/// A wrong password, an account that is locked or whose password is too old, none for this database.
const CREDENTIALS: &[u32] = &[
    916, 18450, 18452, 18456, 18461, 18463, 18464, 18465, 18466, 18467, 18468, 18470, 18486, 18487, 18488, 40532, 40615,
];

/// Read-only, moving, recovering, full, or out of something.
const UNAVAILABLE: &[u32] = &[
    701, 802, 921, 922, 924, 926, 927, 945, 976, 978, 979, 982, 983, 988, 1101, 1105, 1204, 3906, 3908, 5063, 7987,
    8645, 8651, 9001, 9002, 10928, 10929, 17142, 17187, 17809, 18401, 40501, 40540, 40544, 40549, 40550, 40551, 40552,
    40553, 40613, 41301, 41302, 41305, 41325, 49918, 49919, 49920,
];

/// Names that are unknown or not for this account, and texts that are none of the language.
const NAMES_ONLY: &[u32] = &[
    102, 105, 156, 164, 169, 195, 206, 209, 213, 229, 230, 262, 264, 271, 272, 273, 306, 334, 402, 468, 544, 1934,
    2812, 8101, 8117,
];

fn connect_fault_of(code: u32, message: &str) -> Fault {
    match code {
        code if CREDENTIALS.contains(&code) => DownstreamError::new(ErrorKind::Credentials, told(code)).into(),
        code if UNAVAILABLE.contains(&code) => unavailable(told(code)),
        code if NAMES_ONLY.contains(&code) => Fault::garbage(quoted(code, message)),
        _ => Fault::garbage(told(code)),
    }
}

/// The number.
fn told(code: u32) -> String {
    format!("SQL Server: error {code}")
}

/// With the server's own words, where they are names.
fn quoted(code: u32, message: &str) -> String {
    format!("{}: {message}", told(code))
}

fn refused(code: u32, message: &str, reason: Option<&'static str>, text: &str) -> Fault {
    let table = table_of(text);
    let columns: Vec<_> = name_in(code, message).into_iter().collect();
    let mut detail = format!("{}, table `{table}`", told(code));
    if let Some(name) = columns.first() {
        detail.push_str(&format!(", {} `{name}`", if reason.is_none() { "key" } else { "column" }));
    }
    Fault::Refused(Refusal { table, columns, reason, detail, said: None })
}

/// True for a condition on the row itself.
fn check(message: &str) -> bool {
    message.contains("CHECK constraint")
}

/// The column that a message names, or the key for a value that is taken. Values come after the names.
fn name_in(code: u32, message: &str) -> Option<String> {
    let between = |before: &str, after: char| {
        let (_, rest) = message.split_once(before)?;
        rest.split(after).next().map(str::to_owned)
    };
    match code {
        // `Cannot insert duplicate key row in object 'dbo.users' with unique index 'users_login'.`
        2601 => between("with unique index '", '\''),
        // `Violation of UNIQUE KEY constraint 'uq_login'. Cannot insert duplicate key in object 'dbo.users'.`
        2627 => between("constraint '", '\''),
        // `Cannot insert the value NULL into column 'login', table 'crm.dbo.users'`
        515 => between("into column '", '\''),
        // `String or binary data would be truncated in table 'crm.dbo.users', column 'login'.`
        2628 => between(", column '", '\''),
        // Of a foreign key the column is the other table's.
        547 if check(message) => between(", column '", '\''),
        _ => None,
    }
}

/// The table that a generated statement changes: its name comes first and quoted.
pub(super) fn table_of(text: &str) -> String {
    let Some(start) = text.find('[') else { return String::new() };
    let (mut name, mut rest) = (String::new(), &text[start..]);
    while let Some(inside) = rest.strip_prefix('[') {
        let Some(end) = closing(inside) else { break };
        name.push_str(&inside[..end].replace("]]", "]"));
        rest = &inside[end + 1..];
        let Some(next) = rest.strip_prefix('.') else { break };
        name.push('.');
        rest = next;
    }
    name
}

/// Where a name in brackets ends: at a bracket that is not doubled.
fn closing(inside: &str) -> Option<usize> {
    let bytes = inside.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b']', Some(b']')) => at += 2,
            (b']', _) => return Some(at),
            _ => at += 1,
        }
    }
    None
}
