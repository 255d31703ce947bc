//! The live check: the calls that only read are made, and their answers are where the mapping says.

use serde_json::Value as Json;

use super::Rest;
use super::answer::{item, items};
use super::call::Call;
use super::meaning::{Answer, Outcome, outcome};
use super::request::Fill;
use super::resource::Resource;
use crate::diagnostic::{Code, Diagnostic, Node, Severity, Span};
use crate::downstream::{DownstreamError, ErrorKind, Subject};
use crate::record::RecordKey;

/// Compares the mapping with what the application answers.
pub(super) async fn verify(rest: &Rest, subject: &Subject<'_>) -> Result<Vec<Diagnostic>, DownstreamError> {
    let mut found = Vec::new();
    for (shape, node) in &subject.binding.resources {
        let Some(resource) = rest.find(&shape.resource) else { continue };
        // A token that is good is nothing that anybody has at hand here.
        if shape.is_token() {
            continue;
        }
        let list = if shape.looked_up { "call" } else { "list" };
        let mut check = Check { rest, resource, node, list, found: Vec::new() };
        if let Some(document) = check.list().await? {
            if shape.looked_up {
                check.row(&document);
            } else {
                check.read(&document).await?;
            }
        }
        found.append(&mut check.found);
    }
    Ok(found)
}

struct Check<'a> {
    rest: &'a Rest,
    resource: &'a Resource,
    node: &'a Node,
    /// What the mapping calls the list.
    list: &'a str,
    found: Vec<Diagnostic>,
}

impl Check<'_> {
    /// Where a call of the mapping, or a key of it, stands.
    fn place(&self, path: &[&str]) -> Span {
        path.iter().fold(self.node, |node, key| node.get(key).unwrap_or(node)).span.clone()
    }

    /// The answer to a call; `None` when it is not as it should be, which is noted.
    async fn ask(&mut self, call: &Call, name: &str, fill: &Fill<'_>) -> Result<Option<Answer>, DownstreamError> {
        let Ok(outgoing) = call.outgoing(fill) else { return Ok(None) };
        let answer = match self.rest.access.send(&outgoing).await {
            Ok(answer) => outcome(call, &self.resource.rules, answer),
            Err(error) => Err(error),
        };
        let detail = match answer {
            Ok(Outcome::Done(answer)) => return Ok(Some(*answer)),
            Ok(Outcome::Missing | Outcome::Already) => "it answers that there is nothing".to_owned(),
            Err(error) if matches!(error.kind, ErrorKind::Unavailable { .. } | ErrorKind::Credentials) => {
                return Err(error);
            }
            Err(error) => error.detail,
        };
        let message = format!("`{name}` of {} does not answer as it should", self.resource.name);
        let span = self.place(&["calls", name]);
        self.found.push(Diagnostic::error(Code::LIVE_MISSING, &span, message).help(detail));
        Ok(None)
    }

    /// Asks for the first page and gives its first record.
    async fn list(&mut self) -> Result<Option<Json>, DownstreamError> {
        let Some(call) = &self.resource.calls.list else { return Ok(None) };
        let query = call.page.as_ref().map(|page| page.request(0, 1).query).unwrap_or_default();
        let Some(answer) = self.ask(call, self.list, &Fill { query, ..Fill::default() }).await? else {
            return Ok(None);
        };
        let body = answer.json.as_ref().unwrap_or(&Json::Null);
        if let Some(Err(why)) = call.page.as_ref().and_then(|page| page.total(&answer.headers, body)) {
            self.misfit(
                Severity::Error,
                &["calls", self.list, "page", "total"],
                why,
                "`total` is where the answer says how many there are",
            );
        }
        let documents: Vec<Json> = match items(call, answer.json.as_ref()) {
            Ok(found) => found.into_iter().cloned().collect(),
            Err(why) => {
                self.misfit(
                    Severity::Error,
                    &["calls", self.list, "items"],
                    why,
                    "`items` is where the records are in the answer",
                );
                return Ok(None);
            }
        };
        let Some(document) = documents.into_iter().next() else {
            let message =
                format!("the application lists no {}, so its records could not be looked at", self.resource.name);
            self.misfit(Severity::Note, &["calls", self.list], message, "check again when there is one");
            return Ok(None);
        };
        if self.resource.key_in(&document).is_none() {
            let message = format!("`{}` is not in the records of the list", self.resource.key.path.as_str());
            let key = if self.list == "list" { "key" } else { "to" };
            self.misfit(Severity::Error, &[key], message, &members_of(&document));
            return Ok(None);
        }
        Ok(Some(document))
    }

    /// A row of a lookup has what it translates from.
    fn row(&mut self, document: &Json) {
        if !self.resource.is_whole(document) {
            let message = format!("the rows of {} do not speak of `from`", self.resource.name);
            self.misfit(Severity::Error, &["from"], message, &members_of(document));
        }
    }

    /// Reads the record of that document by its key.
    async fn read(&mut self, listed: &Json) -> Result<(), DownstreamError> {
        let Some(call) = &self.resource.calls.read else { return Ok(()) };
        let Some(key) = self.resource.key_in(listed) else { return Ok(()) };
        let work = self.rest.work_on(self.resource);
        let Some(answer) = self.ask(call, "read", &work.keyed(&key)).await? else { return Ok(()) };
        match item(call, answer.json.as_ref()) {
            Err(why) => self.misfit(
                Severity::Error,
                &["calls", "read", "item"],
                why,
                "`item` is where the record is in the answer",
            ),
            Ok(document) => self.record(document, &key),
        }
        Ok(())
    }

    fn record(&mut self, document: &Json, key: &RecordKey) {
        match self.resource.key_in(document) {
            Some(found) if found.as_str().eq_ignore_ascii_case(key.as_str()) => {}
            Some(_) => self.misfit(
                Severity::Error,
                &["calls", "read"],
                "another record was answered than was asked for".to_owned(),
                "`{key}` stands where the path names the record",
            ),
            None => {
                let message = format!("`{}` is not in the record that is read", self.resource.key.path.as_str());
                self.misfit(Severity::Error, &["calls", "read", "item"], message, &members_of(document));
            }
        }
        if !self.resource.is_whole(document) {
            let message =
                format!("the {} that was read does not speak of every field that a rule reads", self.resource.name);
            self.misfit(Severity::Warning, &["attributes"], message, &members_of(document));
        }
    }

    fn misfit(&mut self, severity: Severity, path: &[&str], message: String, help: &str) {
        let span = self.place(path);
        let problem = match severity {
            Severity::Error => Diagnostic::error(Code::LIVE_MISFIT, &span, message),
            Severity::Warning => Diagnostic::warning(Code::LIVE_MISFIT, &span, message),
            Severity::Note => Diagnostic::note(Code::LIVE_MISFIT, &span, message),
        };
        self.found.push(problem.help(help));
    }
}

/// The names in a document, never its values.
fn members_of(document: &Json) -> String {
    let names = document.as_object().map(|object| object.keys().take(30).cloned().collect::<Vec<_>>().join(", "));
    names.map_or_else(|| "the record is no JSON object".to_owned(), |names| format!("the record holds: {names}"))
}
