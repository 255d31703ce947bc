//! The WordPress mapping on WordPress's tables, in MariaDB: names and roles are rows of `wp_usermeta`,
//! roles are serialised PHP. Once on the tables alone, once with WordPress asked by its own code.

use std::fs;
use std::process::Command;

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Row};
use serde_json::{Value, json};

use super::process::{Folder, Postern};
use super::target::told;

/// As WordPress 6.1 makes them: nothing is unique, dates of zeros, keys of metadata that may be null.
const TABLES: &str = "
CREATE TABLE wp_users (ID bigint(20) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_login varchar(60) NOT NULL DEFAULT '',
  user_pass varchar(255) NOT NULL DEFAULT '', user_nicename varchar(50) NOT NULL DEFAULT '', user_email varchar(100) NOT NULL DEFAULT '',
  user_url varchar(100) NOT NULL DEFAULT '', user_registered datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  user_activation_key varchar(255) NOT NULL DEFAULT '', user_status int(11) NOT NULL DEFAULT 0, display_name varchar(250) NOT NULL DEFAULT '',
  KEY user_login_key (user_login), KEY user_nicename (user_nicename), KEY user_email (user_email)) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
CREATE TABLE wp_usermeta (umeta_id bigint(20) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id bigint(20) unsigned NOT NULL DEFAULT 0,
  meta_key varchar(255) DEFAULT NULL, meta_value longtext DEFAULT NULL, KEY user_id (user_id), KEY meta_key (meta_key(191))) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
INSERT INTO wp_users (user_login, user_email) VALUES ('admin', 'admin@example.com');
INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES (1, 'wp_capabilities', 'a:1:{s:13:\"administrator\";b:1;}'), (1, 'locale', '');";

async fn database(name: &str) -> (Conn, String) {
    let server = told("POSTERN_TEST_MARIADB");
    let mut connection = Conn::from_url(&server).await.unwrap();
    let statements = format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name}; USE {name}; {TABLES}");
    connection.query_drop(statements).await.unwrap();
    let (server, _) = server.rsplit_once('/').unwrap();
    (connection, format!("{server}/{name}"))
}

/// What WordPress keeps of a user besides its own row.
async fn metadata(connection: &mut Conn, login: &str) -> Value {
    let sql = "SELECT meta_key, meta_value FROM wp_usermeta JOIN wp_users ON ID = user_id WHERE user_login = ?";
    let rows: Vec<(String, String)> = connection.exec(sql, (login,)).await.unwrap();
    rows.into_iter().map(|(key, value)| (key, Value::from(value))).collect::<serde_json::Map<_, _>>().into()
}

async fn start(name: &str, scheme: &str) -> (Postern, Conn) {
    let (connection, url) = database(name).await;
    (serve(url.replace("mysql:", scheme)).await, connection)
}

async fn serve(url: String) -> Postern {
    serve_changed(url, &[]).await
}

/// The gateway with other words in the mapping, as an administrator would change it.
pub(super) async fn serve_changed(url: String, changes: &[(&str, &str)]) -> Postern {
    let folder = Folder::new("wordpress");
    let mapping = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/mappings/wordpress.toml")).unwrap();
    let changed = changes.iter().fold(mapping, |mapping, (old, new)| {
        assert!(mapping.contains(old), "the mapping has no `{old}`");
        mapping.replace(old, new)
    });
    fs::write(folder.file("mapping.toml"), changed).unwrap();
    Postern::start(folder, vec![("WORDPRESS_DATABASE_URL", url)]).await
}

const ADA: &str = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": "a1", "userName": "ada", "displayName": "Ada L.",
  "active": true, "name": {"givenName": "Ada", "familyName": "Lovelace"}, "nickName": "Countess",
  "emails": [{"type": "work", "primary": true, "value": "ada@example.com"}], "roles": [{"primary": true, "value": "editor"}]}"#;

fn patch(operation: Value) -> String {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation] }).to_string()
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn an_author_comes_is_promoted_and_goes_on_mariadb() {
    an_author_comes_is_promoted_and_goes("postern_wordpress_a", "mariadb:").await;
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn an_author_comes_is_promoted_and_goes_as_on_mysql() {
    an_author_comes_is_promoted_and_goes("postern_wordpress_b", "mysql:").await;
}

async fn an_author_comes_is_promoted_and_goes(name: &str, scheme: &str) {
    let (postern, mut wordpress) = start(name, scheme).await;
    let made = postern.client.send("POST", "/Users", Some(ADA)).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.body["roles"][0]["value"], "editor", "{made:?}");
    assert_eq!(made.body["name"]["formatted"], "Ada Lovelace");
    let kept = json!({"first_name": "Ada", "last_name": "Lovelace", "nickname": "Countess", "wp_capabilities": "a:1:{s:6:\"editor\";b:1;}", "wp_user_level": "0"});
    assert_eq!(metadata(&mut wordpress, "ada").await, kept);
    let again = postern.client.send("POST", "/Users", Some(&ADA.replace("\"ada\"", "\"ADA\""))).await;
    again.assert_scim_error(409);
    let user = format!("/Users/{}", made.body["id"].as_str().unwrap());
    for (operation, capabilities, active) in [
        (
            json!({"op": "replace", "path": "roles[primary eq true].value", "value": "author"}),
            "a:1:{s:6:\"author\";b:1;}",
            true,
        ),
        (json!({"op": "replace", "path": "name.givenName", "value": "Augusta"}), "a:1:{s:6:\"author\";b:1;}", true),
        (json!({"op": "replace", "path": "active", "value": false}), "a:0:{}", false),
        (json!({"op": "replace", "path": "active", "value": true}), "a:1:{s:10:\"subscriber\";b:1;}", true),
    ] {
        let changed = postern.client.send("PATCH", &user, Some(&patch(operation))).await;
        assert_eq!((changed.status, &changed.body["active"]), (200, &active.into()), "{changed:?}");
        assert_eq!(metadata(&mut wordpress, "ada").await["wp_capabilities"], capabilities);
    }
    assert_eq!(metadata(&mut wordpress, "ada").await["first_name"], "Augusta");
    let found = postern.client.send("GET", r#"/Users?filter=userName eq "Ada" and active eq true"#, None).await;
    assert_eq!(found.body["totalResults"], 1, "{found:?}");
    assert_eq!(postern.client.send("DELETE", &user, None).await.status, 204);
    assert_eq!(metadata(&mut wordpress, "ada").await["wp_capabilities"], "a:0:{}");
    let others: Vec<Row> = wordpress.query("SELECT * FROM wp_usermeta WHERE user_id = 1").await.unwrap();
    assert_eq!(others.len(), 2, "nobody else was touched");
    wordpress.query_drop(format!("DROP DATABASE {name}")).await.unwrap();
}

/// Runs `ask-wordpress`; gives how it ended and what it said.
pub(super) fn ask(words: &[&str]) -> (Option<i32>, Value) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/apps/ask-wordpress");
    let output = Command::new(script).args(words).output().unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

#[tokio::test]
#[ignore = "needs the servers that tests/run starts"]
async fn wordpress_itself_sees_what_was_provisioned() {
    let postern = serve(told("POSTERN_TEST_WORDPRESS_DSN")).await;
    let login = format!("ada-{}", uuid::Uuid::new_v4().simple());
    let body =
        ADA.replace("\"ada\"", &format!("\"{login}\"")).replace("ada@example.com", &format!("{login}@example.com"));
    let made = postern.client.send("POST", "/Users", Some(&body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let user = format!("/Users/{}", made.body["id"].as_str().unwrap());
    let (_, seen) = ask(&["user", &login]);
    for (what, expected) in [
        ("email", json!(format!("{login}@example.com"))),
        ("given", json!("Ada")),
        ("family", json!("Lovelace")),
        ("nickname", json!("Countess")),
        ("display", json!("Ada L.")),
        ("roles", json!(["editor"])),
        ("may_publish", json!(true)),
    ] {
        assert_eq!(seen[what], expected, "{seen}");
    }
    for guess in ["!", "", "password"] {
        assert_eq!(ask(&["login", &login, guess]).0, Some(1), "nobody signs in by `{guess}`");
    }
    assert_eq!(ask(&["set-password", &login, "Secret-of-ada-1"]).0, Some(0));
    let changed = json!({"op": "replace", "path": "name.familyName", "value": "King"});
    assert_eq!(postern.client.send("PATCH", &user, Some(&patch(changed))).await.status, 200);
    assert_eq!(ask(&["login", &login, "Secret-of-ada-1"]).0, Some(0), "the gateway leaves the password alone");
    let disabled = json!({"op": "replace", "path": "active", "value": false});
    assert_eq!(postern.client.send("PATCH", &user, Some(&patch(disabled))).await.status, 200);
    let (_, seen) = ask(&["user", &login]);
    assert_eq!((&seen["roles"], &seen["may_read"], &seen["family"]), (&json!([]), &json!(false), &json!("King")));
    let administrator = postern.client.send("GET", r#"/Users?filter=userName eq "admin""#, None).await;
    let role = &administrator.body["Resources"][0]["roles"][0]["value"];
    assert_eq!(role, "administrator", "{administrator:?}");
}
