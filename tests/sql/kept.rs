//! Memberships in the rows of users: as many statements for a hundred thousand as for one, and requests
//! that come at once.

use super::*;

const MANY: u32 = 100_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_members_are_as_many_statements_as_one() {
    let application = application("kept");
    let database = Sqlite::fresh(text(&application["schema"], "sqlite")).await;
    let driver = bound(&application, &database.url()).unwrap();
    for resource in ["Team", "Desk"] {
        let told = |people: u32| {
            let members = (1..=people).map(member).collect();
            let plan = change(resource, "1", MembersChange::Replace(members));
            driver.explain(&AnyPlan::Update(&plan)).len()
        };
        assert_eq!(told(1), 3, "{resource}");
        assert_eq!(told(MANY), 3, "{resource}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_group_comes_and_goes_on_sqlite() {
    let fill = format!(
        "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY} + 9)
         INSERT INTO users (id, kind, login) SELECT i, 'person', 'u' || i FROM n;"
    );
    large::<Sqlite>(&fill).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a while; needs the servers that tests/run starts"]
async fn a_large_group_comes_and_goes_on_postgresql() {
    let fill = format!(
        "INSERT INTO users (id, kind, login) SELECT i, 'person', 'u' || i FROM generate_series(10, {MANY} + 9) i; ANALYZE;"
    );
    large::<Postgres>(&fill).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a while; needs the servers that tests/run starts"]
async fn a_large_group_comes_and_goes_on_mariadb() {
    let fill = format!(
        "INSERT INTO users (id, kind, login) SELECT seq, 'person', concat('u', seq) FROM seq_10_to_{};",
        MANY + 9
    );
    large::<MariaDb<false>>(&fill).await;
}

async fn large<D: Database>(fill: &str) {
    let application = application("kept");
    let schema = text(&application["schema"], D::KIND);
    let index = "CREATE INDEX by_team ON users (team_id); CREATE INDEX by_desk ON users (desk);";
    let database = D::fresh(&format!("{schema}{index}{fill}")).await;
    let driver = bound_with(&application, &database.url(), "statement_timeout = '60s'").unwrap();
    let everybody: Vec<_> = (10..MANY + 10).map(member).collect();
    for resource in ["Team", "Desk"] {
        driver.update(&change(resource, "1", MembersChange::Replace(everybody.clone()))).await.unwrap();
        assert_eq!(members_of(&*driver, resource, "1").await, MANY as usize);
        driver.update(&change(resource, "1", MembersChange::Replace(everybody.clone()))).await.unwrap();
        let but_one = MembersChange::Delta { add: Vec::new(), remove: vec![member(10)] };
        driver.update(&change(resource, "1", but_one)).await.unwrap();
        assert_eq!(members_of(&*driver, resource, "1").await, MANY as usize - 1);
        driver.update(&change(resource, "1", MembersChange::Replace(Vec::new()))).await.unwrap();
        assert_eq!(members_of(&*driver, resource, "1").await, 0);
    }
    drop(driver);
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_wanted_by_several_groups_at_once_joins_one_on_sqlite() {
    at_once::<Sqlite>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn who_is_wanted_by_several_groups_at_once_joins_one_on_postgresql() {
    at_once::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn who_is_wanted_by_several_groups_at_once_joins_one_on_mariadb() {
    at_once::<MariaDb<false>>().await;
    at_once::<MariaDb<true>>().await;
}

/// With `further = "refuse"` one of them wins and the others are told; with `"replace"` all are done, one
/// after the other. Nobody's members are lost over it.
async fn at_once<D: Database>() {
    let application = application("kept");
    let database = D::fresh(text(&application["schema"], D::KIND)).await;
    let driver = bound(&application, &database.url()).unwrap();
    for round in 0..10 {
        let join = |resource: &'static str, group: &'static str, people: Vec<Member>| {
            let driver = Arc::clone(&driver);
            let plan = change(resource, group, MembersChange::Delta { add: people, remove: Vec::new() });
            tokio::spawn(async move { driver.update(&plan).await })
        };
        let teams = [
            join("Team", "1", vec![member(4)]),
            join("Team", "2", vec![member(4)]),
            join("Team", "3", vec![member(4)]),
        ];
        let both = || vec![member(1), member(2), member(3)];
        let desks = [join("Desk", "1", both()), join("Desk", "2", both()), join("Desk", "1", both())];
        let mut joined = 0;
        for team in teams {
            match team.await.unwrap() {
                Ok(_) => joined += 1,
                Err(error) => assert!(failure(&error).starts_with("invalid members"), "{error}"),
            }
        }
        assert_eq!(joined, 1, "round {round}");
        for desk in desks {
            desk.await.unwrap().unwrap();
        }
        let seated = members_of(&*driver, "Desk", "1").await + members_of(&*driver, "Desk", "2").await;
        assert_eq!(seated, 3, "round {round}");
        for group in ["1", "2", "3"] {
            let gone = MembersChange::Delta { add: Vec::new(), remove: vec![member(4)] };
            driver.update(&change("Team", group, gone)).await.unwrap();
        }
    }
    drop(driver);
    database.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_that_change_one_cell_at_once_lose_nothing_on_sqlite() {
    one_cell::<Sqlite>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn groups_that_change_one_cell_at_once_lose_nothing_on_postgresql() {
    one_cell::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/run starts"]
async fn groups_that_change_one_cell_at_once_lose_nothing_on_mariadb() {
    one_cell::<MariaDb<false>>().await;
    one_cell::<MariaDb<true>>().await;
}

async fn one_cell<D: Database>() {
    let application = application("cells");
    let database = D::fresh(text(&application["schema"], D::KIND)).await;
    let driver = bound(&application, &database.url()).unwrap();
    let everybody = || vec![member(1), member(2), member(3), member(4)];
    for round in 0..10 {
        for joins in [true, false] {
            let (add, remove) = if joins { (everybody(), Vec::new()) } else { (Vec::new(), everybody()) };
            let each = ["1", "2", "11"].map(|group| {
                let change = MembersChange::Delta { add: add.clone(), remove: remove.clone() };
                let (driver, plan) = (Arc::clone(&driver), self::change("Right", group, change));
                tokio::spawn(async move { driver.update(&plan).await })
            });
            for one in each {
                one.await.unwrap().unwrap();
            }
            for group in ["1", "2", "11"] {
                assert_eq!(members_of(&*driver, "Right", group).await, if joins { 4 } else { 0 }, "round {round}");
            }
        }
    }
    drop(driver);
    database.finish().await;
}

async fn members_of(driver: &dyn Downstream, resource: &str, group: &str) -> usize {
    let want = Want { members: true, groups: false };
    let plan = FetchPlan { want, ..fetch(resource, &RecordKey::new(group)) };
    driver.fetch(&plan).await.unwrap().unwrap().members.unwrap().len()
}

fn member(number: u32) -> Member {
    Member { resource: "User".into(), key: RecordKey::new(&number.to_string()), display: None }
}

fn change(resource: &str, group: &str, members: MembersChange) -> UpdatePlan {
    UpdatePlan {
        resource: resource.into(),
        key: RecordKey::new(group),
        set: Fields::new(),
        whole: Fields::new(),
        merge: Fields::new(),
        lists: Vec::new(),
        members,
        unique: Vec::new(),
        enables: None,
        expected_version: None,
        token: Default::default(),
    }
}
