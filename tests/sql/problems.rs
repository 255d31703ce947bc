//! What is wrong in the driver's own tables is said at binding, all at once; what is wrong in the
//! database is said to the operator, not to the client.

use super::*;

const SHAPES: &str = r#"
shape = { User = { fields = { login = "userName" } }, Group = { fields = { name = "displayName" }, members = ["User"] } }
"#;

const USER: &str = "[User]\ntable = 'users'\nkey = 'id'\n";
const GROUP: &str = "[Group]\ntable = 'groups'\nkey = 'id'\n";
const MEMBERS: &str = "[Group.members]\ntable = 'm'\ngroup = 'g'\nmember = 'u'\n";

/// What is in `[downstream]`, `[User]` and `[Group]`, and what is said about it.
const WRONG: &[(&str, &str, &str, &[&str])] = &[
    ("url = 'oracle:x'", USER, MEMBERS, &["the address is of no known database"]),
    ("url = 'postgres://host:port'", USER, MEMBERS, &["the PostgreSQL address cannot be read"]),
    ("url = 'mysql://host:port/x'", USER, MEMBERS, &["the MySQL address cannot be read"]),
    ("url = 'mariadb://host/x?no_such=1'", USER, MEMBERS, &["the MySQL address cannot be read"]),
    ("url = 'mssql://host:port/x'", USER, MEMBERS, &["the SQL Server address names no user"]),
    ("url = 'sqlserver://u:p@host:port/x'", USER, MEMBERS, &["the SQL Server address cannot be read"]),
    ("url = 'mssql://u:p@host'", USER, MEMBERS, &["the SQL Server address names no database"]),
    (
        "url = 'mssql://u:p@host\\instance/x'",
        USER,
        MEMBERS,
        &["the SQL Server address names an instance: write the port that it listens on"],
    ),
    ("url = 'mssql://u:p@host/x'\nca = '/no/such.pem'", USER, MEMBERS, &["holds no certificates in PEM form"]),
    ("url = 'sqlite:'", USER, MEMBERS, &["the address names no database file"]),
    ("", USER, MEMBERS, &["[downstream] has no `url`"]),
    ("url = 'sqlite:a'\npol = 3", USER, MEMBERS, &["[downstream] has no key `pol`", "did you mean `pool`?"]),
    (
        "url = 'sqlite:a'\npool = 0\ntls = 'yes'",
        USER,
        MEMBERS,
        &["`pool` is not from 1 to 1000", "`yes` is no way to use TLS"],
    ),
    ("url = 'sqlite:a'\ntime_zone = 'Mars/Olympus'", USER, MEMBERS, &["`Mars/Olympus` is no time zone"]),
    ("url = 'sqlite:a'", "[User]\ntable = 'users'\n", MEMBERS, &["[User] has no `key`"]),
    ("url = 'sqlite:a'", "[User]\nkey = 'id'\n", "", &["[User] has no `table`", "[Group] has no `members`"]),
    ("url = 'sqlite:a'", USER, "[Group.members]\ntable = 'm'\ngroup = 'g'\n", &["[Group.members] has no `member`"]),
    (
        "url = 'sqlite:a'",
        "[User]\ntable = 'users'\nkey = 'id'\nwhere = { tenant = '{tenant.nobody}' }\n",
        MEMBERS,
        &["the tenant has no variable `nobody`"],
    ),
    (
        "url = 'sqlite:a'",
        "[User]\ntable = 'users'\nkey = 'id'\nrelated.mail = { table = 'mails', on = 'id', order_by = 'x' }\n",
        MEMBERS,
        &["`on` is not one column with its counterpart", "has no key `order_by`"],
    ),
    (
        "url = 'sqlite:a'",
        "[User]\ntable = 'users'\nkey = 'id'\ndeprovision.before_delete = ['DELETE FROM log', 'DELETE FROM a WHERE b = :key; DROP TABLE users', 'DELETE FROM a WHERE b = :id', 3]\n",
        MEMBERS,
        &["the statement's one parameter is `:key`", "more than one statement", "a statement is not a string"],
    ),
];

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let application: Table = SHAPES.parse().unwrap();
    for (downstream, user, members, expected) in WRONG {
        let text = format!("[downstream]\nkind = 'sql'\n{downstream}\n{user}\n{GROUP}\n{members}");
        let (driver, problems) = bind_text(&application, &text);
        assert!(driver.is_none(), "{text}");
        for words in *expected {
            assert!(problems.contains(words), "{words}\n is not said of\n{text}\nbut\n{problems}");
        }
    }
}

#[test]
fn an_address_with_a_password_is_never_repeated() {
    let application: Table = SHAPES.parse().unwrap();
    let text =
        format!("[downstream]\nkind = 'sql'\nurl = {{ env = 'POSTERN_NO_SUCH_VARIABLE' }}\n{USER}\n{GROUP}\n{MEMBERS}");
    let (driver, problems) = bind_text(&application, &text);
    assert!(driver.is_none() && problems.contains("`POSTERN_NO_SUCH_VARIABLE` is not set"), "{problems}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_table_or_column_is_named_to_the_operator_on_sqlite() {
    missing::<Sqlite>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_missing_table_or_column_is_named_to_the_operator_on_postgresql() {
    missing::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_missing_table_or_column_is_named_to_the_operator_on_mariadb() {
    missing::<MariaDb<true>>().await;
}

async fn missing<D: Database>() {
    let application = application("redmine");
    // All tables are asked about at once, and which answer comes first is the database's to say.
    let tables = ["email_addresses", "phones", "groups_users"];
    for (schema, names) in [
        ("CREATE TABLE other (id integer);", &["users"][..]),
        ("CREATE TABLE users (id integer);", &["created_on", "admin", "login", "lastname", "status", "type"]),
    ] {
        let database = D::fresh(schema).await;
        let driver = bound(&application, &database.url()).unwrap();
        let error = driver.select(&select("User", Predicate::True)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Garbage);
        let names_one = tables.iter().chain(names).any(|missing| error.detail.contains(missing));
        assert!(names_one, "{}", error.detail);
        drop(driver);
        database.finish().await;
    }
}
