//! Every way in which applications change members, and every answer they give to one who is there already
//! and to one who is not: the group then is as the client wants it, and what was not done is told.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use postern::downstream::{Downstream, ErrorKind};
use postern::plan::MembersChange;
use serde_json::{Value as Json, json as of};

use super::scripted::{Reply, Scripted, json};
use super::support::{bind_shapes, key, member, shape_of, update};

/// What a request asks for.
enum Deed {
    Add(u64),
    Remove(u64),
    Set(Vec<u64>),
}

/// A way to change members: its calls, and what the application takes a request for.
struct Style {
    name: &'static str,
    calls: &'static str,
    deed: fn(&str, &Json) -> Deed,
}

const STYLES: &[Style] = &[
    Style {
        name: "add and remove by URL",
        calls: r#"
            add    = { post = "/groups/{key}/users/{member}", ALREADY }
            remove = { delete = "/groups/{key}/users/{member}", MISSING }"#,
        deed: |line, _| {
            let id = line.rsplit('/').next().unwrap().parse().unwrap();
            if line.starts_with("POST") { Deed::Add(id) } else { Deed::Remove(id) }
        },
    },
    Style {
        name: "a list in the body, of a DELETE too",
        calls: r#"
            add    = { post = "/groups/{key}/users", json = { users = ["{member}"] }, ALREADY }
            remove = { delete = "/groups/{key}/users", json = { users = ["{member}"] }, MISSING }"#,
        deed: |line, body| {
            let id = body["users"][0].as_u64().unwrap();
            if line.starts_with("POST") { Deed::Add(id) } else { Deed::Remove(id) }
        },
    },
    Style {
        name: "additive PUT",
        calls: r#"
            add    = { put = "/groups/{key}/users", json = ["{member}"], ALREADY }
            remove = { delete = "/groups/{key}/users/{member}", MISSING }"#,
        deed: |line, body| match body[0].as_u64() {
            Some(id) => Deed::Add(id),
            None => Deed::Remove(line.rsplit('/').next().unwrap().parse().unwrap()),
        },
    },
    Style {
        name: "operations on a relation",
        calls: r#"
            add    = { patch = "/groups/{key}", json = { users = { create = [{ user = "{member}" }], update = [], delete = [] } }, ALREADY }
            remove = { patch = "/groups/{key}", json = { users = { create = [], update = [], delete = ["{member}"] } }, MISSING }"#,
        deed: |_, body| match body["users"]["create"][0]["user"].as_u64() {
            Some(id) => Deed::Add(id),
            None => Deed::Remove(body["users"]["delete"][0].as_u64().unwrap()),
        },
    },
    Style {
        name: "connect and disconnect",
        calls: r#"
            add    = { put = "/groups/{key}", json = { users = { connect = ["{member}"] } }, ALREADY }
            remove = { put = "/groups/{key}", json = { users = { disconnect = ["{member}"] } }, MISSING }"#,
        deed: |_, body| match body["users"]["connect"][0].as_u64() {
            Some(id) => Deed::Add(id),
            None => Deed::Remove(body["users"]["disconnect"][0].as_u64().unwrap()),
        },
    },
    Style {
        name: "a verb",
        calls: r#"
            add    = { post = "/rpc", json = { method = "group.add", params = { group = "{key}", user = "{member}" } }, ALREADY }
            remove = { post = "/rpc", json = { method = "group.remove", params = { group = "{key}", user = "{member}" } }, MISSING }"#,
        deed: |_, body| {
            let id = body["params"]["user"].as_u64().unwrap();
            if body["method"] == "group.add" { Deed::Add(id) } else { Deed::Remove(id) }
        },
    },
    Style {
        name: "the whole list",
        calls: r#"replace = { put = "/groups/{key}/users", json = { users = "{members}" } }"#,
        deed: |_, body| Deed::Set(body["users"].as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect()),
    },
];

/// How an application says that there is nothing to do, and what the mapping has to say of it: in `add`, in
/// `remove`, and besides.
const ANSWERS: &[(u16, &str, [&str; 3])] = &[
    (204, "", ["", "", ""]),
    (201, "{}", ["", "", ""]),
    (200, r#"{"message":"nothing changed"}"#, ["", "", ""]),
    (200, r#"{"error":"User is a member, or is none"}"#, ["", "", MESSAGE]),
    (422, r#"{"error":"User is a member, or is none"}"#, ["", "", MESSAGE]),
    (404, "{}", ["already = 404", "", ""]),
    (409, "{}", ["", "", ""]),
    (422, "{}", ["already = [422]", "", ""]),
    (403, "{}", ["already = [403]", "missing = [403]", ""]),
];

const MESSAGE: &str = r#"
[[Group.errors]]
matches = { path = "$.error", text = "is a member, or is none" }
means   = "already"
"#;

type Members = Arc<Mutex<BTreeSet<u64>>>;

async fn started(
    style: &Style,
    (status, body, said): (u16, &'static str, [&str; 3]),
) -> (Members, Scripted, Arc<dyn Downstream>) {
    let members: Members = Arc::new(Mutex::new(BTreeSet::from([1])));
    let (shared, deed) = (Arc::clone(&members), style.deed);
    let application = Scripted::start(move |request: &str| -> Reply {
        let (head, text) = request.split_once("\r\n\r\n").unwrap();
        let line = head.split(" HTTP").next().unwrap();
        let mut members = shared.lock().unwrap();
        if line.starts_with("GET") {
            let all: Json = members.iter().map(|id| of!({ "id": id })).collect();
            return json(200, "", &of!({ "id": 7, "name": "guides", "users": all }).to_string());
        }
        let changed = match deed(line, &serde_json::from_str(text).unwrap_or_default()) {
            // 9 is somebody whom the application does not know, and 8 one whom it lets nobody remove.
            Deed::Add(9) => false,
            Deed::Add(id) => members.insert(id),
            Deed::Remove(8) => false,
            Deed::Remove(id) => members.remove(&id),
            Deed::Set(all) => {
                *members = all.into_iter().collect();
                true
            }
        };
        if changed { json(204, "", "") } else { json(status, "", body) }
    })
    .await;
    let with = |calls: &str, word: &str, said: &str| match said {
        "" => calls.replace(&format!(", {word}"), ""),
        said => calls.replace(word, said),
    };
    let calls = with(&with(style.calls, "ALREADY", said[0]), "MISSING", said[1]);
    let text = format!(
        "[downstream]\nkind = \"rest\"\nbase_url = \"http://{}\"\n[User]\nkey = \"$.id\"\n[User.calls]\n\
         read = {{ get = \"/users/{{key}}\" }}\n[Group]\nkey = \"$.id\"\n[Group.calls]\n\
         read = {{ get = \"/groups/{{key}}\" }}\n[Group.members]\nlist = {{ field = \"$.users[*].id\" }}\n{calls}\n{}",
        application.address, said[2]
    );
    let shapes =
        [shape_of("User", &[("$.login", "userName")], &[]), shape_of("Group", &[("$.name", "displayName")], &["User"])];
    let (driver, problems) = bind_shapes(&text, &shapes);
    let driver = driver.unwrap_or_else(|| panic!("{}", postern::diagnostic::render_all(&problems, false)));
    (members, application, driver)
}

fn delta(add: &[u64], remove: &[u64]) -> MembersChange {
    let all = |ids: &[u64]| ids.iter().map(member).collect();
    MembersChange::Delta { add: all(add), remove: all(remove) }
}

#[tokio::test]
async fn who_is_in_may_be_added_and_who_is_not_removed_in_every_way() {
    for style in STYLES {
        for answer in ANSWERS {
            let what = format!("{}, {} {}", style.name, answer.0, answer.1);
            let (members, application, driver) = started(style, *answer).await;
            for round in 0..3 {
                let done = driver.update(&update("Group", 7, &[], delta(&[1, 2], &[3, 4]))).await;
                assert!(done.is_ok(), "{what}, round {round}: {done:?}");
                assert_eq!(*members.lock().unwrap(), BTreeSet::from([1, 2]), "{what}");
            }
            let all = MembersChange::Replace(vec![member(2), member(5)]);
            driver.update(&update("Group", 7, &[], all.clone())).await.unwrap();
            assert_eq!(*members.lock().unwrap(), BTreeSet::from([2, 5]), "{what}");
            application.calls();
            driver.update(&update("Group", 7, &[], all)).await.unwrap();
            assert_eq!(*members.lock().unwrap(), BTreeSet::from([2, 5]), "{what}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_may_mean_there_is_nothing_to_do_is_not_believed_when_there_was() {
    let doubtful =
        ANSWERS.iter().filter(|(status, body, said)| *status >= 400 || !said[2].is_empty() && !body.is_empty());
    for answer in doubtful {
        for style in STYLES.iter().filter(|style| !style.calls.starts_with("replace")) {
            let what = format!("{}, {} {}", style.name, answer.0, answer.1);
            let (members, _application, driver) = started(style, *answer).await;
            let refused = driver.update(&update("Group", 7, &[], delta(&[9], &[]))).await.unwrap_err();
            assert_eq!(refused.kind, ErrorKind::UnknownMember(key(9)), "{what}");
            members.lock().unwrap().insert(8);
            let refused = driver.update(&update("Group", 7, &[], delta(&[], &[8]))).await;
            // To a removal, 404 is no doubt: there is nobody.
            if answer.0 != 404 {
                assert!(matches!(refused.unwrap_err().kind, ErrorKind::Unsupported(_)), "{what}");
            }
        }
    }
}
