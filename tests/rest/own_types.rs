//! A resource type that only the mapping makes, behind an API, through a whole engine.

use std::sync::Arc;

use postern::quirks::Profile;

use super::open::{Habit, People, handle};
use super::scripted::{Scripted, json as reply};
use crate::gateway::harness::Harness;

const DEVICE: &str = "urn:example:params:2.0:Device";

fn mapping(application: &Scripted) -> String {
    format!(
        r#"
[downstream]
kind     = "rest"
base_url = "http://{}"

[schema."{DEVICE}"]
attributes = {{ serial = {{ type = "string", required = true }}, model = "string", ports = {{ multi_valued = true, attributes = {{ value = "integer", type = "string" }} }} }}

[Device]
schema = "{DEVICE}"
key    = "$.id"

[Device.calls]
list        = {{ get = "/devices", items = "$[*]" }}
read        = {{ get = "/devices/{{key}}" }}
create      = {{ post = "/devices", json = "{{record}}" }}
update      = {{ patch = "/devices/{{key}}", json = "{{changes}}" }}
find.serial = {{ get = "/devices", query = {{ serial = "{{value}}" }}, items = "$[*]" }}

[Device.attributes]
serial        = {{ field = "$.serial_no", match = 1 }}
model         = "$.kind.name"
"ports.value" = "$.ports[*].number"
"ports.type"  = "$.ports[*].service"
"#,
        application.address
    )
}

#[tokio::test]
async fn a_device_behind_an_api_is_a_resource_like_any() {
    let devices = People::default();
    let shared = Arc::clone(&devices);
    let application = Scripted::start(move |request| {
        let (status, body) = handle(&shared, Habit::Replaces, request);
        reply(status, "", &body.to_string())
    })
    .await;
    let harness = Harness::mapped(Profile::Any, mapping(&application)).await;
    let body = |serial: &str| {
        format!(
            r#"{{"schemas": ["{DEVICE}"], "serial": "{serial}", "model": "laptop", "ports": [{{"value": 22, "type": "ssh"}}]}}"#
        )
    };
    let made = harness.json("POST /Devices", &body("A-1")).await;
    assert_eq!((made.status, made.text("ports.0.value")), (201, "22".to_owned()), "{}", made.body.to_json());
    let device = format!("/Devices/{}", made.text("id"));
    assert_eq!(harness.json("POST /Devices", &body("a-1")).await.status, 409);
    assert_eq!(harness.json("POST /Devices", &body("B-2")).await.status, 201);

    let patch = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
        {"op": "replace", "path": "model", "value": "phone"}, {"op": "add", "path": "ports", "value": [{"value": 80, "type": "web"}]}]}"#;
    let changed = harness.json(&format!("PATCH {device}"), patch).await;
    assert_eq!((changed.text("model"), changed.text("ports.#")), ("phone".to_owned(), "2".to_owned()));
    assert_eq!(devices.lock().unwrap()[&1]["ports"][1]["service"], "web");

    for (filter, count) in [
        ("serial eq \"A-1\"", "1"),
        ("model eq \"laptop\"", "1"),
        ("ports[value eq 22]", "2"),
        ("ports.type eq \"web\"", "1"),
    ] {
        let found = harness.send(&format!("GET /Devices?filter={filter}"), None).await;
        assert_eq!(found.text("totalResults"), count, "{filter}: {}", found.body.to_json());
    }
    let kinds = harness.send("GET /ResourceTypes", None).await;
    assert_eq!(
        (kinds.text("totalResults"), kinds.text("Resources.0.endpoint")),
        ("1".to_owned(), "/Devices".to_owned())
    );
    // The mapping has no call for it, and it is not said to be done.
    assert_eq!(harness.send(&format!("DELETE {device}"), None).await.status, 501);
}
