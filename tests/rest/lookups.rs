//! Names that an API translates into ids: all rows listed once, or each value asked for.

use postern::quirks::Profile;

use super::scripted::{Reply, Scripted, json};
use crate::gateway::harness::Harness;

const BY_LIST: &str =
    r#"call = { get = "/folders", items = "$.data[*]", page = { offset = "o", limit = "l", max = 2 } }"#;
const BY_VALUE: &str = r#"
find = { get = "/folders", query = { name = "{value}" }, items = "$.data[*]" }
read = { get = "/folders/{key}" }"#;

fn mapping(address: std::net::SocketAddr, calls: &str) -> String {
    format!(
        r#"
[downstream]
kind = "rest"
base_url = "http://{address}"

[lookup.folder]
{calls}
from = "$.name"
to   = "$.id"

[User]
key = "$.id"

[User.calls]
list   = {{ get = "/users", items = "$[*]" }}
read   = {{ get = "/users/{{key}}" }}
create = {{ post = "/users", json = "{{record}}" }}
update = {{ put = "/users/{{key}}", json = "{{record}}", then = "read" }}

[User.attributes]
userName = {{ field = "$.login", match = 1 }}
title    = {{ field = "$.folder", lookup = "folder" }}
"#
    )
}

fn answer(request: &str) -> Reply {
    let target = request.split(' ').nth(1).unwrap();
    let ok = |body: &str| json(200, "", body);
    match target {
        "/folders?o=0&l=2" => ok(r#"{"data": [{"id": 7, "name": "Sales"}, {"id": 8, "name": "Twins"}]}"#),
        "/folders?o=2&l=2" => ok(r#"{"data": [{"id": 9, "name": "Twins"}]}"#),
        "/folders?name=Sales" => ok(r#"{"data": [{"id": 7, "name": "Sales"}]}"#),
        "/folders?name=Twins" => ok(r#"{"data": [{"id": 8, "name": "Twins"}, {"id": 9, "name": "Twins"}]}"#),
        "/folders/7" => ok(r#"{"id": 7, "name": "Sales"}"#),
        target if target.starts_with("/folders?") => ok(r#"{"data": []}"#),
        "/users" if request.starts_with("POST") => json(201, "", r#"{"id": 1, "login": "ana", "folder": 7}"#),
        "/users" => ok(r#"[{"id": 1, "login": "ana", "folder": 7}, {"id": 2, "login": "bo", "folder": 99}]"#),
        "/users/1" => ok(r#"{"id": 1, "login": "ana", "folder": 7}"#),
        _ => json(404, "", "{}"),
    }
}

fn user(title: &str) -> String {
    format!(r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ana", "title": "{title}"}}"#)
}

#[tokio::test(flavor = "multi_thread")]
async fn all_rows_are_listed_once_and_ids_keep_their_json_type() {
    let application = Scripted::start(answer).await;
    let harness = Harness::mapped(Profile::Any, mapping(application.address, BY_LIST)).await;
    let made = harness.json("POST /Users", &user("sales")).await;
    assert_eq!((made.status, made.text("title")), (201, "Sales".to_owned()), "{made:?}");
    let folders = ["GET /folders?o=0&l=2", "GET /folders?o=2&l=2"];
    let post = r#"POST /users {"login":"ana","folder":7}"#;
    assert_eq!(application.calls(), [folders[0], folders[1], post]);
    let all = harness.send("GET /Users", None).await;
    assert_eq!((all.text("Resources.0.title"), all.text("Resources.1.title")), ("Sales".into(), String::new()));
    let found = harness.send("GET /Users?filter=title eq \"Sales\"", None).await;
    assert_eq!(found.text("totalResults"), "1");
    assert_eq!(application.calls(), ["GET /users", "GET /users"], "the rows are known");
    let put = harness.json(&format!("PUT /Users/{}", made.text("id")), &user("Sales").replace("ana", "ann")).await;
    assert_eq!(put.status, 200, "{put:?}");
    let calls = application.calls();
    assert!(calls.iter().any(|call| call.starts_with("PUT /users/1 ") && call.contains(r#""folder":7"#)), "{calls:?}");
    for (title, status) in [("Twins", 409), ("Nowhere", 400)] {
        assert_eq!(harness.json("POST /Users", &user(title)).await.status, status, "{title}");
    }
    assert_eq!(application.calls(), Vec::<String>::new(), "the list was read a moment ago");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_value_is_asked_for_once_in_each_direction() {
    let application = Scripted::start(answer).await;
    let harness = Harness::mapped(Profile::Any, mapping(application.address, BY_VALUE)).await;
    let made = harness.json("POST /Users", &user("Sales")).await;
    assert_eq!((made.status, made.text("title")), (201, "Sales".to_owned()), "{made:?}");
    let post = r#"POST /users {"login":"ana","folder":7}"#;
    assert_eq!(application.calls(), ["GET /folders?name=Sales", post, "GET /folders/7"]);
    harness.json("POST /Users", &user("Sales")).await;
    assert_eq!(application.calls(), [post]);
    for (title, status) in [("Twins", 409), ("Nowhere", 400)] {
        assert_eq!(harness.json("POST /Users", &user(title)).await.status, status, "{title}");
    }
    let asked = ["GET /folders?name=Twins", "GET /folders?name=Nowhere"];
    assert_eq!(application.calls(), asked, "nothing is written");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_taken_for_a_name_where_the_mapping_says_so_and_is_answered_as_it_was_sent() {
    let both = |calls: &str| format!("accept_key = true\n{calls}");
    for (calls, asked) in [
        (BY_LIST, ["GET /folders?o=0&l=2", "GET /folders?o=2&l=2"]),
        (BY_VALUE, ["GET /folders?name=7", "GET /folders/7"]),
    ] {
        let application = Scripted::start(answer).await;
        let mapping = mapping(application.address, &both(calls));
        let mapping = mapping.replace(r#"lookup = "folder" }"#, r#"lookup = "folder", shadow = true }"#);
        let harness = Harness::mapped(Profile::Any, mapping).await;
        let made = harness.json("POST /Users", &user("7")).await;
        assert_eq!((made.status, made.text("title")), (201, "7".to_owned()), "{made:?}");
        let post = r#"POST /users {"login":"ana","folder":7}"#;
        assert_eq!(application.calls(), [asked[0], asked[1], post], "the id keeps its JSON type");
        let read = harness.send(&format!("GET /Users/{}", made.text("id")), None).await;
        assert_eq!(read.text("title"), "7");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_neither_a_name_nor_an_id_is_refused_and_leads_nowhere_else() {
    let application = Scripted::start(answer).await;
    let mapping = mapping(application.address, &format!("accept_key = true\n{BY_VALUE}"));
    let harness = Harness::mapped(Profile::Any, mapping).await;
    for title in ["Nowhere", "../users/1", "7/../8", "%2e%2e", "..", "."] {
        let answer = harness.json("POST /Users", &user(title)).await;
        let detail = format!("`title`: the application has no `{title}`");
        assert_eq!((answer.status, answer.text("detail")), (400, detail), "{answer:?}");
    }
    let calls = application.calls();
    let read = calls.iter().filter(|call| !call.starts_with("GET /folders?name="));
    assert_eq!(read.collect::<Vec<_>>(), ["GET /folders/Nowhere"], "{calls:?}");
}
