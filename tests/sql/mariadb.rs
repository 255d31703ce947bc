//! What goes wrong outside, on MariaDB: dead connections, rows that others hold, wrong passwords,
//! breaks in the COMMIT; and encryption.

use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable as _;

use super::*;

type Mariadb = MariaDb<true>;

fn person(login: &str) -> InsertPlan {
    insert("User", &[("login", login.into()), ("lastname", login.into())], &["login"])
}

fn deletion(key: &RecordKey) -> DeletePlan {
    DeletePlan { resource: "User".into(), key: key.clone(), token: Default::default() }
}

fn is_unavailable<T: std::fmt::Debug>(result: Result<T, DownstreamError>) -> bool {
    matches!(result, Err(DownstreamError { kind: ErrorKind::Unavailable { .. }, .. }))
}

async fn redmine() -> (Table, Mariadb) {
    let application = application("redmine");
    let database = Mariadb::fresh(application["schema"]["mysql"].as_str().unwrap()).await;
    (application, database)
}

/// The sessions that others have in the database.
async fn sessions(database: &Mariadb) -> Vec<String> {
    let sql =
        "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID() ORDER BY id";
    let rows = database.rows(sql).await;
    rows.as_array().unwrap().iter().map(|row| row[0].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn broken_connections_are_replaced_without_a_word() {
    let (application, database) = redmine().await;
    let driver = bound_with(&application, &database.url(), "pool = 4").unwrap();
    let record = driver.insert(&person("ada")).await.unwrap();
    for _ in 0..5 {
        let found = futures_util::future::join_all(
            (0..8).map(|_| async { driver.fetch(&fetch("User", &record.key)).await.unwrap() }),
        );
        assert!(found.await.iter().all(Option::is_some));
        let sessions = sessions(&database).await;
        assert!((1..=4).contains(&sessions.len()), "{sessions:?}");
        for id in sessions {
            database.rows(&format!("KILL {id}")).await;
        }
    }
    driver.probe().await.unwrap_or_default();
    driver.probe().await.unwrap();
    drop(driver);
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_row_that_others_hold_is_given_up_in_time_and_nothing_changes() {
    let (application, database) = redmine().await;
    let driver = bound_with(&application, &database.url(), "statement_timeout = '200ms'").unwrap();
    let record = driver.insert(&person("ada")).await.unwrap();
    let mut other = mysql_async::Conn::from_url(database.url()).await.unwrap();
    other.query_drop("BEGIN; UPDATE users SET lastname = 'held'").await.unwrap();
    assert!(is_unavailable(driver.delete(&deletion(&record.key)).await));
    other.query_drop("ROLLBACK").await.unwrap();
    assert!(driver.fetch(&fetch("User", &record.key)).await.unwrap().is_some());
    assert!(driver.delete(&deletion(&record.key)).await.unwrap());
    drop((driver, other));
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_lock_that_takes_longer_is_waited_for_once_more() {
    let (application, database) = redmine().await;
    let driver = bound_with(&application, &database.url(), "statement_timeout = '4s'").unwrap();
    let record = driver.insert(&person("ada")).await.unwrap();
    let mut other = mysql_async::Conn::from_url(database.url()).await.unwrap();
    other.query_drop("BEGIN; UPDATE users SET lastname = 'held'").await.unwrap();
    let released = async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        other.query_drop("ROLLBACK").await.unwrap();
    };
    let record_key = deletion(&record.key);
    let (deleted, ()) = tokio::join!(driver.delete(&record_key), released);
    assert!(deleted.unwrap(), "the first wait ends after a second, the second one is given the lock");
    drop((driver, other));
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_dropped_request_leaves_no_open_transaction_and_no_lock() {
    let (application, database) = redmine().await;
    let driver = bound_with(&application, &database.url(), "pool = 1").unwrap();
    let record = driver.insert(&person("ada")).await.unwrap();
    for microseconds in [0, 50, 100, 200, 400, 800, 1600, 3200] {
        let _ = tokio::time::timeout(Duration::from_micros(microseconds), driver.delete(&deletion(&record.key))).await;
        let _ = tokio::time::timeout(Duration::from_micros(microseconds), driver.insert(&person("bob"))).await;
        match driver.insert(&person("bob")).await {
            Ok(bob) => assert!(driver.delete(&deletion(&bob.key)).await.unwrap()),
            // The dropped one had come as far as its COMMIT.
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::Uniqueness { label: Some("userName".to_owned()) });
                database.rows("DELETE FROM users WHERE login = 'bob'").await;
            }
        }
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let open = "SELECT count(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id WHERE p.db = DATABASE()";
    assert_eq!(database.rows(open).await, json!([["0"]]));
    assert_eq!(sessions(&database).await.len(), 1);
    drop(driver);
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_refused_login_a_missing_database_and_a_closed_port_are_told_apart() {
    let application = application("redmine");
    let server = databases::mariadb_server();
    let (_, place) = server.rsplit_once('@').unwrap();
    let (place, _) = place.rsplit_once('/').unwrap();
    let kind_of = |url: String| async move {
        let driver = bound_with(&application, &url, "connect_timeout = '100ms'").unwrap();
        driver.probe().await.unwrap_err().kind
    };
    assert_eq!(kind_of.clone()(format!("mysql://postern:wrong@{place}/postern")).await, ErrorKind::Credentials);
    let missing = server.replace("/postern", "/postern_missing");
    assert_eq!(kind_of.clone()(missing.replace("//postern_missing", "//postern")).await, ErrorKind::Garbage);
    let unavailable = ErrorKind::Unavailable { retry_after: None };
    assert_eq!(kind_of.clone()("mysql://a@127.0.0.1:1/a".to_owned()).await, unavailable);
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let begun = Instant::now();
    let port = silent.local_addr().unwrap().port();
    assert_eq!(kind_of(format!("mysql://a@127.0.0.1:{port}/a")).await, unavailable);
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn an_encrypted_connection_checks_the_certificate() {
    let (application, database) = redmine().await;
    let ca = std::env::var("POSTERN_TEST_MARIADB_CA").unwrap();
    let url = database.url().replace("//postern:", "//postern_encrypted:");
    let trusting = bound_with(&application, &url, &format!("tls = 'require'\nca = '{ca}'")).unwrap();
    trusting.insert(&person("ada")).await.unwrap();
    let plain = bound_with(&application, &url, "tls = 'disable'").unwrap();
    assert_eq!(plain.probe().await.unwrap_err().kind, ErrorKind::Credentials, "this account needs encryption");
    for mode in ["require", "prefer"] {
        let doubting = bound_with(&application, &url, &format!("tls = '{mode}'")).unwrap();
        assert!(is_unavailable(doubting.probe().await), "nobody trusts this certificate");
    }
    drop(trusting);
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_way_that_breaks_each_time_leaves_nothing_behind() {
    for (word, heard) in [("\u{3}COMMIT", Heard::Never), ("INSERT INTO", Heard::Never), ("INSERT INTO", Heard::AtOnce)]
    {
        let (application, database) = redmine().await;
        let port = breaking(place(&database.url()), word, heard, u32::MAX).await;
        let driver = bound(&application, &through(&database.url(), port)).unwrap();
        assert!(is_unavailable(driver.insert(&person("ada")).await), "{word} {heard:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(database.rows("SELECT count(*) FROM users WHERE login = 'ada'").await, json!([["0"]]), "{word}");
        drop(driver);
        database.finish().await;
    }
}

/// Where the connection breaks decides what is known: before the COMMIT nothing was written.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_deadlock_is_tried_again_and_a_break_before_the_commit_is_no_doubt() {
    let (application, database) = redmine().await;
    let deadlock = "CREATE TABLE tries (n integer) ENGINE = MyISAM;
        CREATE TRIGGER deed AFTER INSERT ON users FOR EACH ROW BEGIN
            INSERT INTO tries VALUES (1);
            IF (SELECT count(*) FROM tries) <= 2 THEN SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'x'; END IF;
        END";
    database.rows(deadlock).await;
    let driver = bound(&application, &database.url()).unwrap();
    driver.insert(&person("ada")).await.unwrap();
    assert_eq!(database.rows("SELECT count(*) FROM tries").await, json!([["3"]]));
    database.rows("DROP TRIGGER deed").await;
    database.rows("CREATE TRIGGER deed AFTER INSERT ON users FOR EACH ROW KILL CONNECTION_ID()").await;
    assert!(is_unavailable(driver.insert(&person("bob")).await));
    assert_eq!(database.rows("SELECT login FROM users WHERE type = 'User'").await, json!([["ada"]]));
    drop(driver);
    database.finish().await;
}

/// A long list of texts goes as one document, whose texts have a collation of their own.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_long_list_of_names_finds_what_a_short_one_does() {
    let application = application("django");
    let database = MariaDb::<false>::fresh(application["schema"]["mysql"].as_str().unwrap()).await;
    let driver = bound(&application, &database.url()).unwrap();
    let user = driver.insert(&insert("User", &[("username", "ada".into())], &[])).await.unwrap().key;
    for group in ["staff", "Größe"] {
        driver.insert(&insert("Group", &[("name", group.into())], &[])).await.unwrap();
    }
    for more in [0, 5000] {
        let strangers = (0..more).map(|number| format!("stranger {number}"));
        let keys = ["staff", "Größe"].map(str::to_owned).into_iter().chain(strangers);
        let keys = Predicate::Keys(keys.map(|key| RecordKey::new(&key)).collect());
        assert_eq!(driver.select(&select("Group", keys)).await.unwrap().total, 2, "{more}");
        let strangers = (0..more).map(|number| uuid::Uuid::from_u128(number).to_string());
        let keys = strangers.map(|key| RecordKey::new(&key)).chain([user.clone()]);
        let of = |key| Member { resource: "User".into(), key, display: None };
        let members = Predicate::HasMember(keys.clone().map(of).collect());
        assert_eq!(driver.select(&select("Group", members)).await.unwrap().total, 0);
        let found = driver.select(&select("User", Predicate::Keys(keys.collect()))).await.unwrap();
        assert_eq!(found.total, 1, "{more}");
    }
    drop(driver);
    database.finish().await;
}
