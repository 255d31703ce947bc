//! Reads `[downstream]` of kind `sql`: where the database is and how long to wait for it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::diagnostic::{Code, Diagnostic, Problems, Span, Table};
use crate::downstream::{Binding, secret};

/// The whole of `[downstream]`.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) address: Address,
    pub(super) limits: Limits,
    pub(super) zone: TimeZone,
    pub(super) tls: Tls,
}

/// Where the database is.
#[derive(Debug)]
pub(super) enum Address {
    Sqlite(PathBuf),
    Postgres(Box<tokio_postgres::Config>),
    Mssql(super::mssql::Place),
    /// MySQL or MariaDB; true when the address says that it is MariaDB.
    MySql(mysql_async::Opts, bool),
    /// Anything that has a driver.
    #[cfg_attr(not(feature = "odbc"), allow(dead_code, reason = "no such place is made then"))]
    Odbc(super::odbc::Place),
}

/// How many connections, and how long anything may take.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) pool: usize,
    pub(super) acquire: Duration,
    pub(super) statement: Duration,
    pub(super) connect: Duration,
}

/// Whether the connection is encrypted. Where it is, the server's certificate is checked.
#[derive(Debug)]
pub(super) struct Tls {
    /// What the mapping says; else the address decides.
    pub(super) mode: Option<TlsMode>,
    /// A file of certificates to trust instead of the system's.
    pub(super) ca: Option<PathBuf>,
}

/// What to do about encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TlsMode {
    Require,
    Prefer,
    Disable,
}

/// Reads `[downstream]`. Notes every problem; `None` when there is no usable address.
pub(super) fn read(binding: &Binding<'_>, problems: &mut Problems) -> Option<Config> {
    let table = Table::open(binding.downstream, "[downstream]", problems)?;
    table.string("kind", problems);
    let dialect = table.string("dialect", problems);
    let url = table.required("url", "for example `sqlite:app.db` or `{ env = \"DATABASE_URL\" }`", problems);
    let address = url.and_then(|node| {
        let text = secret(node, "`url`", binding.folder, problems)?;
        let own =
            node.as_str().is_some_and(|url| has_password(url) || odbc(url).is_some_and(super::odbc::has_password));
        if own {
            let message = "the password of the database stands in the file itself";
            problems.push(
                Diagnostic::warning(Code::SECRET_IN_FILE, &node.span, message)
                    .help("write `url = { env = \"DATABASE_URL\" }` or `{ file = \"path\" }`"),
            );
        }
        driver_says(&text, &table, problems);
        address(&text, &node.span, dialect, binding.folder, problems)
    });
    let limits = Limits {
        pool: pool(&table, problems),
        acquire: table.duration("acquire_timeout", problems).unwrap_or(Duration::from_secs(5)),
        statement: table.duration("statement_timeout", problems).unwrap_or(Duration::from_secs(10)),
        connect: table.duration("connect_timeout", problems).unwrap_or(Duration::from_secs(2)),
    };
    let zone =
        table.string("time_zone", problems).map_or(Some(TimeZone::UTC), |(name, span)| zone(name, span, problems));
    let mode = table.string("tls", problems).and_then(|(mode, span)| tls_mode(mode, span, problems));
    let tls = Tls { mode, ca: table.path("ca", binding.folder, problems) };
    table.finish(problems);
    Some(Config { address: address?, limits, zone: zone?, tls })
}

/// Only an address, the rest as it is when nothing is said.
pub(super) fn of_address(text: &str, span: &Span, folder: &Path, problems: &mut Problems) -> Option<Config> {
    // A dialect that knows nothing special of a database can ask for its tables all the same.
    let dialect = odbc(text).map(|_| ("ansi", span));
    let address = address(text, span, dialect, folder, problems)?;
    let limits = Limits {
        pool: 2,
        acquire: Duration::from_secs(5),
        statement: Duration::from_secs(30),
        connect: Duration::from_secs(5),
    };
    Some(Config { address, limits, zone: TimeZone::UTC, tls: Tls { mode: None, ca: None } })
}

fn pool(table: &Table<'_>, problems: &mut Problems) -> usize {
    let size = table.number("pool", problems).unwrap_or(16);
    if !(1..=1000).contains(&size) {
        let span = table.node("pool").map_or(&table.span, |node| &node.span);
        problems.push(Diagnostic::error(Code::WRONG_TYPE, span, "`pool` is not from 1 to 1000"));
    }
    usize::try_from(size.clamp(1, 1000)).unwrap_or(16)
}

/// What an address of ODBC gives the driver manager.
fn odbc(url: &str) -> Option<&str> {
    url.strip_prefix("odbc:")
}

/// Notes what goes with ODBC only, and what does not go with it.
fn driver_says(url: &str, table: &Table<'_>, problems: &mut Problems) {
    if odbc(url).is_none() {
        table.node("dialect").into_iter().for_each(|node| super::odbc::superfluous(&node.span, problems));
        return;
    }
    for key in ["tls", "ca"] {
        table.node(key).into_iter().for_each(|node| super::odbc::drivers_own(key, &node.span, problems));
    }
}

/// True for `scheme://user:password@host` and for `password=` among the parameters.
fn has_password(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let in_front = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    in_front || rest.split(['?', '&']).any(|parameter| parameter.starts_with("password="))
}

fn address(
    text: &str,
    span: &Span,
    dialect: Option<(&str, &Span)>,
    folder: &Path,
    problems: &mut Problems,
) -> Option<Address> {
    if let Some(string) = odbc(text) {
        return super::odbc::read_place(string, span, dialect, problems).map(Address::Odbc);
    }
    // The address may hold a password: no message repeats it.
    let mut refuse = |message: &str| {
        problems.push(Diagnostic::error(Code::BAD_URL, span, message).help(
            "write `postgres://user:password@host/database`, `mysql://…`, `mariadb://…`, `mssql://…`, `sqlite:path/to/file.db` or `odbc:DSN=name`",
        ));
        None
    };
    if let Some(path) = text.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.starts_with(":memory:") {
            return refuse("the address names no database file");
        }
        return Some(Address::Sqlite(folder.join(path)));
    }
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return match text.parse() {
            Ok(config) => Some(Address::Postgres(Box::new(config))),
            Err(_) => refuse("the PostgreSQL address cannot be read"),
        };
    }
    let mariadb = text.strip_prefix("mariadb://");
    if mariadb.is_some() || text.starts_with("mysql://") {
        let text = mariadb.map_or_else(|| text.to_owned(), |rest| format!("mysql://{rest}"));
        return match mysql_async::Opts::from_url(&text) {
            Ok(options) => Some(Address::MySql(options, mariadb.is_some())),
            Err(_) => refuse("the MySQL address cannot be read"),
        };
    }
    if let Some(rest) = text.strip_prefix("mssql://").or_else(|| text.strip_prefix("sqlserver://")) {
        return super::mssql::read_place(rest).map_or_else(refuse, |place| Some(Address::Mssql(place)));
    }
    refuse("the address is of no known database")
}

fn zone(name: &str, span: &Span, problems: &mut Problems) -> Option<TimeZone> {
    let found = TimeZone::get(name).ok();
    if found.is_none() {
        problems.push(
            Diagnostic::error(Code::WRONG_TYPE, span, format!("`{name}` is no time zone"))
                .help("write a name such as `UTC` or `Europe/Berlin`"),
        );
    }
    found
}

fn tls_mode(mode: &str, span: &Span, problems: &mut Problems) -> Option<TlsMode> {
    match mode {
        "require" => Some(TlsMode::Require),
        "prefer" => Some(TlsMode::Prefer),
        "disable" => Some(TlsMode::Disable),
        _ => {
            problems.push(
                Diagnostic::error(Code::BAD_TLS, span, format!("`{mode}` is no way to use TLS"))
                    .help("write `require`, `prefer` or `disable`"),
            );
            None
        }
    }
}
