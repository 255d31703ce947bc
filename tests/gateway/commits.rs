//! The connection to the application breaks while a change is being made final: the client is told
//! what came of it, and where nobody can tell, that it should ask again.

use postern::quirks::Profile;
use serde_json::json;

use super::harness::{Answer, Harness};
use crate::sql::{Database, Heard, MariaDb, Postgres, breaking, place, through};

const MAPPING: &str = r#"
[downstream]
kind = "sql"
url  = "{url}"

[User]
table = "people"
key   = "id"

[User.related.mail]
table = "mails"
on    = { person = "id" }
many  = true

[User.attributes]
userName       = { field = "login", match = 1 }
title          = "job"
"emails.value" = "mail.address"
"#;

const TABLES: &str = "CREATE TABLE people (id KEY PRIMARY KEY, login varchar(100) NOT NULL, job varchar(100));
    CREATE TABLE mails (id KEY PRIMARY KEY, person integer NOT NULL, address varchar(200))";

/// How the client of a database says that a transaction is to be final.
trait Commits: Database {
    const KEY: &'static str;
    const WORD: &'static str;
    /// Whether the database can say that a transaction which changed a row did not take place.
    const KNOWS_WHAT_FAILED: bool;
}

impl Commits for Postgres {
    const KEY: &'static str = "serial";
    const WORD: &'static str = "COMMIT\0";
    const KNOWS_WHAT_FAILED: bool = true;
}

impl<const AS_MYSQL: bool> Commits for MariaDb<AS_MYSQL> {
    const KEY: &'static str = "integer AUTO_INCREMENT";
    const WORD: &'static str = "\u{3}COMMIT";
    const KNOWS_WHAT_FAILED: bool = false;
}

/// An application with one person, whose way to it breaks at the next commits.
struct Broken<D> {
    database: D,
    harness: Harness,
    user: String,
}

impl<D: Commits> Broken<D> {
    async fn start(heard: Heard, times: u32) -> Self {
        let database = D::fresh(&TABLES.replace("KEY PRIMARY", &format!("{} PRIMARY", D::KEY))).await;
        database.rows("INSERT INTO people (login, job) VALUES ('ana', 'Cook')").await;
        let url = database.url();
        let port = breaking(place(&url), D::WORD, heard, times).await;
        let harness = Harness::mapped(Profile::Any, MAPPING.replace("{url}", &through(&url, port))).await;
        let user = harness.send("GET /Users", None).await.text("Resources.0.id");
        Self { database, harness, user: format!("/Users/{user}") }
    }

    async fn post(&self) -> Answer {
        let body = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ben", "emails": [{"value": "b@x.org"}]}"#;
        self.harness.json("POST /Users", body).await
    }

    async fn patch(&self) -> Answer {
        let body = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "title", "value": "Baker"}]}"#;
        self.harness.json(&format!("PATCH {}", self.user), body).await
    }

    async fn delete(&self) -> Answer {
        self.harness.send(&format!("DELETE {}", self.user), None).await
    }

    async fn logins(&self) -> serde_json::Value {
        self.database.rows("SELECT login FROM people ORDER BY login").await
    }

    async fn finish(self) {
        drop(self.harness);
        self.database.finish().await;
    }
}

const TOOK_PLACE: [Heard; 2] = [Heard::AtOnce, Heard::Late];

async fn a_change_that_took_place_is_answered_as_such<D: Commits>() {
    for heard in TOOK_PLACE {
        let broken = Broken::<D>::start(heard, 1).await;
        let made = broken.post().await;
        assert_eq!((made.status, made.text("emails.0.value").as_str()), (201, "b@x.org"), "{heard:?}");
        assert_eq!(broken.logins().await, json!([["ana"], ["ben"]]), "{heard:?}");
        let shown = broken.harness.send(&format!("GET /Users/{}", made.text("id")), None).await;
        assert_eq!(shown.text("userName"), "ben", "{heard:?}");
        broken.finish().await;

        let broken = Broken::<D>::start(heard, 1).await;
        let changed = broken.patch().await;
        assert_eq!((changed.status, changed.text("title").as_str()), (200, "Baker"), "{heard:?}");
        assert_eq!(broken.database.rows("SELECT job FROM people").await, json!([["Baker"]]), "{heard:?}");
        broken.finish().await;

        let broken = Broken::<D>::start(heard, 1).await;
        assert_eq!(broken.delete().await.status, 204, "{heard:?}");
        assert_eq!(broken.logins().await, json!([]), "{heard:?}");
        broken.finish().await;
    }
}

async fn a_change_that_did_not_is_made_once_more<D: Commits>() {
    let broken = Broken::<D>::start(Heard::Never, 1).await;
    assert_eq!(broken.post().await.status, 201);
    assert_eq!(broken.logins().await, json!([["ana"], ["ben"]]));
    assert_eq!(broken.database.rows("SELECT address FROM mails").await, json!([["b@x.org"]]));
    broken.finish().await;

    let broken = Broken::<D>::start(Heard::Never, 1).await;
    let changed = broken.patch().await;
    assert_eq!(changed.status, if D::KNOWS_WHAT_FAILED { 200 } else { 503 });
    if !D::KNOWS_WHAT_FAILED {
        assert!(changed.text("detail").contains("not known whether"), "{}", changed.body.to_json());
        assert_eq!(broken.database.rows("SELECT job FROM people").await, json!([["Cook"]]));
        assert_eq!(broken.patch().await.status, 200);
    }
    assert_eq!(broken.database.rows("SELECT job FROM people").await, json!([["Baker"]]));
    broken.finish().await;

    let broken = Broken::<D>::start(Heard::Never, 1).await;
    assert_eq!(broken.delete().await.status, 204);
    assert_eq!(broken.logins().await, json!([]));
    broken.finish().await;
}

/// Four attempts are made.
async fn a_way_that_stays_broken_is_an_error_and_asking_again_is_enough<D: Commits>() {
    let broken = Broken::<D>::start(Heard::Never, 4).await;
    let failed = broken.post().await;
    assert_eq!(failed.status, 503);
    assert!(failed.text("detail").contains("cannot be reached"), "{}", failed.body.to_json());
    assert_eq!(broken.logins().await, json!([["ana"]]));
    assert_eq!(broken.post().await.status, 201);
    assert_eq!(broken.logins().await, json!([["ana"], ["ben"]]));
    broken.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn what_came_of_a_broken_commit_is_known_on_postgresql() {
    a_change_that_took_place_is_answered_as_such::<Postgres>().await;
    a_change_that_did_not_is_made_once_more::<Postgres>().await;
    a_way_that_stays_broken_is_an_error_and_asking_again_is_enough::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn what_came_of_a_broken_commit_is_known_on_mariadb() {
    a_change_that_took_place_is_answered_as_such::<MariaDb<true>>().await;
    a_change_that_did_not_is_made_once_more::<MariaDb<true>>().await;
    a_way_that_stays_broken_is_an_error_and_asking_again_is_enough::<MariaDb<true>>().await;
}
