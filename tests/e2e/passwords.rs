//! Passwords that a client sends, hashed by the mapping, and then the log-in of the application itself.

use serde_json::{Value, json};

use super::process::Postern;
use super::target::{Target, told};
use super::wordpress;

/// Django keeps salt and iterations in the hash.
const DJANGO: &[(&str, &str)] = &[
    (r#"password     = { constant = "!", apply = "create" }"#, ""),
    (
        r#""meta.created"                   = "date_joined""#,
        r#"password = { field = "password", write = 'HashPbkdf2Sha256([password])', default = "!" }"#,
    ),
];

/// Redmine keeps the salt in a column of its own.
const REDMINE: &[(&str, &str)] = &[
    (
        r#"hashed_password   = { constant = "", apply = "create" }"#,
        r#"salt = { value = 'IIF(IsPresent([password]), RandomHex(16, "salt"), "")' }"#,
    ),
    (
        r#""meta.created"                   = "created_on""#,
        r#"password = { field = "hashed_password", write = 'HashSha1(HashSha1([password]), RandomHex(16, "salt"))', default = "" }"#,
    ),
];

/// WordPress 6.1 makes phpass's hashes and reads all that PHP's `crypt` does.
const WORDPRESS: [&str; 3] =
    ["HashPhpass([password])", r#"HashBcrypt([password], 10, "2y")"#, "HashSha512Crypt([password])"];

/// An account comes without a password, gets one, changes otherwise, and gets another one.
async fn walk(postern: &Postern, login: impl Fn(&str, &str) -> bool) {
    let name = format!("pw{}", &uuid::Uuid::new_v4().simple().to_string()[..12]);
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name, "active": true,
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
        "emails": [{"type": "work", "primary": true, "value": format!("{name}@example.com")}],
    });
    let made = postern.client.send("POST", "/Users", Some(&body.to_string())).await;
    assert_eq!(made.status, 201, "{made:?}");
    let user = format!("/Users/{}", made.body["id"].as_str().unwrap());
    for guess in ["", "!", "Fünf-Füchse-5"] {
        assert!(!login(&name, guess), "nobody signs in by `{guess}`");
    }
    let change = async |path: &str, value: &str| {
        let operation = json!({"op": "replace", "path": path, "value": value});
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
        let patch = json!({"schemas": schemas, "Operations": [operation]}).to_string();
        let changed = postern.client.send("PATCH", &user, Some(&patch)).await;
        assert_eq!((changed.status, &changed.body["password"]), (200, &Value::Null), "{changed:?}");
    };
    change("password", "Fünf-Füchse-5").await;
    assert!(login(&name, "Fünf-Füchse-5") && !login(&name, "fünf-füchse-5"), "the password is the one that was sent");
    change("name.familyName", "King").await;
    assert!(login(&name, "Fünf-Füchse-5"), "another change leaves the password alone");
    change("password", "Six-foxes-6").await;
    assert!(
        login(&name, "Six-foxes-6") && !login(&name, "Fünf-Füchse-5"),
        "the new password takes the old one's place"
    );
}

async fn of_target(target: Target, changes: &[(&str, &str)]) {
    let postern = target.start_changed(changes).await;
    walk(&postern, |name, password| target.ask(&postern, &format!("login {name} {password}")) == Value::Bool(true))
        .await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn django_takes_a_password() {
    of_target(Target::Django, DJANGO).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn redmine_takes_a_password_and_its_salt() {
    of_target(Target::RedmineSql, REDMINE).await;
}

/// By REST the application hashes; WordPress's own journey has passwords in it.
#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn directus_takes_a_password() {
    of_target(Target::DirectusUsers, &[]).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn pulp_takes_a_password() {
    of_target(Target::Pulp, &[]).await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn wordpress_takes_a_password() {
    for hash in WORDPRESS {
        let rule = format!(r#"password = {{ field = "user_pass", write = '{hash}', default = "!" }}"#);
        let changes = [
            (r#"user_pass           = { constant = "!", apply = "create" }"#, ""),
            (r#""meta.created"                   = "user_registered""#, rule.as_str()),
        ];
        let postern = wordpress::serve_changed(told("POSTERN_TEST_WORDPRESS_DSN"), &changes).await;
        walk(&postern, |name, password| wordpress::ask(&["login", name, password]).0 == Some(0)).await;
    }
}
