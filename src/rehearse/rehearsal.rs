//! What a rehearsal came to: acts in order, and in each what would go wrong in production.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::value::{Object, Value};

use super::entra::Report;
use super::{Exchange, Sending, Wire};

/// A client's whole repertoire, played.
#[derive(Debug, Clone, Default)]
pub struct Rehearsal {
    /// In the order in which they were played.
    pub acts: Vec<Act>,
    /// What the application still holds at the end.
    pub left: Vec<Left>,
}

/// A part of a repertoire.
#[derive(Debug, Clone, Default)]
pub struct Act {
    /// What the client was about.
    pub name: String,
    /// What was exchanged.
    pub exchanges: Vec<Exchange>,
    /// What the client's own log says of each object.
    pub objects: Vec<Object>,
    /// What would go wrong.
    pub findings: Vec<Finding>,
}

/// Something that would go wrong in production.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The attribute that it is about.
    pub attribute: Option<String>,
    /// The resource type of the attribute.
    pub resource: &'static str,
    /// What happened.
    pub what: String,
    /// How the client reads it.
    pub means: String,
    /// What to change.
    pub change: String,
}

/// Something that a rehearsal made and could not take away.
#[derive(Debug, Clone)]
pub struct Left {
    /// `/Users/…`
    pub path: String,
    /// Why.
    pub why: String,
    /// What the application holds of it, where somebody looked.
    pub held: Option<Value>,
}

impl Rehearsal {
    /// Every finding once, with the act in which it was met first.
    #[must_use]
    pub fn findings(&self) -> Vec<(&str, &Finding)> {
        let mut found: Vec<(&str, &Finding)> = Vec::new();
        for act in &self.acts {
            for finding in &act.findings {
                if !found.iter().any(|(_, have)| have.is_same(finding)) {
                    found.push((&act.name, finding));
                }
            }
        }
        found
    }

    /// Takes away what the acts made and have not taken away themselves; then says what is left.
    pub(super) async fn sweep(&mut self, wire: &mut Wire, keep: bool) {
        let made = made(self.acts.iter().flat_map(|act| &act.exchanges));
        if keep {
            let why = "it was to be kept (`--keep`)";
            self.left = made.into_iter().map(|path| Left { path, why: why.to_owned(), held: None }).collect();
            return;
        }
        // Groups first: members are not deleted while they are some.
        let (groups, others): (Vec<String>, Vec<String>) =
            made.into_iter().partition(|path| path.starts_with("/Groups"));
        for path in groups.into_iter().chain(others) {
            wire.send("clear up", &Sending::delete(path)).await;
        }
        let exchanges = wire.take_exchanges();
        if !exchanges.is_empty() {
            self.acts.push(Act { name: "clear up".to_owned(), exchanges, ..Act::default() });
        }
        self.left = left(self.acts.iter().flat_map(|act| &act.exchanges));
    }
}

impl Act {
    /// An act without findings so far.
    pub(super) fn of(name: &str, report: &Report) -> Self {
        let objects = report.objects.iter().map(super::entra::Object::to_object).collect();
        Self { name: name.to_owned(), exchanges: report.exchanges.clone(), objects, findings: Vec::new() }
    }
}

impl Finding {
    /// The same thing, met again.
    fn is_same(&self, other: &Self) -> bool {
        let key = |finding: &Self| (finding.attribute.clone(), finding.means.clone(), finding.change.clone());
        // Of one attribute one way of going wrong is enough; without an attribute the words tell.
        key(self) == key(other) && (self.attribute.is_some() || self.what == other.what)
    }

    /// The whole as one object.
    #[must_use]
    pub fn to_object(&self) -> Object {
        let mut object = Object::new();
        if let Some(attribute) = &self.attribute {
            object.set("attribute", attribute.as_str());
        }
        object.set("resource", self.resource);
        object.set("what", self.what.as_str());
        object.set("means", self.means.as_str());
        object.set("change", self.change.as_str());
        object
    }
}

/// The path below the base address of what an answer to a POST made.
#[must_use]
pub fn made_by(exchange: &Exchange) -> Option<String> {
    let id = exchange.answer.object()?.get("id").and_then(Value::as_str).filter(|id| !id.is_empty())?;
    let is_made = exchange.method == "POST" && exchange.answer.is_success();
    is_made.then(|| format!("{}/{}", exchange.path.split('?').next().unwrap_or_default(), segment(id)))
}

/// An id as a segment of a path, whatever is in it.
#[must_use]
pub(super) fn segment(id: &str) -> String {
    const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(id, UNRESERVED).to_string()
}

/// What was made and not deleted.
fn made<'e>(exchanges: impl Iterator<Item = &'e Exchange>) -> BTreeSet<String> {
    let mut there = BTreeSet::new();
    for exchange in exchanges {
        if let Some(path) = made_by(exchange) {
            there.insert(path);
        }
        if exchange.method == "DELETE" && (exchange.answer.is_success() || exchange.status() == 404) {
            there.remove(&exchange.path);
        }
    }
    there
}

/// What was made and is still there: not deleted, or deleted for the client alone.
fn left<'e>(exchanges: impl Iterator<Item = &'e Exchange>) -> Vec<Left> {
    let mut left: Vec<Left> = Vec::new();
    for exchange in exchanges {
        if let Some(path) = made_by(exchange) {
            left.push(Left { path, why: "nobody deleted it".to_owned(), held: exchange.held.clone() });
        }
        let Some(at) = left.iter().position(|one| exchange.method == "DELETE" && one.path == exchange.path) else {
            continue;
        };
        let held = exchange.held.clone().filter(|held| held.as_object().is_some());
        match (exchange.answer.is_success() || exchange.status() == 404, held) {
            (true, None) => _ = left.remove(at),
            (true, held) => {
                let why = "DELETE was answered with success, and the application goes on holding it".to_owned();
                left[at] = Left { path: exchange.path.clone(), why, held };
            }
            (false, held) => {
                let why = format!("DELETE was answered with {}: {}", exchange.status(), exchange.answer.detail());
                left[at] = Left { path: exchange.path.clone(), why, held };
            }
        }
    }
    left
}
