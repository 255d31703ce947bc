//! Whole SCIM requests to an application with state, through a line that fails: what the client is
//! told, and what the application holds once the client has tried again.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use postern::quirks::Profile;

use super::application::Application;
use super::line::{Fault, Line};
use super::support::{REDMINE, at};
use crate::gateway::harness::{Answer, Harness};

/// A request of a client: the method of the call that carries it out, what it is.
const REQUESTS: &[(&str, &str)] = &[
    ("GET", "read"),
    ("GET", "list"),
    ("POST", "create"),
    ("PUT", "patch"),
    ("DELETE", "delete"),
    ("POST", "add member"),
    ("DELETE", "remove member"),
];

/// A failure of the line with the answers that a client may get: to a read, to a write.
const FAULTS: &[(Fault, &[u16], &[u16])] = &[
    (Fault::Slow, &[200], &[200, 201, 204]),
    (Fault::Stall, &[503], &[503]),
    (Fault::Reset, &[503], &[503]),
    (Fault::LostAnswer, &[503], &[503]),
    (Fault::HalfAnswer, &[502, 503], &[503]),
    (Fault::LateBeforeRetry, &[503], &[503]),
    (Fault::LateAfterRetry, &[503], &[503]),
];

/// One engine, one application, and what is in it.
struct Scene {
    application: Application,
    line: Line,
    harness: Harness,
    user: String,
    group: String,
    keys: (i64, i64),
}

impl Scene {
    async fn set() -> Self {
        let application = Application::start().await;
        let line = Line::to(application.address).await;
        let table = "timeout = \"1500ms\"\n\n[downstream.credentials]";
        let mapping = at(REDMINE, line.address).replace("[downstream.credentials]", table);
        let mapping = mapping.replace("{ file = \"redmine-api-key\" }", "\"test-key-0123456789\"");
        let harness = Harness::mapped(Profile::Any, mapping).await;
        let (user, other) = (create(&harness, "ana").await.text("id"), create(&harness, "ben").await.text("id"));
        let group = harness.group("Staff", &[&other]).await;
        let key = |login: &str| {
            let state = application.state();
            *state.users.iter().find(|(_, user)| user["login"] == login).unwrap().0
        };
        let keys = (key("ana"), key("ben"));
        Self { application, line, harness, user, group, keys }
    }

    async fn send(&self, what: &str) -> Answer {
        let (user, group) = (&self.user, &self.group);
        let change = |operation: String| {
            format!(r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{operation}]}}"#)
        };
        match what {
            "read" => self.harness.send(&format!("GET /Users/{user}"), None).await,
            "list" => self.harness.send("GET /Users", None).await,
            "create" => create(&self.harness, "eve").await,
            "patch" => {
                let body = change(r#"{"op": "replace", "path": "name.familyName", "value": "Changed"}"#.to_owned());
                self.harness.json(&format!("PATCH /Users/{user}"), &body).await
            }
            "delete" => self.harness.send(&format!("DELETE /Users/{user}"), None).await,
            "add member" => {
                let body = change(format!(r#"{{"op": "add", "path": "members", "value": [{{"value": "{user}"}}]}}"#));
                self.harness.json(&format!("PATCH /Groups/{group}"), &body).await
            }
            _ => {
                let other =
                    self.harness.send("GET /Users?filter=userName eq \"ben\"", None).await.text("Resources.0.id");
                let body = change(format!(r#"{{"op": "remove", "path": "members[value eq \"{other}\"]"}}"#));
                self.harness.json(&format!("PATCH /Groups/{group}"), &body).await
            }
        }
    }

    /// Sends it until it is answered otherwise than by 503, as a client does that is told to come
    /// back.
    async fn insist(&self, what: &str) -> Answer {
        let mut answer = self.send(what).await;
        for _ in 0..50 {
            if answer.status != 503 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            answer = self.send(what).await;
        }
        answer
    }

    /// Whether the application holds what the request asks for, and nothing else has changed.
    fn is_done(&self, what: &str) -> bool {
        let state = self.application.state();
        let logins: Vec<_> = state.users.values().map(|user| user["login"].as_str().unwrap()).collect();
        let (_, members) = state.groups.values().next().unwrap();
        let (ana, ben) = self.keys;
        let wanted = match what {
            "create" => vec!["ana", "ben", "eve"],
            "delete" => vec!["ben"],
            _ => vec!["ana", "ben"],
        };
        let wanted_members = match what {
            "add member" => BTreeSet::from([ana, ben]),
            "remove member" => BTreeSet::new(),
            _ => BTreeSet::from([ben]),
        };
        let changed = state.users.get(&ana).is_some_and(|user| user["lastname"] == "Changed");
        logins == wanted && *members == wanted_members && changed == (what == "patch") && state.groups.len() == 1
    }
}

async fn create(harness: &Harness, login: &str) -> Answer {
    let body = format!(
        r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "{login}", "active": true,
        "name": {{"givenName": "G", "familyName": "F"}}, "emails": [{{"type": "work", "value": "{login}@example.com"}}]}}"#
    );
    harness.json("POST /Users", &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_fails_makes_nothing_twice_and_nothing_by_half() {
    let all = FAULTS.iter().flat_map(|fault| REQUESTS.iter().map(move |request| check(fault, request)));
    let problems: Vec<_> = stream::iter(all).buffered(12).collect().await;
    let problems = problems.concat();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// An application that minds no duplicates must not get any: before the gateway makes a user it looks
/// for one, also when it is asked again.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_made_twice_in_an_application_that_minds_no_duplicates() {
    // The last one is below.
    for (fault, _, written) in FAULTS.iter().filter(|(fault, ..)| *fault != Fault::LateAfterRetry) {
        let scene = Scene::set().await;
        scene.application.state().takes_duplicates = true;
        scene.line.fail(*fault, "POST");
        let first = scene.send("create").await;
        assert!(written.contains(&first.status), "{fault:?}: {}", first.status);
        if *fault == Fault::LateBeforeRetry {
            scene.line.deliver_late().await;
        }
        scene.line.heal();
        let again = scene.insist("create").await;
        assert!(matches!(again.status, 201 | 409), "{fault:?}: {}", again.status);
        assert!(scene.is_done("create"), "{fault:?}: {:?}", scene.application.state().users);
    }
}

/// A request that a network holds until a second one was carried out makes a second user where the
/// application lets it. No gateway can call it back; it must not hide it either.
#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_that_nobody_could_stop_is_shown() {
    let scene = Scene::set().await;
    scene.application.state().takes_duplicates = true;
    scene.line.fail(Fault::LateAfterRetry, "POST");
    assert_eq!(scene.send("create").await.status, 503);
    scene.line.heal();
    let made = scene.insist("create").await;
    assert_eq!(made.status, 201, "{}", made.body.to_json());
    scene.line.deliver_late().await;
    let logins = || scene.application.state().users.values().filter(|user| user["login"] == "eve").count();
    assert_eq!(logins(), 2, "the application has both");
    let found = scene.harness.send("GET /Users?filter=userName eq \"eve\"", None).await;
    assert_eq!(found.text("totalResults"), "2");
    let id = made.text("id");
    let kept = scene.harness.send(&format!("GET /Users/{id}"), None).await;
    assert_eq!(kept.text("userName"), "eve", "the one that the client knows stays its own");
    assert_eq!(create(&scene.harness, "eve").await.status, 409);
}

async fn check((fault, read, written): &(Fault, &[u16], &[u16]), (method, what): &(&'static str, &str)) -> Vec<String> {
    let is_read = *method == "GET";
    let scene = Scene::set().await;
    assert!(is_read || !scene.is_done(what), "{what} would be done before it is asked for");
    let mut problems = Vec::new();
    let mut note = |ok: bool, when: &str, answer: &Answer| {
        if !ok {
            let (status, body) = (answer.status, answer.body.to_json());
            problems.push(format!("{fault:?}, {what}, {when}: {status} {:?} {body}", answer.retry_after));
        }
    };

    scene.line.fail(*fault, method);
    let first = scene.send(what).await;
    let may = if is_read { read } else { written };
    note(may.contains(&first.status), "told", &first);
    note((first.status == 503) == first.retry_after.is_some(), "when to come back", &first);
    note(first.status > 299 || scene.is_done(what), "success is success", &first);
    let failed = scene.line.failed();
    note(if is_read { failed > 0 } else { failed == 1 }, "a write is sent once, and met the fault", &first);

    if *fault == Fault::LateBeforeRetry {
        scene.line.deliver_late().await;
    }
    scene.line.heal();
    let again = scene.insist(what).await;
    let fits = match *what {
        "create" => matches!(again.status, 201 | 409),
        "delete" => matches!(again.status, 204 | 404),
        _ => matches!(again.status, 200 | 204),
    };
    note(fits, "tried again", &again);
    if *fault == Fault::LateAfterRetry {
        scene.line.deliver_late().await;
    }
    note(scene.is_done(what), "held in the end", &again);
    let found = scene.harness.send("GET /Users?filter=userName eq \"eve\"", None).await;
    note(found.text("totalResults") == if *what == "create" { "1" } else { "0" }, "found", &found);
    problems
}
