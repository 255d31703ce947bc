//! Lookups that the application is asked for: how often it is asked, and what is said when it says two
//! things. What they translate is in `asked.toml`.

use postern::quirks::Profile;

use super::harness::Harness;
use crate::sql::{Database, Sqlite};

async fn started(schema: &str, change: impl Fn(String) -> String) -> (Harness, Sqlite) {
    let file: toml::Value = toml::from_str(include_str!("asked.toml")).unwrap();
    let database = Sqlite::fresh(&format!("{}{schema}", file["schema"]["sqlite"].as_str().unwrap())).await;
    let mapping = file["mapping"].as_str().unwrap().replace("{url}", &database.url());
    (Harness::mapped(Profile::Any, change(mapping)).await, database)
}

/// 200 people in 40 folders, with three rights each.
const CROWD: &str = "
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
        INSERT INTO people (login, folder_id) SELECT 'p' || i, 100 + i % 40 FROM n;
    INSERT INTO folders (id, name, kind) SELECT DISTINCT folder_id, 'Folder ' || folder_id, 'home' FROM people;
    INSERT INTO grants (person, code, kind) SELECT people.id, rights.code, NULL FROM people, rights;";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_many_asks_each_lookup_once_and_the_next_page_not_at_all() {
    let (harness, database) = started(CROWD, |mapping| mapping).await;
    let page = harness.send("GET /Users?count=200", None).await;
    assert_eq!((page.text("Resources.#"), page.text("Resources.41.title")), ("200".into(), "Folder 101".into()));
    assert_eq!(page.text("Resources.7.roles.#"), "3");
    let mut called = harness.called();
    called.sort();
    assert_eq!(called, ["select User", "select lookup.folder", "select lookup.right"]);
    harness.send("GET /Users?count=100&startIndex=50", None).await;
    assert_eq!(harness.called(), ["select User"]);
    drop(harness);
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_kept_is_asked_each_time() {
    let (harness, database) = started(CROWD, |mapping| {
        let once = mapping.replace("where = { kind = \"home\" }", "where = { kind = \"home\" }\ncache = \"0s\"");
        assert_ne!(once, mapping);
        once
    })
    .await;
    harness.send("GET /Users?count=1", None).await;
    harness.called();
    harness.send("GET /Users?count=1", None).await;
    assert_eq!(harness.called(), ["select User", "select lookup.folder"]);
    drop(harness);
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_names_for_one_value_are_told_and_none_is_chosen() {
    let twice = "INSERT INTO people (login, folder_id) VALUES ('ana', 50);
        CREATE TABLE named (id INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL);
        INSERT INTO named VALUES (50, 'One', 'home'), (50, 'Other', 'home');";
    let (harness, database) =
        started(twice, |mapping| mapping.replace("table = \"folders\"", "table = \"named\"")).await;
    let answer = harness.send("GET /Users", None).await;
    assert_eq!(answer.status, 500, "{answer:?}");
    assert_eq!(answer.text("detail"), "`title`: the application has two names for one value");
    drop(harness);
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn explain_shows_the_statement_and_runs_none() {
    let (harness, database) = started("", |mapping| mapping).await;
    let lines = harness
        .explain(
            "POST /Users",
            Some(r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ana", "title": "Sales"}"#),
        )
        .await;
    let told = lines.join("\n");
    assert!(told.contains("`title` is looked up, unless the answer is known:"), "{told}");
    assert!(told.contains("FROM \"folders\""), "{told}");
    assert!(told.contains("'Sales'"), "{told}");
    assert!(told.contains("folder_id = \"(what folder gives)\""), "{told}");
    let told = harness.explain("GET /Users?filter=title eq \"Sales\"", None).await.join("\n");
    assert!(told.contains("looked up in [lookup.folder]"), "{told}");
    assert!(told.contains("(what folder gives)"), "{told}");
    let names = "then the names in [lookup.folder] of all that was read, unless they are known:\nSELECT";
    assert!(told.contains(names), "{told}");
    assert_eq!(harness.called(), Vec::<String>::new());
    drop(harness);
    database.finish().await;
}
