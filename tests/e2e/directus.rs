//! What is Directus' own: texts that its filters take for something else, a DELETE that succeeds
//! whether or not there was anything, lists within a record that it cuts unless told not to, users of
//! one role, and a 403 that says two things.

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
    let query = format!("/Users?attributes=userName&filter=userName eq {}", Value::from(name)).replace('%', "%25");
    let answer = postern.client.send("GET", &query, None).await;
    assert_eq!(answer.status, 200, "{name}: {answer:?}");
    answer.body.pointer("/Resources/0").cloned().unwrap_or_default()
}

pub(super) async fn names_that_a_filter_takes_for_something_else(target: Target) {
    let postern = target.start().await;
    for name in ["null", "true", "$NOW", "$CURRENT_USER", "back\\slash", "under_score", "per%cent", "[1]", "a,b", "1e3"]
    {
        let id = user(&postern, name).await;
        assert_eq!(found(&postern, name).await["id"], id.as_str(), "{name}");
        let other_case = if name == name.to_uppercase() { name.to_lowercase() } else { name.to_uppercase() };
        assert_eq!(found(&postern, &other_case).await["userName"], name);
        let wildcards = found(&postern, &name.replace(['_', '%'], "X")).await;
        assert_eq!(wildcards["userName"].as_str(), is_plain(name).then_some(name));
        // Nothing is left for the next run, which takes the same names.
        assert_eq!(postern.client.send("DELETE", &format!("/Users/{id}"), None).await.status, 204);
    }
}

/// True when no wildcard of SQL stands in a name.
fn is_plain(name: &str) -> bool {
    !name.contains(['_', '%'])
}

/// Deleted by somebody else, past the gateway.
pub(super) async fn gone_is_gone(target: Target) {
    let postern = target.start().await;
    let (other, name) = (target.start().await, fresh_word());
    let id = user(&postern, &name).await;
    let found = found(&other, &name).await;
    let path = format!("/Users/{}", found["id"].as_str().unwrap());
    assert_eq!(other.client.send("DELETE", &path, None).await.status, 204);
    assert_eq!(target.ask(&postern, &format!("user {name}")), Value::Null);
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

async fn role(postern: &Postern, name: &str, member: &str) -> String {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name, "members": [{ "value": member }],
    });
    let made = postern.client.send("POST", "/Groups", Some(&body.to_string())).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.body["id"].as_str().unwrap().to_owned()
}

/// Directus suspends the users of a role that is deleted, and moves whoever gets a second one.
pub(super) async fn a_user_has_one_role_and_outlives_it() {
    let postern = Target::DirectusUsers.start().await;
    let word = fresh_word();
    let id = user(&postern, &word).await;
    let first = role(&postern, &format!("First {word}"), &id).await;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": format!("Second {word}"),
        "members": [{ "value": id }],
    });
    let second = postern.client.send("POST", "/Groups", Some(&body.to_string())).await;
    second.assert_scim_error(400);
    let told = Target::DirectusUsers.ask(&postern, &format!("user {word}"));
    assert_eq!(told["groups"], json!([format!("First {word}")]));
    assert_eq!(postern.client.send("DELETE", &format!("/Groups/{first}"), None).await.status, 204);
    let told = Target::DirectusUsers.ask(&postern, &format!("user {word}"));
    assert_eq!((&told["groups"], &told["active"]), (&json!([]), &json!(true)));
    assert_eq!(postern.client.send("DELETE", &format!("/Users/{id}"), None).await.status, 204);
}

/// What such a token may not see is not said to be missing, and nobody is told that there is nobody.
pub(super) async fn a_token_without_rights() {
    let rich = Target::DirectusUsers.start().await;
    let word = fresh_word();
    let id = user(&rich, &word).await;
    Target::DirectusUsers.act(&format!("set-token {word} token-{word}"));
    // The same installation of Postern, so that the ids are its own, once more with the other token.
    let mut poor = rich;
    std::fs::write(poor.folder.file("directus-token"), format!("token-{word}")).unwrap();
    poor.restart().await;
    let change = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "title", "value": "Guide"}]}"#;
    let path = format!("/Users/{id}");
    let filter = format!("/Users?filter=userName eq \"{word}\"");
    let asked = [("GET", &path, None), ("GET", &filter, None), ("PATCH", &path, Some(change)), ("DELETE", &path, None)];
    for (method, path, body) in asked {
        poor.client.send(method, path, body).await.assert_scim_error(503);
    }
    assert_eq!(Target::DirectusUsers.ask(&poor, &format!("user {word}"))["login"], word.as_str());
}
