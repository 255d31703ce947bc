//! The same cases through ODBC: SQLite, PostgreSQL and MariaDB behind the drivers that Debian has for them,
//! and PostgreSQL once more by what the standard alone has words for.
//!
//! No Oracle, Db2 or HANA is asked: their statements are kept in `tests/sql/odbc/DIALECT.sql`, and that is
//! all that is known of them.

use super::breaking::{Heard, breaking, place};
use super::faults::{nobody_is_made_twice, nobody_joins_twice, person};
use super::*;

/// A database behind a driver, spoken to as `dialect` says.
struct Behind<D, S>(D, std::marker::PhantomData<S>);

/// A driver and a dialect.
trait Speech {
    const DIALECT: &'static str;

    const LEFT_OUT: &[&str] = &[];

    /// The attributes of the connection to the database at this native address.
    fn string(url: &str) -> String;
}

struct AsSqlite;
struct AsPostgres;
struct AsMariaDb;
struct AsMySql;
struct AsAnsi;

impl Speech for AsSqlite {
    const DIALECT: &'static str = "dialect = 'sqlite'";
    /// Its driver takes no rows from a write, and so no key from a statement of the mapping.
    const LEFT_OUT: &[&str] = &["statements: "];

    fn string(url: &str) -> String {
        format!("Driver=SQLite3;Database={};Timeout=5000", url.trim_start_matches("sqlite:"))
    }
}

/// `postgres://user:password@host:port/database?options=…`
fn server_of(url: &str) -> String {
    let (_, rest) = url.split_once("://").unwrap();
    let (account, rest) = rest.split_once('@').unwrap();
    let (user, password) = account.split_once(':').unwrap();
    let (place, rest) = rest.split_once('/').unwrap();
    let (host, port) = place.split_once(':').unwrap();
    let database = rest.split('?').next().unwrap();
    format!("Server={host};Port={port};Database={database};UID={user};PWD={{{password}}}")
}

fn postgres_string(url: &str) -> String {
    let schema = url.rsplit_once("application_name=").unwrap().1;
    format!("Driver={{PostgreSQL Unicode}};{};ConnSettings=set+search_path+to+{schema}", server_of(url))
}

impl Speech for AsPostgres {
    const DIALECT: &'static str = "dialect = 'postgres'";

    fn string(url: &str) -> String {
        postgres_string(url)
    }
}

impl Speech for AsAnsi {
    const DIALECT: &'static str = "dialect = 'ansi'";
    /// The standard's words know no objects and arrays in a column, and PostgreSQL not its word for sequences.
    const LEFT_OUT: &[&str] = &[
        "merge: ",
        "sequences: ",
        "django: every type of column",
        "cells: the members of groups are",
        "cells: groups are found",
        "cells: who joins and who leaves",
        "cells: a group comes",
        "cells: a user who goes",
    ];

    fn string(url: &str) -> String {
        format!("{};BoolsAsChar=0", postgres_string(url))
    }
}

impl Speech for AsMariaDb {
    const DIALECT: &'static str = "dialect = 'mariadb'";

    fn string(url: &str) -> String {
        format!("Driver={{MariaDB Unicode}};{};CHARSET=utf8mb4", server_of(url))
    }
}

impl Speech for AsMySql {
    const DIALECT: &'static str = "dialect = 'mysql'";

    fn string(url: &str) -> String {
        AsMariaDb::string(url)
    }
}

impl<D: Database, S: Speech> Database for Behind<D, S> {
    const KIND: &'static str = D::KIND;
    const EXPLAINED: bool = false;
    const LEFT_OUT: &[&str] = S::LEFT_OUT;

    async fn fresh(schema: &str) -> Self {
        Self(D::fresh(schema).await, std::marker::PhantomData)
    }

    fn url(&self) -> String {
        format!("odbc:{}", S::string(&self.0.url()))
    }

    fn further(&self) -> &'static str {
        S::DIALECT
    }

    async fn rows(&self, sql: &str) -> Json {
        self.0.rows(sql).await
    }

    async fn finish(self) {
        self.0.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the drivers that tests/run installs"]
async fn every_case_holds_on_sqlite_behind_odbc() {
    check_all::<Behind<Sqlite, AsSqlite>>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers and drivers that tests/run starts and installs"]
async fn every_case_holds_on_postgresql_behind_odbc() {
    check_all::<Behind<Postgres, AsPostgres>>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers and drivers that tests/run starts and installs"]
async fn every_case_holds_on_postgresql_by_the_standard() {
    check_all::<Behind<Postgres, AsAnsi>>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers and drivers that tests/run starts and installs"]
async fn every_case_holds_on_mariadb_behind_odbc() {
    check_all::<Behind<MariaDb<false>, AsMariaDb>>().await;
    check_all::<Behind<MariaDb<true>, AsMySql>>().await;
}

/// Applications whose cases are told as statements.
const TOLD: &[&str] = &["redmine", "nested", "numbers", "sequences", "marked"];

#[test]
fn every_statement_is_as_it_is_kept_for_databases_that_were_never_asked() {
    for dialect in ["ansi", "db2", "hana", "oracle"] {
        let path = format!("tests/sql/odbc/{dialect}.sql");
        let told: String = TOLD.iter().map(|name| told(name, dialect)).collect();
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &told).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        let first = told.lines().zip(kept.lines()).find(|(told, kept)| told != kept);
        assert_eq!(told, kept, "run `UPDATE=1 cargo test every_statement_is_as` and read what changed: {first:?}");
    }
}

/// The statements of all cases of an application, each once and without its values, as they are before the
/// database has told its types.
fn told(name: &str, dialect: &str) -> String {
    let application = application(name);
    let driver = bound_with(&application, "odbc:DSN=none", &format!("dialect = '{dialect}'")).unwrap();
    let steps = application["case"].as_array().unwrap().iter().flat_map(|case| case["steps"].as_array().unwrap());
    let lines = steps.filter(|step| step.get("sql").is_none()).flat_map(|step| driver.explain(&plan_of(step).as_any()));
    let mut told: Vec<String> = Vec::new();
    for line in lines {
        let statement = line.split("  -- ?1 = ").next().unwrap().to_owned();
        if !statement.starts_with("--") && !told.contains(&statement) {
            told.push(statement);
        }
    }
    format!("-- {name}.toml\n{}\n\n", told.join("\n"))
}

/// By the standard's words nobody says whether a key counts by itself, so it is not missed; and an object of which no
/// member can be changed is no matter of statements.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers and drivers that tests/run starts and installs"]
async fn the_live_check_claims_and_refuses_what_the_dialect_does() {
    let schema =
        "CREATE TABLE people (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, login varchar(40) NOT NULL UNIQUE,
        note varchar(40) NOT NULL, traits text, words text)";
    let mapping = r#"
[downstream]
kind = "sql"
url = { env = "DATABASE_URL" }
DIALECT
[schema."urn:example:params:2.0:Traits"]
open = true
[User]
table = "people"
key = "id"
[User.attributes]
userName = { field = "login", match = 1, max_length = 40 }
nickName = "words"
"urn:example:params:2.0:Traits:*" = "traits.*"
"#;
    let unfed = "a new row of `people` needs a value in `note`, which no rule gives";
    let unmerged = "members of the object in `people.traits` cannot be changed";
    let database = Postgres::fresh(schema).await;
    for (string, dialect, merges) in [
        (AsAnsi::string(&database.url()), AsAnsi::DIALECT, false),
        (AsPostgres::string(&database.url()), AsPostgres::DIALECT, true),
    ] {
        let folder = crate::cli::support::Folder::ready();
        folder.put("app.toml", &mapping.replace("DIALECT", dialect));
        let env = [("DATABASE_URL".to_owned(), format!("odbc:{string}"))];
        let done = folder.postern_with(&["check", "--live"], &env, "");
        assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
        assert!(done.stdout.contains(unfed), "{dialect}: {}{}", done.stdout, done.stderr);
        assert_eq!(done.stdout.contains(unmerged), !merges, "{dialect}: {}", done.stdout);
        // Of indexes that are no primary keys only PostgreSQL's own catalogue tells.
        assert_eq!(done.stdout.contains("no index serves"), merges, "{dialect}: {}", done.stdout);
        for part in ["does not prepare", "`id`", "may not"] {
            assert!(!done.stdout.contains(part), "{dialect}: {part}\n{}", done.stdout);
        }
    }
    database.finish().await;
}

/// What a mapping says and the database contradicts, and what nobody answers.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers and drivers that tests/run starts and installs"]
async fn a_driver_that_is_wrong_or_not_there_is_told_and_nothing_is_repeated() {
    let database = Sqlite::fresh("CREATE TABLE people (id integer PRIMARY KEY, login text, name text)").await;
    let application: Table =
        "mapping = \"[User]\\ntable = 'people'\\nkey = 'id'\\n\"\n[shape.User.fields]\nlogin = 'userName'\n"
            .parse()
            .unwrap();
    let file = AsSqlite::string(&database.url());
    let postgres = server_of(&server()).replace("postern-password", "wrong-secret");
    let cases = [
        (file.as_str(), "oracle", "Garbage", "write `dialect = \"sqlite\"`"),
        ("Driver={No Such Driver};PWD=very-secret", "db2", "Unavailable", "01000"),
        (
            &format!("Driver={{PostgreSQL Unicode}};{postgres}"),
            "postgres",
            "Credentials",
            "password authentication failed",
        ),
        (
            &format!("Driver=SQLite3;Database={}/none/none.db", std::env::temp_dir().display()),
            "sqlite",
            "Unavailable",
            "",
        ),
    ];
    for (string, dialect, kind, words) in cases {
        let driver = bound_with(&application, &format!("odbc:{string}"), &format!("dialect = '{dialect}'")).unwrap();
        let error = driver.fetch(&fetch("User", &RecordKey::new("1"))).await.unwrap_err();
        assert!(format!("{:?}", error.kind).starts_with(kind), "{error:?}");
        assert!(error.detail.contains(words) && !error.detail.contains("secret"), "{}", error.detail);
        assert!(driver.probe().await.is_err());
    }
}

/// A text of any length comes back as it was, and one that is too long for anybody is no success.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the drivers that tests/run installs"]
async fn no_text_is_cut_short() {
    let database =
        Behind::<Sqlite, AsSqlite>::fresh("CREATE TABLE people (id integer PRIMARY KEY, login text UNIQUE, name text)")
            .await;
    let application: Table =
        "mapping = \"[User]\\ntable = 'people'\\nkey = 'id'\\n\"\n[shape.User.fields]\nlogin = 'userName'\nname = 'displayName'\n"
            .parse()
            .unwrap();
    let driver = bound_with(&application, &database.url(), database.further()).unwrap();
    for length in [0, 1, 2047, 4094, 4095, 4096, 4097, 100_000] {
        let name: String = "Zoë 山田 🦀".chars().cycle().take(length).collect();
        let made = driver
            .insert(&insert(
                "User",
                &[("login", format!("u{length}").into()), ("name", name.as_str().into())],
                &["login"],
            ))
            .await
            .unwrap();
        assert_eq!(made.fields.get(&FieldName::new("name")), &Value::from(name.as_str()), "{length}");
    }
    rusqlite::Connection::open(database.0.path())
        .unwrap()
        .execute(
            "INSERT INTO people (id, login, name) VALUES (1000, 'long', replace(hex(zeroblob(2500000)), '0', 'x'))",
            [],
        )
        .unwrap();
    let error = driver.fetch(&fetch("User", &RecordKey::new("1000"))).await.unwrap_err();
    assert!(error.detail.contains("too long"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers and drivers that tests/run starts and installs"]
async fn nobody_is_made_and_nobody_joins_twice_behind_odbc() {
    nobody_is_made_twice::<Behind<Sqlite, AsSqlite>>().await;
    nobody_is_made_twice::<Behind<Postgres, AsPostgres>>().await;
    nobody_is_made_twice::<Behind<MariaDb<false>, AsMariaDb>>().await;
    nobody_joins_twice::<Behind<Sqlite, AsSqlite>>().await;
    nobody_joins_twice::<Behind<Postgres, AsPostgres>>().await;
    nobody_joins_twice::<Behind<MariaDb<false>, AsMariaDb>>().await;
}

/// The driver cannot tell, and the database can, by the number of the transaction.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers and drivers that tests/run starts and installs"]
async fn what_came_of_a_broken_commit_is_known_behind_odbc() {
    for heard in [Heard::Never, Heard::AtOnce, Heard::Late] {
        assert_eq!(broken_commit::<AsPostgres>(heard).await, (Ok(()), 1), "{heard:?}");
    }
}

/// By the standard's words a new row is not seen before its transaction ends, so that nobody can tell.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers and drivers that tests/run starts and installs"]
async fn where_nobody_can_tell_a_broken_commit_is_no_success() {
    assert_eq!(broken_commit::<AsAnsi>(Heard::Never).await, (Err(ErrorKind::Ambiguous), 0));
    assert_eq!(broken_commit::<AsAnsi>(Heard::AtOnce).await.0, Err(ErrorKind::Ambiguous));
}

/// What is answered to a new user whose COMMIT breaks the connection, and how many there are then.
async fn broken_commit<S: Speech>(heard: Heard) -> (Result<(), ErrorKind>, usize) {
    let application = application("redmine");
    let database = Behind::<Postgres, S>::fresh(application["schema"]["postgres"].as_str().unwrap()).await;
    let server = place(&server());
    let port = breaking(server.clone(), "COMMIT", heard, 1).await;
    let (_, own) = server.split_once(':').unwrap();
    let url = database.url().replace(&format!("Port={own};"), &format!("Port={port};"));
    let driver = bound_with(&application, &url, database.further()).unwrap();
    let made = driver.insert(&person("ada")).await.map(drop).map_err(|error| error.kind);
    let counted = database.rows("SELECT login FROM users WHERE login = 'ada'").await.as_array().unwrap().len();
    drop(driver);
    database.finish().await;
    (made, counted)
}

/// A row that others hold is given up in time, and nothing stays of what was begun.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers and drivers that tests/run starts and installs"]
async fn a_statement_that_takes_too_long_is_given_up() {
    let application = application("redmine");
    let schema = application["schema"]["postgres"].as_str().unwrap();
    let database = Behind::<Postgres, AsPostgres>::fresh(schema).await;
    let further = format!("{}\nstatement_timeout = '1s'\npool = 2", database.further());
    let driver = bound_with(&application, &database.url(), &further).unwrap();
    driver.insert(&person("ada")).await.unwrap();
    database.rows("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await;
    for _ in 0..3 {
        let error = driver.insert(&person("bob")).await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Unavailable { .. }), "{error:?}");
    }
    database.rows("ROLLBACK").await;
    driver.insert(&person("bob")).await.unwrap();
    assert_eq!(database.rows("SELECT count(*) FROM users WHERE login = 'bob'").await, json!([["1"]]));
    drop(driver);
    database.finish().await;
}
