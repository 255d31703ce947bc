//! Lists that many want at once: one walk for all, and never one that could have missed a change
//! through the gateway.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use postern::downstream::Downstream;
use postern::plan::{DeletePlan, Predicate};

use super::scripted::{Reply, Scripted, json};
use super::support::{driver, insert_user, key, select};

const USERS: &str =
    r#"{"data": [{"id": 1, "login": "ana", "firstname": "", "lastname": "", "status": 1, "mail": ""}]}"#;

fn mapping(address: std::net::SocketAddr, more: &str) -> String {
    format!(
        r#"
        [downstream]
        kind = "rest"
        base_url = "http://{address}"
        {more}

        [User]
        key = "$.id"

        [User.calls]
        list   = {{ get = "/everybody", items = "$.data[*]" }}
        read   = {{ get = "/users/{{key}}" }}
        create = {{ post = "/users", json = "{{record}}", then = "nothing" }}
        delete = {{ delete = "/users/{{key}}" }}
        find.userName = {{ get = "/search", query = {{ login = "{{value}}" }}, items = "$.data[*]" }}
        "#
    )
}

fn answer(request: &str) -> Reply {
    match request.split(' ').take(2).collect::<Vec<_>>().as_slice() {
        ["GET", target] if target.starts_with("/search") => json(200, "", r#"{"data": []}"#),
        ["GET", "/everybody"] => json(200, "", USERS),
        ["POST", _] => {
            json(201, "", r#"{"id": 2, "login": "bo", "firstname": "", "lastname": "", "status": 1, "mail": ""}"#)
        }
        ["DELETE", _] => json(200, "", "{}"),
        _ => json(404, "", "{}"),
    }
}

/// How often the list was asked for since the last time.
fn lists(application: &Scripted) -> usize {
    application.calls().iter().filter(|call| *call == "GET /everybody").count()
}

async fn list(driver: &Arc<dyn Downstream>) -> u64 {
    driver.select(&select("User", Predicate::True, 0, 10_001)).await.unwrap().total
}

// On one thread all twenty have asked before the first answer can come.
#[tokio::test]
async fn twenty_at_once_are_one_walk_and_the_next_is_another() {
    let application = Scripted::start(answer).await;
    let driver = driver(&mapping(application.address, ""));
    let totals = join_all((0..20).map(|_| list(&driver))).await;
    assert_eq!(totals, [1; 20]);
    assert_eq!(lists(&application), 1);
    list(&driver).await;
    list(&driver).await;
    assert_eq!(lists(&application), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_list_answers_until_something_changes_and_never_says_what_is_unique() {
    let application = Scripted::start(answer).await;
    let driver = driver(&mapping(application.address, "list_cache = \"60s\""));
    list(&driver).await;
    list(&driver).await;
    assert_eq!(lists(&application), 1);
    driver.insert(&insert_user("bo")).await.unwrap();
    let calls = application.calls();
    assert!(calls[0].starts_with("GET /search?login=bo"), "{calls:?}");
    assert!(calls[1].starts_with("POST /users"), "{calls:?}");
    list(&driver).await;
    list(&driver).await;
    assert_eq!(lists(&application), 1);
}

/// The first list says that it has begun and waits until it is let go, as a walk of many pages does.
fn held(begun: Sender<()>, go: Receiver<()>) -> impl Fn(&str) -> Reply + Send + Sync {
    let held = Mutex::new(Some((begun, go)));
    move |request| {
        let first = || held.lock().unwrap().take();
        if let Some((begun, go)) = request.starts_with("GET /everybody ").then(first).flatten() {
            begun.send(()).unwrap();
            tokio::task::block_in_place(|| go.recv_timeout(Duration::from_secs(5))).unwrap();
        }
        answer(request)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_walk_that_was_under_way_during_a_change_answers_nobody_after_it() {
    let ((begin, begun), (let_go, go)) = (channel(), channel());
    let application = Scripted::start(held(begin, go)).await;
    let driver = driver(&mapping(application.address, "list_cache = \"60s\""));
    let early = tokio::spawn({
        let driver = Arc::clone(&driver);
        async move { list(&driver).await }
    });
    tokio::task::block_in_place(|| begun.recv_timeout(Duration::from_secs(5))).unwrap();
    driver.delete(&DeletePlan { resource: "User".into(), key: key(7), token: Default::default() }).await.unwrap();
    // The walk of before still waits; this one does not wait for it.
    list(&driver).await;
    let_go.send(()).unwrap();
    early.await.unwrap();
    list(&driver).await;
    assert_eq!(lists(&application), 2);
}
