//! What the errors of drivers mean: by SQLSTATE, which the standard gives its meaning, and by number
//! where a database does not keep to that.
//!
//! A driver's words may hold values of the request, so the operator gets the codes, and the words only
//! where they speak of names.

use odbc_api::Error;

use super::super::fault::{Fault, Refusal, Said};
use super::super::{mssql, mysql, sqlite};
use super::address::secrets;
use super::language::Language;
use super::unavailable;
use crate::downstream::{DownstreamError, ErrorKind};

/// The code, the number and the words of an error.
struct Told {
    state: String,
    number: i32,
    message: String,
}

fn told(error: &Error) -> Option<Told> {
    let (Error::Diagnostics { record, .. }
    | Error::UnsupportedOdbcApiVersion(record)
    | Error::InvalidRowArraySize { record, .. }
    | Error::UnableToRepresentNull(record)
    | Error::OracleOdbcDriverDoesNotSupport64Bit(record)) = error
    else {
        return None;
    };
    let message = String::from_utf16_lossy(&record.message);
    Some(Told { state: record.state.as_str().to_owned(), number: record.native_error, message })
}

/// The fault of a failed statement; `text` is the statement's.
pub(super) fn fault(language: &Language, error: &Error, text: &str) -> Fault {
    let Some(told) = told(error) else {
        return Fault::garbage("ODBC: an answer or a statement could not be used");
    };
    // What the driver itself says is not the database's: a connection that is gone, an answer too late.
    if let Some(fault) = of_driver(&told) {
        return fault;
    }
    let own = bare(&told.message);
    match language.name {
        "sqlite" => of_sqlite(&told, own).saying(Said::new(&told.state, told.number, own)),
        "mysql" | "mariadb" if told.number != 0 => of_mysql(told.number.into(), own.to_owned(), text),
        "mssql" if told.number != 0 => {
            mssql::fault::of_server(u32::try_from(told.number).unwrap_or_default(), own, text)
        }
        _ => of_state(&told, own, text).saying(Said::new(&told.state, told.number, own)),
    }
}

/// The fault of an error of MySQL with this number and message.
pub(super) fn of_mysql(number: i64, message: String, text: &str) -> Fault {
    let code = u16::try_from(number).unwrap_or_default();
    mysql::fault::of_server(&mysql_async::ServerError { code, message, state: "HY000".to_owned() }, text)
}

fn of_driver(told: &Told) -> Option<Fault> {
    match told.state.as_str() {
        "HYT00" | "HYT01" | "HY008" | "S1T00" => Some(unavailable("ODBC: no answer within `statement_timeout`")),
        // FreeTDS, which gives its own errors numbers of their own: an answer too late, a connection that is gone.
        _ if told.message.contains("[FreeTDS]") && told.number == 20003 => {
            Some(unavailable("ODBC: no answer within `statement_timeout`"))
        }
        _ if told.message.contains("[FreeTDS]") && [20004, 20006, 20017, 20047].contains(&told.number) => {
            Some(Fault::Lost(detail(told)))
        }
        state if state.starts_with("08") => Some(Fault::Lost(detail(told))),
        _ => None,
    }
}

/// Numbers of Oracle that say more than the states it gives.
fn of_number(told: &Told) -> Option<&'static str> {
    Some(match (told.message.contains("ORA-"), told.number) {
        (true, 1) => "23505",
        (true, 1400 | 1407) => "23502",
        (true, 2291 | 2292) => "23503",
        (true, 12899 | 1401) => "22001",
        (true, 1438) => "22003",
        (true, 60 | 8177 | 54 | 30006) => "40001",
        (true, 1013) => "57014",
        (true, 1017 | 28000 | 28001) => "28000",
        (true, 904 | 942) => "42000",
        (true, 28 | 1012 | 1033 | 1034 | 1089 | 3113 | 3114 | 3135 | 12170 | 12514 | 12541) => "08S01",
        _ => return None,
    })
}

/// ISO/IEC 9075-2, 24; the classes from `5` on are Db2's and PostgreSQL's own.
fn of_state(told: &Told, own: &str, text: &str) -> Fault {
    let state = of_number(told).unwrap_or(&told.state);
    let refused = |reason| refused(told, own, reason, text);
    match state {
        "40001" | "40P01" | "55P03" | "57033" => Fault::Again(detail(told)),
        "57014" | "25006" => unavailable(detail(told)),
        "0A000" | "26000" => Fault::Stale(detail(told)),
        "23502" => refused(Some("is required by the application")),
        "23503" | "23504" | "23520" => refused(Some("conflicts with other data of the application")),
        "23505" | "23P01" => refused(None),
        "23513" | "23514" => refused(Some("is not allowed by the application")),
        "22001" => refused(Some("is longer than the application allows")),
        "22003" => refused(Some("is too large a number for the application")),
        _ => match state.get(..2).unwrap_or_default() {
            "23" if says_that_it_is_there(own) => refused(None),
            "22" | "23" => refused(Some("is not allowed by the application")),
            "42" => Fault::Stale(quoted(told, own)),
            "28" => DownstreamError::new(ErrorKind::Credentials, detail(told)).into(),
            "53" => unavailable(detail(told)),
            "08" | "57" => Fault::Lost(detail(told)),
            _ => Fault::garbage(detail(told)),
        },
    }
}

fn says_that_it_is_there(own: &str) -> bool {
    let own = own.to_ascii_lowercase();
    ["unique", "duplicate"].iter().any(|word| own.contains(word))
}

/// The driver gives the number of an error without what kind of constraint it was, which is in SQLite's
/// own words: `UNIQUE constraint failed: users.login (19)`.
fn of_sqlite(told: &Told, own: &str) -> Fault {
    let own = own.rsplit_once(" (").map_or(own, |(words, _)| words);
    let constraint = |words: &str| own.starts_with(words);
    let extended = match () {
        () if constraint("UNIQUE") || constraint("PRIMARY KEY") => rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE,
        () if constraint("NOT NULL") => rusqlite::ffi::SQLITE_CONSTRAINT_NOTNULL,
        () if constraint("FOREIGN KEY") => rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY,
        () => rusqlite::ffi::SQLITE_CONSTRAINT_CHECK,
    };
    match told.number {
        19 => sqlite::fault::refused(extended, own),
        5 | 6 => Fault::Again("SQLite: the database is locked".to_owned()),
        9 => unavailable("SQLite: took longer than `statement_timeout`"),
        8 | 13 => unavailable(format!("SQLite: error {}", told.number)),
        17 => Fault::Stale("SQLite: the schema changed".to_owned()),
        10 => Fault::Lost("SQLite: input or output failed".to_owned()),
        _ if own.starts_with("no such") || own.contains("has no column") => Fault::Stale(format!("SQLite: {own}")),
        number => Fault::garbage(format!("SQLite: error {number} (SQLSTATE {})", told.state)),
    }
}

/// The fault of a connection that could not be made: nothing was sent. Words of the driver are passed
/// on, since they are most often about its own installation, unless they repeat a password.
pub(super) fn connect_fault(error: &Error, string: &str) -> Fault {
    let Some(told) = told(error) else {
        return unavailable("ODBC: the driver manager cannot be used");
    };
    let own = told.message.trim();
    let leaks = secrets(string).any(|secret| own.contains(&secret));
    let detail = if leaks { detail(&told) } else { quoted(&told, own) };
    let words = own.to_ascii_lowercase();
    let credentials = told.state.starts_with("28")
        || ["password authentication failed", "access denied for user", "ora-01017", "login failed"]
            .iter()
            .any(|said| words.contains(said));
    if credentials { DownstreamError::new(ErrorKind::Credentials, detail).into() } else { unavailable(detail) }
}

/// The codes.
fn detail(told: &Told) -> String {
    format!("ODBC: SQLSTATE {}, error {}", told.state, told.number)
}

/// With the driver's own words, on one line and not too many.
fn quoted(told: &Told, own: &str) -> String {
    let words: String = own.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    format!("{}: {}", detail(told), words.trim())
}

/// Without `[vendor][driver][source]` in front.
fn bare(message: &str) -> &str {
    let mut rest = message.trim();
    while let Some((_, after)) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
        rest = after.trim_start();
    }
    rest.strip_prefix("ERROR: ").unwrap_or(rest)
}

fn refused(told: &Told, own: &str, reason: Option<&'static str>, text: &str) -> Fault {
    let table = table_of(text);
    let columns = names_in(own);
    let detail = format!("{}, table `{table}`", detail(told));
    Fault::Refused(Refusal { table, columns, reason, detail, said: None })
}

/// What may be names of columns in a message: the words of its names, which come before the values.
/// `… violates unique constraint "users_login_key"`, `Key (login)=(…)`, `unique constraint (CRM.USERS_LOGIN)`.
fn names_in(own: &str) -> Vec<String> {
    let key = own.split_once("Key (").and_then(|(_, rest)| rest.split_once(")=(")).map_or("", |(key, _)| key);
    let first = own.lines().next().unwrap_or_default();
    let first = first.split_once(")=(").map_or(first, |(names, _)| names);
    let word = |c: char| !c.is_alphanumeric() && c != '_';
    let whole = key.split(word).chain(first.split(word));
    let parts = first.split(word).filter(|name| name.contains('_')).flat_map(|name| name.split('_'));
    whole.chain(parts).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The table that a generated statement changes: its name comes first and quoted.
fn table_of(text: &str) -> String {
    let Some(start) = text.find('"') else { return String::new() };
    let end = text[start..].find([' ', '(']).map_or(text.len(), |length| start + length);
    text[start..end].replace('"', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(state: &str, number: i32, message: &str) -> String {
        let told = Told { state: state.to_owned(), number, message: message.to_owned() };
        match of_driver(&told)
            .unwrap_or_else(|| of_state(&told, bare(message), "INSERT INTO \"crm\".\"users\" (\"login\")"))
        {
            Fault::Again(_) => "again".to_owned(),
            Fault::Stale(_) => "stale".to_owned(),
            Fault::Lost(_) => "lost".to_owned(),
            Fault::Unsettled(_) => "unsettled".to_owned(),
            Fault::Refused(refusal) => {
                assert!(!refusal.detail.contains("ada"));
                format!("{}: {}", refusal.table, refusal.reason.unwrap_or("taken"))
            }
            Fault::Raised(..) => "raised".to_owned(),
            Fault::Answer(error) => format!("{:?}", error.kind),
        }
    }

    #[test]
    fn a_state_says_what_an_error_means() {
        let unavailable = "Unavailable { retry_after: None }";
        assert_eq!(kind("23505", -803, "[IBM][CLI Driver][DB2/LINUXX8664] SQL0803N  …"), "crm.users: taken");
        assert_eq!(
            kind("23000", 301, "[SAP AG][LIBODBCHDB SO][HDBODBC] unique constraint violated"),
            "crm.users: taken"
        );
        assert_eq!(
            kind("23000", 1, "[Oracle][ODBC][Ora]ORA-00001: unique constraint (CRM.USERS_LOGIN) violated\n"),
            "crm.users: taken"
        );
        assert_eq!(
            kind(
                "HY000",
                12899,
                "[Oracle][ODBC][Ora]ORA-12899: value too large for column \"CRM\".\"USERS\".\"LOGIN\""
            ),
            "crm.users: is longer than the application allows"
        );
        assert_eq!(kind("22001", -302, "ada"), "crm.users: is longer than the application allows");
        assert_eq!(kind("22007", -180, "ada"), "crm.users: is not allowed by the application");
        assert_eq!(kind("40001", -911, ""), "again");
        assert_eq!(kind("HY000", 60, "[Oracle][ODBC][Ora]ORA-00060: deadlock detected"), "again");
        assert_eq!(kind("HYT00", 0, ""), unavailable);
        assert_eq!(kind("08S01", 0, ""), "lost");
        assert_eq!(kind("HY000", 3113, "[Oracle][ODBC][Ora]ORA-03113: end-of-file on communication channel"), "lost");
        assert_eq!(kind("42S02", -204, ""), "stale");
        assert_eq!(kind("28000", 0, ""), "Credentials");
        assert_eq!(kind("HY000", 7, ""), "Garbage");
    }

    #[test]
    fn the_names_of_a_message_come_before_its_values() {
        let names = names_in("duplicate key value violates unique constraint \"users_login_key\"; Key (login)=(email)");
        assert!(names.contains(&"users_login_key".to_owned()) && names.contains(&"login".to_owned()));
        assert!(!names.contains(&"email".to_owned()));
    }
}
