//! What the databases behind ODBC speak, and how each is spoken to: one table.
//!
//! Four of them have an engine of their own, and their statements are the same here.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::super::catalogue::ColumnFacts;
use super::super::column::ColumnType;
use super::super::config::Limits;
use super::super::dialect::Dialect;
use super::super::{mssql, mysql, postgres, sqlite};
use super::dialect::{ANSI, DB2, HANA, ORACLE};

/// A word of `dialect` in a mapping, and what it comes to.
#[derive(Debug)]
pub(super) struct Language {
    pub(super) name: &'static str,
    pub(super) dialect: &'static dyn Dialect,
    /// What stands before the number of a placeholder.
    pub(super) marker: &'static str,
    /// True where a backslash in a text takes the next character along.
    pub(super) backslashes: bool,
    pub(super) lists: Lists,
    /// True where truth values and numbers of eight bytes have types of their own.
    pub(super) bits: bool,
    /// How the database calls itself in small letters, at the start; empty for what is nobody's own.
    products: &'static [&'static str],
    /// What each connection is told at its start.
    pub(super) session: fn(&Circumstances<'_>) -> Vec<String>,
    /// What a declared type means, where the database's own catalogue says more than the driver.
    pub(super) declared: Option<Declared>,
    /// True where a refusal names the key and not its columns.
    pub(super) names_keys: bool,
    /// What locks a name, and what lets go of all names after the transaction where that does not.
    pub(super) name_lock: Option<(&'static str, Option<&'static str>)>,
    /// What is asked after a write that changed nothing: a driver may take an error for a warning, as
    /// MariaDB's does where the state begins like one. Gives level, number and words.
    pub(super) errors: Option<&'static str>,
    /// True where connections would stand in each other's way: there is one.
    pub(super) alone: bool,
    /// What came of a COMMIT without an answer.
    pub(super) settles: Settles,
    /// What is asked to see whether the database is there.
    pub(super) alive: &'static str,
}

/// What a declared type means.
#[derive(Debug, Clone, Copy)]
pub(super) struct Declared {
    pub(super) of: fn(&ColumnFacts, &str) -> ColumnType,
    /// What else is asked about columns: schema, table, column, a word for `of`. The first question that the
    /// database takes is asked.
    pub(super) asked: &'static [&'static str],
}

/// How a list is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lists {
    /// As JSON.
    Json,
    /// As PostgreSQL writes an array.
    Array,
    /// Each value by itself.
    Each,
}

/// How it is learned what came of a transaction whose COMMIT was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settles {
    /// A row is read under a lock, which waits for its transaction also where the row is new.
    ByLock,
    /// The same, but a new row is not seen before its transaction ends: nobody can tell of that.
    OfKnownRows,
    /// The database knows the number of the transaction, and by that what came of it.
    ByNumber(&'static str, &'static str),
}

/// What a connection's first words depend on.
#[derive(Debug)]
pub(super) struct Circumstances<'a> {
    pub(super) limits: &'a Limits,
    pub(super) zone: &'a TimeZone,
    /// How the database calls itself.
    pub(super) product: &'a str,
}

const STANDARD: Language = Language {
    name: "ansi",
    dialect: &ANSI,
    marker: "?",
    backslashes: false,
    lists: Lists::Each,
    bits: true,
    products: &[],
    session: |_| Vec::new(),
    declared: None,
    names_keys: false,
    name_lock: None,
    errors: None,
    alone: false,
    settles: Settles::OfKnownRows,
    alive: "SELECT 1 FROM (VALUES (1)) AS d",
};

const MYSQL: Language = Language {
    name: "mysql",
    dialect: &mysql::dialect::MYSQL,
    backslashes: true,
    products: &["mysql", "mariadb"],
    session: |at| {
        let mariadb = at.product.to_ascii_lowercase().contains("mariadb");
        mysql::pool::session(mariadb, at.limits).into()
    },
    declared: Some(Declared { of: of_mysql, asked: MYSQL_COLUMNS }),
    names_keys: true,
    name_lock: Some((mysql::dialect::NAME_LOCK, Some("DO RELEASE_ALL_LOCKS()"))),
    errors: Some("SHOW ERRORS"),
    settles: Settles::ByLock,
    alive: "SELECT 1",
    ..STANDARD
};

/// Every language.
static LANGUAGES: &[Language] = &[
    STANDARD,
    Language {
        name: "db2",
        dialect: &DB2,
        bits: false,
        products: &["db2", "as/400", "ibm i"],
        settles: Settles::ByLock,
        alive: "SELECT 1 FROM SYSIBM.SYSDUMMY1",
        ..STANDARD
    },
    Language { name: "hana", dialect: &HANA, products: &["hdb", "sap hana"], alive: "SELECT 1 FROM DUMMY", ..STANDARD },
    Language {
        name: "oracle",
        dialect: &ORACLE,
        bits: false,
        products: &["oracle"],
        session: oracle_session,
        alive: "SELECT 1 FROM DUAL",
        ..STANDARD
    },
    MYSQL,
    Language { name: "mariadb", dialect: &mysql::dialect::MARIADB, ..MYSQL },
    Language {
        name: "mssql",
        dialect: &mssql::dialect::Mssql,
        marker: "@P",
        lists: Lists::Json,
        products: &["microsoft sql server", "sql server"],
        session: |at| vec![mssql::pool::session(at.limits)],
        declared: Some(Declared { of: of_mssql, asked: MSSQL_COLUMNS }),
        names_keys: true,
        name_lock: Some((mssql::dialect::NAME_LOCK, None)),
        settles: Settles::ByLock,
        alive: "SELECT 1",
        ..STANDARD
    },
    Language {
        name: "postgres",
        dialect: &postgres::dialect::Postgres,
        marker: "$",
        lists: Lists::Array,
        settles: Settles::ByNumber("SELECT CAST(txid_current() AS text)", "SELECT txid_status(CAST($1 AS bigint))"),
        products: &["postgresql"],
        session: postgres_session,
        declared: Some(Declared { of: |facts, _| of_postgres(&facts.declared), asked: &[] }),
        alive: "SELECT 1",
        ..STANDARD
    },
    Language {
        name: "sqlite",
        dialect: &sqlite::dialect::UNTAUGHT,
        lists: Lists::Json,
        alone: true,
        settles: Settles::ByLock,
        products: &["sqlite"],
        session: |at| {
            let patience = at.limits.acquire.as_millis();
            vec!["PRAGMA foreign_keys = ON".to_owned(), format!("PRAGMA busy_timeout = {patience}")]
        },
        declared: Some(Declared { of: |facts, _| sqlite::value::type_of(Some(&facts.declared)), asked: &[] }),
        alive: "SELECT 1",
        ..STANDARD
    },
];

/// The language of this name, which is one of those that an address knows.
pub(super) fn language(name: &str) -> &'static Language {
    LANGUAGES.iter().find(|language| language.name == name).unwrap_or(&LANGUAGES[0])
}

impl Language {
    /// What ends a quoted part that begins with this byte.
    pub(super) fn closing(&self, opening: u8) -> Option<u8> {
        match opening {
            b'\'' | b'"' | b'`' => Some(opening),
            b'[' if self.marker == "@P" => Some(b']'),
            _ => None,
        }
    }

    /// The word that `dialect` should be, where the database's own name says another than this one. What
    /// nobody knows may speak any language.
    pub(super) fn contradicted(&self, product: &str) -> Option<&'static str> {
        let product = product.to_ascii_lowercase();
        let calls = |language: &&Self| language.products.iter().any(|name| product.starts_with(name));
        if self.products.is_empty() || calls(&self) {
            return None;
        }
        LANGUAGES.iter().find(calls).map(|language| language.name)
    }
}

fn zone_name<'a>(at: &'a Circumstances<'_>) -> &'a str {
    at.zone.iana_name().unwrap_or("UTC")
}

fn postgres_session(at: &Circumstances<'_>) -> Vec<String> {
    let statement = at.limits.statement.as_millis();
    let idle = at.limits.statement.saturating_mul(2).max(Duration::from_secs(1)).as_millis();
    vec![
        format!("SET statement_timeout = {statement}"),
        format!("SET idle_in_transaction_session_timeout = {idle}"),
        format!("SET TimeZone = '{}'", zone_name(at).replace('\'', "")),
        "SET DateStyle = 'ISO'".to_owned(),
        "SET standard_conforming_strings = on".to_owned(),
    ]
}

/// A text becomes a date by the session's format, and a row that is locked is not waited for without end.
fn oracle_session(at: &Circumstances<'_>) -> Vec<String> {
    vec![
        "ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS'".to_owned(),
        "ALTER SESSION SET NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SSXFF6'".to_owned(),
        "ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '.,'".to_owned(),
        format!("ALTER SESSION SET TIME_ZONE = '{}'", zone_name(at).replace('\'', "")),
    ]
}

/// The collations of columns. MariaDB's `json` is a text with a check, whose place MySQL does not tell.
const MYSQL_COLUMNS: &[&str] = &[
    "SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, \
     CASE WHEN k.CHECK_CLAUSE IS NULL THEN COALESCE(c.COLLATION_NAME, '') ELSE 'json' END \
     FROM information_schema.COLUMNS AS c LEFT JOIN information_schema.CHECK_CONSTRAINTS AS k \
     ON k.CONSTRAINT_SCHEMA = c.TABLE_SCHEMA AND k.TABLE_NAME = c.TABLE_NAME \
     AND k.CHECK_CLAUSE = CONCAT('json_valid(`', c.COLUMN_NAME, '`)') WHERE c.TABLE_SCHEMA = DATABASE()",
    "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COALESCE(COLLATION_NAME, '') FROM information_schema.COLUMNS \
     WHERE TABLE_SCHEMA = DATABASE()",
];

/// The collations of columns with their code pages.
const MSSQL_COLUMNS: &[&str] = &["SELECT s.name, o.name, c.name, \
    CONCAT(c.collation_name, '/', CONVERT(int, COLLATIONPROPERTY(c.collation_name, 'CodePage'))) FROM sys.columns AS c \
    JOIN sys.objects AS o ON o.object_id = c.object_id JOIN sys.schemas AS s ON s.schema_id = o.schema_id \
    WHERE c.collation_name IS NOT NULL AND o.is_ms_shipped = 0"];

fn of_mysql(facts: &ColumnFacts, said: &str) -> ColumnType {
    if said == "json" { ColumnType::Json } else { mysql::columns::of_declared(&facts.declared, Some(said)) }
}

fn of_mssql(facts: &ColumnFacts, said: &str) -> ColumnType {
    let (collation, page) = said.split_once('/').unwrap_or_default();
    let collation = Some(collation).filter(|name| !name.is_empty());
    mssql::columns::of_declared(&facts.declared, collation, page.parse().unwrap_or(0))
}

/// `character varying(150)`, `timestamp(6) with time zone`, `text[]`.
fn of_postgres(declared: &str) -> ColumnType {
    if let Some(element) = declared.strip_suffix("[]") {
        return match of_postgres(element) {
            ColumnType::Other | ColumnType::Array(_) => ColumnType::Other,
            element => ColumnType::Array(Box::new(element)),
        };
    }
    let (name, rest) = declared.split_at(declared.find('(').unwrap_or(declared.len()));
    let size = rest.strip_prefix('(').and_then(|rest| rest.split(')').next()).and_then(|size| size.parse().ok());
    match name.trim() {
        "boolean" => ColumnType::Boolean,
        "smallint" => ColumnType::Integer(2),
        "integer" => ColumnType::Integer(4),
        "bigint" => ColumnType::Integer(8),
        "numeric" => ColumnType::Numeric,
        "real" | "double precision" => ColumnType::Float,
        "uuid" => ColumnType::Uuid,
        "json" | "jsonb" => ColumnType::Json,
        "bytea" => ColumnType::Binary,
        "date" => ColumnType::Date,
        "timestamp with time zone" => ColumnType::Instant,
        "timestamp without time zone" => ColumnType::Naive,
        "timestamp" if rest.contains("with time zone") => ColumnType::Instant,
        "timestamp" => ColumnType::Naive,
        "character varying" | "character" => ColumnType::Text(size),
        "text" | "name" => ColumnType::Text(None),
        "citext" => ColumnType::CaselessText(None),
        _ => ColumnType::Other,
    }
}
