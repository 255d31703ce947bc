//! What goes wrong outside: no database, a locked one, others who do the same at the same time.

use std::time::Duration;

use super::*;

pub(super) fn person(login: &str) -> InsertPlan {
    insert("User", &[("login", login.into()), ("lastname", login.into())], &["login"])
}

fn schema<D: Database>(application: &Table) -> String {
    application["schema"][D::KIND].as_str().unwrap().to_owned()
}

fn is_unavailable<T: std::fmt::Debug>(result: Result<T, DownstreamError>) -> bool {
    matches!(result, Err(DownstreamError { kind: ErrorKind::Unavailable { .. }, .. }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_binds_before_its_database_is_there() {
    let application = application("redmine");
    let database = Sqlite::fresh(&schema::<Sqlite>(&application)).await;
    let aside = database.path().with_extension("aside");
    fs::rename(database.path(), &aside).unwrap();
    let driver = bound(&application, &database.url()).unwrap();
    assert!(is_unavailable(driver.probe().await));
    assert!(is_unavailable(driver.insert(&person("ada")).await));
    assert!(!database.path().exists(), "the application's database is not ours to create");
    fs::rename(&aside, database.path()).unwrap();
    driver.probe().await.unwrap();
    driver.insert(&person("ada")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_file_is_waited_for_and_given_up() {
    let application = application("redmine");
    let database = Sqlite::fresh(&schema::<Sqlite>(&application)).await;
    let driver = bound_with(&application, &database.url(), "acquire_timeout = '100ms'").unwrap();
    driver.insert(&person("ada")).await.unwrap();
    let other = rusqlite::Connection::open(database.path()).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    assert!(is_unavailable(driver.insert(&person("bob")).await));
    assert!(is_unavailable(driver.fetch(&fetch("User", &RecordKey::new("2"))).await));
    other.execute_batch("ROLLBACK").unwrap();
    driver.insert(&person("bob")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_replaced_is_opened_anew() {
    let application = application("redmine");
    let database = Sqlite::fresh(&schema::<Sqlite>(&application)).await;
    let driver = bound(&application, &database.url()).unwrap();
    let record = driver.insert(&person("ada")).await.unwrap();
    let restored = Sqlite::fresh(&schema::<Sqlite>(&application)).await;
    fs::rename(restored.path(), database.path()).unwrap();
    assert!(driver.fetch(&fetch("User", &record.key)).await.unwrap().is_none());
    driver.insert(&person("bob")).await.unwrap();
    assert_eq!(database.rows("SELECT login FROM users WHERE type = 'User'").await, json!([["bob"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_made_twice_on_sqlite() {
    nobody_is_made_twice::<Sqlite>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn nobody_is_made_twice_on_postgresql() {
    nobody_is_made_twice::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn nobody_is_made_twice_on_mariadb() {
    nobody_is_made_twice::<MariaDb<false>>().await;
    nobody_is_made_twice::<MariaDb<true>>().await;
}

/// Many applications have no unique constraint to rely on.
pub(super) async fn nobody_is_made_twice<D: Database>() {
    let application = application("redmine");
    let database = D::fresh(&schema::<D>(&application).replace("CREATE UNIQUE INDEX", "CREATE INDEX")).await;
    let driver = bound_with(&application, &database.url(), database.further()).unwrap();
    for round in 0..5 {
        let attempts = (0..16).map(|i| {
            let driver = Arc::clone(&driver);
            let login = if i % 2 == 0 { format!("ada{round}") } else { format!("ADA{round}") };
            tokio::spawn(async move { driver.insert(&person(&login)).await })
        });
        let attempts: Vec<_> = attempts.collect();
        let mut made = 0;
        for attempt in attempts {
            match attempt.await.unwrap() {
                Ok(_) => made += 1,
                Err(error) => assert_eq!(error.kind, ErrorKind::Uniqueness { label: Some("userName".to_owned()) }),
            }
        }
        assert_eq!(made, 1);
    }
    drop(driver);
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn broken_connections_are_replaced_without_a_word() {
    let application = application("redmine");
    let database = Postgres::fresh(&schema::<Postgres>(&application)).await;
    let driver = bound_with(&application, &database.url(), "pool = 4").unwrap();
    let record = driver.insert(&person("ada")).await.unwrap();
    for _ in 0..5 {
        let name = database.schema();
        let sql = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'");
        let terminated = database.rows(&sql).await;
        assert!(!terminated.as_array().unwrap().is_empty());
        assert!(driver.fetch(&fetch("User", &record.key)).await.unwrap().is_some());
    }
    drop(driver);
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_row_that_others_hold_is_given_up_in_time_and_nothing_changes() {
    let application = application("redmine");
    let database = Postgres::fresh(&schema::<Postgres>(&application)).await;
    let driver = bound_with(&application, &database.url(), "statement_timeout = '200ms'").unwrap();
    let record = driver.insert(&person("ada")).await.unwrap();
    let (mut other, connection) = tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let transaction = other.transaction().await.unwrap();
    transaction.execute("UPDATE users SET lastname = 'held'", &[]).await.unwrap();
    let delete = DeletePlan { resource: "User".into(), key: record.key.clone(), token: Default::default() };
    assert!(is_unavailable(driver.delete(&delete).await));
    transaction.rollback().await.unwrap();
    assert!(driver.fetch(&fetch("User", &record.key)).await.unwrap().is_some());
    assert!(driver.delete(&delete).await.unwrap());
    drop((driver, other));
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_column_that_changes_its_type_is_learned_anew() {
    let application = application("redmine");
    let database = Postgres::fresh(&schema::<Postgres>(&application)).await;
    let driver = bound(&application, &database.url()).unwrap();
    let record = driver.insert(&person("ada")).await.unwrap();
    assert_eq!(record.fields.get(&FieldName::new("status")), &Value::Integer(1));
    database.rows("ALTER TABLE users ALTER status DROP DEFAULT, ALTER status TYPE text").await;
    let record = driver.fetch(&fetch("User", &record.key)).await.unwrap().unwrap();
    assert_eq!(record.fields.get(&FieldName::new("status")), &Value::from("1"));
    drop(driver);
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_refused_login_and_a_closed_port_are_told_apart() {
    let application = application("redmine");
    let refused = format!("postgres://no_such_role:x@{}", server().rsplit_once('@').unwrap().1);
    let driver = bound(&application, &refused).unwrap();
    assert_eq!(driver.probe().await.unwrap_err().kind, ErrorKind::Credentials);
    let driver = bound(&application, "postgres://a@127.0.0.1:1/a").unwrap();
    assert!(is_unavailable(driver.probe().await));
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://a@127.0.0.1:{}/a", silent.local_addr().unwrap().port());
    let driver = bound_with(&application, &url, "connect_timeout = '100ms'").unwrap();
    let begun = std::time::Instant::now();
    assert!(is_unavailable(driver.probe().await));
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_dropped_request_leaves_no_open_transaction() {
    let application = application("redmine");
    let database = Postgres::fresh(&schema::<Postgres>(&application)).await;
    let driver = bound_with(&application, &database.url(), "pool = 1").unwrap();
    let record = driver.insert(&person("ada")).await.unwrap();
    for microseconds in [0, 50, 100, 200, 400, 800, 1600, 3200] {
        let delete = DeletePlan { resource: "User".into(), key: record.key.clone(), token: Default::default() };
        let _ = tokio::time::timeout(Duration::from_micros(microseconds), driver.delete(&delete)).await;
        let again = insert("User", &[("login", "bob".into()), ("lastname", "x".into())], &["login"]);
        let bob = driver.insert(&again).await.unwrap();
        assert!(
            driver
                .delete(&DeletePlan { resource: "User".into(), key: bob.key, token: Default::default() })
                .await
                .unwrap()
        );
    }
    let open = "state LIKE 'idle in transaction%'";
    let name = database.schema();
    let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE {open} AND application_name = '{name}'");
    assert_eq!(database.rows(&sql).await, json!([["0"]]));
    drop(driver);
    database.finish().await;
}

/// A trigger on `users` that does something for each row, now or when the transaction commits.
fn with_trigger(application: &Table, deed: &str, deferred: bool) -> String {
    let (constraint, when) = if deferred { ("CONSTRAINT", "DEFERRABLE INITIALLY DEFERRED") } else { ("", "") };
    format!(
        "{}; CREATE SEQUENCE tries; CREATE FUNCTION deed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {deed} RETURN NULL; END $$;
         CREATE {constraint} TRIGGER deed AFTER INSERT ON users {when} FOR EACH ROW EXECUTE FUNCTION deed();",
        schema::<Postgres>(application)
    )
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn what_the_database_rolls_back_is_tried_again_three_times() {
    let application = application("redmine");
    for (failures, deferred, fails) in [(2, false, false), (3, true, false), (4, false, true), (4, true, true)] {
        let deed =
            format!("IF nextval('tries') <= {failures} THEN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END IF;");
        let database = Postgres::fresh(&with_trigger(&application, &deed, deferred)).await;
        let driver = bound(&application, &database.url()).unwrap();
        let result = driver.insert(&person("ada")).await;
        assert_eq!(result.is_err(), fails, "{failures} {result:?}");
        assert!(!fails || is_unavailable(result));
        let made = if fails { "0" } else { "1" };
        assert_eq!(database.rows("SELECT count(*) FROM users WHERE login = 'ada'").await, json!([[made]]));
        drop(driver);
        database.finish().await;
    }
}

/// A server that ends the session at the COMMIT, or in the middle, says afterwards that nothing came of
/// it, whether the change is one statement or several.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_session_that_the_server_ends_leaves_nothing_behind() {
    let application = application("redmine");
    let deed = "PERFORM pg_terminate_backend(pg_backend_pid());";
    let alone = insert("Group", &[("lastname", "Staff".into())], &[]);
    for (deferred, plan) in [(true, person("ada")), (false, person("ada")), (false, alone.clone()), (true, alone)] {
        let database = Postgres::fresh(&with_trigger(&application, deed, deferred)).await;
        let driver = bound(&application, &database.url()).unwrap();
        assert!(is_unavailable(driver.insert(&plan).await));
        assert_eq!(database.rows("SELECT lastname FROM users").await, json!([["Anonymous"]]));
        drop(driver);
        database.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_joins_twice_on_sqlite() {
    nobody_joins_twice::<Sqlite>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn nobody_joins_twice_on_postgresql() {
    nobody_joins_twice::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn nobody_joins_twice_on_mariadb() {
    nobody_joins_twice::<MariaDb<true>>().await;
}

pub(super) async fn nobody_joins_twice<D: Database>() {
    let application = application("redmine");
    let database = D::fresh(&schema::<D>(&application)).await;
    let driver = bound_with(&application, &database.url(), database.further()).unwrap();
    let user = driver.insert(&person("ada")).await.unwrap().key;
    let group = driver.insert(&insert("Group", &[("lastname", "Staff".into())], &[])).await.unwrap().key;
    let member = Member { resource: "User".into(), key: user, display: None };
    let plan = UpdatePlan {
        resource: "Group".into(),
        key: group,
        set: Fields::new(),
        whole: Fields::new(),
        merge: Fields::new(),
        lists: Vec::new(),
        members: MembersChange::Delta { add: vec![member], remove: Vec::new() },
        unique: Vec::new(),
        enables: None,
        expected_version: None,
        token: Default::default(),
    };
    let attempts = (0..16).map(|_| {
        let (driver, plan) = (Arc::clone(&driver), plan.clone());
        tokio::spawn(async move { driver.update(&plan).await })
    });
    for attempt in attempts.collect::<Vec<_>>() {
        attempt.await.unwrap().unwrap();
    }
    assert_eq!(database.rows("SELECT count(*) FROM groups_users").await, json!([["1"]]));
    drop(driver);
    database.finish().await;
}
