//! One tenant's engine in this process, over the demo's mapping and an empty SQLite application.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use postern::correlation::{CacheSettings, Cached, Seal, Sqlite};
use postern::diagnostic::{Document, Problems, SourceFile, render_all};
use postern::downstream::{self, Binding, Observed};
use postern::gateway::{Client, Gateway, Parts, Permissions};
use postern::mapping;
use postern::observe::{Observation, Observer, Observers, RequestFacts};
use postern::quirks::Profile;
use postern::scim::{Preconditions, RawQuery, RawRequest, ResourceTypes, Response, Verb};
use postern::value::{JsonLimits, Value};

pub(crate) const BASE: &str = "https://scim.example/scim/v2";

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) etag: Option<String>,
    /// Seconds, as in `Retry-After`.
    pub(crate) retry_after: Option<u32>,
}

impl Answer {
    /// The value at `Resources.0.id`; `Null` when there is none.
    pub(crate) fn at(&self, path: &str) -> Value {
        at(&self.body, path)
    }

    pub(crate) fn text(&self, path: &str) -> String {
        self.at(path).to_text()
    }
}

/// The value at `a.0.b`; a name may hold dots when it is a schema's URN. `#` is a list's length.
pub(crate) fn at(value: &Value, path: &str) -> Value {
    if path.is_empty() {
        return value.clone();
    }
    if let Some(object) = value.as_object() {
        let named = object.iter().find(|(name, _)| path == *name || path.starts_with(&format!("{name}.")));
        return named.map_or(Value::Null, |(name, value)| at(value, path[name.len()..].trim_start_matches('.')));
    }
    let Some(items) = value.as_list() else { return Value::Null };
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    if first == "#" {
        return Value::Integer(i64::try_from(items.len()).unwrap());
    }
    first.parse::<usize>().ok().and_then(|index| items.get(index)).map_or(Value::Null, |item| at(item, rest))
}

#[derive(Default)]
struct Notes {
    provisioned: Mutex<Vec<String>>,
    called: Mutex<Vec<String>>,
    warned: Mutex<Vec<String>>,
}

impl Observer for Notes {
    fn observe(&self, fact: &Observation) {
        match fact {
            Observation::ResourceProvisioned { request, outcome, .. } => {
                self.provisioned.lock().unwrap().push(format!("{} {}", request.op, outcome.as_str()));
            }
            Observation::DownstreamCalled { resource, operation, .. } => {
                self.called.lock().unwrap().push(format!("{operation} {resource}"));
            }
            Observation::ListSplit { attribute, .. } => {
                self.warned.lock().unwrap().push(format!("list.split {attribute}"));
            }
            Observation::MemberIgnored { member_type, .. } => {
                self.warned.lock().unwrap().push(format!("member.ignored {member_type}"));
            }
            _ => {}
        }
    }
}

/// An engine and its application.
pub(crate) struct Harness {
    gateway: Gateway,
    folder: PathBuf,
    is_replica: bool,
    notes: Arc<Notes>,
    /// The `userName` of the user that the client's token stands for.
    pub(crate) user: Option<Arc<str>>,
    /// What the client's token may do.
    pub(crate) permissions: Permissions,
    pub(crate) types: Arc<ResourceTypes>,
}

impl Drop for Harness {
    fn drop(&mut self) {
        if !self.is_replica {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

impl Harness {
    pub(crate) async fn start() -> Self {
        Self::of("tenant", Profile::Any, |mapping| mapping).await
    }

    /// An engine for a tenant and a profile; `change` may rewrite the demo's mapping.
    pub(crate) async fn of(tenant: &str, profile: Profile, change: impl Fn(String) -> String) -> Self {
        let folder = folder();
        application(&folder);
        Self::over(folder, tenant, profile, change(include_str!("../../mappings/demo.toml").to_owned())).await
    }

    /// Another engine over this one's application and store, as a second replica is.
    pub(crate) async fn replica(&self, change: impl Fn(String) -> String) -> Self {
        let mapping = change(include_str!("../../mappings/demo.toml").to_owned());
        let mut other = Self::over(self.folder.clone(), "tenant", Profile::Any, mapping).await;
        other.is_replica = true;
        other
    }

    /// The same gateway after a stop and a start, over a mapping whose application is elsewhere.
    pub(crate) async fn restarted(&self, mapping: String) -> Self {
        let mut other = Self::over(self.folder.clone(), "tenant", Profile::Any, mapping).await;
        other.is_replica = true;
        other
    }

    /// An engine over another mapping, whose application is there already.
    pub(crate) async fn mapped(profile: Profile, mapping: String) -> Self {
        Self::over(folder(), "tenant", profile, mapping).await
    }

    async fn over(folder: PathBuf, tenant: &str, profile: Profile, text: String) -> Self {
        let file = SourceFile::new(folder.join("mapping.toml").to_string_lossy(), text);
        let mut problems = Problems::default();
        let document = Document::parse(&file, &mut problems).unwrap();
        let mapping = mapping::compile(document, &[], &mut problems);
        let mapping = Arc::new(mapping.unwrap());
        let binding = Binding {
            downstream: mapping.document.root.get("downstream").unwrap(),
            resources: mapping.shapes(),
            folder: &folder,
            variables: &[],
        };
        let downstream = downstream::bind(&binding, &mut problems);
        assert!(!problems.has_errors(), "{}", render_all(&problems.into_sorted(), false));
        let downstream = downstream.unwrap();
        let (notes, tenant) = (Arc::new(Notes::default()), Arc::<str>::from(tenant));
        let observers = Observers(vec![notes.clone()]);
        let store = Sqlite::open(&folder.join("correlation.db")).unwrap();
        let seal = Seal::new(store.master(), &tenant).unwrap();
        let downstream = Arc::new(Observed::new(downstream, tenant.clone(), observers.clone()));
        let settings = CacheSettings::default();
        let cached = Cached::new(tenant.clone(), seal, Arc::new(store), &settings, observers.clone()).await.unwrap();
        let types = mapping.types.clone();
        let gateway = Gateway::new(Parts {
            tenant,
            mapping,
            downstream,
            correlations: Arc::new(cached),
            profile,
            base_url: BASE.to_owned(),
            default_domain: None,
            deadline: Duration::from_secs(20),
            observers,
        });
        Self { gateway, folder, is_replica: false, notes, user: None, permissions: Permissions::default(), types }
    }

    /// What a PATCH would cause, without sending it.
    pub(crate) async fn explain_patch(&self, path: &str, body: &Value) -> Vec<String> {
        self.gateway.explain(raw(&format!("PATCH {path}"), Some(body), Preconditions::default()), None).await.unwrap()
    }

    /// What a request would cause, without sending it.
    pub(crate) async fn explain(&self, request: &str, body: Option<&str>) -> Vec<String> {
        let raw = raw(request, body.map(json).as_ref(), Preconditions::default());
        self.gateway.explain(raw, None).await.unwrap()
    }

    /// The tenant's seal.
    pub(crate) fn seal(&self) -> Seal {
        let store = Sqlite::open(&self.folder.join("correlation.db")).unwrap();
        Seal::new(store.master(), "tenant").unwrap()
    }

    /// Runs SQL in the application behind the engine's back.
    pub(crate) fn sql(&self, text: &str) {
        rusqlite::Connection::open(self.folder.join("application.db")).unwrap().execute_batch(text).unwrap();
    }

    /// One value of the application's.
    pub(crate) fn ask_sql(&self, text: &str) -> String {
        let application = rusqlite::Connection::open(self.folder.join("application.db")).unwrap();
        let value: rusqlite::types::Value = application.query_row(text, [], |row| row.get(0)).unwrap();
        match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => panic!("{text}: {other:?}"),
        }
    }

    /// What the audit was told since the last time: `create created`.
    pub(crate) fn provisioned(&self) -> Vec<String> {
        std::mem::take(&mut *self.notes.provisioned.lock().unwrap())
    }

    /// What the operator was warned of since the last time.
    pub(crate) fn warned(&self) -> Vec<String> {
        std::mem::take(&mut *self.notes.warned.lock().unwrap())
    }

    /// The plans that the application was given since the last time: `fetch User`.
    pub(crate) fn called(&self) -> Vec<String> {
        std::mem::take(&mut *self.notes.called.lock().unwrap())
    }

    /// Sends `GET /Users?count=1`.
    pub(crate) async fn send(&self, request: &str, body: Option<&Value>) -> Answer {
        self.send_if(request, body, Preconditions::default()).await
    }

    pub(crate) async fn send_if(&self, request: &str, body: Option<&Value>, preconditions: Preconditions) -> Answer {
        self.ask(raw(request, body, preconditions)).await
    }

    fn client(&self) -> Client {
        Client {
            tenant: "tenant".into(),
            token: "test".into(),
            user: self.user.clone(),
            permissions: self.permissions.clone(),
            values: Default::default(),
            address: None,
            request_id: "test".to_owned(),
        }
    }

    pub(crate) async fn ask(&self, raw: RawRequest) -> Answer {
        let client = self.client();
        answer(self.gateway.handle(&client, raw, &mut RequestFacts::default()).await)
    }

    /// Tells the engine of a request whose body was refused with 400 before it came here.
    pub(crate) fn refused(&self, verb: Verb, path: &str, status: u16) -> RequestFacts {
        let path: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let error = postern::scim::ScimError::new(status, "not acceptable");
        let mut facts = RequestFacts::default();
        self.gateway.refused(&self.client(), (verb, &path), &error, &mut facts, std::time::Instant::now());
        facts
    }

    /// Sends a body written as JSON.
    pub(crate) async fn json(&self, request: &str, body: &str) -> Answer {
        self.send(request, Some(&json(body))).await
    }

    /// Makes a user and gives the id.
    pub(crate) async fn user(&self, name: &str) -> String {
        let body = format!(r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "{name}"}}"#);
        self.json("POST /Users", &body).await.text("id")
    }

    /// Makes a group and gives the id.
    pub(crate) async fn group(&self, name: &str, members: &[&str]) -> String {
        let members: Vec<String> = members.iter().map(|id| format!(r#"{{"value": "{id}"}}"#)).collect();
        let body = format!(
            r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "{name}", "members": [{}]}}"#,
            members.join(",")
        );
        self.json("POST /Groups", &body).await.text("id")
    }
}

/// A request written as `GET /Users?count=1`.
fn raw(request: &str, body: Option<&Value>, preconditions: Preconditions) -> RawRequest {
    let (verb, target) = request.split_once(' ').unwrap();
    let verb = match verb {
        "GET" => Verb::Get,
        "POST" => Verb::Post,
        "PUT" => Verb::Put,
        "PATCH" => Verb::Patch,
        "DELETE" => Verb::Delete,
        other => panic!("no verb {other}"),
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    RawRequest {
        verb,
        path: path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect(),
        query: RawQuery(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()),
        body: body.cloned(),
        preconditions,
    }
}

pub(crate) fn json(text: &str) -> Value {
    Value::from_json(text.as_bytes(), &JsonLimits::default()).unwrap_or_else(|problem| panic!("{problem}: {text}"))
}

fn folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("postern-gateway-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn application(folder: &std::path::Path) {
    let application = rusqlite::Connection::open(folder.join("application.db")).unwrap();
    application.pragma_update(None, "journal_mode", "wal").unwrap();
    application.execute_batch(include_str!("../../src/cli/demo/schema.sql")).unwrap();
}

fn answer(result: Result<Response, postern::scim::ScimError>) -> Answer {
    let plain = |status, body: Value, etag| Answer { status, body, etag, retry_after: None };
    match result {
        Ok(Response::Created(entity)) => plain(201, entity.body.into(), entity.etag),
        Ok(Response::Found(entity)) => plain(200, entity.body.into(), entity.etag),
        Ok(Response::List(list)) => plain(200, list.into_object().into(), None),
        Ok(Response::Document(document)) => plain(200, document.into(), None),
        Ok(Response::NoContent(etag)) => plain(204, Value::Null, etag),
        Ok(Response::NotModified(etag)) => plain(304, Value::Null, Some(etag)),
        Err(error) => Answer { retry_after: error.retry_after, ..plain(error.status, error.to_value(), None) },
    }
}
