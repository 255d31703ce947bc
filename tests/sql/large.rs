//! A group of a hundred thousand members is changed by what the request names.

use std::time::Instant;

use super::*;

const PEOPLE: u32 = 100_000;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a while; needs the servers that tests/run starts"]
async fn a_large_group_is_changed_in_time_on_sqlite() {
    let fill = format!(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i <= {PEOPLE})
         INSERT INTO users (id, type, login, lastname) SELECT i, 'User', 'u' || i, 'x' FROM n;"
    );
    check::<Sqlite>(&fill).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a while; needs the servers that tests/run starts"]
async fn a_large_group_is_changed_in_time_on_postgresql() {
    let fill = format!(
        "INSERT INTO users (id, type, login, lastname) SELECT i, 'User', 'u' || i, 'x' FROM generate_series(2, {PEOPLE} + 1) i;
         SELECT setval('users_id_seq', {PEOPLE} + 1); ANALYZE;"
    );
    check::<Postgres>(&fill).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a while; needs the servers that tests/run starts"]
async fn a_large_group_is_changed_in_time_on_mariadb() {
    let fill = format!(
        "INSERT INTO users (id, type, login, lastname) SELECT seq, 'User', concat('u', seq), 'x' FROM seq_2_to_{};
         ANALYZE TABLE users;",
        PEOPLE + 1
    );
    check::<MariaDb<true>>(&fill).await;
}

async fn check<D: Database>(fill: &str) {
    let application = application("redmine");
    let index = "CREATE UNIQUE INDEX membership ON groups_users (group_id, user_id);";
    let database = D::fresh(&format!("{}{index}{fill}", application["schema"][D::KIND].as_str().unwrap())).await;
    let driver = bound_with(&application, &database.url(), "statement_timeout = '60s'").unwrap();
    let group = driver.insert(&insert("Group", &[("lastname", "All".into())], &[])).await.unwrap().key;
    let member =
        |number: u32| Member { resource: "User".into(), key: RecordKey::new(&number.to_string()), display: None };
    let change = |members| UpdatePlan {
        resource: "Group".into(),
        key: group.clone(),
        set: Fields::new(),
        whole: Fields::new(),
        merge: Fields::new(),
        lists: Vec::new(),
        members,
        unique: Vec::new(),
        enables: None,
        expected_version: None,
        token: Default::default(),
    };
    let everybody: Vec<_> = (2..PEOPLE + 2).map(member).collect();
    let steps = [
        ("fill", MembersChange::Replace(everybody.clone()), 60),
        ("same again", MembersChange::Replace(everybody), 60),
        ("remove one", MembersChange::Delta { add: Vec::new(), remove: vec![member(7)] }, 1),
        ("add one", MembersChange::Delta { add: vec![member(7)], remove: Vec::new() }, 1),
    ];
    for (name, members, seconds) in steps {
        let begun = Instant::now();
        driver.update(&change(members)).await.unwrap();
        println!("{} {name}: {:?}", D::KIND, begun.elapsed());
        assert!(begun.elapsed().as_secs() < seconds, "{name}");
    }
    let want = Want { members: true, groups: false };
    let begun = Instant::now();
    let record = driver.fetch(&FetchPlan { want, ..fetch("Group", &group) }).await.unwrap().unwrap();
    println!("{} read: {:?}", D::KIND, begun.elapsed());
    assert_eq!(record.members.unwrap().len(), PEOPLE as usize);
    drop(driver);
    database.finish().await;
}
