//! A small application with users and groups behind a REST API, with the habits of a real one:
//! envelopes, an empty 204 after PUT, lists without `status`, search by a part of the name, 422 on
//! duplicates and on a member that is there already.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Map, Value as Json, json};

/// The application, running until the test ends.
pub(super) struct Application {
    pub(super) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) users: BTreeMap<i64, Map<String, Json>>,
    pub(super) groups: BTreeMap<i64, (String, BTreeSet<i64>)>,
    /// `GET /users.json?status=` and the body, in order.
    pub(super) log: Vec<String>,
    /// Two users may have the same login and address.
    pub(super) takes_duplicates: bool,
    next: i64,
}

impl Application {
    /// Starts on a free port of the loopback interface.
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { next: 4, ..State::default() }));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                let state = Arc::clone(&shared);
                let service = hyper::service::service_fn(move |request| answer(Arc::clone(&state), request));
                tokio::spawn(async move {
                    let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { address, state }
    }

    /// What it holds.
    pub(super) fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Puts a user in and gives its key.
    pub(super) fn user(&self, login: &str, status: i64) -> i64 {
        let fields = json!({ "login": login, "firstname": "F", "lastname": "L", "mail": format!("{login}@example.com"), "status": status });
        self.state().add_user(fields.as_object().unwrap().clone())
    }

    /// The calls since the last time.
    pub(super) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state().log)
    }
}

impl State {
    fn add_user(&mut self, mut fields: Map<String, Json>) -> i64 {
        self.next += 1;
        fields.insert("id".to_owned(), self.next.into());
        self.users.insert(self.next, fields);
        self.next
    }

    fn taken(&self, fields: &Map<String, Json>, own: Option<i64>) -> Vec<Json> {
        if self.takes_duplicates {
            return Vec::new();
        }
        let lower = |fields: &Map<String, Json>, name: &str| Some(fields.get(name)?.as_str()?.to_lowercase());
        let taken = |name: &str| {
            let wanted = lower(fields, name);
            wanted.is_some() && self.users.iter().any(|(id, user)| Some(*id) != own && lower(user, name) == wanted)
        };
        let names = [("mail", "Email has already been taken"), ("login", "Login has already been taken")];
        names.iter().filter(|(name, _)| taken(name)).map(|(_, text)| Json::from(*text)).collect()
    }

    fn handle(&mut self, method: &Method, path: &str, query: &str, body: &Json) -> (u16, Json) {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let id = |text: &str| text.trim_end_matches(".json").parse::<i64>().unwrap_or(0);
        match (method.as_str(), parts.as_slice()) {
            ("GET", ["users.json"]) => (200, self.list(query)),
            ("POST", ["users.json"]) => self.create_user(body),
            ("GET", ["users", key]) => match self.users.get(&id(key)) {
                Some(user) => (200, json!({ "user": without(user, "password") })),
                None => (404, Json::Null),
            },
            ("PUT", ["users", key]) => self.change_user(id(key), body),
            ("DELETE", ["users", key]) => (if self.users.remove(&id(key)).is_some() { 204 } else { 404 }, Json::Null),
            ("GET", ["groups.json"]) => {
                let groups: Vec<_> =
                    self.groups.iter().map(|(id, (name, _))| json!({ "id": id, "name": name })).collect();
                (200, json!({ "groups": groups }))
            }
            ("POST", ["groups.json"]) => self.create_group(body),
            ("GET", ["groups", key]) => self.read_group(id(key), query),
            ("PUT", ["groups", key]) => self.change_group(id(key), body),
            ("DELETE", ["groups", key]) => (if self.groups.remove(&id(key)).is_some() { 204 } else { 404 }, Json::Null),
            ("POST", ["groups", key, "users.json"]) => self.add_member(id(key), body["user_id"].as_i64().unwrap_or(0)),
            ("DELETE", ["groups", key, "users", member]) => match self.groups.get_mut(&id(key)) {
                Some((_, members)) => {
                    members.remove(&id(member));
                    (204, Json::Null)
                }
                None => (404, Json::Null),
            },
            _ => (404, Json::Null),
        }
    }

    fn list(&self, query: &str) -> Json {
        let get = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let number = |name, default| get(name).and_then(|text| text.parse().ok()).unwrap_or(default);
        let name =
            get("name").map(|text| percent_encoding::percent_decode_str(text).decode_utf8_lossy().to_lowercase());
        let fits = |user: &&Map<String, Json>| {
            (get("status") == Some("") || user["status"] == 1)
                && name.as_ref().is_none_or(|name| user["login"].as_str().unwrap().to_lowercase().contains(name))
        };
        let found: Vec<_> = self.users.values().filter(fits).collect();
        let (offset, limit) = (number("offset", 0), number("limit", 25).min(100));
        let page: Vec<_> =
            found.iter().skip(offset).take(limit).map(|user| without(&without(user, "status"), "password")).collect();
        json!({ "users": page, "total_count": found.len(), "offset": offset, "limit": limit })
    }

    fn create_user(&mut self, body: &Json) -> (u16, Json) {
        let Some(fields) = body["user"].as_object() else { return (400, Json::Null) };
        let errors = self.taken(fields, None);
        if !errors.is_empty() {
            return (422, json!({ "errors": errors }));
        }
        if !fields.contains_key("mail") {
            return (422, json!({ "errors": ["Email cannot be blank"] }));
        }
        let mut fields = fields.clone();
        let status = fields.get("status").map_or(1, number_of);
        fields.insert("status".to_owned(), status.into());
        let id = self.add_user(fields);
        (201, json!({ "user": without(&self.users[&id], "password") }))
    }

    fn change_user(&mut self, id: i64, body: &Json) -> (u16, Json) {
        let changes = body["user"].as_object().cloned().unwrap_or_default();
        let errors = self.taken(&changes, Some(id));
        let Some(user) = self.users.get_mut(&id) else { return (404, Json::Null) };
        if !errors.is_empty() {
            return (422, json!({ "errors": errors }));
        }
        for (name, value) in changes {
            let value = if name == "status" { number_of(&value).into() } else { value };
            user.insert(name, value);
        }
        (204, Json::Null)
    }

    fn create_group(&mut self, body: &Json) -> (u16, Json) {
        let name = body["group"]["name"].as_str().unwrap_or_default().to_owned();
        if self.groups.values().any(|(have, _)| *have == name) {
            return (422, json!({ "errors": ["Name has already been taken"] }));
        }
        self.next += 1;
        self.groups.insert(self.next, (name.clone(), ids(&body["group"]["user_ids"])));
        (201, json!({ "group": { "id": self.next, "name": name } }))
    }

    fn read_group(&self, id: i64, query: &str) -> (u16, Json) {
        let Some((name, members)) = self.groups.get(&id) else { return (404, Json::Null) };
        let mut group = json!({ "id": id, "name": name });
        if query.contains("include=users") {
            let name = |id: &i64| format!("User {id}");
            group["users"] = members.iter().map(|id| json!({ "id": id, "name": name(id) })).collect();
        }
        (200, json!({ "group": group }))
    }

    fn change_group(&mut self, id: i64, body: &Json) -> (u16, Json) {
        let Some((name, members)) = self.groups.get_mut(&id) else { return (404, Json::Null) };
        if let Some(new) = body["group"]["name"].as_str() {
            new.clone_into(name);
        }
        if body["group"]["user_ids"].is_array() {
            *members = ids(&body["group"]["user_ids"]);
        }
        (204, Json::Null)
    }

    fn add_member(&mut self, id: i64, member: i64) -> (u16, Json) {
        let known = self.users.contains_key(&member);
        let Some((_, members)) = self.groups.get_mut(&id) else { return (404, Json::Null) };
        if known && members.insert(member) {
            return (204, Json::Null);
        }
        (422, json!({ "errors": ["User is invalid"] }))
    }
}

async fn answer(
    state: Arc<Mutex<State>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, std::convert::Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let (path, query) = (head.uri.path().to_owned(), head.uri.query().unwrap_or_default().to_owned());
    let text = String::from_utf8_lossy(&body).into_owned();
    let mut line = format!("{} {}", head.method, head.uri.path_and_query().unwrap());
    if !text.is_empty() {
        line = format!("{line} {text}");
    }
    let (status, body) = if head.headers.get("x-redmine-api-key").is_some_and(|key| key == "test-key-0123456789") {
        let mut state = state.lock().unwrap();
        state.log.push(line);
        state.handle(&head.method, &path, &query, &serde_json::from_str(&text).unwrap_or_default())
    } else {
        (401, Json::Null)
    };
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert("content-type", "application/json; charset=utf-8".parse().unwrap());
    Ok(response)
}

fn without(user: &Map<String, Json>, name: &str) -> Map<String, Json> {
    user.iter().filter(|(have, _)| *have != name).map(|(have, value)| (have.clone(), value.clone())).collect()
}

fn number_of(value: &Json) -> i64 {
    value.as_i64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(0)
}

fn ids(value: &Json) -> BTreeSet<i64> {
    value.as_array().map(|items| items.iter().map(number_of).collect()).unwrap_or_default()
}
