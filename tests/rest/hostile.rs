//! An application that answers wrongly: never success, never an empty list, never a second host.

use std::time::{Duration, Instant};

use postern::downstream::{DownstreamError, ErrorKind};
use postern::plan::{MembersChange, Predicate};

use super::application::Application;
use super::scripted::{Reply, Scripted, Then, json};
use super::support::{REDMINE, at, driver, fetch, insert_user, select, update};

#[tokio::test]
async fn a_wrong_answer_is_never_taken_for_a_right_one() {
    let elsewhere = Scripted::start(|_| json(200, "", "{}")).await;
    let file: toml::Table = include_str!("hostile.toml").parse().unwrap();
    for case in file["case"].as_array().unwrap() {
        check(case, &elsewhere).await;
    }
    assert!(elsewhere.requests().is_empty(), "a redirect was followed");
}

async fn check(case: &toml::Value, elsewhere: &Scripted) {
    let text = |key: &str| case.get(key).and_then(toml::Value::as_str);
    let name = text("name").unwrap();
    let mut bytes = text("answer").unwrap().replace("{ELSEWHERE}", &elsewhere.address.to_string()).into_bytes();
    if let Some(pad) = case.get("pad") {
        bytes.resize(bytes.len() + usize::try_from(pad.as_integer().unwrap()).unwrap(), b'1');
    }
    let then = match text("then") {
        Some("close") => Then::Close,
        Some("stall") => Then::Stall,
        _ => Then::Stay,
    };
    let application = Scripted::start(move |_| Reply { bytes: bytes.clone(), then }).await;
    // Only silence needs the clock; everything else must be told without it.
    let timeout = if then == Then::Stall && case.get("pad").is_none() { "400ms" } else { "8s" };
    let table = format!("timeout = \"{timeout}\"\n\n[downstream.credentials]");
    let mapping = at(REDMINE, application.address).replace("[downstream.credentials]", &table);
    let driver = driver(&mapping);

    let read = match driver.fetch(&fetch("User", 7)).await {
        Ok(None) => "none".to_owned(),
        Ok(Some(record)) => panic!("{name}: {record:?}"),
        Err(error) => kind(name, &error),
    };
    assert_eq!(read, text("read").unwrap(), "{name}: read");
    let calls = case.get("calls").map_or(1, |calls| usize::try_from(calls.as_integer().unwrap()).unwrap());
    assert_eq!(application.requests().len(), calls, "{name}: calls");

    let list = driver.select(&select("User", Predicate::True, 0, 10)).await;
    let list = list.map_or_else(|error| kind(name, &error), |page| format!("{page:?}"));
    assert_eq!(list, text("list").or_else(|| text("read")).unwrap(), "{name}: list");
    application.requests();

    let plan = update("User", 7, &[("$.lastname", "canary-value".into())], MembersChange::None);
    let write = driver.update(&plan).await;
    let write = write.map_or_else(|error| kind(name, &error), |record| format!("{record:?}"));
    assert_eq!(write, text("write").unwrap(), "{name}: write");
    let puts = application.requests().iter().filter(|request| request.starts_with("PUT")).count();
    assert_eq!(puts, 1, "{name}: a write is sent once");
}

/// The kind in words; no detail may hold a secret or a value.
fn kind(name: &str, error: &DownstreamError) -> String {
    let debug = format!("{error:?}");
    for word in ["test-key", "canary-value", "127.0.0.1"] {
        assert!(!debug.contains(word), "{name}: {debug}");
    }
    match &error.kind {
        ErrorKind::Unavailable { retry_after: Some(wait) } => format!("unavailable in {} s", wait.as_secs()),
        ErrorKind::Unavailable { retry_after: None } => "unavailable".to_owned(),
        ErrorKind::Ambiguous => "ambiguous".to_owned(),
        ErrorKind::Credentials => "credentials".to_owned(),
        ErrorKind::Garbage => "garbage".to_owned(),
        ErrorKind::NotFound => "not_found".to_owned(),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn a_refused_key_of_ours_is_no_empty_list() {
    let application = Application::start().await;
    let mapping = at(REDMINE, application.address).replace("{ file = \"redmine-api-key\" }", "\"wrong\"");
    let driver = driver(&mapping);
    let kinds = [
        driver.select(&select("User", Predicate::True, 0, 10)).await.unwrap_err().kind,
        driver.insert(&insert_user("bjensen")).await.unwrap_err().kind,
        driver.probe().await.unwrap_err().kind,
    ];
    assert!(kinds.iter().all(|kind| *kind == ErrorKind::Credentials), "{kinds:?}");
    assert!(application.state().users.is_empty());
}

#[tokio::test]
async fn the_secret_is_in_no_debug_and_travels_in_its_header() {
    let application = Scripted::start(|_| json(404, "", "")).await;
    let driver = driver(&at(REDMINE, application.address));
    assert!(!format!("{driver:?}").contains("test-key"));
    driver.fetch(&fetch("User", 7)).await.unwrap();
    let request = application.requests().remove(0).to_lowercase();
    for header in
        ["x-redmine-api-key: test-key-0123456789\r\n", "accept-encoding: identity\r\n", "accept: application/json\r\n"]
    {
        assert!(request.contains(header), "{request}");
    }
}

#[tokio::test]
async fn an_application_that_is_away_is_left_alone_and_found_again_at_once() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let driver = driver(&at(REDMINE, address));
    for _ in 0..2 {
        let kind = driver.fetch(&fetch("User", 7)).await.unwrap_err().kind;
        assert!(matches!(kind, ErrorKind::Unavailable { .. }), "{kind:?}");
    }
    let started = Instant::now();
    let kind = driver.fetch(&fetch("User", 7)).await.unwrap_err().kind;
    assert!(matches!(kind, ErrorKind::Unavailable { retry_after: Some(wait) } if wait <= Duration::from_secs(1)));
    assert!(started.elapsed() < Duration::from_secs(1), "an open circuit answers at once");

    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let application = Scripted::on(listener, |_| json(404, "", ""));
    let back = Instant::now();
    while driver.fetch(&fetch("User", 7)).await.is_err() {
        assert!(back.elapsed() < Duration::from_millis(1500), "not found again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(application.requests().len(), 1);
}

#[tokio::test]
async fn a_write_that_was_applied_but_not_answered_is_ambiguous() {
    let application = Scripted::start(|request| match request.split(' ').next() {
        Some("POST") => json(500, "", "{}"),
        _ => json(200, "", r#"{"users":[],"total_count":0}"#),
    })
    .await;
    let driver = driver(&at(REDMINE, application.address));
    assert_eq!(driver.insert(&insert_user("bjensen")).await.unwrap_err().kind, ErrorKind::Ambiguous);
    assert_eq!(application.calls().len(), 2);
}
