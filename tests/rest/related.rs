//! Single elements of a list in the record: an address of one kind, whether somebody is in the group that
//! disables. What is another's in the same list stays, memberships too, and the application is sent no
//! more of an element than it takes.

use std::sync::{Arc, Mutex};

use postern::downstream::{AnyPlan, Downstream, ErrorKind};
use postern::plan::{InsertPlan, MembersChange};
use postern::value::Value;
use serde_json::{Value as Json, json as of};

use super::scripted::{Reply, Scripted, json};
use super::support::{bind_shapes, fetch, fields, member, shape_of, update};

const MAPPING: &str = r#"
[downstream]
kind     = "rest"
base_url = "http://ADDRESS"
[User]
key   = "$.id"
sends = { "$.in[*]" = ["id"], "$.mails[*]" = ["kind", "address", "since"] }
[User.calls]
list   = { get = "/users", items = "$[*]" }
read   = { get = "/users/{key}" }
create = { post = "/users", json = "{record}" }
update = { patch = "/users/{key}", json = "{changes}", then = "read" }
[User.related.mail]
list  = "$.mails[*]"
where = { "$.mails[*].kind" = 1 }
[User.related.disabled]
list     = "$.in[*]"
where    = { "$.in[*].id" = 9 }
presence = true
[User.related.base]
list     = "$.in[*]"
where    = { "$.in[*].id" = 8 }
presence = true
[User.related.locked]
list     = "$.marks[*]"
where    = { "$.marks[*]" = "locked" }
presence = true
[Group]
key = "$.id"
[Group.calls]
list = { get = "/groups", items = "$[*]" }
read = { get = "/groups/{key}" }
[Group.members]
on     = "user"
field  = "$.in[*].id"
where  = { "$.in[*].status" = "0" }
except = { "$.in[*].id" = 8 }
"#;

/// The one user, as the application has it, and what was sent to it.
#[derive(Default)]
struct State {
    user: Json,
    sent: Vec<Json>,
}

type Shared = Arc<Mutex<State>>;

fn application(state: &Shared) -> impl Fn(&str) -> Reply + Send + Sync + 'static {
    let state = Arc::clone(state);
    move |request: &str| {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let body: Json = serde_json::from_str(body).unwrap_or_default();
        let mut state = state.lock().unwrap();
        let line = head.split(" HTTP").next().unwrap();
        match line.split_once(' ').unwrap() {
            ("GET", "/users/1") => json(200, "", &state.user.to_string()),
            ("GET", "/users") => json(200, "", &of!([state.user]).to_string()),
            ("GET", path) => json(200, "", &of!({ "id": path[8..].parse::<u32>().unwrap(), "name": "n" }).to_string()),
            (_, "/users" | "/users/1") => {
                state.sent.push(body.clone());
                state.user["id"] = of!(1);
                for (name, value) in body.as_object().unwrap() {
                    state.user[name] = value.clone();
                }
                // The application says more of a group than it takes.
                for group in state.user["in"].as_array_mut().into_iter().flatten() {
                    group["status"] = of!(if group["id"] == 9 { "1" } else { "0" });
                }
                json(200, "", &state.user.to_string())
            }
            _ => json(400, "", "{}"),
        }
    }
}

fn state(user: Json) -> Shared {
    Arc::new(Mutex::new(State { user, sent: Vec::new() }))
}

/// The one call of the mapping that changes a user.
const PLAIN: &str = r#"update = { patch = "/users/{key}", json = "{changes}", then = "read" }"#;

fn driver(application: &Scripted) -> Arc<dyn Downstream> {
    driver_of(application, MAPPING)
}

fn driver_of(application: &Scripted, mapping: &str) -> Arc<dyn Downstream> {
    let text = mapping.replace("ADDRESS", &application.address.to_string());
    let user = [
        ("$.login", "userName"),
        ("mail.address", r#"emails[type eq "work"].value"#),
        ("disabled", "active"),
        ("base", "base"),
        ("locked", "locked"),
    ];
    let shapes = [shape_of("User", &user, &[]), shape_of("Group", &[("$.name", "displayName")], &["User"])];
    let (driver, problems) = bind_shapes(&text, &shapes);
    driver.unwrap_or_else(|| panic!("{}", postern::diagnostic::render_all(&problems, false)))
}

async fn set(driver: &Arc<dyn Downstream>, values: &[(&str, Value)]) {
    driver.update(&update("User", 1, values, MembersChange::None)).await.unwrap();
}

fn sent(state: &Shared) -> Vec<Json> {
    std::mem::take(&mut state.lock().unwrap().sent)
}

fn groups(ids: &[u32]) -> Json {
    ids.iter().map(|id| of!({ "id": id, "status": if *id == 9 { "1" } else { "0" } })).collect()
}

fn ada() -> Json {
    of!({ "id": 1, "login": "ada", "in": groups(&[7, 8]), "marks": ["new"], "mails": [
        { "no": 3, "kind": 4, "address": "+1" },
        { "no": 5, "kind": 1, "address": "ada@example.com", "since": 1815 },
        { "no": 6, "kind": 1, "address": "second@example.com" },
    ] })
}

#[tokio::test]
async fn an_element_is_read_as_fields_and_whether_it_is_there() {
    let application = Scripted::start(application(&state(ada()))).await;
    let driver = driver(&application);
    let record = driver.fetch(&fetch("User", 1)).await.unwrap().unwrap();
    let expected = fields(&[
        ("$.login", "ada".into()),
        ("mail.address", "ada@example.com".into()),
        ("disabled", false.into()),
        ("base", true.into()),
        ("locked", false.into()),
    ]);
    assert_eq!(record.fields, expected);
}

#[tokio::test]
async fn a_change_of_an_element_leaves_the_others_and_sends_what_is_taken() {
    let state = state(ada());
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application);
    set(&driver, &[("mail.address", "new@example.com".into())]).await;
    let phone = of!({ "kind": 4, "address": "+1" });
    let second = of!({ "kind": 1, "address": "second@example.com" });
    let mail = of!({ "kind": 1, "address": "new@example.com", "since": 1815 });
    assert_eq!(sent(&state), [of!({ "mails": [phone, mail, second] })]);
    // Without a value there is no such element any more.
    set(&driver, &[("mail.address", Value::Null)]).await;
    assert_eq!(sent(&state), [of!({ "mails": [phone] })]);
    set(&driver, &[("mail.address", "a@example.com".into())]).await;
    assert_eq!(sent(&state), [of!({ "mails": [phone, { "kind": 1, "address": "a@example.com" }] })]);
}

#[tokio::test]
async fn what_is_there_or_not_comes_and_goes_beside_what_else_is_in_the_list() {
    let state = state(ada());
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application);
    for (value, groups) in [("1", of!([{ "id": 7 }, { "id": 8 }, { "id": 9 }])), ("0", of!([{ "id": 7 }, { "id": 8 }]))]
    {
        for _ in 0..2 {
            set(&driver, &[("disabled", value.into())]).await;
            assert_eq!(sent(&state), [of!({ "in": groups })], "{value}");
        }
    }
    set(&driver, &[("locked", true.into()), ("disabled", true.into()), ("base", false.into())]).await;
    assert_eq!(sent(&state), [of!({ "in": [{ "id": 7 }, { "id": 9 }], "marks": ["new", "locked"] })]);
}

#[tokio::test]
async fn a_new_record_has_the_elements_that_it_is_given_and_no_others() {
    let state = state(of!({}));
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application);
    let insert = |values: &[(&str, Value)]| InsertPlan {
        resource: Arc::from("User"),
        fields: fields(values),
        unique: Vec::new(),
        members: Vec::new(),
        token: Default::default(),
    };
    let given = [
        ("$.login", "bo".into()),
        ("mail.address", "bo@example.com".into()),
        ("disabled", true.into()),
        ("base", true.into()),
        ("locked", false.into()),
    ];
    driver.insert(&insert(&given)).await.unwrap();
    let mails = of!([{ "kind": 1, "address": "bo@example.com" }]);
    assert_eq!(sent(&state), [of!({ "login": "bo", "mails": mails, "in": [{ "id": 9 }, { "id": 8 }] })]);
    driver.insert(&insert(&[("$.login", "cy".into()), ("disabled", false.into())])).await.unwrap();
    assert_eq!(sent(&state), [of!({ "login": "cy" })]);
}

#[tokio::test]
async fn memberships_in_the_same_list_are_only_those_that_the_mapping_says() {
    let state = state(of!({ "id": 1, "login": "ada", "in": groups(&[7, 8, 9]), "marks": [], "mails": [] }));
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application);
    let plan =
        postern::plan::FetchPlan { want: postern::plan::Want { members: false, groups: true }, ..fetch("User", 1) };
    let told = driver.fetch(&plan).await.unwrap().unwrap().groups.unwrap();
    assert_eq!(told.iter().map(|group| group.key.to_string()).collect::<Vec<_>>(), ["7"]);
    let delta = |add: Vec<_>, remove: Vec<_>| MembersChange::Delta { add, remove };
    driver.update(&update("Group", 6, &[], delta(vec![member(1)], vec![]))).await.unwrap();
    assert_eq!(sent(&state), [of!({ "in": [{ "id": 7 }, { "id": 8 }, { "id": 9 }, { "id": 6 }] })]);
    driver.update(&update("Group", 7, &[], delta(vec![], vec![member(1)]))).await.unwrap();
    assert_eq!(sent(&state), [of!({ "in": [{ "id": 8 }, { "id": 9 }, { "id": 6 }] })]);
    // What is no group of the mapping's cannot be left through one.
    driver.update(&update("Group", 8, &[], delta(vec![], vec![member(1)]))).await.unwrap();
    assert_eq!(sent(&state), Vec::<Json>::new());
}

#[tokio::test]
async fn a_flag_and_a_membership_that_change_at_once_lose_nothing() {
    let state = state(of!({ "id": 1, "login": "ada", "in": groups(&[8]), "marks": [], "mails": [] }));
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application);
    let join = update("Group", 7, &[], MembersChange::Delta { add: vec![member(1)], remove: Vec::new() });
    let leave = update("Group", 7, &[], MembersChange::Delta { add: Vec::new(), remove: vec![member(1)] });
    let [off, on] = [false, true].map(|is| update("User", 1, &[("disabled", is.into())], MembersChange::None));
    for _ in 0..20 {
        let (joined, disabled) = tokio::join!(driver.update(&join), driver.update(&on));
        joined.and(disabled).unwrap();
        assert_eq!(state.lock().unwrap().user["in"].as_array().unwrap().len(), 3);
        let (left, enabled) = tokio::join!(driver.update(&leave), driver.update(&off));
        left.and(enabled).unwrap();
        assert_eq!(state.lock().unwrap().user["in"], groups(&[8]));
    }
}

#[tokio::test]
async fn a_list_that_is_none_is_not_written_over() {
    let state = state(of!({ "id": 1, "login": "ada", "in": "7", "marks": [], "mails": [] }));
    let application = Scripted::start(application(&state)).await;
    let driver = driver(&application);
    assert_eq!(driver.fetch(&fetch("User", 1)).await.unwrap_err().kind, ErrorKind::Garbage);
    let plan = update("User", 1, &[("disabled", true.into())], MembersChange::None);
    assert_eq!(driver.update(&plan).await.unwrap_err().kind, ErrorKind::Garbage);
    // Nor is one that nobody has seen.
    state.lock().unwrap().user.as_object_mut().unwrap().remove("in");
    assert_eq!(driver.update(&plan).await.unwrap_err().kind, ErrorKind::Garbage);
    assert_eq!(sent(&state), Vec::<Json>::new());
}

#[tokio::test]
async fn further_calls_of_a_change_send_whole_lists_too() {
    let state = state(ada());
    let application = Scripted::start(application(&state)).await;
    let step = r#"update = [{ patch = "/users/{key}", json = "{changes}" }, { patch = "/users/{key}", json = "{record}", fields = ["disabled", "base"] }]"#;
    let driver = driver_of(&application, &MAPPING.replace(PLAIN, step));
    set(&driver, &[("$.login", "bo".into()), ("disabled", true.into())]).await;
    assert_eq!(sent(&state), [of!({ "login": "bo" }), of!({ "in": [{ "id": 7 }, { "id": 8 }, { "id": 9 }] })]);
    let plan = postern::plan::UpdatePlan {
        whole: fields(&[("base", true.into()), ("disabled", true.into())]),
        ..update("User", 1, &[("base", true.into())], MembersChange::None)
    };
    driver.update(&plan).await.unwrap();
    assert_eq!(sent(&state), [of!({ "in": [{ "id": 7 }, { "id": 8 }, { "id": 9 }] })]);
}

#[tokio::test]
async fn the_read_before_such_a_change_is_explained() {
    let application = Scripted::start(application(&state(ada()))).await;
    let driver = driver(&application);
    let plan = update("User", 1, &[("disabled", true.into())], MembersChange::None);
    let lines = driver.explain(&AnyPlan::Update(&plan));
    assert_eq!(lines, ["GET /users/1", r#"PATCH /users/1 {"in":["(as it was read)",{"id":9}]}"#, "GET /users/1"]);
}
