//! An application that takes no change without the version that it was made for, told in a header or in
//! the record. Nothing that somebody else wrote in between is overwritten.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use postern::quirks::Profile;
use postern::scim::Preconditions;
use serde_json::{Map, Value as Json, json};

use super::scripted::{Reply, Scripted, json as answer};
use crate::gateway::harness::Harness;

/// What the application holds: `users` and `groups` by their paths, and who else writes.
#[derive(Default)]
struct State {
    records: BTreeMap<String, (i64, Map<String, Json>)>,
    /// So many more times somebody else changes what was just read.
    meddles: usize,
}

struct Bench {
    application: Scripted,
    state: Arc<Mutex<State>>,
    harness: Harness,
}

/// What of the mapping depends on where the version is.
struct Style {
    name: &'static str,
    version: &'static str,
    /// Within a call.
    condition: &'static str,
    /// Of an `update`.
    change: &'static str,
}

const STYLES: [Style; 2] = [
    Style {
        name: "header",
        version: "{ header = \"ETag\" }",
        condition: ", headers = { If-Match = \"{version}\" }",
        change: ", headers = { If-Match = \"{version}\" }, json = \"{changes}\"",
    },
    Style {
        name: "record",
        version: "\"$.rev\"",
        condition: ", query = { rev = \"{version}\" }",
        change: ", json = { rev = \"{version}\", \"*\" = \"{changes}\" }",
    },
];

impl Bench {
    async fn start(style: &Style) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let user = |login: &str| json!({ "login": login, "title": "Clerk" }).as_object().unwrap().clone();
        let group = json!({ "name": "Tour Guides", "members": [7] }).as_object().unwrap().clone();
        for (path, record) in [("/users/7", user("bj")), ("/users/8", user("ana")), ("/groups/3", group)] {
            state.lock().unwrap().records.insert(path.to_owned(), (1, record));
        }
        let shared = Arc::clone(&state);
        let application = Scripted::start(move |request| answered(&mut shared.lock().unwrap(), request)).await;
        let mapping = MAPPING
            .replace("URL", &format!("http://{}", application.address))
            .replace("VERSION", style.version)
            .replace("CONDITION", style.condition)
            .replace("CHANGE", style.change)
            .replace(
                "JOIN",
                &if style.name == "header" {
                    format!("{}, json = {{ id = \"{{member}}\" }}", style.condition)
                } else {
                    ", json = { rev = \"{version}\", id = \"{member}\" }".to_owned()
                },
            );
        Self { application, state, harness: Harness::mapped(Profile::Any, mapping).await }
    }

    fn record(&self, path: &str) -> Option<(i64, Json)> {
        let (version, record) = self.state.lock().unwrap().records.get(path).cloned()?;
        Some((version, Json::Object(record)))
    }

    fn meddle(&self, times: usize) {
        self.state.lock().unwrap().meddles = times;
    }

    async fn id(&self, what: &str, filter: &str) -> String {
        let id = self.harness.send(&format!("GET /{what}?filter={filter}"), None).await.text("Resources.0.id");
        self.application.requests();
        id
    }
}

/// The tag of a version, which another record's could be, too.
fn tag(version: i64) -> String {
    format!("W/\"v{version}\"")
}

fn shown(path: &str, version: i64, record: &Map<String, Json>) -> Json {
    let mut record = record.clone();
    record.insert("id".to_owned(), path.rsplit('/').next().unwrap().parse::<i64>().unwrap().into());
    record.insert("rev".to_owned(), version.into());
    Json::Object(record)
}

fn answered(state: &mut State, request: &str) -> Reply {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut words = head.lines().next().unwrap().split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let one = path.trim_end_matches("/members");
    if method == "GET" && !state.records.contains_key(one) {
        let all = state.records.iter().filter(|(at, _)| at.starts_with(path));
        let all: Vec<_> = all.map(|(at, (version, record))| shown(at, *version, record)).collect();
        return answer(if path.matches('/').count() > 1 { 404 } else { 200 }, "", &json!(all).to_string());
    }
    let Some((version, record)) = state.records.get_mut(one) else { return answer(404, "", "") };
    if method == "GET" {
        let reply = answer(200, &format!("etag: {}\r\n", tag(*version)), &shown(one, *version, record).to_string());
        if state.meddles > 0 {
            state.meddles -= 1;
            *version += 1;
            record.insert("title".to_owned(), "Somebody else's".into());
        }
        return reply;
    }
    let mut body: Json = serde_json::from_str(body).unwrap_or(Json::Null);
    let rev = body.as_object_mut().and_then(|body| body.remove("rev")).map(|rev| rev.to_string());
    let rev = rev.or_else(|| query.strip_prefix("rev=").map(str::to_owned));
    let told = head.lines().find_map(|line| line.strip_prefix("if-match: ").map(str::to_owned));
    match told.or_else(|| rev.map(|rev| tag(rev.parse().unwrap()))) {
        None => return answer(428, "", ""),
        Some(told) if told != tag(*version) => return answer(412, "", ""),
        Some(_) => *version += 1,
    }
    match (method, path.ends_with("/members")) {
        ("DELETE", false) => drop(state.records.remove(one)),
        (_, false) => record.extend(body.as_object().unwrap().clone()),
        (verb, true) => {
            let members = record.get_mut("members").unwrap().as_array_mut().unwrap();
            members.retain(|member| *member != body["id"]);
            members.extend((verb == "POST").then(|| body["id"].clone()));
        }
    }
    answer(204, "", "")
}

const MAPPING: &str = r#"
[downstream]
kind     = "rest"
base_url = "URL"

[User]
key     = "$.id"
version = VERSION

[User.calls]
list   = { get = "/users", items = "$[*]" }
read   = { get = "/users/{key}" }
create = { post = "/users", json = "{record}" }
update = { put = "/users/{key}" CHANGE }
delete = { delete = "/users/{key}" CONDITION }
find.userName = { get = "/users", query = { login = "{value}" }, items = "$[*]" }

[User.attributes]
userName = { field = "$.login", match = 1 }
title    = "$.title"

[Group]
key     = "$.id"
version = VERSION

[Group.calls]
list   = { get = "/groups", items = "$[*]" }
read   = { get = "/groups/{key}" }
create = { post = "/groups", json = "{record}" }
update = { put = "/groups/{key}" CHANGE }
delete = { delete = "/groups/{key}" CONDITION }
find.displayName = { get = "/groups", query = { name = "{value}" }, items = "$[*]" }

[Group.attributes]
displayName = { field = "$.name", match = 1 }

[Group.members]
list   = { field = "$.members[*]" }
add    = { post = "/groups/{key}/members" JOIN }
remove = { delete = "/groups/{key}/members" JOIN }
"#;

fn patch(path: &str, value: &str) -> String {
    format!(
        r#"{{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{{"op": "replace", "path": "{path}", "value": {value}}}]}}"#
    )
}

#[tokio::test]
async fn a_change_says_which_version_it_was_made_for() {
    for style in &STYLES {
        let bench = Bench::start(style).await;
        let id = bench.id("Users", "userName eq \"bj\"").await;
        let done = bench.harness.json(&format!("PATCH /Users/{id}"), &patch("title", "\"Guide\"")).await;
        assert_eq!((done.status, done.text("title").as_str()), (200, "Guide"), "{}", style.name);
        assert_eq!(bench.record("/users/7").unwrap(), (2, json!({ "login": "bj", "title": "Guide" })));
        assert_eq!(bench.application.requests().len(), 3, "read, change, read");

        let gone = bench.harness.send(&format!("DELETE /Users/{id}"), None).await;
        assert_eq!((gone.status, bench.record("/users/7")), (204, None), "{}", style.name);
        assert_eq!(bench.harness.send(&format!("DELETE /Users/{id}"), None).await.status, 404);
    }
}

#[tokio::test]
async fn what_somebody_else_changed_in_between_is_kept() {
    for style in &STYLES {
        let bench = Bench::start(style).await;
        let id = bench.id("Users", "userName eq \"bj\"").await;
        // Nobody asked for a version: the change is made anew of what is there by then.
        bench.meddle(2);
        let done = bench.harness.json(&format!("PATCH /Users/{id}"), &patch("userName", "\"bjensen\"")).await;
        assert_eq!(done.status, 200, "{}: {:?}", style.name, done.body);
        assert_eq!(bench.record("/users/7").unwrap(), (4, json!({ "login": "bjensen", "title": "Somebody else's" })));

        bench.meddle(usize::MAX);
        let never = bench.harness.json(&format!("PATCH /Users/{id}"), &patch("userName", "\"x\"")).await;
        assert_eq!((never.status, never.retry_after.is_some()), (503, true), "{}", style.name);
        assert_eq!(bench.record("/users/7").unwrap().1["login"], "bjensen");
        bench.meddle(1);
        let gone = bench.harness.send(&format!("DELETE /Users/{id}"), None).await;
        assert_eq!((gone.status, bench.record("/users/7")), (204, None), "{}", style.name);
    }
}

#[tokio::test]
async fn a_client_that_names_a_version_is_told_that_it_is_another() {
    for style in &STYLES {
        let bench = Bench::start(style).await;
        let listed = bench.harness.send("GET /Users?filter=userName eq \"bj\"", None).await;
        let (id, tag) = (listed.text("Resources.0.id"), listed.text("Resources.0.meta.version"));
        let alone = bench.harness.send(&format!("GET /Users/{id}"), None).await;
        assert_eq!(alone.etag.as_deref(), Some(tag.as_str()), "{}: one version, in a list or alone", style.name);
        let only = |tag: &str| Preconditions { if_match: vec![tag.to_owned()], ..Preconditions::default() };
        let (request, body) = (format!("PATCH /Users/{id}"), crate::gateway::harness::json(&patch("title", "\"x\"")));
        bench.meddle(1);
        let late = bench.harness.send_if(&request, Some(&body), only(&tag)).await;
        assert_eq!(late.status, 412, "{}: {:?}", style.name, late.body);
        assert_eq!(bench.record("/users/7").unwrap().1["title"], "Somebody else's");
        let stale = bench.harness.send_if(&request, Some(&body), only(&tag)).await;
        assert_eq!(stale.status, 412);
        assert_eq!(bench.record("/users/7").unwrap().0, 2, "nothing was written");
        let fresh = bench.harness.send(&format!("GET /Users/{id}"), None).await.etag.unwrap();
        assert_eq!(bench.harness.send_if(&request, Some(&body), only(&fresh)).await.status, 200);
    }
}

#[tokio::test]
async fn members_change_one_after_the_other() {
    for style in &STYLES {
        let bench = Bench::start(style).await;
        let (id, bj, ana) = (
            bench.id("Groups", "displayName eq \"Tour Guides\"").await,
            bench.id("Users", "userName eq \"bj\"").await,
            bench.id("Users", "userName eq \"ana\"").await,
        );
        let members = |ids: &[&str]| json!(ids.iter().map(|id| json!({ "value": id })).collect::<Vec<_>>()).to_string();
        let change = patch("members", &members(&[&bj, &ana]));
        for ids in [&[&*bj, &*ana][..], &[&*ana], &[]] {
            bench.meddle(1);
            let change = if ids.len() == 2 { change.clone() } else { patch("members", &members(ids)) };
            let done = bench.harness.json(&format!("PATCH /Groups/{id}"), &change).await;
            assert!(done.status < 300, "{}: {:?}", style.name, done.body);
            let held = bench.record("/groups/3").unwrap().1["members"].as_array().unwrap().len();
            assert_eq!(held, ids.len(), "{}", style.name);
        }
    }
}

#[tokio::test]
async fn a_version_that_is_missing_or_not_asked_for_is_no_success() {
    let bench = Bench::start(&STYLES[0]).await;
    let id = bench.id("Users", "userName eq \"bj\"").await;
    let mapping = |from: &str, to: &str| {
        let url = format!("http://{}", bench.application.address);
        let text = MAPPING.replace("URL", &url).replace("VERSION", STYLES[0].version).replace("CONDITION", "");
        text.replace("JOIN", "").replace("CHANGE", STYLES[0].change).replace(from, to)
    };
    // The mapping forgets it; the application tells none; it tells one that no header can hold.
    let forgotten = mapping(", headers = { If-Match = \"{version}\" }", "");
    let silent = mapping("{ header = \"ETag\" }", "{ header = \"X-Version\" }");
    for text in [forgotten, silent] {
        let harness = bench.harness.restarted(text).await;
        let done = harness.json(&format!("PATCH /Users/{id}"), &patch("title", "\"x\"")).await;
        assert_eq!(done.status, 502, "{:?}", done.body);
        assert_eq!(bench.record("/users/7").unwrap().0, 1);
    }
    assert!(bench.application.requests().iter().all(|request| !request.contains("if-match: \r\n")));
}

#[tokio::test]
async fn an_explanation_shows_where_the_version_goes() {
    let bench = Bench::start(&STYLES[1]).await;
    let id = bench.id("Users", "userName eq \"bj\"").await;
    let body = crate::gateway::harness::json(&patch("title", "\"Guide\""));
    let told = bench.harness.explain_patch(&format!("/Users/{id}"), &body).await.join("\n");
    assert!(told.contains(r#"PUT /users/7 {"rev":"VERSION","title":"Guide"}"#), "{told}");
    let told = bench.harness.explain(&format!("DELETE /Users/{id}"), None).await.join("\n");
    assert!(told.contains("GET /users/7\n") && told.contains("DELETE /users/7?rev=VERSION"), "{told}");
}
