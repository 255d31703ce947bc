//! Memberships that are kept on the user: as a list of groups, by their keys or by their names, or as the
//! one group that a user can have.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use postern::downstream::{AnyPlan, Downstream, DownstreamError, ErrorKind};
use postern::plan::{Capabilities, DeletePlan, FetchPlan, MembersChange, Membership, Predicate, SelectPlan, Want};
use serde_json::{Value as Json, json as of};

use super::scripted::{Reply, Scripted, json};
use super::support::{bind_shapes, fetch, insert_group, key, member, select, shape_of, update};

const MAPPING: &str = r#"
[downstream]
kind     = "rest"
base_url = "http://ADDRESS"
[User]
key = "$.id"
[User.calls]
list   = { get = "/users", items = "$[*]" }
read   = { get = "/users/{key}" }
update = { patch = "/users/{key}", json = "{changes}", then = "read" }
find.userName = { get = "/users", query = { name = "{value}" }, items = "$[*]" }
[Group]
key = "$.id"
[Group.calls]
list   = { get = "/groups", items = "$[*]" }
read   = { get = "/groups/{key}" }
create = { post = "/groups", json = "{record}" }
delete = { delete = "/groups/{key}" }
find.displayName = { get = "/groups", query = { name = "{value}" }, items = "$[*]" }
[Group.members]
on = "user"
"#;

#[derive(Default)]
struct State {
    users: BTreeMap<u32, Json>,
    groups: BTreeMap<u32, String>,
    /// Calls that fail with 500.
    broken: Option<&'static str>,
}

type Shared = Arc<Mutex<State>>;

/// Three users with this in `field`, and the groups 7 (guides) and 8 (cooks).
fn state(field: &str, values: [Json; 3]) -> Shared {
    let users = (1..=3).zip(values).map(|(id, value)| (id, of!({ "id": id, "login": format!("u{id}"), field: value })));
    let groups = BTreeMap::from([(7, "guides".to_owned()), (8, "cooks".to_owned())]);
    Arc::new(Mutex::new(State { users: users.collect(), groups, broken: None }))
}

fn application(state: &Shared) -> impl Fn(&str) -> Reply + Send + Sync + 'static {
    let state = Arc::clone(state);
    move |request: &str| {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let body: Json = serde_json::from_str(body).unwrap_or_default();
        let line = head.split(" HTTP").next().unwrap();
        let mut state = state.lock().unwrap();
        if state.broken.is_some_and(|broken| line.starts_with(broken)) {
            return json(500, "", "{}");
        }
        let ok = |value: Json| json(200, "", &value.to_string());
        let group = |(id, name): (&u32, &String)| of!({ "id": id, "name": name });
        let (method, path) = line.split_once(' ').unwrap();
        let parts: Vec<&str> = path.trim_start_matches('/').split(['/', '?']).collect();
        let id = parts.get(1).and_then(|id| id.parse::<u32>().ok()).unwrap_or_default();
        match (method, parts.as_slice()) {
            ("GET", ["users"]) => ok(state.users.values().cloned().collect()),
            ("GET", ["users", query]) if query.starts_with("in=") => {
                let wanted: Json = serde_json::from_str(&query[3..]).unwrap();
                let is_in = |user: &&Json| user["in"].as_array().unwrap().contains(&wanted);
                ok(state.users.values().filter(is_in).cloned().collect())
            }
            ("GET", ["users", _]) => state.users.get(&id).map_or_else(|| json(404, "", "{}"), |user| ok(user.clone())),
            ("PATCH", ["users", _]) => {
                let Some(user) = state.users.get_mut(&id) else { return json(404, "", "{}") };
                for (name, value) in body.as_object().unwrap() {
                    user[name] = value.clone();
                }
                json(204, "", "")
            }
            ("GET", ["groups"]) => ok(state.groups.iter().map(group).collect()),
            ("GET", ["groups", query]) if query.contains('=') => {
                ok(state.groups.iter().filter(|(_, name)| query.ends_with(name.as_str())).map(group).collect())
            }
            ("GET", ["groups", _]) => match state.groups.get(&id) {
                Some(name) => ok(group((&id, name))),
                None => json(404, "", "{}"),
            },
            ("POST", ["groups"]) => {
                state.groups.insert(9, body["name"].as_str().unwrap().to_owned());
                ok(of!({ "id": 9, "name": body["name"] }))
            }
            ("PATCH", ["groups", _]) => {
                state.groups.insert(id, body["name"].as_str().unwrap().to_owned());
                json(204, "", "")
            }
            ("DELETE", ["groups", _]) => json(if state.groups.remove(&id).is_some() { 204 } else { 404 }, "", ""),
            _ => json(400, "", "{}"),
        }
    }
}

fn driver(application: &Scripted, members: &str) -> Arc<dyn Downstream> {
    let text = MAPPING.replace("ADDRESS", &application.address.to_string()) + members;
    let shapes =
        [shape_of("User", &[("$.login", "userName")], &[]), shape_of("Group", &[("$.name", "displayName")], &["User"])];
    let (driver, problems) = bind_shapes(&text, &shapes);
    driver.unwrap_or_else(|| panic!("{}", postern::diagnostic::render_all(&problems, false)))
}

fn delta(add: &[u32], remove: &[u32]) -> MembersChange {
    let all = |ids: &[u32]| ids.iter().map(member).collect();
    MembersChange::Delta { add: all(add), remove: all(remove) }
}

async fn change(driver: &Arc<dyn Downstream>, group: u32, change: MembersChange) -> Result<(), DownstreamError> {
    driver.update(&update("Group", group, &[], change)).await.map(drop)
}

async fn members(driver: &Arc<dyn Downstream>, group: u32) -> Vec<String> {
    let members = driver.fetch(&fetch("Group", group)).await.unwrap().unwrap().members.unwrap();
    members.iter().map(|member| member.key.to_string()).collect()
}

async fn groups(driver: &Arc<dyn Downstream>, user: u32) -> Vec<String> {
    let plan = FetchPlan { want: Want { members: false, groups: true }, ..fetch("User", user) };
    let groups = driver.fetch(&plan).await.unwrap().unwrap().groups.unwrap();
    groups.iter().map(|group| format!("{} {}", group.resource, group.key)).collect()
}

fn held(state: &Shared, field: &str) -> Vec<Json> {
    state.lock().unwrap().users.values().map(|user| user[field].clone()).collect()
}

fn writes(application: &Scripted) -> Vec<String> {
    application.calls().into_iter().filter(|call| !call.starts_with("GET")).collect()
}

/// What stands in the mapping, and a list of some groups.
type Way = (&'static str, fn(&[u32]) -> Json);

/// The ways to keep a list.
const LISTS: &[Way] = &[
    ("field = \"$.in[*]\"\n", |ids| of!(ids)),
    ("field = \"$.in[*].id\"\n", |ids| ids.iter().map(|id| of!({ "id": id })).collect()),
    ("field = \"$.in[*]\"\nnamed = \"$.name\"\n", |ids| ids.iter().map(|id| of!(name(*id))).collect()),
    ("field = \"$.in[*]\"\nnamed = \"team:{key}\"\n", |ids| ids.iter().map(|id| of!(format!("team:{id}"))).collect()),
];

const fn name(id: u32) -> &'static str {
    match id {
        7 => "guides",
        8 => "cooks",
        _ => "others",
    }
}

#[tokio::test]
async fn a_list_on_the_user_is_changed_through_the_group_and_a_second_time_not_at_all() {
    for (way, list) in LISTS {
        let state = state("in", [list(&[8]), list(&[]), Json::Null]);
        let application = Scripted::start(application(&state)).await;
        let driver = driver(&application, way);
        let capabilities: &Capabilities = driver.capabilities("Group");
        assert_eq!((capabilities.membership, driver.capabilities("User").groups), (Membership::Delta, true));
        for again in [false, true] {
            change(&driver, 7, delta(&[1, 3], &[2])).await.unwrap();
            assert_eq!(held(&state, "in"), [list(&[8, 7]), list(&[]), list(&[7])], "{way}");
            assert_eq!(writes(&application).is_empty(), again, "{way}");
        }
        assert_eq!(members(&driver, 7).await, ["1", "3"]);
        assert_eq!(groups(&driver, 1).await, ["Group 8", "Group 7"]);
        assert_eq!(groups(&driver, 2).await, Vec::<String>::new());
        change(&driver, 7, MembersChange::Replace(vec![member(2), member(3)])).await.unwrap();
        assert_eq!(held(&state, "in"), [list(&[8]), list(&[7]), list(&[7])], "{way}");
        assert_eq!(writes(&application).len(), 2);
        change(&driver, 7, MembersChange::Replace(Vec::new())).await.unwrap();
        assert_eq!(held(&state, "in"), [list(&[8]), list(&[]), list(&[])], "{way}");
    }
}

#[tokio::test]
async fn two_groups_that_change_one_user_at_once_lose_nothing() {
    let state = state("in", [of!([]), of!([]), of!([])]);
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application, LISTS[0].0);
    for _ in 0..20 {
        let (one, other) = tokio::join!(change(&driver, 7, delta(&[1], &[])), change(&driver, 8, delta(&[1], &[])));
        one.and(other).unwrap();
        assert_eq!(held(&state, "in")[0].as_array().unwrap().len(), 2);
        let (one, other) = tokio::join!(change(&driver, 7, delta(&[], &[1])), change(&driver, 8, delta(&[], &[1])));
        one.and(other).unwrap();
        assert_eq!(held(&state, "in")[0], of!([]));
    }
}

#[tokio::test]
async fn who_or_what_is_not_there_is_told() {
    let state = state("in", [of!([]), of!([9]), of!("none")]);
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application, LISTS[0].0);
    let kind = |result: Result<(), DownstreamError>| result.unwrap_err().kind;
    assert_eq!(kind(change(&driver, 7, delta(&[44], &[])).await), ErrorKind::UnknownMember(key(44)));
    assert_eq!(kind(change(&driver, 99, delta(&[1], &[])).await), ErrorKind::NotFound);
    change(&driver, 7, delta(&[], &[44, 1])).await.unwrap();
    // What is no list is not written over, and not taken for nobody.
    assert_eq!(kind(change(&driver, 7, delta(&[3], &[])).await), ErrorKind::Garbage);
    assert_eq!(driver.fetch(&fetch("Group", 7)).await.unwrap_err().kind, ErrorKind::Garbage);
    assert_eq!(writes(&application), Vec::<String>::new());
    state.lock().unwrap().users.get_mut(&3).unwrap().as_object_mut().unwrap().remove("in");
    assert_eq!(kind(change(&driver, 7, delta(&[3], &[])).await), ErrorKind::Garbage, "silence is no empty list");
}

/// As directus has roles.
const ONE: &str = "field = \"$.role\"\n";

#[tokio::test]
async fn one_who_can_be_in_one_group_leaves_the_former_where_the_mapping_says_so() {
    let state = state("role", [of!(8), Json::Null, of!(7)]);
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application, &format!("{ONE}further = \"replace\"\n"));
    change(&driver, 7, delta(&[1, 2], &[])).await.unwrap();
    assert_eq!(held(&state, "role"), [of!(7), of!(7), of!(7)]);
    // A removal from a group that the user has left already changes nothing.
    change(&driver, 8, delta(&[], &[1])).await.unwrap();
    assert_eq!(writes(&application).len(), 2);
    change(&driver, 7, delta(&[], &[1])).await.unwrap();
    assert_eq!(held(&state, "role"), [Json::Null, of!(7), of!(7)]);
    assert_eq!((members(&driver, 7).await, groups(&driver, 1).await.len()), (vec!["2".into(), "3".into()], 0));
}

#[tokio::test]
async fn or_is_refused_the_further_one() {
    let state = state("role", [of!("cooks"), of!("nobody"), of!("")]);
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application, &format!("{ONE}named = \"$.name\"\nfurther = \"refuse\"\nnobody = \"nobody\"\n"));
    let refused = change(&driver, 7, delta(&[1], &[])).await.unwrap_err();
    assert!(matches!(refused.kind, ErrorKind::Invalid { label: Some(ref label), .. } if label == "members"));
    change(&driver, 7, delta(&[2, 3], &[1])).await.unwrap();
    assert_eq!(held(&state, "role"), [of!("cooks"), of!("guides"), of!("guides")]);
    change(&driver, 7, delta(&[], &[2])).await.unwrap();
    assert_eq!(held(&state, "role")[1], of!("nobody"));
    assert_eq!(groups(&driver, 2).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_group_that_goes_leaves_nobody_behind() {
    for (more, left) in [("", of!([8])), ("on_delete = \"nothing\"\n", of!([7, 8]))] {
        let state = state("in", [of!([7, 8]), of!([]), of!([])]);
        let application = Scripted::start(application(&state)).await;
        let driver = driver(&application, &format!("{}{more}", LISTS[0].0));
        let plan = DeletePlan { resource: Arc::from("Group"), key: key(7), token: Default::default() };
        assert!(driver.delete(&plan).await.unwrap());
        assert_eq!(held(&state, "in")[0], left, "{more}");
        assert!(!driver.delete(&plan).await.unwrap());
    }
}

/// A driver over groups that can get another name.
fn renaming(application: &Scripted, members: &str) -> Arc<dyn Downstream> {
    let calls = "update = { patch = \"/groups/{key}\", json = \"{changes}\" }\n[Group.members]";
    let text = MAPPING.replace("ADDRESS", &application.address.to_string()).replace("[Group.members]", calls) + members;
    let shapes =
        [shape_of("User", &[("$.login", "userName")], &[]), shape_of("Group", &[("$.name", "displayName")], &["User"])];
    bind_shapes(&text, &shapes).0.unwrap()
}

#[tokio::test]
async fn a_group_with_another_name_keeps_its_members() {
    let one = format!("{ONE}named = \"$.name\"\nfurther = \"refuse\"\n");
    for (way, field, before, after) in [
        (
            LISTS[2].0,
            "in",
            [of!(["cooks", "guides"]), of!(["guides", "leaders"]), of!(["cooks"])],
            [of!(["cooks", "leaders"]), of!(["leaders"]), of!(["cooks"])],
        ),
        (LISTS[0].0, "in", [of!([8, 7]), of!([7]), of!([8])], [of!([8, 7]), of!([7]), of!([8])]),
        (&one, "role", [of!("cooks"), of!("guides"), Json::Null], [of!("cooks"), of!("leaders"), Json::Null]),
    ] {
        let state = state(field, before.clone());
        let application = Scripted::start(application(&state)).await;
        let driver = renaming(&application, way);
        let plan = update("Group", 7, &[("$.name", "leaders".into())], MembersChange::None);
        driver.update(&plan).await.unwrap();
        assert_eq!(held(&state, field), after, "{way}");
        let changed = before.iter().zip(&after).filter(|(before, after)| before != after).count();
        assert_eq!(writes(&application).len(), 1 + changed, "{way}");
        driver.update(&plan).await.unwrap();
        assert_eq!(writes(&application).len(), 1, "a second time nobody follows: {way}");
    }
}

#[tokio::test]
async fn a_member_who_does_not_follow_is_told() {
    let state = state("in", [of!(["guides"]), of!([]), of!([])]);
    let application = Scripted::start(application(&state)).await;
    let driver = renaming(&application, LISTS[2].0);
    state.lock().unwrap().broken = Some("PATCH /users");
    let plan = update("Group", 7, &[("$.name", "leaders".into())], MembersChange::None);
    assert_eq!(driver.update(&plan).await.unwrap_err().kind, ErrorKind::Ambiguous);
}

#[tokio::test]
async fn a_new_group_has_its_members_or_is_not_there() {
    let state = state("in", [of!([]), of!([]), of!([])]);
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application, LISTS[0].0);
    driver.insert(&insert_group("others", vec![member(1), member(2)])).await.unwrap();
    assert_eq!(held(&state, "in"), [of!([9]), of!([9]), of!([])]);
    state.lock().unwrap().groups.remove(&9);
    state.lock().unwrap().users.values_mut().for_each(|user| user["in"] = of!([]));
    let refused = driver.insert(&insert_group("others", vec![member(1), member(44)])).await.unwrap_err();
    assert!(matches!(refused.kind, ErrorKind::UnknownMember(_)), "{refused:?}");
    assert_eq!((held(&state, "in")[0].clone(), state.lock().unwrap().groups.len()), (of!([]), 2));
    state.lock().unwrap().broken = Some("PATCH");
    let failed = driver.insert(&insert_group("others", vec![member(1)])).await.unwrap_err();
    assert_eq!(failed.kind, ErrorKind::Ambiguous);
}

#[tokio::test]
async fn many_groups_cost_one_walk_through_the_users() {
    let state = state("in", [of!([7]), of!([7, 8]), of!([])]);
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application, LISTS[0].0);
    let want = Want { members: true, groups: false };
    let page = driver.select(&SelectPlan { want, ..select("Group", Predicate::True, 0, 9) }).await.unwrap();
    let counts: Vec<_> = page.records.iter().map(|record| record.members.as_ref().unwrap().len()).collect();
    assert_eq!((counts, application.calls()), (vec![2, 1], vec!["GET /groups".to_owned(), "GET /users".to_owned()]));
}

#[tokio::test]
async fn members_may_be_listed_by_a_call_and_all_calls_are_explained() {
    let state = state("in", [of!([7]), of!([7, 8]), of!([])]);
    let application = Scripted::start(application(&state)).await;
    let list = "list = { get = \"/users\", query = { in = \"{key}\" }, items = \"$[*]\", field = \"$.id\" }\n";
    let driver = driver(&application, &format!("{}{list}", LISTS[0].0));
    assert_eq!(members(&driver, 8).await, ["2"]);
    application.calls();
    assert_eq!(members(&driver, 7).await, ["1", "2"]);
    assert_eq!(application.calls(), ["GET /groups/7", "GET /users?in=7"]);
    let explained = driver.explain(&AnyPlan::Update(&update("Group", 7, &[], delta(&[3], &[]))));
    let changed = r#"PATCH /users/3 {"in":"(as it was read, and changed)"}"#;
    assert_eq!(explained, ["GET /groups/7", "GET /users/3", changed]);
}
