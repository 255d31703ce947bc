//! Journeys: what a client does to an application, as data, run over any of them.
//!
//! `tests/journeys/*.toml` holds them. A step is a request with what must be answered, or something
//! done in the application itself; `holds` is what the application says afterwards. In every text
//! `{run}` is a word that no other run has, and `{NAME}` what an earlier step kept.
//!
//! After every step the audit must have exactly one line more if a change was asked for, and at the
//! end of each process `/metrics` must have counted what was done.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::client::Reply;
use super::json;
use super::process::{Postern, fresh_word};
use super::target::Target;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journey {
    /// Words that the bodies hold and the audit must not.
    personal: Vec<String>,
    #[serde(rename = "step")]
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    name: String,
    /// `POST /Users`
    request: Option<String>,
    body: Option<String>,
    #[serde(default)]
    status: u16,
    /// A part of the answer.
    answer: Option<String>,
    /// JSON pointers to what must not be answered.
    #[serde(default)]
    lacks: Vec<String>,
    /// Names for parts of the answer, by JSON pointer.
    #[serde(default)]
    keep: BTreeMap<String, String>,
    /// What the audit says became of it.
    outcome: Option<String>,
    /// False when the application must not be written to.
    writes: Option<bool>,
    /// Something done in the application.
    application: Option<String>,
    /// Questions to the application, and a part of what it must answer.
    #[serde(default)]
    holds: BTreeMap<String, String>,
    /// The step is only for targets without this difference.
    needs: Option<String>,
    /// The step is only for targets with this difference.
    only_where: Option<String>,
}

/// What was answered, without what two runs cannot have in common.
#[derive(Debug, PartialEq)]
pub(super) struct Told {
    step: String,
    pub(super) needs: Option<String>,
    status: u16,
    body: Value,
}

/// One walk through a journey.
pub(super) struct Walk<'a> {
    target: Target,
    postern: &'a mut Postern,
    /// True when `postern serve` is started again between any two steps.
    restarts: bool,
    run: String,
    kept: BTreeMap<String, String>,
    audited: usize,
    /// Since the process was started: requests by method and status, and changes among them.
    requests: BTreeMap<(String, u16), u64>,
    changes: u64,
    told: Vec<Told>,
}

impl Journey {
    pub(super) fn read(text: &str) -> Self {
        toml::from_str(text).unwrap()
    }
}

impl<'a> Walk<'a> {
    pub(super) fn new(target: Target, postern: &'a mut Postern, restarts: bool) -> Self {
        let run = fresh_word();
        let kept = BTreeMap::from([("RUN".to_owned(), run.to_uppercase()), ("run".to_owned(), run.clone())]);
        let audited = postern.audit().len();
        Self { target, postern, restarts, run, kept, audited, requests: BTreeMap::new(), changes: 0, told: Vec::new() }
    }

    /// Walks to the end; gives what was answered on the way.
    pub(super) async fn go(mut self, journey: &Journey) -> Vec<Told> {
        let counted_before = self.counted().await;
        let mut before = counted_before;
        for step in &journey.steps {
            let difference = |what: &Option<String>| what.as_deref().map(|what| self.target.difference(what));
            if let Some(Some(reason)) = difference(&step.needs) {
                println!("{:?}: not done: {}: {reason}", self.target, step.name);
                continue;
            }
            if let Some(None) = difference(&step.only_where) {
                continue;
            }
            println!("{:?}: {}", self.target, step.name);
            self.step(step).await;
            if self.restarts {
                self.compare_counts(before).await;
                self.postern.restart().await;
                (self.requests, self.changes) = (BTreeMap::new(), 0);
                before = self.counted().await;
            }
        }
        self.compare_counts(before).await;
        self.check_audit_is_silent(&journey.personal);
        self.told
    }

    async fn step(&mut self, step: &Step) {
        if let Some(what) = &step.application {
            self.target.act_in(self.postern, &self.fill(what));
        }
        if let Some(request) = &step.request {
            self.request(step, request).await;
        }
        for (question, expected) in &step.holds {
            let question = self.fill(question);
            let expected = parsed(&self.fill(expected));
            let came = self.target.ask(self.postern, &question);
            if let Some(missing) = json::missing(&expected, &came) {
                panic!("{:?}: {}: the application says of `{question}`: {missing}", self.target, step.name);
            }
        }
    }

    async fn request(&mut self, step: &Step, request: &str) {
        let (method, path) = request.split_once(' ').unwrap();
        let (path, body) = (self.fill(path), step.body.as_ref().map(|body| self.fill(body)));
        let writes_before = self.writes().await;
        let reply = self.postern.client.send(method, &path, body.as_deref()).await;
        let context = format!("{:?}: {}: {method} {path}: {reply:?}", self.target, step.name);
        assert_eq!(reply.status, step.status, "{context}");
        if reply.status >= 400 {
            reply.assert_scim_error(step.status);
        }
        self.check_answer(step, &reply, &context);
        self.check_audit(step, method, &reply, &context).await;
        if step.writes == Some(false) {
            assert_eq!(self.writes().await, writes_before, "the application was written to: {context}");
        }
        *self.requests.entry((method.to_owned(), reply.status)).or_default() += 1;
        let mut body = json::anonymous(&reply.body, &self.run);
        if !path.contains("filter=")
            && let Some(list) = body.as_object_mut()
        {
            // Counts and shows what other walks have left, in the application's own order.
            list.remove("totalResults");
            list.remove("Resources");
        }
        self.told.push(Told { step: step.name.clone(), needs: step.needs.clone(), status: reply.status, body });
    }

    fn check_answer(&mut self, step: &Step, reply: &Reply, context: &str) {
        if let Some(expected) = &step.answer {
            let expected = parsed(&self.fill(expected));
            if let Some(missing) = json::missing(&expected, &reply.body) {
                panic!("{missing}\nin {context}");
            }
        }
        for pointer in &step.lacks {
            assert_eq!(reply.body.pointer(pointer), None, "{pointer}\nin {context}");
        }
        if reply.status == 201 {
            let location = reply.header("location").unwrap_or_default();
            assert_eq!(reply.body["meta"]["location"], location, "{context}");
            assert!(location.ends_with(reply.body["id"].as_str().unwrap()), "{context}");
        }
        for (name, pointer) in &step.keep {
            let value = reply.body.pointer(pointer).and_then(Value::as_str);
            let value = value.unwrap_or_else(|| panic!("nothing at {pointer}\nin {context}"));
            self.kept.insert(name.clone(), value.to_owned());
        }
    }

    /// One line for a change, none for a look, and the line says what came of it.
    async fn check_audit(&mut self, step: &Step, method: &str, reply: &Reply, context: &str) {
        let is_change = method != "GET";
        self.audited += usize::from(is_change);
        self.changes += u64::from(is_change);
        let lines = self.postern.audit_of(self.audited).await;
        if !is_change {
            return;
        }
        let line = lines.last().unwrap();
        assert_eq!(line["status"], reply.status, "{line} for {context}");
        assert_eq!(line["request"].as_str(), reply.header("x-request-id"), "{line} for {context}");
        assert_eq!(line["actor"]["token"], "entra", "{line}");
        if let Some(outcome) = &step.outcome {
            assert_eq!(line["outcome"], outcome.as_str(), "{line} for {context}");
        }
    }

    /// Ids are random and may spell a short word by chance, and so do the digits of a time.
    fn check_audit_is_silent(&self, personal: &[String]) {
        let mut lines = self.postern.audit();
        for line in lines.iter_mut().filter_map(Value::as_object_mut) {
            line.retain(|name, _| !["id", "request", "time"].contains(&name.as_str()));
            if self.target.difference("keys-are-no-names").is_some() {
                line.remove("key");
            }
        }
        let text = Value::from(lines).to_string();
        for word in personal.iter().chain([&self.run]) {
            assert!(!text.contains(word.as_str()), "the audit repeats a value: {word}");
        }
    }

    /// How often the application was asked to change something.
    async fn writes(&self) -> u64 {
        let metrics = self.postern.metrics().await;
        let operations = ["insert", "update", "delete"];
        let count = |operation| metrics.sum("postern_downstream_requests_total", &[("operation", operation)]);
        operations.into_iter().map(count).sum()
    }

    async fn counted(&self) -> (u64, u64) {
        let metrics = self.postern.metrics().await;
        let changes = metrics.sum("postern_provisioning_operations_total", &[("tenant", "works")]);
        (metrics.sum("postern_http_requests_total", &[("tenant", "works")]), changes)
    }

    /// The counters say what was done since the process was started.
    async fn compare_counts(&self, before: (u64, u64)) {
        let (requests, changes) = self.counted().await;
        let done: u64 = self.requests.values().sum();
        assert_eq!((requests - before.0, changes - before.1), (done, self.changes), "counted and done");
        let metrics = self.postern.metrics().await;
        for ((method, status), count) in &self.requests {
            let labels = [("tenant", "works"), ("method", method.as_str()), ("status", &status.to_string())];
            let counted = metrics.sum("postern_http_requests_total", &labels);
            assert!(counted >= *count, "{method} {status}: {counted} counted, {count} done");
        }
    }

    fn fill(&self, text: &str) -> String {
        let fill = |text: String, (name, value): (&String, &String)| text.replace(&format!("{{{name}}}"), value);
        self.kept.iter().fold(text.to_owned(), fill)
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}
