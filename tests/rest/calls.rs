//! How many calls to the application a SCIM request takes. The manual's mapping is of an
//! application whose lists leave out `status` and whose PUT answers nothing, so these are the calls
//! of a poor API; ARCHITECTURE.md prints them, and this holds it to that.

use postern::quirks::Profile;

use super::application::Application;
use super::support::{REDMINE, at};
use crate::gateway::harness::{Answer, Harness};

const USER: &str = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "NAME", "active": true, "name": {"givenName": "G", "familyName": "F"}, "emails": [{"type": "work", "value": "NAME@example.com"}]}"#;
const PATCH: &str = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [OPERATION]}"#;

fn patch(operation: &str) -> String {
    PATCH.replace("OPERATION", operation)
}

async fn send(harness: &Harness, request: &str, body: &str) -> Answer {
    if body.is_empty() { harness.send(request, None).await } else { harness.json(request, body).await }
}

/// `GET /users/5.json?…` as `GET /users/5.json`.
fn line(call: &str) -> String {
    call.split(['?', ' ']).take(2).collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_takes_the_calls_that_are_printed() {
    let application = Application::start().await;
    let mapping = at(REDMINE, application.address).replace("{ file = \"redmine-api-key\" }", "\"test-key-0123456789\"");
    let harness = Harness::mapped(Profile::Any, mapping).await;
    let ana = send(&harness, "POST /Users", &USER.replace("NAME", "ana")).await.text("id");
    let ben = send(&harness, "POST /Users", &USER.replace("NAME", "ben")).await.text("id");
    let staff = harness.group("Staff", &[&ana]).await;
    application.calls();

    let (user, group) = (format!("/Users/{ana}"), format!("/Groups/{staff}"));
    let add = format!(r#"{{"op": "add", "path": "members", "value": [{{"value": "{ben}"}}]}}"#);
    let remove = format!(r#"{{"op": "remove", "path": "members[value eq \"{ben}\"]"}}"#);
    let whole = format!(
        r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "All", "members": [{{"value": "{ben}"}}]}}"#
    );
    let requests: [(&str, String, String); 13] = [
        ("a user", format!("GET {user}"), String::new()),
        ("a user that is not there by name", "GET /Users?filter=userName eq \"eve\"".to_owned(), String::new()),
        ("a user by name", "GET /Users?filter=userName eq \"ana\"".to_owned(), String::new()),
        ("a page of two users", "GET /Users?count=2".to_owned(), String::new()),
        ("a new user", "POST /Users".to_owned(), USER.replace("NAME", "eve")),
        (
            "one attribute",
            format!("PATCH {user}"),
            patch(r#"{"op": "replace", "path": "name.familyName", "value": "New"}"#),
        ),
        (
            "one attribute as it is",
            format!("PATCH {user}"),
            patch(r#"{"op": "replace", "path": "name.familyName", "value": "New"}"#),
        ),
        ("a user as a whole", format!("PUT {user}"), USER.replace("NAME", "ana")),
        ("a group", format!("GET {group}"), String::new()),
        ("one member more", format!("PATCH {group}"), patch(&add)),
        ("one member less", format!("PATCH {group}"), patch(&remove)),
        ("a group as a whole", format!("PUT {group}"), whole),
        ("a user's end", format!("DELETE {user}"), String::new()),
    ];
    let mut table = "| SCIM request | calls | which |\n|---|--:|---|\n".to_owned();
    for (what, request, body) in requests {
        let answer = send(&harness, &request, &body).await;
        assert!(answer.status < 300, "{what}: {} {}", answer.status, answer.body.to_json());
        let calls = application.calls();
        let mut lines: Vec<_> = calls.iter().map(|call| format!("`{}`", line(call))).collect();
        // The users of a page are read at the same time, in whatever order they come.
        lines
            .chunk_by_mut(|this, next| [this, next].iter().all(|line| line.starts_with("`GET /users/")))
            .for_each(<[String]>::sort);
        let verb = request.split(' ').next().unwrap();
        table.push_str(&format!("| `{verb}` {what} | {} | {} |\n", lines.len(), lines.join(", ")));
    }
    let printed = include_str!("../../ARCHITECTURE.md");
    assert!(printed.contains(&table), "ARCHITECTURE.md lacks this table:\n{table}");
}
