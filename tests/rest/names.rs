//! Members whom the application does not name by their keys: by a field of the member's own record, or
//! with a text around it. Records keep their keys towards the gateway.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use postern::downstream::{AnyPlan, Downstream, ErrorKind};
use postern::plan::{MembersChange, Want};
use serde_json::{Value as Json, json as of};

use super::scripted::{Reply, Scripted, json};
use super::support::{bind_shapes, fetch, insert_group, key, member, shape_of, update};

const CALLS: &str = r#"
[downstream]
kind     = "rest"
base_url = "http://ADDRESS"
[User]
key = "$.id"
groups = { name = "$.teams[*]", named = "$.name" }
[User.calls]
list = { get = "/users", items = "$[*]" }
read = { get = "/users/{key}" }
find.userName = { get = "/users", query = { username = "{value}" }, items = "$[*]" }
[Group]
key = "$.id"
[Group.calls]
list   = { get = "/groups", items = "$[*]" }
read   = { get = "/groups/{key}" }
create = { post = "/groups", json = { name = "{record.name}", users = "{members}" } }
find.displayName = { get = "/groups", query = { name = "{value}" }, items = "$[*]" }
[Group.members]
"#;

fn driver(application: &Scripted, members: &str) -> Arc<dyn Downstream> {
    let text = CALLS.replace("ADDRESS", &application.address.to_string()) + members;
    let shapes = [
        shape_of("User", &[("$.username", "userName")], &[]),
        shape_of("Group", &[("$.name", "displayName")], &["User"]),
    ];
    let (driver, problems) = bind_shapes(&text, &shapes);
    let told = postern::diagnostic::render_all(&problems, false);
    // A `create` that names its fields one by one sends fields.
    assert!(!told.contains("sends no field"), "{told}");
    driver.unwrap_or_else(|| panic!("{told}"))
}

const USERS: [(u32, &str); 3] = [(1, "ana"), (2, "ben"), (3, "cleo")];

fn user(id: u32, name: &str) -> Json {
    of!({ "id": id, "username": name, "teams": ["guides"] })
}

/// An application with three users, and one group whose members it knows by their names.
fn application(state: &Arc<Mutex<BTreeSet<String>>>) -> impl Fn(&str) -> Reply + Send + Sync + 'static {
    let state = Arc::clone(state);
    move |request: &str| {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let body: Json = serde_json::from_str(body).unwrap_or_default();
        let mut line = head.split(' ');
        let (method, target) = (line.next().unwrap(), line.next().unwrap());
        let mut members = state.lock().unwrap();
        let known = |name: &str| USERS.iter().any(|(_, have)| *have == name);
        let names = |value: &Json| -> Vec<String> {
            value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
        };
        let ok = |value: Json| json(200, "", &value.to_string());
        match (method, target.trim_start_matches('/').split(['/', '?']).collect::<Vec<_>>().as_slice()) {
            ("GET", ["users"]) => ok(USERS.iter().map(|(id, name)| user(*id, name)).collect()),
            ("GET", ["users", query]) if query.starts_with("username=") => {
                let found = USERS.iter().filter(|(_, name)| query.ends_with(&format!("={name}")));
                ok(found.map(|(id, name)| user(*id, name)).collect())
            }
            ("GET", ["users", id]) => match USERS.iter().find(|(have, _)| have.to_string() == *id) {
                Some((id, name)) => ok(user(*id, name)),
                None => json(404, "", "{}"),
            },
            ("GET", ["groups", "7"]) => {
                let id = |name: &String| USERS.iter().find(|(_, have)| have == name).map(|(id, _)| *id);
                let both: Vec<Json> = members.iter().map(|name| of!({ "id": id(name), "username": name })).collect();
                ok(of!({ "id": 7, "name": "guides", "users": *members, "both": both }))
            }
            ("GET", ["groups", _]) => ok(of!([{ "id": 7, "name": "guides" }])),
            ("POST", ["groups"]) => {
                members.extend(names(&body["users"]));
                ok(of!({ "id": 7, "name": "guides" }))
            }
            ("POST", ["groups", "7", "users"]) if known(body["username"].as_str().unwrap()) => {
                members.insert(body["username"].as_str().unwrap().to_owned());
                json(201, "", "{}")
            }
            ("PUT", ["groups", "7", "users"]) => {
                *members = names(&body["users"]).into_iter().collect();
                json(204, "", "")
            }
            ("DELETE", ["groups", "7", "users", id]) => {
                members.retain(|name| !USERS.iter().any(|(have, own)| own == name && have.to_string() == *id));
                json(204, "", "")
            }
            _ => json(400, "", "{}"),
        }
    }
}

/// As pulp does: added by username, removed by id, listed with both.
const BOTH: &str = r#"
named  = "$.username"
list   = { field = "$.both[*].id", name = "$.both[*].username" }
add    = { post = "/groups/{key}/users", json = { username = "{member}" } }
remove = { delete = "/groups/{key}/users/{member.key}" }
"#;

/// As jupyterhub does: the whole list, of names.
const WHOLE: &str = r#"
named   = "$.username"
list    = { name = "$.users[*]" }
replace = { put = "/groups/{key}/users", json = { users = "{members}" } }
"#;

fn delta(add: &[u32], remove: &[u32]) -> MembersChange {
    let all = |ids: &[u32]| ids.iter().map(member).collect();
    MembersChange::Delta { add: all(add), remove: all(remove) }
}

async fn keys(driver: &dyn Downstream) -> Vec<String> {
    let members = driver.fetch(&fetch("Group", 7)).await.unwrap().unwrap().members.unwrap();
    members.iter().map(|member| member.key.to_string()).collect()
}

fn members(names: &[&str]) -> Arc<Mutex<BTreeSet<String>>> {
    Arc::new(Mutex::new(names.iter().map(|name| (*name).to_owned()).collect()))
}

#[tokio::test]
async fn a_member_is_added_by_name_and_removed_by_key() {
    let state = members(&["ana"]);
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application, BOTH);
    let plan = update("Group", 7, &[], delta(&[3], &[1]));
    let explained = driver.explain(&AnyPlan::Update(&plan));
    driver.update(&plan).await.unwrap();
    let calls = ["GET /users/3", r#"POST /groups/7/users {"username":"cleo"}"#, "DELETE /groups/7/users/1"];
    assert_eq!(application.calls(), calls);
    assert_eq!(explained, [calls[0], r#"POST /groups/7/users {"username":"NAME"}"#, calls[2]]);
    // Again it changes nothing.
    driver.update(&plan).await.unwrap();
    assert_eq!(*state.lock().unwrap(), BTreeSet::from(["cleo".to_owned()]));
    application.calls();
    assert_eq!(keys(&*driver).await, ["3"]);
    assert_eq!(application.calls(), ["GET /groups/7"], "the list tells both");
    let all = MembersChange::Replace(vec![member(2), member(3)]);
    driver.update(&update("Group", 7, &[], all)).await.unwrap();
    let calls = ["GET /groups/7", "GET /users/2", r#"POST /groups/7/users {"username":"ben"}"#];
    assert_eq!(application.calls(), calls);
}

#[tokio::test]
async fn a_list_of_names_is_read_and_written_in_keys() {
    let state = members(&["ana", "ben"]);
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application, WHOLE);
    assert_eq!(keys(&*driver).await, ["1", "2"]);
    let mut calls = application.calls();
    calls[1..].sort();
    assert_eq!(calls, ["GET /groups/7", "GET /users?username=ana", "GET /users?username=ben"]);
    driver.update(&update("Group", 7, &[], delta(&[3, 1], &[2]))).await.unwrap();
    assert_eq!(*state.lock().unwrap(), BTreeSet::from(["ana".to_owned(), "cleo".to_owned()]));
    let calls = application.calls();
    assert!(!calls.contains(&"GET /users/1".to_owned()), "the list told her name: {calls:?}");
    driver.update(&update("Group", 7, &[], delta(&[3], &[2]))).await.unwrap();
    assert!(application.calls().iter().all(|call| call.starts_with("GET")), "nothing changes");
    driver.insert(&insert_group("others", vec![member(2)])).await.unwrap();
    assert!(application.calls().contains(&r#"POST /groups {"name":"others","users":["ben"]}"#.to_owned()));
}

#[tokio::test]
async fn many_names_are_looked_up_in_one_list() {
    // Ten names whose people are in the list: one walk, not ten lookups.
    let names: Vec<String> = (0..10).map(|n| format!("u{n}")).collect();
    let application = Scripted::start(move |request| match request.split(' ').nth(1) {
        Some("/groups/7") => json(200, "", &of!({ "id": 7, "name": "guides", "users": names }).to_string()),
        Some("/users") => {
            let all: Json = (0..9).map(|n| of!({ "id": n, "username": format!("u{n}") })).collect();
            json(200, "", &all.to_string())
        }
        // Who is disabled is in no list, but can be found.
        Some("/users?username=u9") => json(200, "", r#"[{"id":9,"username":"u9"}]"#),
        _ => json(404, "", "{}"),
    })
    .await;
    let driver = driver(&application, WHOLE);
    assert_eq!(keys(&*driver).await.len(), 10);
    assert_eq!(application.calls(), ["GET /groups/7", "GET /users", "GET /users?username=u9"]);
}

#[tokio::test]
async fn nobody_is_left_out_in_silence() {
    let state = members(&["ana", "who"]);
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application, WHOLE);
    let kind = |error: postern::downstream::DownstreamError| error.kind;
    assert_eq!(kind(driver.fetch(&fetch("Group", 7)).await.unwrap_err()), ErrorKind::Garbage);
    assert_eq!(kind(driver.update(&update("Group", 7, &[], delta(&[3], &[]))).await.unwrap_err()), ErrorKind::Garbage);
    assert_eq!(state.lock().unwrap().len(), 2);
    let all = |ids: &[u32]| MembersChange::Replace(ids.iter().map(member).collect());
    let refused = driver.update(&update("Group", 7, &[], all(&[1, 44]))).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::UnknownMember(key(44)));
    driver.update(&update("Group", 7, &[], all(&[1, 2]))).await.unwrap();
    assert_eq!(keys(&*driver).await, ["1", "2"]);
}

#[tokio::test]
async fn one_whose_record_is_gone_cannot_be_added_and_need_not_be_removed() {
    let state = members(&["ana"]);
    let application = Scripted::start(application(&state)).await;
    let by_name = BOTH.replace("{member.key}", "{member}");
    let driver = driver(&application, &by_name);
    let refused = driver.update(&update("Group", 7, &[], delta(&[44], &[]))).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::UnknownMember(key(44)));
    driver.update(&update("Group", 7, &[], delta(&[], &[44]))).await.unwrap();
    assert_eq!(application.calls(), ["GET /users/44", "GET /users/44"]);
}

#[tokio::test]
async fn a_text_may_stand_around_the_key() {
    let application = Scripted::start(|request| match request.split(' ').nth(1) {
        Some("/groups/7") => json(200, "", r#"{"id":7,"name":"guides","users":["user:1","user:2"]}"#),
        _ => json(204, "", ""),
    })
    .await;
    let driver = driver(
        &application,
        r#"
named  = "user:{key}"
list   = { name = "$.users[*]" }
add    = { put = "/groups/{key}/users/{member}" }
remove = { delete = "/groups/{key}/users", json = { who = ["{member}"], id = "{member.key}" } }
"#,
    );
    assert_eq!(keys(&*driver).await, ["1", "2"]);
    driver.update(&update("Group", 7, &[], delta(&[3], &[1]))).await.unwrap();
    let calls = application.calls();
    assert_eq!(calls[0], "GET /groups/7");
    assert_eq!(calls[1..], ["PUT /groups/7/users/user%3A3", r#"DELETE /groups/7/users {"who":["user:1"],"id":1}"#]);
}

#[tokio::test]
async fn a_text_that_nobody_expects_is_an_error_and_no_empty_list() {
    let application = Scripted::start(|_| json(200, "", r#"{"id":7,"name":"g","users":["user:1","team:2"]}"#)).await;
    let driver = driver(
        &application,
        "named = \"user:{key}\"\nlist = { name = \"$.users[*]\" }\nreplace = { put = \"/g\", json = \"{members}\" }\n",
    );
    assert_eq!(driver.fetch(&fetch("Group", 7)).await.unwrap_err().kind, ErrorKind::Garbage);
}

#[tokio::test]
async fn a_record_may_tell_its_groups_by_their_names() {
    let application = Scripted::start(application(&members(&[]))).await;
    let driver = driver(&application, BOTH);
    let plan = postern::plan::FetchPlan { want: Want { members: false, groups: true }, ..fetch("User", 1) };
    let groups = driver.fetch(&plan).await.unwrap().unwrap().groups.unwrap();
    assert_eq!(groups.iter().map(|group| (&*group.resource, group.key.as_str())).collect::<Vec<_>>(), [("Group", "7")]);
    assert_eq!(application.calls(), ["GET /users/1", "GET /groups?name=guides"]);
}

/// As several APIs have it: users, filtered by group.
const PAGED: &str = r#"
list   = { get = "/users", query = { group = "{key}" }, items = "$.all[*]", field = "$.id", page = { page = "page", per_page = "size", max = 2 } }
add    = { put = "/groups/{key}/users/{member}" }
remove = { delete = "/groups/{key}/users/{member}" }
"#;

#[tokio::test]
async fn members_may_have_a_call_of_their_own_that_comes_in_pages() {
    let application = Scripted::start(|request| match request.split(' ').nth(1) {
        Some("/groups/7") => json(200, "", r#"{"id":7,"name":"guides"}"#),
        Some("/users?group=7&page=1&size=2") => json(200, "", r#"{"all":[{"id":1},{"id":2}]}"#),
        Some("/users?group=7&page=2&size=2") => json(200, "", r#"{"all":[{"id":3}]}"#),
        _ => json(404, "", "{}"),
    })
    .await;
    let driver = driver(&application, PAGED);
    assert_eq!(keys(&*driver).await, ["1", "2", "3"]);
    // An address that nothing answers at is no group without members.
    let gone = Scripted::start(|request| match request.starts_with("GET /groups/7 ") {
        true => json(200, "", r#"{"id":7,"name":"guides"}"#),
        false => json(404, "", "{}"),
    });
    let driver = self::driver(&gone.await, PAGED);
    assert_eq!(driver.fetch(&fetch("Group", 7)).await.unwrap_err().kind, ErrorKind::Garbage);
}
