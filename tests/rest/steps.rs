//! Several calls for one operation: an application that makes an account, then its address, then its
//! licence, and fails at each of them in turn.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use postern::downstream::{AnyPlan, Downstream, DownstreamError, ErrorKind};
use postern::plan::{DeletePlan, InsertPlan, MembersChange};
use postern::record::FieldName;
use postern::value::Value;
use serde_json::{Value as Json, json as of};

use super::scripted::{Reply, Scripted, json};
use super::support::{bind_shapes, fields, key, shape_of, update};

const MAPPING: &str = r#"
[downstream]
kind     = "rest"
base_url = "http://ADDRESS"
[User]
key = "$.id"
[User.calls]
read   = { get = "/users/{key}" }
create = [
  { post = "/users", json = "{record}" },
  { put = "/users/{key}/mail", json = "{record}", fields = ["$.mail"], undo = { delete = "/users/{key}/mail" } },
  { post = "/licences", json = { user = "{key}", login = "{record.login}" }, already = [409], undo = { delete = "/licences/{key}" } },
]
update = [
  { patch = "/users/{key}", json = "{changes}" },
  { put = "/users/{key}/mail", json = "{changes}", fields = ["$.mail"] },
]
delete = [
  { delete = "/licences/{key}" },
  { delete = "/users/{key}" },
]
on_failure = "undo"
"#;

#[derive(Default)]
pub(super) struct State {
    pub(super) users: BTreeMap<u32, Json>,
    pub(super) licences: BTreeMap<u32, String>,
    /// Calls that begin like this are answered with this status, and whether they are carried out before.
    pub(super) broken: Vec<(&'static str, u16, bool)>,
    pub(super) next: u32,
}

pub(super) type Shared = Arc<Mutex<State>>;

pub(super) fn application(state: &Shared) -> impl Fn(&str) -> Reply + Send + Sync + 'static {
    let state = Arc::clone(state);
    move |request: &str| {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let body: Json = serde_json::from_str(body).unwrap_or_default();
        let line = head.split(" HTTP").next().unwrap();
        let mut state = state.lock().unwrap();
        let broken = state.broken.iter().find(|(start, ..)| line.starts_with(start)).copied();
        match broken {
            Some((_, status, false)) => json(status, "", "{}"),
            Some((_, status, true)) => {
                handle(&mut state, line, &body);
                json(status, "", "{}")
            }
            None => handle(&mut state, line, &body),
        }
    }
}

fn handle(state: &mut State, line: &str, body: &Json) -> Reply {
    let (method, path) = line.split_once(' ').unwrap();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let id = parts.get(1).and_then(|id| id.parse::<u32>().ok()).unwrap_or_default();
    let done = |done: bool| json(if done { 204 } else { 404 }, "", "");
    match (method, parts.as_slice()) {
        ("POST", ["users"]) => {
            state.next += 1;
            let id = state.next;
            state.users.insert(id, of!({ "id": id, "login": body["login"], "mail": null }));
            json(201, "", &state.users[&id].to_string())
        }
        ("GET", [list]) if list.starts_with("users?login=") => {
            let found = state.users.values().filter(|user| list.ends_with(user["login"].as_str().unwrap()));
            json(200, "", &found.cloned().collect::<Json>().to_string())
        }
        ("GET", ["users", _]) => match state.users.get(&id) {
            Some(user) => json(200, "", &user.to_string()),
            None => json(404, "", "{}"),
        },
        ("PATCH", ["users", _]) => {
            // It knows no addresses here.
            assert!(body.get("mail").is_none());
            state.users.get_mut(&id).unwrap()["login"] = body["login"].clone();
            done(true)
        }
        ("PUT", ["users", _, "mail"]) => {
            assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
            state.users.get_mut(&id).unwrap()["mail"] = body["mail"].clone();
            done(true)
        }
        ("DELETE", ["users", _, "mail"]) => {
            state.users.get_mut(&id).unwrap()["mail"] = Json::Null;
            done(true)
        }
        ("DELETE", ["users", _]) => {
            assert!(!state.licences.contains_key(&id), "the licence goes first");
            done(state.users.remove(&id).is_some())
        }
        ("POST", ["licences"]) => {
            let user = u32::try_from(body["user"].as_u64().unwrap()).unwrap();
            state.licences.insert(user, body["login"].as_str().unwrap().to_owned());
            done(true)
        }
        ("DELETE", ["licences", _]) => done(state.licences.remove(&id).is_some()),
        _ => json(400, "", "{}"),
    }
}

async fn started(broken: &[(&'static str, u16, bool)]) -> (Shared, Scripted, Arc<dyn Downstream>) {
    let state = Arc::new(Mutex::new(State { broken: broken.to_vec(), ..State::default() }));
    let application = Scripted::start(application(&state)).await;
    let shape = shape_of("User", &[("$.login", "userName"), ("$.mail", "emails.value")], &[]);
    let (driver, problems) = bind_shapes(&MAPPING.replace("ADDRESS", &application.address.to_string()), &[shape]);
    let driver = driver.unwrap_or_else(|| panic!("{}", postern::diagnostic::render_all(&problems, false)));
    (state, application, driver)
}

fn ana(mail: Value) -> InsertPlan {
    let fields = fields(&[("$.login", "ana".into()), ("$.mail", mail)]);
    InsertPlan {
        resource: Arc::from("User"),
        fields,
        unique: Vec::new(),
        members: Vec::new(),
        token: Default::default(),
    }
}

const CREATE: [&str; 4] = [
    r#"POST /users {"login":"ana"}"#,
    r#"PUT /users/1/mail {"mail":"a@b"}"#,
    r#"POST /licences {"user":1,"login":"ana"}"#,
    "GET /users/1",
];

#[tokio::test]
async fn the_calls_of_an_operation_are_made_in_their_order() {
    let (state, application, driver) = started(&[]).await;
    let record = driver.insert(&ana("a@b".into())).await.unwrap();
    assert_eq!(record.fields.get(&FieldName::new("$.mail")), &Value::from("a@b"));
    assert_eq!(application.calls(), CREATE);
    let explained = driver.explain(&AnyPlan::Insert(&ana("a@b".into())));
    let new = |call: &str| call.replace("/1", "/NEW").replace(":1", ":\"NEW\"");
    assert_eq!(explained, CREATE.map(new));
    // A step whose field has no value is left out.
    driver.insert(&ana(Value::Null)).await.unwrap();
    assert_eq!(application.calls().iter().filter(|call| call.contains("mail")).count(), 0);
    let plan = DeletePlan { resource: Arc::from("User"), key: key(1), token: Default::default() };
    assert!(driver.delete(&plan).await.unwrap());
    let deleted = ["DELETE /licences/1", "DELETE /users/1"];
    assert_eq!(
        (application.calls(), driver.explain(&AnyPlan::Delete(&plan))),
        (deleted.map(str::to_owned).to_vec(), deleted.map(str::to_owned).to_vec())
    );
    assert!(!driver.delete(&plan).await.unwrap(), "what is gone is gone");
    assert_eq!(state.lock().unwrap().users.len(), 1);
}

#[tokio::test]
async fn a_step_that_fails_takes_back_what_was_made() {
    // Whether the failing call was carried out all the same is not known, so it is taken back as well.
    for (call, calls) in [("POST /users", 0), ("PUT /users/1/mail", 1), ("POST /licences", 2)] {
        for (status, carried_out) in [(422, false), (503, false), (500, false), (500, true)] {
            if calls == 0 && carried_out {
                continue;
            }
            let (state, _application, driver) = started(&[(call, status, carried_out)]).await;
            let failed: DownstreamError = driver.insert(&ana("a@b".into())).await.unwrap_err();
            let what = format!("{call} {status} {carried_out}: {failed:?}");
            let fits = match status {
                422 => matches!(failed.kind, ErrorKind::Invalid { .. }),
                503 => matches!(failed.kind, ErrorKind::Unavailable { .. }),
                _ => failed.kind == ErrorKind::Ambiguous,
            };
            assert!(fits, "{what}");
            assert!(state.lock().unwrap().users.is_empty() && state.lock().unwrap().licences.is_empty(), "{what}");
            // The client tries again.
            state.lock().unwrap().broken.clear();
            driver.insert(&ana("a@b".into())).await.unwrap();
            let state = state.lock().unwrap();
            assert_eq!((state.users.len(), state.licences.len()), (1, 1), "{what}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_taken_back_is_told_and_never_done() {
    for undo in ["DELETE /users/1/mail", "DELETE /users/1"] {
        let (state, _application, driver) = started(&[("POST /licences", 422, false), (undo, 500, false)]).await;
        let failed = driver.insert(&ana("a@b".into())).await.unwrap_err();
        assert_eq!(failed.kind, ErrorKind::Ambiguous, "{undo}");
        assert!(failed.detail.contains("create[3]") && failed.detail.contains("so the new record remains"), "{failed}");
        assert_eq!(state.lock().unwrap().users.len(), 1);
    }
}

#[tokio::test]
async fn a_step_of_a_change_is_made_for_its_fields_and_again_until_it_is_done() {
    let (state, application, driver) = started(&[]).await;
    driver.insert(&ana("a@b".into())).await.unwrap();
    application.calls();
    let change = |set: &[(&str, Value)]| update("User", 1, set, MembersChange::None);
    let login = [("$.login", Value::from("anna"))];
    let mail = [("$.mail", Value::from("c@d"))];
    driver.update(&change(&login)).await.unwrap();
    assert_eq!(application.calls(), [r#"PATCH /users/1 {"login":"anna"}"#]);
    let plan = change(&mail);
    let record = driver.update(&plan).await.unwrap().unwrap();
    let calls = [r#"PUT /users/1/mail {"mail":"c@d"}"#, "GET /users/1"];
    assert_eq!(
        (application.calls(), driver.explain(&AnyPlan::Update(&plan))),
        (calls.map(str::to_owned).to_vec(), calls.map(str::to_owned).to_vec())
    );
    assert_eq!(record.fields.get(&FieldName::new("$.mail")), &Value::from("c@d"));
    // What was changed before the failure is changed: nobody may take it for nothing done.
    let both = [("$.login", Value::from("ann")), ("$.mail", Value::Null)];
    state.lock().unwrap().broken = vec![("PUT /users/1/mail", 503, false)];
    assert_eq!(driver.update(&change(&both)).await.unwrap_err().kind, ErrorKind::Ambiguous);
    assert!(matches!(driver.update(&change(&both[1..])).await.unwrap_err().kind, ErrorKind::Unavailable { .. }));
    state.lock().unwrap().broken.clear();
    driver.update(&change(&both[1..])).await.unwrap();
    assert_eq!(state.lock().unwrap().users[&1], of!({ "id": 1, "login": "ann", "mail": null }));
}

#[tokio::test]
async fn a_deletion_that_stops_half_way_goes_on_when_it_is_asked_for_again() {
    let (state, _application, driver) = started(&[]).await;
    driver.insert(&ana(Value::Null)).await.unwrap();
    let plan = DeletePlan { resource: Arc::from("User"), key: key(1), token: Default::default() };
    state.lock().unwrap().broken = vec![("DELETE /users/1", 503, false)];
    assert_eq!(driver.delete(&plan).await.unwrap_err().kind, ErrorKind::Ambiguous);
    state.lock().unwrap().broken = vec![("DELETE /licences/1", 503, false)];
    assert!(matches!(driver.delete(&plan).await.unwrap_err().kind, ErrorKind::Unavailable { .. }));
    state.lock().unwrap().broken.clear();
    assert!(driver.delete(&plan).await.unwrap());
    assert!(state.lock().unwrap().users.is_empty());
}
