//! An application that takes a request and does not answer: the client has its 503 within the deadline,
//! and what was asked for is not done twice when it asks again.

use std::process::Command;
use std::time::Duration;

use futures_util::future::join_all;
use tokio_postgres::NoTls;

use super::process::{Postern, fresh_word};
use super::target::{Target, told};

/// The tenant's deadline when the configuration says nothing, and the time for a machine that is busy.
const DEADLINE: Duration = Duration::from_secs(20 + 5);

fn user(name: &str) -> String {
    format!(
        r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "{name}", "active": true,
             "emails": [{{"type": "work", "value": "{name}@fabrikam.example"}}], "name": {{"givenName": "Al", "familyName": "Oz"}}}}"#
    )
}

/// Looks and changes at once while the application stands still.
async fn look(postern: &Postern, word: &str, id: &str) {
    let disable = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}"#;
    let path = format!("/Users/{id}");
    let filter = format!("/Users?filter=userName eq \"a.{word}\"");
    let body = user(&format!("b.{word}"));
    let replies = join_all([
        postern.client.send("GET", &path, None),
        postern.client.send("GET", &filter, None),
        postern.client.send("GET", "/Users", None),
        postern.client.send("POST", "/Users", Some(&body)),
        postern.client.send("PATCH", &path, Some(disable)),
        postern.client.send("DELETE", &path, None),
    ])
    .await;
    for reply in replies {
        println!("{} in {:?}", reply.status, reply.took);
        reply.assert_scim_error(503);
        assert!(reply.header("retry-after").is_some(), "{reply:?}");
        assert!(reply.took < DEADLINE, "{reply:?}");
    }
}

/// Asks again, as a client does that was told to.
async fn ask_again(postern: &Postern, word: &str) {
    let name = format!("b.{word}");
    let mut reply = postern.client.send("POST", "/Users", Some(&user(&name))).await;
    for _ in 0..100 {
        if reply.status != 503 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        reply = postern.client.send("POST", "/Users", Some(&user(&name))).await;
    }
    assert!([201, 409].contains(&reply.status), "{reply:?}");
    let found = postern.client.send("GET", &format!("/Users?filter=userName eq \"{name}\""), None).await;
    assert_eq!(found.body["totalResults"], 1, "{found:?}");
    let found = postern.client.send("GET", &format!("/Users?filter=userName eq \"a.{word}\""), None).await;
    assert!(found.status == 200, "{found:?}");
}

/// Somebody holds a lock on the table.
pub(super) async fn django() {
    let postern = Target::Django.start().await;
    let word = fresh_word();
    let made = postern.client.send("POST", "/Users", Some(&user(&format!("a.{word}")))).await;
    let (mut database, connection) = tokio_postgres::connect(&told("POSTERN_TEST_DJANGO_DSN"), NoTls).await.unwrap();
    tokio::spawn(connection);
    let lock = database.transaction().await.unwrap();
    lock.batch_execute("LOCK TABLE auth_user IN ACCESS EXCLUSIVE MODE").await.unwrap();
    look(&postern, &word, made.body["id"].as_str().unwrap()).await;
    lock.rollback().await.unwrap();
    ask_again(&postern, &word).await;
}

/// The application's process is stopped: the kernel still takes connections for it.
pub(super) async fn redmine_by_rest() {
    let postern = Target::RedmineRest.start().await;
    let word = fresh_word();
    let made = postern.client.send("POST", "/Users", Some(&user(&format!("a.{word}")))).await;
    let stopped = Stopped::new();
    look(&postern, &word, made.body["id"].as_str().unwrap()).await;
    drop(stopped);
    ask_again(&postern, &word).await;
}

/// Redmine's web server is stopped as long as this lives.
struct Stopped(String);

impl Stopped {
    fn new() -> Self {
        let file = format!("{}/redmine/http.pid", told("POSTERN_TEST_DIR"));
        let pid = std::fs::read_to_string(file).unwrap().trim().to_owned();
        signal("-STOP", &pid);
        Self(pid)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        signal("-CONT", &self.0);
    }
}

fn signal(name: &str, pid: &str) {
    assert!(Command::new("kill").args([name, pid]).status().unwrap().success());
}
