//! A script, played: requests in order, ids kept, answers judged as the client would.

use std::collections::BTreeMap;
use std::sync::Arc;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::rehearse::entra::Target;
use crate::rehearse::{
    Act, Answer, Endpoint, EndpointProblem, Finding, Rehearsal, Sending, Watch, Wire, cast, segment,
};
use crate::value::{Object, Value};

use super::{Script, Step};

/// What a person would not write encoded, and an address must not hold as it is.
const UNSAFE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'[').add(b']').add(b'+').add(b'\\').add(b'{').add(b'}');

/// Plays a script with a mark of its own.
///
/// # Errors
/// When the endpoint cannot be used.
pub async fn play(
    endpoint: &Endpoint,
    script: &Script,
    watch: Option<Arc<dyn Watch>>,
    keep: bool,
) -> Result<Rehearsal, EndpointProblem> {
    let mut wire = Wire::new(&match &script.user_agent {
        Some(name) => endpoint.clone().calling_itself(name),
        None => endpoint.clone(),
    })?;
    if let Some(watch) = watch {
        wire.watched_by(watch);
    }
    let mut words = BTreeMap::new();
    let mark = cast::fresh_mark();
    words.insert("secret".to_owned(), format!("{mark}-Aa1!"));
    words.insert("mark".to_owned(), mark);
    let mut stage = Stage { wire, words, read: None };
    let mut rehearsal = Rehearsal::default();
    for (name, steps) in &script.acts {
        let act = stage.act(name, steps).await;
        rehearsal.acts.push(act);
    }
    rehearsal.sweep(&mut stage.wire, keep).await;
    Ok(rehearsal)
}

struct Stage {
    wire: Wire,
    /// What stands for `{name}`.
    words: BTreeMap<String, String>,
    /// The resource that was read last.
    read: Option<Object>,
}

impl Stage {
    async fn act(&mut self, name: &str, steps: &[Step]) -> Act {
        let mut findings = Vec::new();
        for step in steps {
            let Some(sending) = self.sending(step) else { continue };
            let answer = self.wire.send(name, &sending).await;
            if let Some(finding) = self.judge(step, &answer) {
                findings.push(finding);
            }
            if !answer.is_success() {
                continue;
            }
            if let Some(resource) = answer.object().filter(|object| object.get("id").is_some()) {
                self.read = Some(resource.clone());
            }
            let id = answer.object().and_then(|object| object.get("id")).and_then(Value::as_str);
            if let (Some(word), Some(id)) = (&step.keep, id) {
                self.words.insert(word.clone(), id.to_owned());
            }
        }
        Act { name: name.to_owned(), exchanges: self.wire.take_exchanges(), objects: Vec::new(), findings }
    }

    /// The request; `None` when it needs what was never answered.
    fn sending(&self, step: &Step) -> Option<Sending> {
        // An id is opaque: whatever is in it, it stays one segment, or one text of a filter.
        let path =
            self.filled(&step.path, &|word| if word.contains(cast::MARK) { word.to_owned() } else { segment(word) })?;
        let body = match (&step.body, step.put_back.as_slice()) {
            (Some(body), _) => Some(self.filled_in(body)?),
            (None, []) => None,
            (None, changes) => {
                let mut resource = self.read.clone()?;
                for (path, value) in changes {
                    let target = Target::parse(&self.filled(path, &str::to_owned)?, resource_of(&step.path))?;
                    target.write(&mut resource, self.filled_in(value)?);
                }
                Some(Value::Object(resource))
            }
        };
        let path = utf8_percent_encode(&path, UNSAFE).to_string();
        Some(Sending { method: step.method, path, body })
    }

    /// A text with its `{words}` replaced; `None` when one is not known.
    fn filled(&self, text: &str, written: &dyn Fn(&str) -> String) -> Option<String> {
        let (mut filled, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let (word, after) = after.split_once('}')?;
            filled.push_str(before);
            filled.push_str(&written(self.words.get(word)?));
            rest = after;
        }
        Some(filled + rest)
    }

    fn filled_in(&self, value: &Value) -> Option<Value> {
        Some(match value {
            Value::String(text) => Value::String(self.filled(text, &str::to_owned)?),
            Value::List(items) => Value::List(items.iter().map(|item| self.filled_in(item)).collect::<Option<_>>()?),
            Value::Object(object) => {
                let filled = |(name, value): (&str, &Value)| Some((name.to_owned(), self.filled_in(value)?));
                Value::Object(object.iter().map(filled).collect::<Option<Vec<_>>>()?.into_iter().collect())
            }
            other => other.clone(),
        })
    }

    fn judge(&self, step: &Step, answer: &Answer) -> Option<Finding> {
        let told = |attribute: Option<&str>, what: String| {
            let (means, change) = reading(answer);
            Finding {
                attribute: attribute.map(str::to_owned),
                resource: resource_of(&step.path),
                what: format!("{} {}: {what}", step.method, step.path.split('?').next().unwrap_or_default()),
                means: step.means.clone().unwrap_or_else(|| means.to_owned()),
                change: step.change.clone().unwrap_or_else(|| change.to_owned()),
            }
        };
        let Some(status) = answer.status() else { return Some(told(None, answer.detail())) };
        if !step.status.contains(&status) {
            return Some(told(None, format!("{status}: {}", answer.detail())));
        }
        if status != 200 && status != 201 {
            return None;
        }
        let empty = Object::new();
        let body = answer.object().unwrap_or(&empty);
        let total = body.get("totalResults").cloned().unwrap_or_default();
        if step.found.is_some_and(|found| total != Value::Integer(found)) {
            let wanted = step.found.unwrap_or_default();
            return Some(told(None, format!("`totalResults` is {} where {wanted} fit", total.to_json())));
        }
        if step.page && (!matches!(total, Value::Integer(_)) || body.get("startIndex").is_none()) {
            return Some(told(None, "no page with `totalResults` and `startIndex`".to_owned()));
        }
        step.answers.iter().find_map(|(path, wanted)| {
            let path = self.filled(path, &str::to_owned)?;
            let wanted = self.filled_in(wanted)?;
            let have = Target::parse(&path, resource_of(&step.path))?.read(body).clone();
            let same = have.to_text() == wanted.to_text();
            (!same).then(|| {
                told(
                    Some(&path),
                    format!("`{path}` is answered as {} where {} was sent", have.to_json(), wanted.to_json()),
                )
            })
        })
    }
}

fn resource_of(path: &str) -> &'static str {
    if path.starts_with("/Groups") { "Group" } else { "User" }
}

/// How clients read a status, and what to do about it.
fn reading(answer: &Answer) -> (&'static str, &'static str) {
    match answer.status() {
        Some(200..=299) => (
            "the client goes on with another value than it sent, and sends its own again with each change",
            "give the rule a `read` that leads back exactly, or `shadow = true`, so that what was sent is answered",
        ),
        Some(400 | 422) => (
            "the client gives the task to an administrator, again with each change",
            "the sentence names the attribute: give it a rule that takes the value, or take it out at the client",
        ),
        Some(401 | 403) => {
            ("the client stops: it is not let in", "give the client a token of this tenant that may do this")
        }
        Some(404) => {
            ("the client takes the account for gone", "an id has to lead to its account as long as that is there")
        }
        Some(409) => (
            "the client stops at this account and leaves it to an administrator",
            "the query by user name has to find whoever is there already: `match` the attribute that is unique",
        ),
        Some(501) => {
            ("the client gives the task to an administrator", "what is asked for has to be done, or switched off there")
        }
        _ => (
            "the client tries again, and tells an administrator",
            "`postern check --live` says whether the application is reached",
        ),
    }
}
