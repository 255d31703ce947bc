//! Connections: who comes in, how long anything may take, what is left when one is lost.

use super::encrypted::Identity;
use super::*;

const IMPATIENT: &str = "statement_timeout = '300ms'\nconnect_timeout = '300ms'\nacquire_timeout = '200ms'";

fn kind_of<T: std::fmt::Debug>(result: Result<T, DownstreamError>) -> ErrorKind {
    let error = result.unwrap_err();
    assert!(!error.detail.contains("secret") && !error.detail.contains("wrong"), "{}", error.detail);
    error.kind
}

const UNAVAILABLE: ErrorKind = ErrorKind::Unavailable { retry_after: None };

async fn ask(driver: &dyn Downstream) -> Result<Option<Record>, DownstreamError> {
    driver.fetch(&fetch("User", &RecordKey::new("1"))).await
}

/// What a person is asked for by.
fn is_fetch(text: &str) -> bool {
    text.contains(" FROM [people] AS t WHERE t.[id] = @P1")
}

fn texts(peer: &Peer) -> Vec<String> {
    peer.asked().into_iter().map(|asked| asked.text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_accepted_or_refused() {
    let peer = people_at(Door::Open, |text| is_fetch(text).then(row)).await;
    let driver = bound(&people(), &peer.url()).unwrap();
    driver.probe().await.unwrap();
    assert_eq!(ask(&*driver).await.unwrap().unwrap().key, RecordKey::new("1"));
    assert_eq!(peer.logins(), [("scim".to_owned(), "secret".to_owned(), "crm".to_owned())]);
    let refused = bound(&people(), &peer.url_with("wrong")).unwrap();
    assert_eq!(kind_of(refused.probe().await), ErrorKind::Credentials);
    let elsewhere = bound(&people(), &peer.url().replace("/crm", "/payroll")).unwrap();
    assert_eq!(kind_of(elsewhere.probe().await), ErrorKind::Garbage);
    let nobody = bound(&people(), "mssql://scim:secret@127.0.0.1:1/crm").unwrap();
    assert_eq!(kind_of(nobody.probe().await), UNAVAILABLE);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_sent_to_another_address_goes_there_once() {
    let there = people_at(Door::Open, |text| is_fetch(text).then(row)).await;
    let front = people_at(Door::Elsewhere(there.port), |_| None).await;
    ask(&*bound(&people(), &front.url()).unwrap()).await.unwrap().unwrap();
    assert_eq!((front.everything().len(), front.connections(), there.connections()), (0, 1, 1));
    let before = people_at(Door::Elsewhere(front.port), |_| None).await;
    assert_eq!(kind_of(bound(&people(), &before.url()).unwrap().probe().await), UNAVAILABLE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_request_leaves_nothing_open() {
    let peer = people_at(Door::Open, |text| text.starts_with("DECLARE @made").then_some(Reply::Silence)).await;
    let driver = bound_with(&people(), &peer.url(), "pool = 1").unwrap();
    let other = Arc::clone(&driver);
    let dropped = tokio::spawn(async move { other.insert(&ada()).await });
    while !texts(&peer).iter().any(|text| text.starts_with("DECLARE @made")) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    dropped.abort();
    assert!(dropped.await.unwrap_err().is_cancelled());
    driver.probe().await.unwrap();
    assert_eq!(peer.connections(), 2, "the connection with the open transaction is closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_set_up_once_and_used_again() {
    let peer = people_at(Door::Open, |text| is_fetch(text).then(row)).await;
    let driver = bound_with(&people(), &peer.url(), "statement_timeout = '8s'").unwrap();
    for _ in 0..3 {
        ask(&*driver).await.unwrap();
    }
    assert_eq!(peer.connections(), 1);
    let everything = peer.everything();
    let set: Vec<_> = everything.iter().filter(|asked| asked.text.starts_with("SET ")).collect();
    assert_eq!(set.len(), 1);
    assert!(set[0].text.ends_with("SET LOCK_TIMEOUT 2000"), "{}", set[0].text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_encryption_hears_no_password_where_it_is_required() {
    let peer = people_at(Door::Open, |_| None).await;
    let driver = bound_with(&people(), &peer.url(), "tls = 'require'").unwrap();
    assert_eq!(kind_of(driver.probe().await), UNAVAILABLE);
    assert!(peer.logins().is_empty());
    let driver = bound_with(&people(), &peer.url(), "tls = 'prefer'").unwrap();
    driver.probe().await.unwrap();
    assert_eq!(peer.logins().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_connection_checks_the_certificate() {
    let (identity, stranger) = (Arc::new(Identity::new()), Identity::new());
    let peer = Peer::start_as(Some(Arc::clone(&identity)), Door::Open, |_| Reply::Done).await;
    let file = |name: &str, pem: &str| {
        let path = std::env::temp_dir().join(format!("postern_{}_{name}.pem", std::process::id()));
        fs::write(&path, pem).unwrap();
        path
    };
    let (own, other) = (file("own", &identity.pem), file("other", &stranger.pem));
    for mode in ["require", "prefer"] {
        let with = |ca: &Path| bound_with(&people(), &peer.url(), &format!("tls = '{mode}'\nca = '{}'", ca.display()));
        let before = peer.logins().len();
        let error = with(&other).unwrap().probe().await.unwrap_err();
        assert!(error.detail.contains("certificate") && error.detail.contains("`ca`"), "{}", error.detail);
        assert_eq!(kind_of::<()>(Err(error)), UNAVAILABLE);
        assert_eq!(peer.logins().len(), before, "who is not known is told no password");
        with(&own).unwrap().probe().await.unwrap();
        assert_eq!(peer.logins().len(), before + 1);
    }
    fs::remove_file(own).unwrap();
    fs::remove_file(other).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_is_read() {
    let peer = Peer::start(Door::Open, |asked| {
        let (yes, no) = (|| Cell::Int(4, Some(1)), || Cell::Int(4, Some(0)));
        let column = |name: &str, what: &str, filled: bool| {
            let filled = if filled { yes() } else { no() };
            vec!["hr".into(), "people".into(), no(), no(), name.into(), what.into(), yes(), filled, "raw".into()]
        };
        match &asked.text {
            text if text.contains("FROM sys.columns AS c") => Reply::Rows(vec![
                column("id", "int", true),
                column("login", "nvarchar(60)", false),
                column("active", "bit", true),
                column("changed", "rowversion", true),
            ]),
            text if text.contains("FROM sys.indexes AS i") => Reply::Rows(vec![vec![
                "hr".into(),
                "people".into(),
                "pk".into(),
                yes(),
                yes(),
                no(),
                yes(),
                "id".into(),
            ]]),
            text if text.contains("FROM sys.foreign_keys AS f") => Reply::Rows(vec![vec![
                "hr".into(),
                "people".into(),
                "boss".into(),
                "hr".into(),
                "people".into(),
                "id".into(),
                no(),
            ]]),
            _ => Reply::Done,
        }
    })
    .await;
    let catalogue = postern::downstream::catalogue(&peer.url(), Path::new("")).await.unwrap();
    let table = catalogue.table("hr.people", false).unwrap();
    let kinds: Vec<_> = table.columns.iter().map(|column| (column.kind(), column.filled)).collect();
    use postern::downstream::ColumnKind::{Boolean, Integer, Other, Text};
    assert_eq!(kinds, [(Integer, true), (Text, false), (Boolean, true), (Other, true)]);
    assert_eq!((table.key(), table.columns[1].length()), (Some("id"), Some(60)));
    assert_eq!((table.references[0].column.as_str(), table.references[0].yields), ("boss", false));
    assert!(catalogue.table("people", false).is_none(), "another schema's table is not found by its name alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_nothing_is_given_up() {
    let peer = people_at(Door::Silent, |_| None).await;
    let driver = bound_with(&people(), &peer.url(), IMPATIENT).unwrap();
    assert_eq!(kind_of(driver.probe().await), UNAVAILABLE);
    let peer = people_at(Door::Open, |text| (text == "SELECT 1").then_some(Reply::Silence)).await;
    let driver = bound_with(&people(), &peer.url(), IMPATIENT).unwrap();
    assert_eq!(kind_of(driver.probe().await), UNAVAILABLE);
    let peer = people_at(Door::Open, |text| is_fetch(text).then_some(Reply::Silence)).await;
    let driver = bound_with(&people(), &peer.url(), IMPATIENT).unwrap();
    assert_eq!(kind_of(ask(&*driver).await), UNAVAILABLE);
    // Its answer might still come: nobody else gets the connection.
    driver.probe().await.unwrap();
    assert_eq!(peer.connections(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_is_used_up_says_so() {
    let peer = people_at(Door::Open, |text| is_fetch(text).then_some(Reply::Silence)).await;
    let settings = "pool = 1\nacquire_timeout = '100ms'\nstatement_timeout = '2s'";
    let driver = bound_with(&people(), &peer.url(), settings).unwrap();
    let other = Arc::clone(&driver);
    let waiting = tokio::spawn(async move { ask(&*other).await });
    while !texts(&peer).iter().any(|text| is_fetch(text)) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let error = driver.probe().await.unwrap_err();
    assert_eq!((error.kind, error.detail.as_str()), (UNAVAILABLE, "SQL Server: no connection was free in time"));
    assert_eq!(kind_of(waiting.await.unwrap()), UNAVAILABLE);
    driver.probe().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_closed_is_replaced() {
    // Set up, described and asked: then the server is gone.
    let peer = people_at(Door::Closing(3), |text| is_fetch(text).then(row)).await;
    let driver = bound(&people(), &peer.url()).unwrap();
    for _ in 0..4 {
        ask(&*driver).await.unwrap().unwrap();
    }
    assert!(peer.connections() > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_made_in_one_transaction_and_read_by_the_key_that_it_got() {
    let peer = people_at(Door::Open, |text| text.starts_with("DECLARE @made").then(row)).await;
    let driver = bound(&people(), &peer.url()).unwrap();
    let record = driver.insert(&ada()).await.unwrap();
    assert_eq!((record.key.as_str(), record.fields.get(&FieldName::new("login"))), ("1", &Value::from("ada")));
    let insert = "DECLARE @made TABLE (k bigint); INSERT INTO [people] ([login], [name]) OUTPUT inserted.[id] INTO @made \
        VALUES (@P1, @P2); SELECT [id], [login], [name] FROM [people] WHERE [id] = (SELECT k FROM @made)";
    assert_eq!(texts(&peer), ["BEGIN TRANSACTION", insert, "COMMIT TRANSACTION"]);
    assert_eq!(peer.asked()[1].parameters, ["ada", "Ada"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_trigger_says_is_not_taken_for_the_answer() {
    let peer = people_at(Door::Open, |text| {
        let trigger = vec![vec!["a trigger's own".into()], vec!["rows".into()]];
        let own = vec![vec![Cell::Int(4, Some(1)), "ada".into(), "Ada".into()]];
        text.starts_with("DECLARE @made").then(|| Reply::Sets(vec![trigger, own]))
    })
    .await;
    let driver = bound(&people(), &peer.url()).unwrap();
    assert_eq!(driver.insert(&ada()).await.unwrap().key, RecordKey::new("1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_end_is_not_known_is_looked_for() {
    let other = || Reply::Rows(vec![vec![Cell::Int(4, Some(1)), "ada".into(), "Another".into()]]);
    let is_lock = |text: &str| text.starts_with("SELECT [id] FROM [people] WITH (UPDLOCK");
    // What the row's lock finds, what the row is; whether the write was done, and how often it was tried.
    for (there, stored, expected, tries) in [
        (Some(Reply::Rows(vec![vec![Cell::Int(4, Some(1))]])), row(), None, 1),
        (Some(Reply::Rows(vec![vec![Cell::Int(4, Some(1))]])), other(), Some(ErrorKind::Ambiguous), 1),
        (Some(Reply::Silence), row(), Some(ErrorKind::Ambiguous), 1),
        (None, row(), Some(UNAVAILABLE), 4),
    ] {
        for last in [Reply::HangUp, Reply::Silence] {
            let (there, stored) = (there.clone(), stored.clone());
            let peer = people_at(Door::Open, move |text| match text {
                "COMMIT TRANSACTION" => Some(last.clone()),
                text if is_lock(text) => there.clone(),
                text if is_fetch(text) => Some(stored.clone()),
                text => text.starts_with("DECLARE @made").then(row),
            })
            .await;
            let driver = bound_with(&people(), &peer.url(), IMPATIENT).unwrap();
            let made = driver.insert(&ada()).await;
            assert_eq!(made.err().map(|error| error.kind), expected, "{:?}", texts(&peer));
            let inserts = texts(&peer).iter().filter(|text| text.contains("INSERT")).count();
            assert_eq!(inserts, tries, "{:?}", texts(&peer));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_was_lost_before_its_end_is_tried_again() {
    let lost = AtomicU32::new(0);
    let peer = people_at(Door::Open, move |text| {
        let first = text.starts_with("DECLARE @made") && lost.fetch_add(1, Ordering::Relaxed) == 0;
        if first { Some(Reply::HangUp) } else { text.starts_with("DECLARE @made").then(row) }
    })
    .await;
    let driver = bound(&people(), &peer.url()).unwrap();
    assert_eq!(driver.insert(&ada()).await.unwrap().key, RecordKey::new("1"));
    assert_eq!(texts(&peer).iter().filter(|text| *text == "COMMIT TRANSACTION").count(), 1);
    assert_eq!(peer.connections(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_takes_too_long_is_undone() {
    let peer = people_at(Door::Open, |text| text.starts_with("DECLARE @made").then_some(Reply::Silence)).await;
    let driver = bound_with(&people(), &peer.url(), IMPATIENT).unwrap();
    assert_eq!(kind_of(driver.insert(&ada()).await), UNAVAILABLE);
    assert!(!texts(&peer).iter().any(|text| text == "COMMIT TRANSACTION"));
    driver.probe().await.unwrap();
    assert_eq!(peer.connections(), 2, "what was begun ends with its connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_others_have_locked_is_not_written() {
    // Given at once, given after waiting, timed out, a deadlock, a fault of ours.
    for (given, expected, tries) in [
        (0, None, 1),
        (1, None, 1),
        (-1, Some(UNAVAILABLE), 1),
        (-3, Some(UNAVAILABLE), 4),
        (-999, Some(UNAVAILABLE), 1),
    ] {
        let peer = people_at(Door::Open, move |text| match text {
            text if text.contains("sp_getapplock") => Some(Reply::Rows(vec![vec![Cell::Int(4, Some(given))]])),
            text => text.starts_with("DECLARE @made").then(row),
        })
        .await;
        let driver = bound(&people(), &peer.url()).unwrap();
        let plan = insert("User", &[("login", "ada".into())], &["login"]);
        assert_eq!(driver.insert(&plan).await.err().map(|error| error.kind), expected, "{given}");
        let asked = texts(&peer);
        assert_eq!(asked.iter().filter(|text| text.contains("sp_getapplock")).count(), tries, "{given}");
        assert_eq!(asked.iter().any(|text| text.contains("INSERT")), expected.is_none(), "{given}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_there_is_not_changed() {
    let peer = people_at(Door::Open, |text| {
        text.ends_with("SELECT ROWCOUNT_BIG()").then(|| Reply::Rows(vec![vec![Cell::Int(8, Some(0))]]))
    })
    .await;
    let driver = bound(&people(), &peer.url()).unwrap();
    let plan = update("1", &[("name", "Ada".into())]);
    assert_eq!(kind_of(driver.update(&plan).await), ErrorKind::NotFound);
    assert_eq!(
        kind_of(
            driver
                .delete(&DeletePlan { resource: "User".into(), key: RecordKey::new("1"), token: Default::default() })
                .await
                .and_then(|deleted| if deleted {
                    Ok(())
                } else {
                    Err(DownstreamError::new(ErrorKind::NotFound, "not deleted"))
                })
        ),
        ErrorKind::NotFound
    );
    assert!(texts(&peer).contains(&"IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_is_not_there_is_named_to_the_operator() {
    let columns = Columns::read("people id int\npeople login nvarchar(60)\n");
    let peer = Peer::start(Door::Open, move |asked| columns.described(asked).unwrap_or(Reply::Done)).await;
    let driver = bound(&people(), &peer.url()).unwrap();
    let error = ask(&*driver).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Garbage);
    assert_eq!(error.detail, "SQL Server: error 207: Invalid column name 'name'.");
}
