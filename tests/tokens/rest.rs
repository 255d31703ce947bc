//! The same behind a REST API: an introspection as of RFC 7662 and a call of the application's own.

use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value as Json, json};

use super::gateway::Gateway;
use super::person;

/// An application that knows tokens and users.
struct Application {
    address: std::net::SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    /// What is answered about the token `good`.
    answer: (u16, Json),
    asked: u32,
    users: Vec<Json>,
}

impl Application {
    async fn start() -> Self {
        let answer = json!({ "active": true, "scope": "scim", "username": "Jo's token", "user_id": 7 });
        let state = Arc::new(Mutex::new(State { answer: (200, answer), asked: 0, users: Vec::new() }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let own = Arc::clone(&state);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let state = Arc::clone(&own);
                let service = service_fn(move |request| answer_to(request, Arc::clone(&state)));
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { address, state }
    }

    fn mapping(&self, token: &str) -> String {
        format!(
            r#"
[downstream]
kind     = "rest"
base_url = "http://{}"

{token}

[User]
key = "$.id"

[User.calls]
list   = {{ get = "/users", items = "$[*]" }}
read   = {{ get = "/users/{{key}}" }}
create = {{ post = "/users", json = "{{record}}" }}
update = {{ put = "/users/{{key}}", json = "{{record}}" }}
delete = {{ delete = "/users/{{key}}" }}
find.userName = {{ get = "/users", query = {{ login = "{{value}}" }}, items = "$[*]" }}

[User.attributes]
userName = {{ field = "$.login", match = 1 }}

[User.fields]
"$.changed_by" = {{ constant = "{{token.service_user}}" }}
"#,
            self.address
        )
    }

    fn answers(&self, status: u16, answer: Json) {
        self.state.lock().unwrap().answer = (status, answer);
    }
}

async fn answer_to(
    request: http::Request<Incoming>,
    state: Arc<Mutex<State>>,
) -> Result<http::Response<Full<Bytes>>, std::convert::Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&body).into_owned();
    let mut state = state.lock().unwrap();
    let (status, told) = match (head.method.as_str(), head.uri.path()) {
        ("POST", "/introspect" | "/check") => {
            state.asked += 1;
            let asked = match serde_json::from_str::<Json>(&text) {
                Ok(json) => json["token"].as_str().unwrap_or_default().to_owned(),
                Err(_) => text.strip_prefix("token=").unwrap_or_default().to_owned(),
            };
            match asked.as_str() {
                "good" => state.answer.clone(),
                // An error of its own that quotes what was asked.
                "loud" => (400, json!({ "error": "loud is no token" })),
                _ => (200, json!({ "active": false })),
            }
        }
        ("GET", "/users") => (200, state.users.clone().into()),
        ("POST", "/users") => {
            let mut user: Json = serde_json::from_str(&text).unwrap();
            user["id"] = (state.users.len() + 1).into();
            state.users.push(user.clone());
            (201, user)
        }
        ("GET", path) => {
            let id = path.rsplit('/').next().and_then(|id| id.parse::<usize>().ok()).unwrap();
            state.users.get(id - 1).map_or((404, Json::Null), |user| (200, user.clone()))
        }
        _ => (404, Json::Null),
    };
    let answer = http::Response::builder().status(status).header("content-type", "application/json");
    Ok(answer.body(Full::new(Bytes::from(told.to_string()))).unwrap())
}

const TENANT: &str = "[[tenant]]\nname = \"a\"\npath = \"/a\"\nmapping = \"app.toml\"\n";

const INTROSPECTION: &str = r#"
[token]
call    = { post = "/introspect", form = { token = "{token}" } }
require = { "$.active" = true, "$.scope" = "scim" }
name    = "$.username"
expires = "$.exp"
values  = { service_user = "$.user_id" }
cache   = "1s"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_introspection_lets_in_whom_the_application_knows() {
    let application = Application::start().await;
    let gateway = Gateway::start(&application.mapping(INTROSPECTION), TENANT).await;
    let mut client = gateway.connect().await;
    let made = client.bearer("good", "POST", "/a/Users", Some(person("ada"))).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(application.state.lock().unwrap().users[0]["changed_by"], 7, "keeps its type");
    assert_eq!(gateway.audit_of("provisioning").await["actor"]["token"], "Jo's token");
    assert_eq!(client.bearer("bad", "GET", "/a/Users", None).await.status, 401);
    let loud = client.bearer("loud", "GET", "/a/Users", None).await;
    assert_eq!(loud.status, 503, "an error is no answer about the token: {loud:?}");
    assert!(!gateway.everything_said().contains("loud"), "what the application quotes is not written down");

    let known = json!({ "active": true, "scope": "scim", "username": "Jo's token", "user_id": 7 });
    for (changed, value, status) in [
        ("active", json!(false), 401),
        ("active", json!(true), 200),
        ("scope", json!("other"), 401),
        ("scope", json!("scim"), 200),
        ("exp", json!(1_000_000_000), 401),
        ("exp", json!(4_000_000_000_u32), 200),
    ] {
        let mut answer = known.clone();
        answer[changed] = value.clone();
        application.answers(200, answer);
        let reply = client.until(status, "good", "/a/Users").await;
        assert_eq!(reply.status, status, "{changed} = {value}");
    }
    application.answers(500, json!({}));
    let away = client.until(503, "good", "/a/Users").await;
    assert!(away.headers.contains_key("retry-after"), "{away:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_has_a_call_of_its_own() {
    let application = Application::start().await;
    let token = r#"
[token]
call    = { post = "/check", json = { token = "{token}" }, items = "$.tokens[*]", missing = [404, "empty"], optional = true }
require = { "$.user.role" = "Admin" }
values  = { service_user = "$.user.id" }
"#;
    let gateway = Gateway::start(&application.mapping(token), TENANT).await;
    let mut client = gateway.connect().await;
    let admin = json!({ "user": { "role": "Admin", "id": 9 } });
    application.answers(200, json!({ "tokens": [admin] }));
    for _ in 0..5 {
        assert_eq!(client.bearer("good", "GET", "/a/Users", None).await.status, 200);
    }
    assert_eq!(application.state.lock().unwrap().asked, 1, "what is known is not asked for again");
    for _ in 0..5 {
        assert_eq!(client.bearer("bad", "GET", "/a/Users", None).await.status, 401);
    }
    assert_eq!(application.state.lock().unwrap().asked, 2, "nor what is unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_answers_let_nobody_in() {
    let application = Application::start().await;
    let token = r#"
[token]
call    = { post = "/check", json = { token = "{token}" }, items = "$.tokens[*]" }
require = { "$.active" = true }
values  = { service_user = "$.id" }
"#;
    let gateway = Gateway::start(&application.mapping(token), TENANT).await;
    let mut client = gateway.connect().await;
    application.answers(200, json!({ "tokens": [{ "active": true }, { "active": true }] }));
    assert_eq!(client.bearer("good", "GET", "/a/Users", None).await.status, 401);
    assert!(gateway.everything_said().contains("token.ambiguous"));
}
