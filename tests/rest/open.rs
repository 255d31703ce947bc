//! An open schema whose attributes are the members of an object in an API's record, through a whole
//! engine: whatever the API does with what it is sent, one attribute changes and no other is lost.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use postern::quirks::Profile;
use serde_json::{Map, Value as Json, json};

use super::scripted::{Scripted, json as reply};
use crate::gateway::harness::{Harness, json as value};

const METADATA: &str = "urn:ietf:params:scim:schemas:extension:2.0:Metadata";

/// What an API does with the object in a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Habit {
    /// JSON Merge Patch (RFC 7396): what is null goes, what is not named stays.
    Merges,
    /// The members that are sent take the place of the old ones, each as a whole.
    Replaces,
    /// PUT of the whole record.
    TakesWhole,
}

pub(super) type People = Arc<Mutex<BTreeMap<usize, Json>>>;

/// `Null` members go, objects are merged.
fn merge(target: &mut Json, patch: &Json) {
    let Json::Object(members) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Json::Object(Map::new());
    }
    for (name, value) in members {
        if value.is_null() {
            target.as_object_mut().unwrap().remove(name);
        } else {
            merge(&mut target[name.as_str()], value);
        }
    }
}

pub(super) fn handle(people: &People, habit: Habit, request: &str) -> (u16, Json) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let body: Json = serde_json::from_str(body).unwrap_or_default();
    let mut people = people.lock().unwrap();
    let key: usize = target.rsplit('/').next().and_then(|key| key.parse().ok()).unwrap_or_default();
    match (method, key) {
        ("GET", 0) => (200, people.values().cloned().collect()),
        ("POST", _) => {
            let key = people.len() + 1;
            let mut person = body;
            person["id"] = key.into();
            people.insert(key, person.clone());
            (201, person)
        }
        (_, key) => {
            let Some(person) = people.get_mut(&key) else { return (404, Json::Null) };
            match (method, habit) {
                ("PATCH", Habit::Merges) => merge(person, &body),
                ("PATCH", _) => {
                    for (name, value) in body.as_object().unwrap() {
                        person[name.as_str()] = value.clone();
                    }
                }
                ("PUT", _) => *person = body,
                _ => {}
            }
            (200, person.clone())
        }
    }
}

fn mapping(application: &Scripted, habit: Habit) -> String {
    let update = match habit {
        Habit::TakesWhole => "{ put = \"/people/{key}\", json = \"{record}\" }",
        _ => "{ patch = \"/people/{key}\", json = \"{changes}\" }",
    };
    format!(
        r#"
[downstream]
kind     = "rest"
base_url = "http://{}"

[schema."{METADATA}"]
open = true

[User]
key = "$.id"

[User.calls]
list   = {{ get = "/people", items = "$[*]" }}
read   = {{ get = "/people/{{key}}" }}
create = {{ post = "/people", json = "{{record}}" }}
update = {update}
find.userName = {{ get = "/people", items = "$[*]" }}

[User.attributes]
userName       = {{ field = "$.login", match = 1 }}
title          = "$.profile.job"
"{METADATA}:*" = "$.profile.traits.*"
"#,
        application.address
    )
}

fn patch(operations: &str) -> String {
    format!(
        r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{}]}}"#,
        operations.replace("META", METADATA)
    )
}

async fn check(habit: Habit) {
    let people = People::default();
    let shared = Arc::clone(&people);
    let application = Scripted::start(move |request| {
        let (status, body) = handle(&shared, habit, request);
        reply(status, "", &body.to_string())
    })
    .await;
    let harness = Harness::mapped(Profile::Any, mapping(&application, habit)).await;
    let body = format!(
        r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "{METADATA}"], "userName": "ana", "{METADATA}": {{"site": "Bern", "floor": 2}}}}"#
    );
    let made = harness.json("POST /Users", &body).await;
    assert_eq!((made.status, made.text(&format!("{METADATA}.floor"))), (201, "2".to_owned()), "{habit:?}");
    let user = format!("/Users/{}", made.text("id"));

    // What the application keeps besides, of its own.
    people.lock().unwrap().get_mut(&1).unwrap()["profile"]["traits"]["own"] = json!({ "nested": [1] });
    people.lock().unwrap().get_mut(&1).unwrap()["profile"]["traits"]["_own"] = json!("x");
    let traits = || people.lock().unwrap()[&1]["profile"]["traits"].clone();
    let own = json!({ "nested": [1] });

    let changed = harness
        .json(&format!("PATCH {user}"), &patch(r#"{"op": "replace", "path": "META:site", "value": "Basel"}"#))
        .await;
    assert_eq!(changed.at(METADATA), value(r#"{"site": "Basel", "floor": "2"}"#), "{habit:?}");
    assert_eq!(traits(), json!({ "site": "Basel", "floor": "2", "own": own, "_own": "x" }), "{habit:?}");

    let changed = harness
        .json(
            &format!("PATCH {user}"),
            &patch(r#"{"op": "remove", "path": "META:site"}, {"op": "add", "path": "META:new", "value": "n"}"#),
        )
        .await;
    assert_eq!(changed.at(METADATA), value(r#"{"floor": "2", "new": "n"}"#), "{habit:?}");
    assert!(traits().get("site").is_none_or(Json::is_null), "{habit:?}");
    assert_eq!((&traits()["own"], &traits()["_own"]), (&own, &json!("x")), "{habit:?}");

    // What is read first is said, and nothing of it is sent.
    let body = value(&patch(r#"{"op": "add", "path": "META:floor", "value": "9"}"#));
    let lines = harness.explain_patch(&user, &body).await;
    assert!(lines.iter().any(|line| line.contains("/people/1") && line.contains(r#""floor":"9""#)), "{lines:?}");
    assert_eq!(traits()["floor"], json!("2"), "{habit:?}");

    // Nothing changes: nothing is written.
    application.calls();
    let same =
        harness.json(&format!("PATCH {user}"), &patch(r#"{"op": "add", "path": "META:NEW", "value": "n"}"#)).await;
    assert_eq!(same.status, 200);
    assert_eq!(application.calls(), ["GET /people/1"], "{habit:?}");

    for (filter, count) in [("floor eq \"2\"", 1), ("floor eq \"3\"", 0), ("gone pr", 0)] {
        let found = harness.send(&format!("GET /Users?filter={METADATA}:{filter}"), None).await;
        assert_eq!(found.text("totalResults"), count.to_string(), "{habit:?} {filter}");
    }

    let emptied = harness.json(&format!("PATCH {user}"), &patch(r#"{"op": "remove", "path": "META"}"#)).await;
    assert!(emptied.at(METADATA).is_unassigned(), "{habit:?} {}", emptied.body.to_json());
    assert_eq!((&traits()["own"], &traits()["_own"]), (&own, &json!("x")), "{habit:?}");
}

#[tokio::test]
async fn a_named_attribute_changes_alone_where_the_api_merges() {
    check(Habit::Merges).await;
}

#[tokio::test]
async fn a_named_attribute_changes_alone_where_the_api_replaces() {
    check(Habit::Replaces).await;
}

#[tokio::test]
async fn a_named_attribute_changes_alone_where_the_api_takes_whole_records() {
    check(Habit::TakesWhole).await;
}
