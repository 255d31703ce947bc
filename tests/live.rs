//! `postern check --live`: what is said of an application that is not as the mapping says, and that
//! nothing is said of one that is.

use crate::cli::support::{Folder, MAPPING};

mod rest;

const FITS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, login VARCHAR(40) NOT NULL, locked BOOLEAN NOT NULL);
    CREATE UNIQUE INDEX users_login ON users (login COLLATE NOCASE);";

/// Schema and mapping with what is said; what is said of nothing else is not here.
#[derive(serde::Deserialize)]
struct Case {
    name: String,
    schema: String,
    mapping: String,
    code: i32,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    says_not: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Cases {
    case: Vec<Case>,
}

fn with_database(schema: &str, mapping: &str) -> Folder {
    let folder = Folder::ready();
    rusqlite::Connection::open(folder.path().join("app.db")).unwrap().execute_batch(schema).unwrap();
    folder.put("app.toml", mapping);
    folder
}

fn mapping_of(body: &str) -> String {
    format!("[application]\nname = \"Staff\"\n\n[downstream]\nkind = \"sql\"\nurl = \"sqlite:app.db\"\n\n{body}")
}

#[test]
fn every_case_is_said_at_its_place() {
    let cases: Cases = toml::from_str(&std::fs::read_to_string("tests/live/cases.toml").unwrap()).unwrap();
    let mut problems = Vec::new();
    for case in cases.case {
        let folder = with_database(&case.schema, &mapping_of(&case.mapping));
        let done = folder.postern(&["check", "--live"]);
        let mut wrong = Vec::new();
        if done.code != case.code {
            wrong.push(format!("ends with {} instead of {}", done.code, case.code));
        }
        wrong.extend(case.says.iter().filter(|part| !done.stdout.contains(*part)).map(|part| format!("lacks: {part}")));
        wrong
            .extend(case.says_not.iter().filter(|part| done.stdout.contains(*part)).map(|part| format!("has: {part}")));
        if !wrong.is_empty() {
            problems.push(format!("{}\n{}\n{}{}", case.name, wrong.join("\n"), done.stdout, done.stderr));
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n\n"));
}

#[test]
fn nothing_is_said_of_what_fits_and_nothing_is_written() {
    let mapping =
        MAPPING.replace("match = 1", "match = 1, max_length = 40").replace("\"1\")'", "\"1\")', default = \"0\"");
    let folder = with_database(FITS, &mapping);
    let before = std::fs::read(folder.path().join("app.db")).unwrap();
    let done = folder.postern(&["check", "--live", "--deny-warnings"]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(!done.stdout.contains("PST7"), "{}", done.stdout);
    assert_eq!(std::fs::read(folder.path().join("app.db")).unwrap(), before);
    assert_eq!(folder.postern(&["check", "--live", "--format", "json"]).stdout, "");
}

#[test]
fn without_live_nothing_is_connected_to() {
    let folder = Folder::ready();
    assert_eq!(folder.postern(&["check"]).code, 0);
}

#[test]
fn an_application_that_is_not_there_ends_with_69() {
    let folder = Folder::ready();
    let done = folder.postern(&["check", "--live"]);
    assert_eq!(done.code, 69, "{}", done.stdout);
    for part in ["error[PST701]: the application cannot be reached", "app.toml:6:8", "cannot be opened"] {
        assert!(done.stdout.contains(part), "{part}\n{}", done.stdout);
    }
    let done = folder.postern(&["check", "--live", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(done.stdout.trim()).unwrap();
    assert_eq!((done.code, &told["code"], &told["line"]), (69, &"PST701".into(), &6.into()));
}

/// A schema of its own on the test server; gone when the test is over, unless it failed.
async fn on_postgresql(schema: &str, run: impl AsyncFnOnce(&str, &tokio_postgres::Client)) {
    let server = crate::sql::server();
    let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let name = format!("postern_live_{}", uuid::Uuid::new_v4().simple());
    client.batch_execute(&format!("CREATE SCHEMA {name}; SET search_path = {name}; {schema}")).await.unwrap();
    let separator = if server.contains('?') { '&' } else { '?' };
    run(&format!("{server}{separator}options=-c%20search_path%3D{name}"), &client).await;
    client.batch_execute(&format!("DROP SCHEMA {name} CASCADE")).await.unwrap();
}

const POSTGRESQL: &str = "CREATE TABLE users (id serial PRIMARY KEY, login varchar(40) NOT NULL, mail text,
        joined timestamptz NOT NULL, code uuid);
    CREATE UNIQUE INDEX ON users (lower(login));
    CREATE TABLE teams (id serial PRIMARY KEY, name text NOT NULL);
    CREATE UNIQUE INDEX ON teams (lower((name)::text));
    CREATE TABLE team_users (team integer NOT NULL REFERENCES teams, member text NOT NULL);
    CREATE TABLE logs (id serial PRIMARY KEY, owner integer REFERENCES users);";

const TEAMS: &str = r#"
[User]
table = "users"
key = "id"
[User.attributes]
userName = { field = "login", match = 1, max_length = 40 }
'emails[type eq "work"].value' = { field = "mail", match = 2 }
nickName = "code"
[User.fields]
joined = { value = "Now()", apply = "create" }
[Group]
table = "teams"
key = "id"
[Group.attributes]
displayName = { field = "name", match = 1 }
[Group.members]
table = "team_users"
group = "team"
member = "member"
"#;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn postgresql_says_what_does_not_fit() {
    on_postgresql(POSTGRESQL, async |url, _| {
        let folder = Folder::ready();
        folder.put("app.toml", &mapping_of(TEAMS).replace("\"sqlite:app.db\"", "{ env = \"DATABASE_URL\" }"));
        let done = folder.postern_with(&["check", "--live"], &[("DATABASE_URL".to_owned(), url.to_owned())], "");
        assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
        for part in [
            "no index serves lookups in `users` by `lower(mail)`",
            "CREATE INDEX \"users_mail_lookup\" ON \"users\" (lower(\"mail\"))",
            "`nickName` is text, but `users.code` is `uuid`",
            "a row of `users` cannot be deleted while rows of `logs` point at it",
            "no index serves lookups in `team_users` by `team`",
            "the database does not prepare the statement that reads members",
            "operator does not exist",
        ] {
            assert!(done.stdout.contains(part), "{part}\n{}", done.stdout);
        }
        for part in ["`users.login`", "lower(login)", "lower(name)", "`joined`"] {
            assert!(!done.stdout.contains(part), "{part}\n{}", done.stdout);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn postgresql_says_which_rights_are_lacking() {
    on_postgresql(POSTGRESQL, async |url, client| {
        // An owner may take rights from itself.
        let less = "REVOKE DELETE ON users FROM CURRENT_USER; REVOKE INSERT, UPDATE, DELETE ON teams FROM CURRENT_USER;
            REVOKE SELECT ON team_users FROM CURRENT_USER; GRANT SELECT (team) ON team_users TO CURRENT_USER";
        client.batch_execute(less).await.unwrap();
        let folder = Folder::ready();
        folder.put("app.toml", &mapping_of(TEAMS).replace("\"sqlite:app.db\"", "{ env = \"DATABASE_URL\" }"));
        let done = folder.postern_with(&["check", "--live"], &[("DATABASE_URL".to_owned(), url.to_owned())], "");
        assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
        for part in [
            "the user of the database may not DELETE `users`",
            "the user of the database may not INSERT, UPDATE, DELETE `teams` (`name`)",
            "the user of the database may not SELECT `team_users` (`member`)",
            "let it: `GRANT INSERT, UPDATE, DELETE ON \"teams\" TO …`",
        ] {
            assert!(done.stdout.contains(part), "{part}\n{}", done.stdout);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn credentials_that_are_not_accepted_end_with_69() {
    let folder = Folder::ready();
    folder.put("app.toml", &MAPPING.replace("\"sqlite:app.db\"", "{ env = \"DATABASE_URL\" }"));
    let server = crate::sql::server();
    let (before, host) = server.split_once('@').unwrap();
    let (before, _) = before.rsplit_once(':').unwrap();
    let url = format!("{before}:not-the-password@{host}");
    let done = folder.postern_with(&["check", "--live"], &[("DATABASE_URL".to_owned(), url)], "");
    assert_eq!(done.code, 69, "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("error[PST701]: the application does not accept the credentials"), "{}", done.stdout);
    assert!(!done.stdout.contains("not-the-password"), "{}", done.stdout);
}

#[test]
#[ignore = "needs the servers that tests/run starts"]
fn the_shipped_mappings_fit_the_running_applications() {
    for name in ["django", "redmine", "zabbix"] {
        let variable = format!("{}_DATABASE_URL", name.to_uppercase());
        let url = std::env::var(format!("POSTERN_TEST_{}_DSN", name.to_uppercase())).unwrap();
        let folder = Folder::ready();
        folder.put("app.toml", &std::fs::read_to_string(format!("mappings/{name}.toml")).unwrap());
        let done = folder.postern_with(&["check", "--live"], &[(variable, url)], "");
        assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
        assert!(done.stdout.contains("\n0 errors, "), "{}", done.stdout);
    }
}

/// A shipped mapping: its variables, and the file of its secret, each with the variable of the tests that holds it.
struct ByRest {
    mapping: &'static str,
    variables: &'static [(&'static str, &'static str)],
    secret: (&'static str, &'static str),
}

const BY_REST: &[ByRest] = &[
    ByRest {
        mapping: "redmine-rest",
        variables: &[("REDMINE_URL", "REDMINE_BASE_URL")],
        secret: ("redmine-api-key", "REDMINE_API_KEY"),
    },
    ByRest {
        mapping: "directus",
        variables: &[("DIRECTUS_URL", "DIRECTUS_BASE_URL")],
        secret: ("directus-token", "DIRECTUS_TOKEN"),
    },
    ByRest {
        mapping: "wordpress-rest",
        variables: &[("WORDPRESS_URL", "WORDPRESS_BASE_URL"), ("WORDPRESS_USER", "WORDPRESS_USER")],
        secret: ("wordpress-application-password", "WORDPRESS_APPLICATION_PASSWORD"),
    },
    ByRest {
        mapping: "jupyterhub",
        variables: &[("JUPYTERHUB_URL", "JUPYTERHUB_BASE_URL")],
        secret: ("jupyterhub-token", "JUPYTERHUB_TOKEN"),
    },
    ByRest {
        mapping: "zabbix-rpc",
        variables: &[("ZABBIX_URL", "ZABBIX_BASE_URL")],
        secret: ("zabbix-token", "ZABBIX_TOKEN"),
    },
    ByRest {
        mapping: "pulp",
        variables: &[("PULP_URL", "PULP_BASE_URL"), ("PULP_USER", "PULP_ADMIN_USER")],
        secret: ("pulp-password", "PULP_ADMIN_PASSWORD"),
    },
];

#[test]
#[ignore = "needs the servers that tests/run starts"]
fn the_shipped_mappings_fit_the_running_apis() {
    let told = |name: &str| std::env::var(format!("POSTERN_TEST_{name}")).unwrap();
    for ByRest { mapping, variables, secret: (file, secret) } in BY_REST {
        let folder = Folder::ready();
        folder.put("app.toml", &std::fs::read_to_string(format!("mappings/{mapping}.toml")).unwrap());
        folder.put(file, &told(secret));
        let variables: Vec<_> = variables.iter().map(|(name, from)| ((*name).to_owned(), told(from))).collect();
        let done = folder.postern_with(&["check", "--live"], &variables, "");
        assert_eq!(done.code, 0, "{mapping}: {}{}", done.stdout, done.stderr);
    }
}

const MARIADB: &str = "CREATE TABLE users (id int AUTO_INCREMENT PRIMARY KEY, login varchar(40) NOT NULL, mail varchar(100),
        joined datetime NOT NULL, code date, UNIQUE KEY (login));
    CREATE TABLE teams (id int AUTO_INCREMENT PRIMARY KEY, name varchar(40) NOT NULL, note text NOT NULL, UNIQUE KEY (name));
    CREATE TABLE team_users (team int NOT NULL, member int NOT NULL, PRIMARY KEY (team, member));";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn mariadb_says_what_does_not_fit() {
    let database = <crate::sql::MariaDb<false> as crate::sql::Database>::fresh(MARIADB).await;
    let folder = Folder::ready();
    folder.put("app.toml", &mapping_of(TEAMS).replace("\"sqlite:app.db\"", "{ env = \"DATABASE_URL\" }"));
    let env = [("DATABASE_URL".to_owned(), crate::sql::Database::url(&database))];
    let done = folder.postern_with(&["check", "--live"], &env, "");
    let guessed = folder.postern_with(&["init", "sql"], &env, "");
    crate::sql::Database::finish(database).await;
    assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
    for part in [
        "a new row of `teams` needs a value in `note`",
        "no index serves lookups in `users` by `mail`",
        "`nickName` is text, but `users.code` is `date`",
        "no index serves lookups in `team_users` by `member`",
    ] {
        assert!(done.stdout.contains(part), "{part}\n{}", done.stdout);
    }
    for part in ["does not prepare", "`users.login`", "may not"] {
        assert!(!done.stdout.contains(part), "{part}\n{}", done.stdout);
    }
    for part in ["table = \"users\"", "table = \"teams\"", "table  = \"team_users\"", "note = { constant = \"\""] {
        assert!(guessed.stdout.contains(part), "{part}\n{}{}", guessed.stdout, guessed.stderr);
    }
}
