//! Whole requests over mappings of their own, on every kind of application that keeps the same
//! things: each file is a mapping with its applications, and cases as in `gateway.rs`.

use std::collections::BTreeMap;

use postern::quirks::Profile;
use serde::Deserialize;

use super::harness::Harness;
use super::{Case, take};
use crate::sql::{Database, MariaDb, Postgres, Sqlite};

#[derive(Deserialize)]
struct File {
    /// The mapping; `{url}` is where the application is.
    mapping: String,
    /// The application's tables, by kind of database.
    schema: BTreeMap<String, String>,
    case: Vec<Case>,
}

const FILES: &[(&str, &str)] = &[
    ("open-json.toml", include_str!("open-json.toml")),
    ("open-rows.toml", include_str!("open-rows.toml")),
    ("own-types.toml", include_str!("own-types.toml")),
    ("asked.toml", include_str!("asked.toml")),
    ("shapes.toml", include_str!("shapes.toml")),
    ("kept.toml", include_str!("kept.toml")),
    ("immutable.toml", include_str!("immutable.toml")),
];

#[tokio::test(flavor = "multi_thread")]
async fn mappings_of_their_own_hold_on_sqlite() {
    check_all::<Sqlite>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn mappings_of_their_own_hold_on_postgresql() {
    check_all::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn mappings_of_their_own_hold_on_mariadb() {
    check_all::<MariaDb<false>>().await;
    check_all::<MariaDb<true>>().await;
}

/// The application merges: nobody writes back what another has changed meanwhile.
async fn changes_at_once<D: Database>() {
    for (name, text) in &FILES[..2] {
        let file: File = toml::from_str(text).unwrap();
        let database = D::fresh(&file.schema[D::KIND]).await;
        let harness = Harness::mapped(Profile::Any, file.mapping.replace("{url}", &database.url())).await;
        let user = format!("PATCH /Users/{}", harness.user("ana").await);
        let operation = |key: usize, value: usize| {
            let path = format!("urn:ietf:params:scim:schemas:extension:2.0:Metadata:key{key}");
            let operation = format!(r#"{{"op": "replace", "path": "{path}", "value": "{value}"}}"#);
            format!(r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{operation}]}}"#)
        };
        for round in 0..5 {
            let bodies: Vec<String> = (0..6).map(|key| operation(key, round)).collect();
            let answers = futures_util::future::join_all(bodies.iter().map(|body| harness.json(&user, body))).await;
            assert!(answers.iter().all(|answer| answer.status == 200), "{name}: {answers:?}");
            let shown = harness.send(&user.replace("PATCH", "GET"), None).await;
            for key in 0..6 {
                let place = format!("urn:ietf:params:scim:schemas:extension:2.0:Metadata.key{key}");
                assert_eq!(shown.text(&place), round.to_string(), "{name}, {}: {}", D::KIND, shown.body.to_json());
            }
        }
        drop(harness);
        database.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_named_at_once_are_all_kept_on_sqlite() {
    changes_at_once::<Sqlite>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn attributes_named_at_once_are_all_kept_on_postgresql() {
    changes_at_once::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn attributes_named_at_once_are_all_kept_on_mariadb() {
    changes_at_once::<MariaDb<false>>().await;
    changes_at_once::<MariaDb<true>>().await;
}

async fn check_all<D: Database>() {
    for (name, text) in FILES {
        let file: File = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        for case in &file.case {
            let at = format!("{}, {name}: {}", D::KIND, case.name);
            check::<D>(&file, case, &at).await;
        }
    }
}

async fn check<D: Database>(file: &File, case: &Case, at: &str) {
    let database = D::fresh(&file.schema[D::KIND]).await;
    let mapping = file.mapping.replace("{url}", &database.url());
    let mapping = case.mapping.iter().fold(mapping, |text, (from, to)| {
        assert!(text.contains(from), "{at}: the mapping has no `{from}`");
        text.replace(from, to)
    });
    let profile = case.profile.as_deref().unwrap_or("any");
    let profile = Profile::ALL.iter().find(|(name, _)| *name == profile).unwrap().1;
    let harness = Harness::mapped(profile, mapping).await;
    let mut kept = BTreeMap::new();
    for (number, step) in case.step.iter().enumerate() {
        let at = format!("{at}: request {}", number + 1);
        if let Some(sql) = &step.sql {
            database.rows(sql).await;
        }
        take(&harness, step, &at, &mut kept).await;
        if let Some(query) = &step.query {
            let rows: Vec<Vec<String>> = serde_json::from_value(database.rows(query).await).unwrap();
            assert_eq!(rows, step.rows, "{at}: {query}");
        }
    }
    drop(harness);
    database.finish().await;
}
