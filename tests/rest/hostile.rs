//! An application that answers wrongly: never success, never an empty list, never a second host.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use postern::downstream::{DownstreamError, ErrorKind};
use postern::plan::{MembersChange, Predicate};
use postern::record::FieldName;

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

/// The reply of a case and a mapping for an application that gives it.
pub(super) fn reply(case: &toml::Value, elsewhere: SocketAddr) -> Reply {
    let text = |key: &str| case.get(key).and_then(toml::Value::as_str);
    let number = |key: &str| case.get(key).map(|number| usize::try_from(number.as_integer().unwrap()).unwrap());
    let filled = |text: &str| match number("times") {
        Some(times) => text.replace("{MANY}", &self::text(case, "many").repeat(times)),
        None => text.replace("{ELSEWHERE}", &elsewhere.to_string()),
    };
    let body = match (text("json"), text("hex")) {
        (Some(json), _) => Some(filled(json).into_bytes()),
        (_, Some(hex)) => {
            let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
            Some(pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect())
        }
        _ => None,
    };
    let mut bytes = match body {
        Some(body) => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length:";
            [format!("{head} {}\r\n\r\n", body.len()).into_bytes(), body].concat()
        }
        None => filled(text("answer").unwrap()).into_bytes(),
    };
    if let Some(pad) = number("pad") {
        bytes.resize(bytes.len() + pad, b'1');
    }
    let then = match text("then") {
        Some("close") => Then::Close,
        Some("stall") => Then::Stall,
        Some("drip") => Then::Drip,
        _ => Then::Stay,
    };
    Reply { bytes, then }
}

/// The mapping with a short timeout where only the clock ends a case; everything else must be told
/// without it.
pub(super) fn mapping_for(case: &toml::Value, address: SocketAddr) -> String {
    let waits = matches!(case.get("then").and_then(toml::Value::as_str), Some("stall" | "drip"));
    let timeout = if waits && case.get("pad").is_none() { "400ms" } else { "8s" };
    let table = format!("timeout = \"{timeout}\"\n\n[downstream.credentials]");
    at(REDMINE, address).replace("[downstream.credentials]", &table)
}

pub(super) fn text<'a>(case: &'a toml::Value, key: &str) -> &'a str {
    case[key].as_str().unwrap()
}

async fn check(case: &toml::Value, elsewhere: &Scripted) {
    let name = text(case, "name");
    let text = |key: &str| case.get(key).and_then(toml::Value::as_str);
    let reply = reply(case, elsewhere.address);
    let application = Scripted::start(move |_| reply.clone()).await;
    let driver = driver(&mapping_for(case, application.address));

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
        ["x-redmine-api-key: test-key-0123456789\r\n", "accept-encoding: identity\r\n", "accept: application/json, "]
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

#[tokio::test]
async fn an_answer_too_many_is_no_answer_to_the_next_request() {
    let user = |id: u32, login: &str| format!(r#"{{"user":{{"id":{id},"login":"{login}"}}}}"#);
    let application = Scripted::start(move |request| {
        if request.contains("/users/7.json") {
            let two = [json(200, "", &user(7, "own")).bytes, json(200, "", &user(8, "smuggled")).bytes].concat();
            return Reply { bytes: two, then: Then::Stay };
        }
        json(200, "", &user(8, "own"))
    })
    .await;
    let driver = driver(&at(REDMINE, application.address));
    for id in [7, 8, 7, 8] {
        let record = driver.fetch(&fetch("User", id)).await.unwrap().unwrap();
        assert_eq!(record.fields.get(&FieldName::new("$.login")).to_text(), "own", "user {id}");
    }
}

/// A page of users with these numbers.
fn users(ids: std::ops::Range<u32>, total: u32) -> String {
    let whole = |id| {
        format!(r#"{{"id":{id},"login":"u{id}","firstname":"","lastname":"","status":1,"mail":"","password":""}}"#)
    };
    format!(r#"{{"users":[{}],"total_count":{total}}}"#, ids.map(whole).collect::<Vec<_>>().join(","))
}

#[tokio::test]
async fn a_page_that_repeats_and_a_total_that_lies_are_no_list() {
    let repeating = |_: &str| json(200, "", &users(1..101, 1000));
    let lying = |_: &str| json(200, "", &users(1..1, 5));
    let ending = |request: &str| match request.contains("offset=0&") {
        true => json(200, "", &users(1..101, 1000)),
        false => json(200, "", &users(1..1, 1000)),
    };
    type Script = fn(&str) -> Reply;
    let scripts: [(&str, Script); 3] =
        [("the same page", repeating), ("an empty page of five", lying), ("an end too early", ending)];
    for (name, script) in scripts {
        let application = Scripted::start(script).await;
        let driver = driver(&at(REDMINE, application.address));
        let list = driver.select(&select("User", Predicate::True, 0, 500)).await;
        assert_eq!(list.map(|_| ()).map_err(|error| error.kind), Err(ErrorKind::Garbage), "{name}");
        assert!(application.requests().len() <= 2, "{name}");
    }
}
