//! `Now()` of the mapping is a time in the application's zone, whatever the database believes to be in.

use super::*;

const APPLICATION: &str = r#"
mapping = """
[User]
table = "people"
key = "id"

[Group]
table = "teams"
key = "id"

[Group.members]
table = "joined"
group = "team"
member = "person"
fields = { since = { value = "Now()" } }
"""

[shape.User]
fields = { login = "userName" }
[shape.Group]
fields = { name = "displayName" }
members = ["User"]
"#;

const TABLES: &str = "CREATE TABLE people (id integer PRIMARY KEY, login varchar(20));
    CREATE TABLE teams (id integer PRIMARY KEY, name varchar(20));
    CREATE TABLE joined (team integer, person integer, since MOMENT);
    INSERT INTO people (id, login) VALUES (1, 'ada');
    INSERT INTO teams (id, name) VALUES (1, 'Staff')";

/// Tokyo is nine hours ahead, all year round.
async fn joining_is_dated_in_the_zone<D: Database>(moment: &str, hours_ahead: &str) {
    let application: Table = APPLICATION.parse().unwrap();
    let database = D::fresh(&TABLES.replace("MOMENT", moment)).await;
    let driver = bound_with(&application, &database.url(), "time_zone = 'Asia/Tokyo'").unwrap();
    let plan = UpdatePlan {
        resource: "Group".into(),
        key: RecordKey::new("1"),
        set: Fields::new(),
        whole: Fields::new(),
        merge: Fields::new(),
        lists: Vec::new(),
        members: MembersChange::Delta {
            add: vec![Member { resource: "User".into(), key: RecordKey::new("1"), display: None }],
            remove: Vec::new(),
        },
        unique: Vec::new(),
        enables: None,
        expected_version: None,
        token: Default::default(),
    };
    driver.update(&plan).await.unwrap();
    assert_eq!(database.rows(&format!("SELECT {hours_ahead} FROM joined")).await, json!([["9"]]));
    drop(driver);
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_is_dated_in_the_zone_on_sqlite() {
    let ahead = "CAST(CAST(round((julianday(since) - julianday('now')) * 24) AS integer) AS text)";
    joining_is_dated_in_the_zone::<Sqlite>("datetime", ahead).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn joining_is_dated_in_the_zone_on_postgresql() {
    let ahead = "round(extract(epoch FROM since - (now() AT TIME ZONE 'UTC')) / 3600)::int";
    joining_is_dated_in_the_zone::<Postgres>("timestamp", ahead).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn joining_is_dated_in_the_zone_on_mariadb() {
    let ahead = "round(timestampdiff(SECOND, UTC_TIMESTAMP(), since) / 3600)";
    joining_is_dated_in_the_zone::<MariaDb<false>>("datetime", ahead).await;
    joining_is_dated_in_the_zone::<MariaDb<true>>("datetime", ahead).await;
}
