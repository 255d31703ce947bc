//! Values that look like SQL, patterns or arrays stay values, wherever they stand.

use super::*;

const HOSTILE: &[&str] = &[
    "'; DROP TABLE users; --",
    "' OR '1'='1",
    "\" OR \"\"=\"",
    "x'); DELETE FROM users --",
    "$1 ?1 :key {0} %s",
    "100%_\\%\\_",
    "{\"a\",NULL}",
    "\\x00 \\' \\\"",
    "null or 1",
    "[1,2]",
    "🦀 ﷽ \u{202e}abc",
    "line\nline\t\r",
    "/* */ -- #",
];

#[tokio::test(flavor = "multi_thread")]
async fn hostile_values_round_trip_as_data_on_sqlite() {
    check::<Sqlite>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn hostile_values_round_trip_as_data_on_postgresql() {
    check::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn hostile_values_round_trip_as_data_on_mariadb() {
    check::<MariaDb<false>>().await;
    check::<MariaDb<true>>().await;
}

async fn check<D: Database>() {
    let application = application("redmine");
    let database = D::fresh(application["schema"][D::KIND].as_str().unwrap()).await;
    let driver = bound(&application, &database.url()).unwrap();
    for text in HOSTILE {
        let phone: Object = [("kind", *text), ("number", *text)].into_iter().collect();
        let phones = Value::List(vec![phone.into()]);
        let values = [
            ("login", Value::from(*text)),
            ("lastname", (*text).into()),
            ("mail.address", (*text).into()),
            ("phone", phones),
        ];
        let record = driver.insert(&insert("User", &values, &["login", "mail.address"])).await.unwrap();
        for (name, value) in &values {
            assert_eq!(record.fields.get(&FieldName::new(name)), value, "{name} of {text}");
        }
        is_found(&*driver, &record.key, text).await;
        is_changed(&*driver, &record.key, text).await;
        is_no_key(&*driver, text).await;
    }
    let page = driver.select(&select("User", Predicate::True)).await.unwrap();
    assert_eq!(page.total, HOSTILE.len() as u64);
    drop(driver);
    database.finish().await;
}

async fn is_found(driver: &dyn Downstream, key: &RecordKey, text: &str) {
    for op in [Comparison::Eq, Comparison::Contains, Comparison::StartsWith, Comparison::EndsWith] {
        for case in [Case::Exact, Case::Ignored] {
            for name in ["login", "mail.address"] {
                let predicate = Predicate::Compare { field: FieldName::new(name), op, value: text.into(), case };
                let page = driver.select(&select("User", predicate)).await.unwrap();
                let keys: Vec<_> = page.records.iter().map(|record| &record.key).collect();
                assert_eq!(keys, [key], "{op:?} {case:?} {name} {text}");
            }
        }
    }
}

async fn is_changed(driver: &dyn Downstream, key: &RecordKey, text: &str) {
    let before: Object = [("kind", text), ("number", text)].into_iter().collect();
    let after: Object = [("kind", "other"), ("number", text)].into_iter().collect();
    let list = FieldName::new("phone");
    let change = ListChange { list: list.clone(), remove: vec![before], add: vec![after.clone()], all: Vec::new() };
    let set = fields(&[("lastname", text.into()), ("mail.address", text.into())]);
    let plan = UpdatePlan {
        resource: "User".into(),
        key: key.clone(),
        whole: set.clone(),
        set,
        merge: Fields::new(),
        lists: vec![change],
        members: MembersChange::None,
        unique: Vec::new(),
        enables: None,
        expected_version: None,
        token: Default::default(),
    };
    let record = driver.update(&plan).await.unwrap().unwrap();
    assert_eq!(record.fields.get(&list), &Value::List(vec![after.into()]), "{text}");
}

async fn is_no_key(driver: &dyn Downstream, text: &str) {
    let key = RecordKey::new(text);
    assert!(driver.fetch(&fetch("User", &key)).await.unwrap().is_none());
    assert!(
        !driver
            .delete(&DeletePlan { resource: "User".into(), key: key.clone(), token: Default::default() })
            .await
            .unwrap()
    );
    let page = driver.select(&select("User", Predicate::Keys(vec![key]))).await.unwrap();
    assert_eq!(page.total, 0);
}
