//! `on_failure = "resume"`: a record that was made by halves is gone on with, by the next POST or the next
//! change, also when the gateway was stopped in between; and no other record ever is.

use std::sync::{Arc, Mutex};

use postern::quirks::Profile;
use serde_json::json as of;

use super::scripted::Scripted;
use super::steps::{Shared, State, application};
use crate::gateway::harness::Harness;

const MAPPING: &str = r#"
[downstream]
kind     = "rest"
base_url = "http://ADDRESS"
[User]
key = "$.id"
[User.calls]
read   = { get = "/users/{key}" }
create = [
  { post = "/users", json = "{record}" },
  { put = "/users/{key}/mail", json = "{record}", fields = ["$.mail"] },
  { post = "/licences", json = { user = "{key}", login = "{record.login}" } },
]
update = [
  { patch = "/users/{key}", json = "{changes}" },
  { put = "/users/{key}/mail", json = "{changes}", fields = ["$.mail"] },
]
delete = [{ delete = "/licences/{key}" }, { delete = "/users/{key}" }]
on_failure = "resume"
find.userName = { get = "/users", query = { login = "{value}" }, items = "$[*]" }
[User.attributes]
userName = { field = "$.login", match = 1 }
'emails[type eq "work"].value' = "$.mail"
"#;

fn person(mail: &str) -> String {
    format!(
        r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ana", "externalId": "e1",
            "emails": [{{"type": "work", "value": "{mail}"}}]}}"#
    )
}

struct Bench {
    state: Shared,
    application: Scripted,
    harness: Harness,
}

impl Bench {
    async fn start(broken: &[(&'static str, u16, bool)]) -> Self {
        let state = Arc::new(Mutex::new(State { broken: broken.to_vec(), ..State::default() }));
        let application = Scripted::start(application(&state)).await;
        let mapping = MAPPING.replace("ADDRESS", &application.address.to_string());
        let harness = Harness::mapped(Profile::Any, mapping).await;
        Self { state, application, harness }
    }

    async fn post(&self, harness: &Harness, mail: &str) -> u16 {
        harness.json("POST /Users", &person(mail)).await.status
    }

    fn is_whole(&self, mail: &str) -> bool {
        let state = self.state.lock().unwrap();
        let users: Vec<_> = state.users.values().cloned().collect();
        users == [of!({ "id": 1, "login": "ana", "mail": mail })] && state.licences.len() == 1
    }
}

const FAILURES: [(u16, bool, u16); 4] = [(422, false, 400), (503, false, 503), (500, false, 503), (500, true, 503)];

#[tokio::test]
async fn the_next_attempt_goes_on_where_a_call_failed_also_after_a_restart() {
    for call in ["PUT /users/1/mail", "POST /licences"] {
        for (status, carried_out, told) in FAILURES {
            for restarts in [false, true] {
                let what = format!("{call} {status} {carried_out} {restarts}");
                let bench = Bench::start(&[(call, status, carried_out)]).await;
                assert_eq!(bench.post(&bench.harness, "a@b").await, told, "{what}");
                assert_eq!(bench.post(&bench.harness, "a@b").await, told, "{what}: it fails again");
                assert_eq!(bench.state.lock().unwrap().users.len(), 1, "{what}");
                bench.state.lock().unwrap().broken.clear();
                let mapping = MAPPING.replace("ADDRESS", &bench.application.address.to_string());
                let after = bench.harness.restarted(mapping).await;
                let harness = if restarts { &after } else { &bench.harness };
                let made = harness.json("POST /Users", &person("a@b")).await;
                assert_eq!((made.status, made.text("externalId").as_str()), (201, "e1"), "{what}");
                assert!(bench.is_whole("a@b"), "{what}");
                // What is whole is gone on with no more.
                bench.application.calls();
                assert_eq!(bench.post(harness, "c@d").await, 409, "{what}");
                assert!(bench.application.calls().iter().all(|call| call.starts_with("GET")), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn the_next_attempt_may_want_something_else() {
    let bench = Bench::start(&[("POST /licences", 503, false)]).await;
    assert_eq!(bench.post(&bench.harness, "a@b").await, 503);
    bench.state.lock().unwrap().broken.clear();
    assert_eq!(bench.post(&bench.harness, "c@d").await, 201);
    assert!(bench.is_whole("c@d"));
}

#[tokio::test]
async fn a_first_call_that_fails_leaves_nothing_to_go_on_with() {
    let bench = Bench::start(&[("POST /users", 503, false)]).await;
    assert_eq!(bench.post(&bench.harness, "a@b").await, 503);
    // Somebody else makes the account meanwhile: it is theirs.
    bench.state.lock().unwrap().broken.clear();
    bench.state.lock().unwrap().users.insert(1, of!({ "id": 1, "login": "ana", "mail": "own" }));
    bench.application.calls();
    assert_eq!(bench.post(&bench.harness, "a@b").await, 409);
    assert!(bench.application.calls().iter().all(|call| call.starts_with("GET")));
}

#[tokio::test]
async fn a_client_that_finds_the_half_and_changes_it_makes_it_whole() {
    let bench = Bench::start(&[("POST /licences", 503, false)]).await;
    assert_eq!(bench.post(&bench.harness, "a@b").await, 503);
    let found = bench.harness.send(r#"GET /Users?filter=userName eq "ana""#, None).await;
    let id = found.text("Resources.0.id");
    bench.state.lock().unwrap().broken.clear();
    let put = bench.harness.json(&format!("PUT /Users/{id}"), &person("c@d")).await;
    assert_eq!(put.status, 200);
    assert!(bench.is_whole("c@d"));
    assert_eq!(bench.post(&bench.harness, "a@b").await, 409);
    // Who is deleted is forgotten, and made anew.
    assert_eq!(bench.harness.send(&format!("DELETE /Users/{id}"), None).await.status, 204);
    bench.state.lock().unwrap().next = 0;
    assert_eq!(bench.post(&bench.harness, "a@b").await, 201);
    assert!(bench.is_whole("a@b"));
}
