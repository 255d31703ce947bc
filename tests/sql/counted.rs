//! What a change of members costs, counted by the database itself: statements and rows touched are
//! the same in a group of one and in a group of ten thousand.

use super::*;

/// What the server has done so far: statements by kind, and rows read and written.
const DONE: &str = "SELECT VARIABLE_NAME, VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN
    ('COM_SELECT', 'COM_INSERT_SELECT', 'COM_INSERT', 'COM_DELETE', 'COM_DELETE_MULTI', 'COM_UPDATE', 'COM_BEGIN', 'COM_COMMIT',
     'HANDLER_READ_KEY', 'HANDLER_READ_NEXT', 'HANDLER_READ_RND_NEXT', 'HANDLER_WRITE', 'HANDLER_DELETE') ORDER BY 1";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn a_large_group_costs_what_a_small_one_does_on_mariadb() {
    let application = application("nested");
    let fill = "CREATE INDEX team_people ON team_members (team, person); CREATE INDEX team_teams ON team_members (team, child);
        INSERT INTO principals (id, kind, name) SELECT seq, 'person', concat('u', seq) FROM seq_1_to_20000;
        INSERT INTO teams (id, title) VALUES (1, 'Small'), (2, 'Large'), (3, 'Inner');
        INSERT INTO team_members (team, person) SELECT 2, seq FROM seq_1_to_10000;
        INSERT INTO team_members (team, person) VALUES (1, 1); ANALYZE TABLE team_members;";
    let schema = application["schema"]["mysql"].as_str().unwrap();
    let database = MariaDb::<false>::fresh(&format!("{schema}{fill}")).await;
    let driver = bound(&application, &database.url()).unwrap();
    let member =
        |resource: &str, key: &str| Member { resource: resource.into(), key: RecordKey::new(key), display: None };
    let change = |group: &str, members| UpdatePlan {
        resource: "Team".into(),
        key: RecordKey::new(group),
        set: Fields::new(),
        whole: Fields::new(),
        lists: Vec::new(),
        merge: Fields::new(),
        members,
        unique: Vec::new(),
        enables: None,
        expected_version: None,
        token: Default::default(),
    };
    let some = || vec![member("User", "20000"), member("Team", "3")];
    let mut costs = Vec::new();
    // The first round learns types and fills the caches.
    for group in ["1", "1", "2"] {
        let before = database.rows(DONE).await;
        driver.update(&change(group, MembersChange::Delta { add: some(), remove: Vec::new() })).await.unwrap();
        let between = database.rows(DONE).await;
        driver.update(&change(group, MembersChange::Delta { add: Vec::new(), remove: some() })).await.unwrap();
        let after = database.rows(DONE).await;
        costs.push([grown(&before, &between), grown(&between, &after)]);
    }
    assert_eq!(costs[1], costs[2]);
    assert_eq!(costs[1][0]["COM_INSERT_SELECT"], 2, "{costs:?}");
    assert_eq!(costs[1][1]["COM_DELETE_MULTI"], 2, "{costs:?}");
    drop(driver);
    database.finish().await;
}

fn grown(before: &Json, after: &Json) -> std::collections::BTreeMap<String, i64> {
    let number = |row: &Json| row[1].as_str().unwrap().parse::<i64>().unwrap();
    let rows = before.as_array().unwrap().iter().zip(after.as_array().unwrap());
    rows.map(|(before, after)| (after[0].as_str().unwrap().to_owned(), number(after) - number(before))).collect()
}
