//! Members of several types: whatever is added, removed and replaced, a group holds the set that a
//! model holds; and what a change costs does not grow with the group.

use std::collections::BTreeSet;

use postern::quirks::Profile;
use proptest::prelude::*;
use tokio::runtime::Runtime;

use super::harness::{Harness, at};
use super::properties::runner;

const JOIN_TABLE: &str = "CREATE TABLE team_team (team_no INTEGER NOT NULL REFERENCES team (team_no),
    child_no INTEGER NOT NULL REFERENCES team (team_no), PRIMARY KEY (team_no, child_no));";

/// The demo, where teams can be in teams.
async fn nested() -> Harness {
    let tables = "[Group.members.Group]\ntable = \"team_team\"\ngroup = \"team_no\"\nmember = \"child_no\"\n\n\
                  [Group.members.User] ";
    let harness = Harness::of("tenant", Profile::Strict, |mapping| mapping.replace("[Group.members] ", tables)).await;
    harness.sql(JOIN_TABLE);
    harness
}

/// One operation on candidates by their numbers.
#[derive(Debug, Clone)]
enum Change {
    Add(Vec<usize>),
    AddWithoutPath(Vec<usize>),
    RemoveOne(usize),
    RemoveEither(usize, usize),
    RemoveOfType(bool),
    RemoveAll,
    Replace(Vec<usize>),
}

const USERS: usize = 4;
const GROUPS: usize = 3;

fn changes() -> impl Strategy<Value = Vec<Vec<Change>>> {
    let one = || 0..USERS + GROUPS;
    let some = || prop::collection::vec(one(), 0..5);
    let change = prop_oneof![
        4 => some().prop_map(Change::Add),
        1 => some().prop_map(Change::AddWithoutPath),
        3 => one().prop_map(Change::RemoveOne),
        1 => (one(), one()).prop_map(|(a, b)| Change::RemoveEither(a, b)),
        1 => any::<bool>().prop_map(Change::RemoveOfType),
        1 => Just(Change::RemoveAll),
        2 => some().prop_map(Change::Replace),
    ];
    prop::collection::vec(prop::collection::vec(change, 1..4), 1..6)
}

impl Change {
    /// As a client writes it.
    fn to_operation(&self, ids: &[String]) -> String {
        let values = |numbers: &[usize]| {
            let each: Vec<_> = numbers.iter().map(|&n| format!(r#"{{"value": "{}"}}"#, ids[n])).collect();
            format!("[{}]", each.join(","))
        };
        match self {
            Self::Add(some) => format!(r#"{{"op": "add", "path": "members", "value": {}}}"#, values(some)),
            Self::AddWithoutPath(some) => {
                format!(r#"{{"op": "add", "value": {{"members": {}}}}}"#, values(some))
            }
            Self::RemoveOne(n) => format!(r#"{{"op": "remove", "path": "members[value eq \"{}\"]"}}"#, ids[*n]),
            Self::RemoveEither(a, b) => format!(
                r#"{{"op": "remove", "path": "members[value eq \"{}\" or value eq \"{}\"]"}}"#,
                ids[*a], ids[*b]
            ),
            Self::RemoveOfType(groups) => {
                let kind = if *groups { "Group" } else { "User" };
                format!(r#"{{"op": "remove", "path": "members[type eq \"{kind}\"]"}}"#)
            }
            Self::RemoveAll => r#"{"op": "remove", "path": "members"}"#.to_owned(),
            Self::Replace(some) => format!(r#"{{"op": "replace", "path": "members", "value": {}}}"#, values(some)),
        }
    }

    /// What it does to a set. A removal that finds nobody is an error where members are read for it.
    fn apply(&self, set: &mut BTreeSet<usize>) {
        match self {
            Self::Add(some) | Self::AddWithoutPath(some) => set.extend(some),
            Self::RemoveOne(n) => drop(set.remove(n)),
            Self::RemoveEither(a, b) => set.retain(|n| n != a && n != b),
            Self::RemoveOfType(groups) => set.retain(|n| (*n >= USERS) != *groups),
            Self::RemoveAll => set.clear(),
            Self::Replace(some) => *set = some.iter().copied().collect(),
        }
    }
}

#[test]
fn changes_of_members_agree_with_sets() {
    let runtime = Runtime::new().unwrap();
    let (harness, ids) = runtime.block_on(async {
        let harness = nested().await;
        let mut ids = Vec::new();
        for number in 0..USERS {
            ids.push(harness.user(&format!("user{number}")).await);
        }
        for number in 0..GROUPS {
            ids.push(harness.group(&format!("Group {number}"), &[]).await);
        }
        (harness, ids)
    });
    let number = std::cell::Cell::new(0);
    let done = runner(150).run(&changes(), |requests| {
        number.set(number.get() + 1);
        let group = runtime.block_on(harness.group(&format!("Case {}", number.get()), &[]));
        let mut model = BTreeSet::new();
        for changes in requests {
            let operations: Vec<_> = changes.iter().map(|change| change.to_operation(&ids)).collect();
            let body = format!(
                r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{}]}}"#,
                operations.join(",")
            );
            let answer = runtime.block_on(harness.json(&format!("PATCH /Groups/{group}"), &body));
            prop_assert_eq!(answer.status, 204, "{}\n{}", body, answer.body.to_json());
            changes.iter().for_each(|change| change.apply(&mut model));
            let shown = runtime.block_on(harness.send(&format!("GET /Groups/{group}"), None));
            let shown = shown.at("members");
            let have: Vec<(String, String)> = shown
                .elements()
                .iter()
                .map(|member| (at(member, "value").to_text(), at(member, "type").to_text()))
                .collect();
            let kind = |n: usize| if n < USERS { "User" } else { "Group" }.to_owned();
            let wanted: BTreeSet<_> = model.iter().map(|&n| (ids[n].clone(), kind(n))).collect();
            prop_assert_eq!(have.len(), wanted.len(), "{}", body);
            prop_assert_eq!(have.into_iter().collect::<BTreeSet<_>>(), wanted, "{}", body);
        }
        Ok(())
    });
    done.unwrap();
}

/// One update and nothing else, whoever is in the group already.
#[tokio::test]
async fn a_change_of_members_is_one_plan_however_large_the_group_is() {
    let harness = nested().await;
    let (ana, inner) = (harness.user("ana").await, harness.group("Inner", &[]).await);
    let mut costs = Vec::new();
    for (group, people) in [("Small", 1), ("Large", 10_000)] {
        let id = harness.group(group, &[]).await;
        harness.sql(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {people})
             INSERT INTO staff (login, password_text, created_at, changed_at)
                SELECT '{group}' || i, '!', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z' FROM n;
             INSERT INTO team_staff (team_no, staff_no)
                SELECT team_no, staff_no FROM team, staff WHERE team_name = '{group}' AND login LIKE '{group}%';"
        ));
        harness.called();
        for operation in [
            format!(r#"{{"op": "add", "path": "members", "value": [{{"value": "{ana}"}}, {{"value": "{inner}"}}]}}"#),
            format!(r#"{{"op": "remove", "path": "members[value eq \"{ana}\"]"}}"#),
        ] {
            let body = format!(
                r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{operation}]}}"#
            );
            assert_eq!(harness.json(&format!("PATCH /Groups/{id}"), &body).await.status, 204);
        }
        costs.push(harness.called());
        let shown = harness.send(&format!("GET /Groups/{id}"), None).await;
        assert_eq!(shown.at("members").elements().len(), people + 1);
    }
    assert_eq!(costs, [["update Group", "update Group"]; 2]);
}
