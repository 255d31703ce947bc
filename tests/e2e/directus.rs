//! What is Directus' own: texts that its filters take for something else, a DELETE that succeeds
//! whether or not there was anything, and lists within a record that it cuts unless told not to.

use serde_json::{Value, json};

use super::process::{Postern, fresh_word};
use super::target::Target;

async fn user(postern: &Postern, name: &str) -> String {
    let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name });
    let made = postern.client.send("POST", "/Users", Some(&body.to_string())).await;
    assert_eq!(made.status, 201, "{name}: {made:?}");
    made.body["id"].as_str().unwrap().to_owned()
}

async fn found(postern: &Postern, name: &str) -> Value {
    let query = format!("/Users?attributes=userName&filter=userName eq {}", Value::from(name));
    let answer = postern.client.send("GET", &query, None).await;
    assert_eq!(answer.status, 200, "{name}: {answer:?}");
    answer.body.pointer("/Resources/0").cloned().unwrap_or_default()
}

pub(super) async fn names_that_a_filter_takes_for_something_else() {
    let postern = Target::Directus.start().await;
    for name in ["null", "true", "$NOW", "$CURRENT_USER", "back\\slash", "under_score", "[1]", "a,b"] {
        let id = user(&postern, name).await;
        assert_eq!(found(&postern, name).await["id"], id.as_str(), "{name}");
        let other_case = if name == name.to_uppercase() { name.to_lowercase() } else { name.to_uppercase() };
        assert_eq!(found(&postern, &other_case).await["userName"], name);
    }
    assert_eq!(found(&postern, "underXscore").await, Value::Null);
}

/// Deleted by somebody else, past the gateway.
pub(super) async fn gone_is_gone() {
    let postern = Target::Directus.start().await;
    let (other, name) = (Target::Directus.start().await, fresh_word());
    let id = user(&postern, &name).await;
    let found = found(&other, &name).await;
    let path = format!("/Users/{}", found["id"].as_str().unwrap());
    assert_eq!(other.client.send("DELETE", &path, None).await.status, 204);
    assert_eq!(Target::Directus.ask(&postern, &format!("user {name}")), Value::Null);
    let change = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "title", "value": "Guide"}]}"#;
    for (method, body) in [("GET", None), ("PATCH", Some(change)), ("DELETE", None)] {
        assert_eq!(postern.client.send(method, &format!("/Users/{id}"), body).await.status, 404, "{method}");
    }
}

/// More than the hundred that Directus shows of a list within a record.
pub(super) async fn a_large_team() {
    let postern = Target::Directus.start().await;
    let word = fresh_word();
    let mut members = Vec::new();
    for number in 0..105 {
        members.push(json!({ "value": user(&postern, &format!("{word}-{number}")).await }));
    }
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": word, "members": members,
    });
    let made = postern.client.send("POST", "/Groups", Some(&body.to_string())).await;
    assert_eq!(made.status, 201, "{made:?}");
    let read = postern.client.send("GET", &format!("/Groups/{}", made.body["id"].as_str().unwrap()), None).await;
    assert_eq!(read.body["members"].as_array().map(Vec::len), Some(105));
}
