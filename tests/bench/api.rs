//! The legacy application behind a REST API: the same people and teams in memory, found by key or by
//! login, so that what is measured is the way to it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::Result;
use crate::application::TEAMS;

const MAPPING: &str = include_str!("api.toml");

/// The application, which runs until this value is dropped.
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    people: BTreeMap<i64, Map<String, Value>>,
    logins: HashMap<String, i64>,
    teams: BTreeMap<i64, (String, BTreeSet<i64>)>,
}

impl Api {
    /// Starts with so many people on a free port of the loopback interface.
    pub(crate) async fn start(people: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Arc::new(Mutex::new(State::with(people)));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                let state = Arc::clone(&state);
                let service = service_fn(move |request| answer(Arc::clone(&state), request));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Ok(Self { address, task })
    }

    /// The mapping for it.
    pub(crate) fn mapping(&self) -> String {
        MAPPING.replace("{address}", &self.address.to_string())
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    fn with(people: u64) -> Self {
        let mut state = Self::default();
        for i in 1..=people {
            let person = json!({
                "login": format!("person{i}@example.com"), "mail": format!("person{i}@example.com"),
                "first_name": format!("Given{i}"), "last_name": format!("Family{i}"),
                "display_name": format!("Given{i} Family{i}"), "job_title": "Clerk", "disabled": "false",
                "department": format!("Department {}", i % 12),
            });
            state.add(&person);
        }
        for i in 1..=i64::try_from(TEAMS).unwrap_or(0) {
            state.teams.insert(i, (format!("Crew {i}"), BTreeSet::new()));
        }
        state
    }

    fn add(&mut self, sent: &Value) -> Value {
        let key = self.people.last_key_value().map_or(1, |(key, _)| key + 1);
        let mut person = sent.as_object().cloned().unwrap_or_default();
        person.insert("id".to_owned(), key.into());
        self.logins.insert(text(&person, "login").to_lowercase(), key);
        self.people.insert(key, person.clone());
        Value::Object(person)
    }

    fn handle(&mut self, method: &Method, path: &str, query: &[(String, String)], body: &Value) -> (u16, Value) {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let key = parts.get(1).and_then(|key| key.parse::<i64>().ok()).unwrap_or_default();
        let asked = |name: &str| query.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
        let number = |name: &str| asked(name).and_then(|value| value.parse::<usize>().ok());
        let slice = (number("offset").unwrap_or(0), number("limit").unwrap_or(20));
        match (method.as_str(), parts.as_slice()) {
            ("GET", ["people"]) => match asked("login") {
                Some(login) => {
                    let found = self.logins.get(&login.to_lowercase()).and_then(|key| self.people.get(key));
                    (200, json!({ "data": Vec::from_iter(found), "total": usize::from(found.is_some()) }))
                }
                None => {
                    // The keys have no gaps: nobody is deleted.
                    let from = i64::try_from(slice.0).unwrap_or(i64::MAX).saturating_add(1);
                    let page: Vec<_> = self.people.range(from..).take(slice.1).map(|(_, person)| person).collect();
                    (200, json!({ "data": page, "total": self.people.len() }))
                }
            },
            ("GET", ["people", _]) => self.people.get(&key).map_or((404, Value::Null), |found| (200, json!(found))),
            ("POST", ["people"]) => (201, self.add(body)),
            ("PATCH", ["people", _]) => {
                let Some(person) = self.people.get_mut(&key) else { return (404, Value::Null) };
                person.extend(body.as_object().cloned().unwrap_or_default());
                (200, json!(person))
            }
            ("GET", ["teams"]) => {
                let team = |(key, (name, _)): (&i64, &(String, BTreeSet<i64>))| json!({ "id": key, "name": name });
                let page: Vec<_> = self.teams.iter().skip(slice.0).take(slice.1).map(team).collect();
                (200, json!({ "data": page, "total": self.teams.len() }))
            }
            ("GET", ["teams", _]) => match self.teams.get(&key) {
                Some((name, _)) => (200, json!({ "id": key, "name": name })),
                None => (404, Value::Null),
            },
            ("POST", ["teams", _, "members"]) => match (self.teams.get_mut(&key), body["person"].as_i64()) {
                (Some((_, members)), Some(person)) => {
                    members.insert(person);
                    (204, Value::Null)
                }
                _ => (404, Value::Null),
            },
            _ => (404, Value::Null),
        }
    }
}

fn text<'a>(person: &'a Map<String, Value>, name: &str) -> &'a str {
    person.get(name).and_then(Value::as_str).unwrap_or_default()
}

async fn answer(state: Arc<Mutex<State>>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let query = head.uri.query().unwrap_or_default();
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let query: Vec<_> = query
        .split('&')
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| (name.to_owned(), decoded(value)))
        .collect();
    let (status, told) = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.handle(&head.method, head.uri.path(), &query, &body)
    };
    let body = if told.is_null() { Bytes::new() } else { Bytes::from(told.to_string()) };
    let answer = Response::builder().status(status).header("content-type", "application/json");
    Ok(answer.body(Full::new(body))?)
}
