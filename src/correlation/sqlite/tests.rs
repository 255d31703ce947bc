//! Changes that share a commit.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use futures_util::future::join_all;

use super::*;

fn scope() -> Scope {
    Scope { tenant: Arc::from("main"), resource: Arc::from("User") }
}

fn key(number: u32) -> RecordKey {
    RecordKey::new(&number.to_string())
}

async fn keys_of(store: &Sqlite, id: &str) -> Vec<RecordKey> {
    store.with_external_id(&scope(), &ExternalId::new(id)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_wait_together_are_all_remembered() {
    let path = std::env::temp_dir().join(format!("postern-correlation-{}.db", std::process::id()));
    let store = Sqlite::open(&path).unwrap();
    let scope = scope();
    let set = |number: u32| {
        let (store, scope) = (&store, &scope);
        async move { store.set_external_id(scope, &key(number), Some(&ExternalId::new(&format!("e{number}")))).await }
    };
    assert!(join_all((0..200).map(set)).await.into_iter().all(|done| done.is_ok()));
    for number in 0..200 {
        assert_eq!(keys_of(&store, &format!("e{number}")).await, [key(number)]);
    }
    let _ = std::fs::remove_file(&path);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_fails_takes_no_other_with_it() {
    let path = std::env::temp_dir().join(format!("postern-correlation-failing-{}.db", std::process::id()));
    let store = Sqlite::open(&path).unwrap();
    let scope = scope();
    let fails = || {
        store.write(|change| {
            change.execute("INSERT INTO link (tenant, resource, key) VALUES ('main', 'User', 'half done')", [])?;
            change.execute("INSERT INTO nowhere VALUES (1)", []).map(|_| ())
        })
    };
    let (one, id) = (key(1), ExternalId::new("e1"));
    let (first, second, third) = tokio::join!(fails(), store.set_external_id(&scope, &one, Some(&id)), fails());
    assert!(first.is_err() && second.is_ok() && third.is_err());
    assert_eq!(keys_of(&store, "e1").await, [one]);
    assert_eq!(store.links(&scope, &[RecordKey::new("half done")]).await.unwrap().len(), 0);
    let _ = std::fs::remove_file(&path);
}
