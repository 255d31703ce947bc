//! Scenarios: what happens between a directory, its provisioning service and a legacy application, as
//! data. `scenarios/NN-*.toml` holds them; each ends with the application's whole state, compared with
//! `golden/NN.json`.
//!
//! A step changes the directory, the application or the gateway, then asks (a cycle of Entra's, or one
//! request), then says what must have come of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use postern::diagnostic::{Problems, SourceFile};
use postern::rehearse::entra::{Directory, Flavour, Job, MappingTable, Report};
use serde::Deserialize;
use serde_json::Value;

use super::stage::Stage;
use crate::e2e::json;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    /// What it proves, in a sentence.
    #[allow(dead_code, reason = "for whoever reads the file")]
    about: String,
    /// The application: `forms`.
    seed: Option<String>,
    /// Several of them, one after the other.
    #[serde(default)]
    seeds: Vec<String>,
    /// Statements on the application's own storage before anything else.
    #[serde(default)]
    before: Vec<String>,
    #[serde(default, rename = "person")]
    people: Vec<toml::Table>,
    #[serde(default, rename = "group")]
    groups: Vec<toml::Table>,
    /// Rows of the mapping table in place of the guide's with the same target; without `expr` the row
    /// goes.
    #[serde(default, rename = "row")]
    rows: Vec<toml::Table>,
    #[serde(rename = "step")]
    steps: Vec<Step>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Step {
    name: String,
    /// Attributes of people and groups that change; null is written as an empty text.
    change: BTreeMap<String, toml::Table>,
    person: Option<toml::Table>,
    group: Option<toml::Table>,
    assign: Vec<String>,
    unassign: Vec<String>,
    soft_delete: Vec<String>,
    restore: Vec<String>,
    /// Gone for good.
    remove: Vec<String>,
    /// Group and person.
    join: Vec<(String, String)>,
    leave: Vec<(String, String)>,
    /// Statements on the application's own storage, as its administrator's doings.
    application: Vec<String>,
    stop: bool,
    start: bool,
    /// `postern …` in the folder of the configuration, and a reload.
    postern: Option<String>,
    /// Rows of the mapping table that go, by their target.
    unmap: Vec<String>,

    cycle: bool,
    restart: bool,
    test: bool,
    on_demand: Option<String>,
    /// Hours that pass before.
    hours: u64,

    /// `GET /Users?filter=…`
    request: Option<String>,
    body: Option<String>,
    /// Which token is shown; the tenant's first where nothing is said.
    token: Option<String>,
    /// Shown as Basic with this user name.
    basic: Option<String>,
    host: Option<String>,
    forwarded_for: Option<String>,
    tenant: Option<String>,
    status: Option<u16>,
    /// The status that comes within a minute, the request asked again and again.
    eventually: Option<u16>,
    /// A part of the answer.
    answer: Option<String>,
    keep: BTreeMap<String, String>,

    outcomes: BTreeMap<String, String>,
    /// Entra's words for failures.
    codes: BTreeMap<String, String>,
    /// A part of the `detail` that Entra shows for an object.
    details: BTreeMap<String, String>,
    quarantine: Option<bool>,
    /// Everybody that was looked at waits in escrow, because of a 503 that says when to come back.
    unavailable: bool,
    /// Requests of the client that were meant to write.
    writes: Option<usize>,
    /// Changes that the gateway asked the application for.
    changes: Option<u64>,
    /// A part of the audit's last line.
    audit: Option<String>,
    /// Part of what the gateway's log has by now.
    logged: Option<String>,
    /// Questions to the application's storage, and the rows that they give.
    holds: BTreeMap<String, toml::Value>,
}

/// One walk through a scenario.
struct Walk<'a> {
    stage: &'a mut Stage,
    table: MappingTable,
    directory: Directory,
    job: Job,
    kept: BTreeMap<String, String>,
    flavour: Flavour,
}

impl Scenario {
    pub(super) fn read(number: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/seeds/scenarios");
        let mut found = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let path = found.find(|path| path.file_name().unwrap().to_string_lossy().starts_with(&format!("{number}-")));
        let path = path.unwrap_or_else(|| panic!("there is no scenario {number}"));
        toml::from_str(&std::fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The applications that it is for.
    pub(super) fn seeds(&self) -> impl Iterator<Item = &str> {
        self.seed.iter().chain(&self.seeds).map(String::as_str)
    }

    /// Walks to the end and compares what the application then has.
    pub(super) async fn play(&self, number: &str, seed: &str, mut stage: Stage, flavour: Flavour) {
        for statement in &self.before {
            stage.application(statement).await;
        }
        let table = self.table(seed);
        let directory = directory(&self.people, &self.groups);
        let job = Job::new(&stage.endpoint(None, None), table.clone(), Some(flavour)).unwrap();
        let mut walk = Walk { stage: &mut stage, table, directory, job, kept: BTreeMap::new(), flavour };
        for step in &self.steps {
            println!("{number} {seed} {flavour:?}: {}", step.name);
            walk.step(step).await;
        }
        let golden = if self.seeds.is_empty() { number.to_owned() } else { format!("{number}-{seed}") };
        stage.compare(&golden).await;
        stage.finish().await;
    }

    fn table(&self, seed: &str) -> MappingTable {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("mappings/seeds/{seed}.entra.toml"));
        let mut text: toml::Table = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for row in &self.rows {
            let users = text["user"].as_array_mut().unwrap();
            users.retain(|have| have["target"] != row["target"]);
            if row.contains_key("expr") {
                users.push(row.clone().into());
            }
        }
        let mut problems = Problems::new();
        let table = MappingTable::parse(
            &SourceFile::new(path.display().to_string(), toml::to_string(&text).unwrap()),
            &mut problems,
        );
        table.unwrap_or_else(|| panic!("{problems:?}"))
    }
}

impl Walk<'_> {
    async fn step(&mut self, step: &Step) {
        self.change_directory(step);
        for statement in &step.application {
            self.stage.application(&self.fill(statement)).await;
        }
        if step.stop {
            self.stage.application.stop();
        }
        if step.start {
            self.stage.application.start();
            self.stage.wait_for_application().await;
        }
        if let Some(arguments) = &step.postern {
            self.stage.postern(arguments).await;
        }
        if !step.unmap.is_empty() {
            let rows = self.table.users.iter().filter(|row| !step.unmap.contains(&row.target.to_string())).cloned();
            self.table.users = rows.collect();
            self.job.change_table(self.table.clone());
        }
        let (changes, audited) = (self.stage.changes().await, self.stage.audit().len());
        if let Some(report) = self.provision(step).await {
            self.check_report(step, &report);
        }
        if step.request.is_some() {
            self.request(step).await;
        }
        if let Some(expected) = step.changes {
            assert_eq!(
                self.stage.changes().await - changes,
                expected,
                "changes asked of the application: {}",
                step.name
            );
        }
        if let Some(expected) = &step.audit {
            self.check_audit(step, expected, audited).await;
        }
        if let Some(expected) = &step.logged {
            assert!(self.stage.log().contains(expected.as_str()), "`{expected}` is not in the log: {}", step.name);
        }
        for (question, expected) in &step.holds {
            let rows = self.stage.ask(&self.fill(question)).await;
            assert_eq!(rows, json_of(expected), "{}: {question}", step.name);
        }
    }

    fn change_directory(&mut self, step: &Step) {
        for (id, changes) in &step.change {
            let attributes = match self.directory.person_mut(id) {
                Some(person) => &mut person.attributes,
                None => &mut self.directory.group_mut(id).unwrap_or_else(|| panic!("nobody is {id}")).attributes,
            };
            for (name, value) in changes {
                attributes.set(name.as_str(), postern_value(value));
            }
        }
        let (people, groups) =
            (step.person.iter().cloned().collect::<Vec<_>>(), step.group.iter().cloned().collect::<Vec<_>>());
        let more = directory(&people, &groups);
        self.directory.people.extend(more.people);
        self.directory.groups.extend(more.groups);
        self.directory.assignments.extend(more.assignments);
        step.assign.iter().for_each(|id| self.directory.assign(id));
        step.unassign.iter().for_each(|id| self.directory.unassign(id));
        let mut bin = |ids: &[String], deleted: bool| {
            ids.iter().for_each(|id| self.directory.person_mut(id).unwrap().soft_deleted = deleted);
        };
        bin(&step.soft_delete, true);
        bin(&step.restore, false);
        step.remove.iter().for_each(|id| self.directory.remove(id));
        for (group, person) in &step.join {
            self.directory.group_mut(group).unwrap().members.push(person.clone());
        }
        for (group, person) in &step.leave {
            self.directory.group_mut(group).unwrap().members.retain(|member| member != person);
        }
    }

    async fn provision(&mut self, step: &Step) -> Option<Report> {
        self.job.advance(std::time::Duration::from_secs(step.hours * 3600));
        if step.restart {
            self.job.restart();
        }
        if step.test {
            return Some(self.job.test_connection().await);
        }
        if let Some(id) = &step.on_demand {
            return Some(self.job.on_demand(&self.directory, id).await);
        }
        if step.cycle { Some(self.job.cycle(&self.directory).await) } else { None }
    }

    fn check_report(&self, step: &Step, report: &Report) {
        let context = || {
            let lines = report.exchanges.iter().map(|exchange| exchange.to_object());
            format!(
                "{} ({:?}): {}",
                step.name,
                self.flavour,
                lines.map(|line| postern::value::Value::Object(line).to_json() + "\n").collect::<String>()
            )
        };
        for (id, expected) in &step.outcomes {
            let came = report.outcome(id).map_or("not looked at", |outcome| outcome.as_str());
            assert_eq!(came, expected, "{id}: {}", context());
        }
        for (id, expected) in &step.codes {
            assert_eq!(report.code(id), Some(expected.as_str()), "{id}: {}", context());
        }
        for (id, expected) in &step.details {
            let detail =
                report.object(id).and_then(|object| object.failure.as_ref()).map(|failure| failure.detail.clone());
            assert!(
                detail.as_deref().is_some_and(|detail| detail.contains(expected)),
                "{id}: {detail:?}: {}",
                context()
            );
        }
        if step.unavailable {
            assert!(!report.objects.is_empty(), "nobody was looked at: {}", context());
            for object in &report.objects {
                let status = object.failure.as_ref().and_then(|failure| failure.status);
                assert_eq!(
                    (object.outcome.as_str(), status),
                    ("escrowed", Some(503)),
                    "{}: {}",
                    object.source,
                    context()
                );
            }
            for exchange in report.exchanges.iter().filter(|exchange| exchange.status() == 503) {
                assert!(exchange.headers.iter().any(|(name, _)| *name == "retry-after"), "{exchange:?}");
            }
            assert_eq!(report.quarantine, None, "{}", context());
        } else if step.codes.is_empty() && step.quarantine.is_none() {
            assert!(report.is_clean(), "{}", context());
        }
        if let Some(expected) = step.quarantine {
            assert_eq!(report.quarantine.is_some(), expected, "{}", context());
        }
        if let Some(expected) = step.writes {
            assert_eq!(report.writes(), expected, "{}", context());
        }
    }

    async fn request(&mut self, step: &Step) {
        let request = self.fill(step.request.as_deref().unwrap_or_default());
        let (method, path) = request.split_once(' ').unwrap();
        let body = step.body.as_ref().map(|body| self.fill(body));
        let mut headers = Vec::new();
        headers.extend(step.forwarded_for.as_ref().map(|address| ("x-forwarded-for", address.clone())));
        let from = super::stage::Asking {
            tenant: step.tenant.as_deref(),
            token: step.token.as_deref(),
            basic: step.basic.as_deref(),
            host: step.host.as_deref(),
            headers,
        };
        let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
        let mut reply = self.stage.send(&from, method, path, body.as_deref()).await;
        while step.eventually.is_some_and(|status| status != reply.status) {
            assert!(std::time::Instant::now() < until, "{}: still {reply:?}", step.name);
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            reply = self.stage.send(&from, method, path, body.as_deref()).await;
        }
        let context = format!("{}: {method} {path}: {reply:?}", step.name);
        if let Some(status) = step.status {
            assert_eq!(reply.status, status, "{context}");
        }
        if let Some(expected) = &step.answer {
            let expected: Value = serde_json::from_str(&self.fill(expected)).unwrap();
            if let Some(missing) = json::missing(&expected, &reply.body) {
                panic!("{missing}\nin {context}");
            }
        }
        for (name, pointer) in &step.keep {
            let value = reply.body.pointer(pointer).and_then(Value::as_str);
            self.kept
                .insert(name.clone(), value.unwrap_or_else(|| panic!("nothing at {pointer} in {context}")).to_owned());
        }
    }

    async fn check_audit(&self, step: &Step, expected: &str, before: usize) {
        let expected: Value = serde_json::from_str(&self.fill(expected)).unwrap();
        let lines = self.stage.audit_beyond(before).await;
        let missing: Vec<_> = lines[before..].iter().map(|line| json::missing(&expected, line)).collect();
        assert!(
            missing.iter().any(Option::is_none),
            "{}: no line of the audit: {missing:?} {:?}",
            step.name,
            &lines[before..]
        );
    }

    fn fill(&self, text: &str) -> String {
        let fill = |text: String, (name, value): (&String, &String)| text.replace(&format!("{{{name}}}"), value);
        self.kept.iter().fold(text.to_owned(), fill)
    }
}

fn directory(people: &[toml::Table], groups: &[toml::Table]) -> Directory {
    let list = |tables: &[toml::Table]| toml::Value::Array(tables.iter().cloned().map(toml::Value::Table).collect());
    let all = toml::Table::from_iter([("person".to_owned(), list(people)), ("group".to_owned(), list(groups))]);
    let mut problems = Problems::new();
    let read = Directory::parse(&SourceFile::new("the directory", toml::to_string(&all).unwrap()), &mut problems);
    read.unwrap_or_else(|| panic!("{problems:?}"))
}

fn postern_value(value: &toml::Value) -> postern::value::Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => postern::value::Value::Integer(*number),
        toml::Value::Boolean(flag) => postern::value::Value::Boolean(*flag),
        toml::Value::Array(items) => postern::value::Value::List(items.iter().map(postern_value).collect()),
        toml::Value::Table(table) => postern::value::Value::Object(
            table.iter().map(|(name, value)| (name.clone(), postern_value(value))).collect(),
        ),
        other => panic!("no value of a directory: {other}"),
    }
}

fn json_of(value: &toml::Value) -> Value {
    serde_json::to_value(value).unwrap()
}
