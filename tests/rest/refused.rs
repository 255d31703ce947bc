//! What a SCIM client is told when the application answers wrongly: a 5xx that says to come back
//! where that may help, nothing of the application's own, and nothing was sent after a doubt.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt as _, stream};
use postern::quirks::Profile;

use super::hostile::{mapping_for, reply, text};
use super::scripted::{Scripted, json};
use crate::gateway::harness::Harness;

const USER: &str = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen", "emails": [{"type": "work", "value": "b@example.com"}]}"#;
const PATCH: &str = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "replace", "path": "name.familyName", "value": "canary-value"}]}"#;

/// Words of the application's that no client may see.
const INSIDES: &[&str] =
    &["127.0.0.1", "test-key", "users", "user\"", "html", "SQLSTATE", "internal", "Oops", "login", "json", "Resources"];

/// The status and `Retry-After` that stand for what the driver found.
fn told(kind: &str) -> (u16, Option<u32>) {
    let seconds = kind.strip_prefix("unavailable in ").and_then(|rest| rest.strip_suffix(" s"));
    match (kind, seconds) {
        (_, Some(seconds)) => (503, Some(seconds.parse().unwrap())),
        ("unavailable", _) => (503, Some(5)),
        ("ambiguous", _) => (503, Some(30)),
        ("credentials", _) => (503, Some(60)),
        ("garbage", _) => (502, None),
        ("none" | "not_found", _) => (404, None),
        other => panic!("no such kind: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_wrong_answer_becomes_success_or_an_empty_list() {
    let elsewhere = Scripted::start(|_| json(200, "", "{}")).await;
    let file: toml::Table = include_str!("hostile.toml").parse().unwrap();
    let cases = file["case"].as_array().unwrap();
    let problems: Vec<_> = stream::iter(cases).map(|case| check(case, &elsewhere)).buffered(8).collect().await;
    let problems = problems.concat();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(elsewhere.requests().is_empty(), "a redirect was followed");
}

/// What is not as the case says.
async fn check(case: &toml::Value, elsewhere: &Scripted) -> Vec<String> {
    let name = text(case, "name");
    let wrong = Arc::new(AtomicBool::new(false));
    let (switch, answer) = (Arc::clone(&wrong), reply(case, elsewhere.address));
    let application = Scripted::start(move |request| {
        let user = r#"{"id":7,"login":"ana","firstname":"A","lastname":"N","status":1,"mail":"a@example.com"}"#;
        match request {
            _ if switch.load(Ordering::SeqCst) => answer.clone(),
            _ if request.starts_with("GET /users/7.json") => json(200, "", &format!(r#"{{"user":{user}}}"#)),
            _ => json(200, "", &format!(r#"{{"users":[{user}],"total_count":1}}"#)),
        }
    })
    .await;
    let mapping = mapping_for(case, application.address);
    let harness =
        Harness::mapped(Profile::Any, mapping.replace("{ file = \"redmine-api-key\" }", "\"test-key\"")).await;
    let id = harness.send("GET /Users?filter=userName eq \"ana\"", None).await.text("Resources.0.id");
    assert!(!id.is_empty(), "{name}");
    wrong.store(true, Ordering::SeqCst);
    application.requests();

    let read = told(text(case, "read"));
    let list = case.get("list").map_or(read, |kind| told(kind.as_str().unwrap()));
    // Who has the name has it, whatever the key.
    let taken = case.get("taken").is_some();
    let mut problems = Vec::new();
    let patch = format!("PATCH /Users/{id}");
    for (request, body, expected) in [
        (&*format!("GET /Users/{id}"), None, read),
        ("GET /Users", None, list),
        ("GET /Users?filter=userName eq \"bjensen\"", None, list),
        ("POST /Users", Some(USER), if taken { (409, None) } else { list }),
        (&*patch, Some(PATCH), read),
    ] {
        let told = match body {
            Some(body) => harness.json(request, body).await,
            None => harness.send(request, None).await,
        };
        let body = told.body.to_json();
        if (told.status, told.retry_after) != expected || INSIDES.iter().any(|word| body.contains(word)) {
            problems.push(format!("{name}: {request}: {} {:?} {body}", told.status, told.retry_after));
        }
    }
    let sent = application.requests();
    if !sent.iter().all(|request| request.starts_with("GET ")) {
        problems.push(format!("{name}: written in doubt: {sent:?}"));
    }
    problems
}
