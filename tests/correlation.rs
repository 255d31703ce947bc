//! What the gateway keeps beside the application: ids that are never given to somebody else,
//! externalIds and shadows, and accounts that it takes over. In process, over a real SQLite file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use postern::correlation::{CacheSettings, Cached, Correlations, Identity, Seal, Sqlite, Store};
use postern::diagnostic::{Document, Problems, SourceFile, render_all};
use postern::downstream::{self, Binding};
use postern::gateway::{Client, Gateway, Parts, Permissions};
use postern::mapping::compile;
use postern::observe::{Observers, RequestFacts};
use postern::quirks::Profile;
use postern::record::RecordKey;
use postern::scim::{Preconditions, RawQuery, RawRequest, ResourceId, Response, ScimError, Verb};
use postern::value::{JsonLimits, Value};
use serde_json::{Value as Json, json};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// A gateway over a fresh application; what it keeps stays in the folder between two of them.
struct House {
    folder: PathBuf,
    gateway: Gateway,
}

impl House {
    async fn new(name: &str, schema: &str, user: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("postern-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        rusqlite::Connection::open(folder.join("application.db")).unwrap().execute_batch(schema).unwrap();
        let mapping = format!("[downstream]\nkind = \"sql\"\nurl = \"sqlite:application.db\"\n{user}");
        std::fs::write(folder.join("mapping.toml"), mapping).unwrap();
        let gateway = open(&folder).await;
        Self { folder, gateway }
    }

    /// As after a restart: nothing is left in memory.
    async fn restart(&mut self) {
        self.gateway = open(&self.folder).await;
    }

    fn sql(&self, text: &str) -> Vec<String> {
        let connection = rusqlite::Connection::open(self.folder.join("application.db")).unwrap();
        if !text.trim_start().to_ascii_lowercase().starts_with("select") {
            connection.execute_batch(text).unwrap();
            return Vec::new();
        }
        let mut statement = connection.prepare(text).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
        rows.map(|row| row.unwrap().unwrap_or_default()).collect()
    }

    async fn send(&self, verb: Verb, path: &str, body: Option<Json>) -> Result<Json, ScimError> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let raw = RawRequest {
            verb,
            path: path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect(),
            query: RawQuery(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()),
            body: body.map(|body| Value::from_json(body.to_string().as_bytes(), &JsonLimits::default()).unwrap()),
            preconditions: Preconditions::default(),
        };
        let client = Client {
            tenant: "works".into(),
            token: "test".into(),
            user: None,
            permissions: Permissions::default(),
            values: Default::default(),
            address: None,
            request_id: "1".to_owned(),
        };
        let answer = self.gateway.handle(&client, raw, &mut RequestFacts::default()).await?;
        Ok(match answer {
            Response::Created(entity) | Response::Found(entity) => Value::Object(entity.body).to_serde(),
            Response::List(list) => Value::Object(list.into_object()).to_serde(),
            Response::Document(document) => Value::Object(document).to_serde(),
            Response::NoContent(_) | Response::NotModified(_) => Json::Null,
        })
    }

    async fn create(&self, mut body: Json) -> Result<Json, ScimError> {
        body["schemas"] = json!([CORE]);
        self.send(Verb::Post, "/Users", Some(body)).await
    }

    async fn patch(&self, id: &str, path: &str, value: Json) -> Result<Json, ScimError> {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": path, "value": value}]});
        self.send(Verb::Patch, &format!("/Users/{id}"), Some(body)).await
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn open(folder: &std::path::Path) -> Gateway {
    let path = folder.join("mapping.toml");
    let mut problems = Problems::new();
    let file = SourceFile::new(path.display().to_string(), std::fs::read_to_string(&path).unwrap());
    let mapping = Document::parse(&file, &mut problems).and_then(|document| compile(document, &[], &mut problems));
    let mapping = Arc::new(mapping.unwrap());
    let node = mapping.document.root.get("downstream").unwrap();
    let binding = Binding { downstream: node, resources: mapping.shapes(), folder, variables: &[] };
    let downstream = downstream::bind(&binding, &mut problems);
    assert!(!problems.has_errors(), "{}", render_all(&problems.into_sorted(), false));
    let store = Sqlite::open(&folder.join("correlation.db")).unwrap();
    let seal = Seal::new(store.master(), "works").unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    let cached =
        Cached::new("works".into(), seal, store, &CacheSettings::default(), Observers::default()).await.unwrap();
    let correlations: Arc<dyn Correlations> = Arc::new(cached);
    Gateway::new(Parts {
        tenant: "works".into(),
        mapping,
        downstream: downstream.unwrap(),
        correlations,
        profile: Profile::Any,
        base_url: "https://scim.example/scim/v2".to_owned(),
        default_domain: None,
        deadline: Duration::from_secs(20),
        observers: Observers::default(),
    })
}

const PEOPLE: &str = "CREATE TABLE people (id INTEGER PRIMARY KEY, login TEXT NOT NULL COLLATE NOCASE UNIQUE,
    title TEXT, work_mail TEXT, home_mail TEXT);
    INSERT INTO people (login, title) VALUES ('old.hand', 'Keeper');";

fn id(resource: &Json) -> String {
    resource["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_shadow_is_answered_until_somebody_else_changes_the_record() {
    let user = "[User]\ntable = \"people\"\nkey = \"id\"\n[User.attributes]
userName = { field = \"login\", write = 'ToLower([userName])', match = 1, shadow = true }
title = { field = \"title\", write = 'ToUpper([title])', shadow = true }";
    let mut house = House::new("shadow", PEOPLE, user).await;
    let made = house.create(json!({"userName": "Kim.Ito", "title": "Lead"})).await.unwrap();
    assert_eq!((&made["userName"], &made["title"]), (&json!("Kim.Ito"), &json!("Lead")));
    assert_eq!(house.sql("SELECT login || '/' || title FROM people WHERE id = 2"), ["kim.ito/LEAD"]);

    house.restart().await;
    let found = house.send(Verb::Get, "/Users?filter=userName eq \"KIM.ITO\"", None).await.unwrap();
    assert_eq!(found["Resources"][0]["title"], "Lead");

    house.sql("UPDATE people SET title = 'Chief' WHERE id = 2");
    let read = house.send(Verb::Get, &format!("/Users/{}", id(&made)), None).await.unwrap();
    assert_eq!((&read["userName"], &read["title"]), (&json!("Kim.Ito"), &json!("Chief")));

    house.patch(&id(&made), "title", json!("Boss")).await.unwrap();
    assert_eq!(house.sql("SELECT title FROM people WHERE id = 2"), ["BOSS"]);
    let read = house.send(Verb::Get, &format!("/Users/{}", id(&made)), None).await.unwrap();
    assert_eq!(read["title"], "Boss");
}

#[tokio::test]
async fn an_account_is_adopted_only_where_allowed_and_keeps_what_is_not_named() {
    let rules = "[User.attributes]\nuserName = { field = \"login\", match = 1 }\ntitle = \"title\"
'emails[type eq \"work\"].value' = \"work_mail\"";
    let strict = House::new("strict", PEOPLE, &format!("[User]\ntable = \"people\"\nkey = \"id\"\n{rules}")).await;
    let refused = strict.create(json!({"userName": "Old.Hand"})).await.unwrap_err();
    assert_eq!(refused.status, 409);

    let user = format!("[User]\ntable = \"people\"\nkey = \"id\"\nadopt = true\n{rules}");
    let house = House::new("adopt", PEOPLE, &user).await;
    let mail = json!([{"type": "work", "value": "old@example.com"}]);
    let taken = house.create(json!({"userName": "OLD.hand", "externalId": "x1", "emails": mail})).await.unwrap();
    assert_eq!((&taken["userName"], &taken["title"]), (&json!("old.hand"), &json!("Keeper")));
    assert_eq!(
        house.sql("SELECT count(*) || '/' || login || '/' || work_mail FROM people"),
        ["1/old.hand/old@example.com"]
    );

    let other = house.create(json!({"userName": "old.hand", "externalId": "x2"})).await.unwrap_err();
    assert_eq!(other.status, 409, "another client's account is not taken over");
}

#[tokio::test]
async fn an_id_is_never_given_to_somebody_else() {
    let user =
        "[User]\ntable = \"people\"\nkey = \"id\"\n[User.attributes]\nuserName = { field = \"login\", match = 1 }";
    let mut house = House::new("reuse", PEOPLE, user).await;
    let first = id(&house.create(json!({"userName": "a"})).await.unwrap());
    house.send(Verb::Delete, &format!("/Users/{first}"), None).await.unwrap();
    // Without AUTOINCREMENT SQLite gives the key of the last row again.
    let second = id(&house.create(json!({"userName": "b"})).await.unwrap());
    assert_eq!(house.sql("SELECT CAST(max(id) AS TEXT) FROM people"), ["2"]);
    assert_ne!(first, second);
    house.restart().await;
    assert_eq!(house.send(Verb::Get, &format!("/Users/{first}"), None).await.unwrap_err().status, 404);
    assert_eq!(house.send(Verb::Get, &format!("/Users/{second}"), None).await.unwrap()["userName"], "b");
}

#[tokio::test]
async fn a_rename_of_the_key_keeps_id_and_external_id() {
    let schema = "CREATE TABLE people (login TEXT PRIMARY KEY, title TEXT);";
    let user = "[User]\ntable = \"people\"\nkey = \"login\"\n[User.attributes]
userName = { field = \"login\", match = 1, case_exact = true }\ntitle = \"title\"";
    let mut house = House::new("rename", schema, user).await;
    let made = house.create(json!({"userName": "kim", "externalId": "e-7"})).await.unwrap();
    let renamed = house.patch(&id(&made), "userName", json!("kim.ito")).await.unwrap();
    assert_eq!((&renamed["id"], &renamed["userName"]), (&made["id"], &json!("kim.ito")));
    house.restart().await;
    let read = house.send(Verb::Get, &format!("/Users/{}", id(&made)), None).await.unwrap();
    assert_eq!((&read["userName"], &read["externalId"]), (&json!("kim.ito"), &json!("e-7")));
    let newcomer = house.create(json!({"userName": "kim"})).await.unwrap();
    assert_ne!(newcomer["id"], made["id"], "the old key's new holder is somebody else");
    let found = house.send(Verb::Get, "/Users?filter=externalId eq \"e-7\"", None).await.unwrap();
    assert_eq!(found["Resources"][0]["id"], made["id"]);
}

#[tokio::test]
async fn an_address_without_a_type_is_the_first_that_the_mapping_names() {
    let user =
        "[User]\ntable = \"people\"\nkey = \"id\"\n[User.attributes]\nuserName = { field = \"login\", match = 1 }
'emails[type eq \"work\"].value' = \"work_mail\"\n'emails[type eq \"home\"].value' = \"home_mail\"";
    let house = House::new("untyped", PEOPLE, user).await;
    let made =
        house.create(json!({"userName": "a", "emails": [{"value": "a@example.com", "primary": true}]})).await.unwrap();
    assert_eq!(made["emails"], json!([{"type": "work", "value": "a@example.com"}]));
    assert_eq!(house.sql("SELECT home_mail FROM people WHERE login = 'a'"), [""]);
}

#[test]
fn an_id_is_worth_nothing_in_another_tenant_or_type_nor_when_it_is_touched() {
    let master = [7; 32];
    let (ours, theirs) = (Seal::new(&master, "works").unwrap(), Seal::new(&master, "others").unwrap());
    let identity = Identity::first(&RecordKey::new("42"));
    let id = ours.seal("User", &identity).unwrap();
    assert_eq!(ours.open("User", &id), Some(identity.clone()));
    assert_eq!(ours.seal("User", &identity).unwrap(), id, "the same record has the same id");
    assert!(!id.as_str().contains("42"));
    assert_eq!(theirs.open("User", &id), None);
    assert_eq!(ours.open("Group", &id), None);
    for at in 0..id.as_str().len() {
        let mut touched = id.as_str().as_bytes().to_vec();
        touched[at] = if touched[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(ours.open("User", &ResourceId::new(std::str::from_utf8(&touched).unwrap())), None);
        assert_eq!(ours.open("User", &ResourceId::new(&id.as_str()[..at])), None);
    }
    for foreign in ["", "42", "1", "admin", "../admin", "%00", "A".repeat(2000).as_str()] {
        assert_eq!(ours.open("User", &ResourceId::new(foreign)), None);
    }
}
