//! Memberships that are records of their own: a team and a person show them, they are made by a POST
//! and removed by a DELETE that says in its body which.

use std::sync::Arc;

use postern::diagnostic::{Diagnostic, Severity};
use postern::downstream::Downstream;
use postern::plan::{FetchPlan, MembersChange, Predicate, SelectPlan, Want};
use postern::record::{Member, RecordShape};

use super::scripted::{Reply, Scripted, json};
use super::support::{bind_shapes, fetch, key, member, select, shape_of, update};

const MAPPING: &str = r#"
[downstream]
kind     = "rest"
base_url = "http://ADDRESS"

[User]
key    = "$.id"
groups = { field = "$.memberships[*].team.id", display = "$.memberships[*].team.name" }

[User.calls]
list   = { get = "/people", items = "$.data[*]" }
read   = { get = "/people/{key}", item = "$.data" }
create = { post = "/people", json = "{record}", item = "$.data" }

[Group]
key = "$.id"

[Group.calls]
read = { get = "/teams/{key}", item = "$.data" }

[Group.members]
list   = { field = "$.members[*].person.id", display = "$.members[*].person.name" }
add    = { post = "/memberships", json = { pair = "{key}.{member}", team = "{key}", person = "{member}" }, already = [400] }
remove = { delete = "/memberships", json = { query = { filter = { team = { _eq = "{key}" }, person = { _eq = "{member}" } } } } }
"#;

fn bound(text: &str, shapes: &[RecordShape]) -> (Option<Arc<dyn Downstream>>, Vec<Diagnostic>) {
    bind_shapes(&text.replace("ADDRESS", "127.0.0.1:9"), shapes)
}

fn shapes() -> [RecordShape; 2] {
    [shape_of("User", &[("$.name", "userName")], &[]), shape_of("Group", &[("$.name", "displayName")], &["User"])]
}

fn driver(application: &Scripted) -> Arc<dyn Downstream> {
    let text = MAPPING.replace("ADDRESS", &application.address.to_string());
    let (driver, problems) = bind_shapes(&text, &shapes());
    driver.unwrap_or_else(|| panic!("{}", postern::diagnostic::render_all(&problems, false)))
}

/// Ana is in two teams, of one of which nobody told the name; the list says nothing of teams.
fn people(request: &str) -> Reply {
    let ana = r#"{"id":"ana","name":"Ana","memberships":[{"team":{"id":"t1","name":"Guides"}},{"team":{"id":"t2"}}]}"#;
    match request.split(' ').nth(1) {
        Some("/people/ana") => json(200, "", &format!(r#"{{"data":{ana}}}"#)),
        Some("/people/ben") => json(200, "", r#"{"data":{"id":"ben","name":"Ben","memberships":[]}}"#),
        Some("/people") => json(200, "", r#"{"data":[{"id":"ana","name":"Ana"},{"id":"ben","name":"Ben"}]}"#),
        Some("/people/broken") => json(200, "", r#"{"data":{"id":"broken","name":"B","memberships":"none"}}"#),
        _ => json(404, "", "{}"),
    }
}

fn with_groups(resource: &str, id: &str) -> FetchPlan {
    FetchPlan { want: Want { members: false, groups: true }, ..fetch(resource, id) }
}

fn group(id: &str, display: Option<&str>) -> Member {
    Member { resource: Arc::from("Group"), key: key(id), display: display.map(str::to_owned) }
}

#[tokio::test]
async fn a_record_tells_the_groups_that_it_is_in() {
    let application = Scripted::start(people).await;
    let driver = driver(&application);
    assert!(driver.capabilities("User").groups && !driver.capabilities("Group").groups);
    let ana = driver.fetch(&with_groups("User", "ana")).await.unwrap().unwrap();
    assert_eq!(ana.groups, Some(vec![group("t1", Some("Guides")), group("t2", None)]));
    let ben = driver.fetch(&with_groups("User", "ben")).await.unwrap().unwrap();
    assert_eq!(ben.groups, Some(Vec::new()));
    let unasked = driver.fetch(&fetch("User", "ana")).await.unwrap().unwrap();
    assert_eq!(unasked.groups, None);
    let broken = driver.fetch(&with_groups("User", "broken")).await.unwrap_err();
    assert_eq!(broken.kind, postern::downstream::ErrorKind::Garbage);
}

#[tokio::test]
async fn a_list_without_groups_has_them_read_only_when_they_are_wanted() {
    let application = Scripted::start(people).await;
    let driver = driver(&application);
    let page = driver.select(&select("User", Predicate::True, 0, 9)).await.unwrap();
    assert_eq!((page.records.len(), application.calls()), (2, vec!["GET /people".to_owned()]));
    let want = Want { members: false, groups: true };
    let plan = SelectPlan { want, ..select("User", Predicate::True, 0, 9) };
    let page = driver.select(&plan).await.unwrap();
    let counts: Vec<_> = page.records.iter().map(|record| record.groups.as_ref().map(Vec::len)).collect();
    assert_eq!(counts, [Some(2), Some(0)]);
    let mut calls = application.calls();
    calls[1..].sort();
    assert_eq!(calls, ["GET /people", "GET /people/ana", "GET /people/ben"]);
}

#[tokio::test]
async fn a_membership_is_made_by_a_post_and_removed_by_a_delete_with_a_body() {
    let application = Scripted::start(|request| match request.split(' ').next() {
        Some("GET") => json(200, "", r#"{"data":{"id":"t1","name":"Guides","members":[{"person":{"id":"ana"}}]}}"#),
        Some("DELETE") => json(204, "", ""),
        _ => json(200, "", r#"{"data":{}}"#),
    })
    .await;
    let driver = driver(&application);
    let change = MembersChange::Delta { add: vec![member("ben")], remove: vec![member(r#"a"},{"b"#)] };
    driver.update(&update("Group", "t1", &[], change)).await.unwrap();
    let calls = application.calls();
    assert_eq!(
        calls[..2],
        [
            r#"POST /memberships {"pair":"t1.ben","team":"t1","person":"ben"}"#,
            r#"DELETE /memberships {"query":{"filter":{"team":{"_eq":"t1"},"person":{"_eq":"a\"},{\"b"}}}}"#,
        ]
    );
}

#[test]
fn groups_that_cannot_be_are_told() {
    let told = |from: &str, to: &str, shapes: &[RecordShape]| {
        let (driver, problems) = bound(&MAPPING.replacen(from, to, 1), shapes);
        assert!(driver.is_none());
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
        errors.map(|problem| format!("{} {}", problem.code, problem.message)).collect::<Vec<_>>()
    };
    assert_eq!(
        told("$.memberships[*].team.id", "$.memberships.team.id", &shapes()),
        ["PST504 `field` names no list of groups"]
    );
    let [user, group] = shapes();
    assert_eq!(
        told("", "", &[user.clone(), RecordShape { members: Vec::new(), ..group.clone() }]),
        ["PST504 no resource has a User as a member"]
    );
    let club = RecordShape { resource: Arc::from("Club"), ..group.clone() };
    let text = MAPPING.replace("[Group", "[Club").replace("[downstream]\n", "\n[downstream]\n");
    let both = format!("{MAPPING}\n{}", &text[text.find("[Club]").unwrap()..]);
    assert_eq!(
        told(MAPPING, &both, &[user, group, club]),
        ["PST504 it is not known which of Group, Club these groups are"]
    );
}
