//! In what ways applications keep whether somebody is active: what is sent when a client says so or not,
//! what a client reads, and that a filter finds it, through a whole engine.

use std::sync::Arc;

use postern::quirks::Profile;
use serde_json::{Value as Json, json};

use super::open::{Habit, People, handle};
use super::scripted::{Scripted, json as reply};
use crate::gateway::harness::Harness;

/// A habit: its name, the rule, and what the application keeps of an active user and of one who is not.
type Case = (&'static str, &'static str, fn() -> [Json; 2]);

const CASES: &[Case] = &[
    ("a boolean", r#""$.flag""#, || [json!(true), json!(false)]),
    ("turned round", r#"{ field = "$.flag", write = 'Not([active])' }"#, || [json!(false), json!(true)]),
    ("numbers", r#"{ field = "$.flag", write = 'Switch([active], , "True", "1", "False", "3")' }"#, || {
        [json!("1"), json!("3")]
    }),
    ("words", r#"{ field = "$.flag", write = 'Switch([active], , "True", "active", "False", "archived")' }"#, || {
        [json!("active"), json!("archived")]
    }),
    ("a word or nothing", r#"{ field = "$.flag", write = 'Switch([active], , "True", "on", "False", "")' }"#, || {
        [json!("on"), json!("")]
    }),
];

fn mapping(application: &Scripted, rule: &str) -> String {
    format!(
        r#"
[downstream]
kind     = "rest"
base_url = "http://{}"

[User]
key = "$.id"

[User.calls]
list   = {{ get = "/people", items = "$[*]" }}
read   = {{ get = "/people/{{key}}" }}
create = {{ post = "/people", json = "{{record}}" }}
update = {{ patch = "/people/{{key}}", json = "{{changes}}" }}
find.userName = {{ get = "/people", items = "$[*]" }}

[User.attributes]
userName = {{ field = "$.login", match = 1 }}
active   = {rule}
"#,
        application.address
    )
}

#[tokio::test]
async fn every_kind_of_flag_is_written_read_and_found() {
    for (name, rule, kept) in CASES {
        let people = People::default();
        let shared = Arc::clone(&people);
        let application = Scripted::start(move |request| {
            let (status, body) = handle(&shared, Habit::Replaces, request);
            reply(status, "", &body.to_string())
        })
        .await;
        let harness = Harness::mapped(Profile::Any, mapping(&application, rule)).await;
        let [on, off] = kept();
        let flag = || people.lock().unwrap()[&1]["flag"].clone();
        let body = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ana", "active": true}"#;
        let made = harness.json("POST /Users", body).await;
        assert_eq!((made.status, made.text("active"), flag()), (201, "true".to_owned(), on.clone()), "{name}");
        let user = format!("/Users/{}", made.text("id"));
        for (value, kept) in [("false", &off), ("true", &on), ("false", &off)] {
            let operation = format!(r#"{{"op": "replace", "path": "active", "value": {value}}}"#);
            let patch = format!(
                r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{operation}]}}"#
            );
            let changed = harness.json(&format!("PATCH {user}"), &patch).await;
            assert_eq!(
                (changed.status, changed.text("active"), flag()),
                (200, value.to_owned(), kept.clone()),
                "{name}"
            );
            let read = harness.send(&format!("GET {user}"), None).await;
            assert_eq!(read.text("active"), value, "{name}");
            let found = harness.send(&format!("GET /Users?filter=active eq {value}"), None).await;
            assert_eq!(found.text("totalResults"), "1", "{name}");
        }
    }
}
