//! Takes values out of a TOML table and notes what is wrong: a missing key, a wrong type, a key
//! that nobody asked for.
//!
//! The reader asks for every key it knows, then calls [`Table::finish`], which reports the rest
//! with "did you mean". So the list of known keys is never written twice.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::PathBuf;

use super::{Code, Diagnostic, Key, Node, NodeValue, Problems, Span, nearest};

/// A table being read.
#[derive(Debug)]
pub struct Table<'a> {
    entries: &'a [(Key, Node)],
    /// Where the table stands.
    pub span: Span,
    /// What the table is, for messages: `[User]`, `a rule`.
    what: String,
    asked: RefCell<Vec<String>>,
}

impl<'a> Table<'a> {
    /// Starts to read `node`, called `what` in messages. Notes a problem when it is no table.
    pub fn open(node: &'a Node, what: &str, problems: &mut Problems) -> Option<Self> {
        let NodeValue::Table(entries) = &node.value else {
            problems.push(
                Diagnostic::error(Code::WRONG_TYPE, &node.span, format!("{what} is {}, not a table", node.kind()))
                    .label("expected a table"),
            );
            return None;
        };
        Some(Self { entries, span: node.span.clone(), what: what.to_owned(), asked: RefCell::default() })
    }

    /// The node under `key`, if it is there.
    pub fn node(&self, key: &str) -> Option<&'a Node> {
        self.asked.borrow_mut().push(key.to_owned());
        self.entries.iter().find(|(have, _)| have.name == key).map(|(_, node)| node)
    }

    /// Where the key `key` stands, else the table.
    #[must_use]
    pub fn span_of(&self, key: &str) -> Span {
        self.entries
            .iter()
            .find(|(have, _)| have.name == key)
            .map_or_else(|| self.span.clone(), |(have, _)| have.span.clone())
    }

    /// Notes that `key` is missing.
    pub fn missing(&self, key: &str, help: &str, problems: &mut Problems) {
        problems
            .push(Diagnostic::error(Code::MISSING_KEY, &self.span, format!("{} has no `{key}`", self.what)).help(help));
    }

    /// The node under `key`; notes a problem when it is missing.
    pub fn required(&self, key: &str, help: &str, problems: &mut Problems) -> Option<&'a Node> {
        let node = self.node(key);
        if node.is_none() {
            self.missing(key, help, problems);
        }
        node
    }

    /// The string under `key`, with its place.
    pub fn string(&self, key: &str, problems: &mut Problems) -> Option<(&'a str, &'a Span)> {
        let node = self.node(key)?;
        let text = node.as_str();
        if text.is_none() {
            wrong_type(key, node, "a string", problems);
        }
        text.map(|text| (text, &node.span))
    }

    /// The string under `key`; notes a problem when it is missing.
    pub fn required_string(&self, key: &str, help: &str, problems: &mut Problems) -> Option<(&'a str, &'a Span)> {
        self.required(key, help, problems)?;
        self.string(key, problems)
    }

    /// The boolean under `key`.
    pub fn boolean(&self, key: &str, problems: &mut Problems) -> Option<bool> {
        let node = self.node(key)?;
        if let NodeValue::Boolean(b) = node.value {
            return Some(b);
        }
        wrong_type(key, node, "`true` or `false`", problems);
        None
    }

    /// The whole number under `key`, not negative.
    pub fn number(&self, key: &str, problems: &mut Problems) -> Option<u64> {
        let node = self.node(key)?;
        if let NodeValue::Integer(i) = node.value
            && let Ok(number) = u64::try_from(i)
        {
            return Some(number);
        }
        if let NodeValue::Integer(_) = node.value {
            problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, format!("`{key}` is negative")));
            return None;
        }
        wrong_type(key, node, "a whole number", problems);
        None
    }

    /// The list of strings under `key`, each with its place.
    pub fn strings(&self, key: &str, problems: &mut Problems) -> Vec<(&'a str, &'a Span)> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let NodeValue::Array(items) = &node.value else {
            wrong_type(key, node, "a list of strings", problems);
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in items {
            match item.as_str() {
                Some(text) => found.push((text, &item.span)),
                None => wrong_type(key, item, "a string", problems),
            }
        }
        found
    }

    /// The duration under `key`: `"250ms"`, `"10s"`, `"10m"`, `"24h"`.
    pub fn duration(&self, key: &str, problems: &mut Problems) -> Option<std::time::Duration> {
        const HELP: &str = "write a number and a unit: `250ms`, `10s`, `10m`, `24h`";
        let node = self.node(key)?;
        let Some(text) = node.as_str() else {
            problems.push(
                Diagnostic::error(Code::WRONG_TYPE, &node.span, format!("`{key}` is {}, not a duration", node.kind()))
                    .help(HELP),
            );
            return None;
        };
        let span = &node.span;
        let parsed = text.parse::<jiff::SignedDuration>().ok().and_then(|d| std::time::Duration::try_from(d).ok());
        if parsed.is_none() {
            problems.push(Diagnostic::error(Code::WRONG_TYPE, span, format!("`{text}` is not a duration")).help(HELP));
        }
        parsed
    }

    /// The path under `key`, relative to `folder`.
    pub fn path(&self, key: &str, folder: &std::path::Path, problems: &mut Problems) -> Option<PathBuf> {
        self.string(key, problems).map(|(text, _)| folder.join(text))
    }

    /// True when some key was not asked for, so that [`Self::finish`] will complain.
    #[must_use]
    pub fn has_unknown_keys(&self) -> bool {
        let asked = self.asked.borrow();
        self.entries.iter().any(|(key, _)| !asked.contains(&key.name))
    }

    /// All entries, for tables whose keys are the user's own names. Nothing is left for `finish`.
    #[must_use]
    pub fn entries(&self) -> &'a [(Key, Node)] {
        let mut asked = self.asked.borrow_mut();
        asked.extend(self.entries.iter().map(|(key, _)| key.name.clone()));
        self.entries
    }

    /// Reports every key that nobody asked for.
    pub fn finish(self, problems: &mut Problems) {
        self.finish_with(&|_| None, problems);
    }

    /// The same; `elsewhere` says of a key that is unknown here where it belongs.
    pub fn finish_with(self, elsewhere: &dyn Fn(&str) -> Option<String>, problems: &mut Problems) {
        let mut asked = self.asked.into_inner();
        let mut seen = HashSet::new();
        asked.retain(|key| seen.insert(key.clone()));
        for (key, _) in self.entries.iter().filter(|(key, _)| !asked.contains(&key.name)) {
            let message = format!("{} has no key `{}`", self.what, key.name);
            let mut problem = Diagnostic::error(Code::UNKNOWN_KEY, &key.span, message).label("unknown key");
            let near = || nearest(&key.name, asked.iter().map(String::as_str));
            let near = || near().map(|near| format!("did you mean `{near}`?"));
            let help = elsewhere(&key.name).or_else(near);
            problem = problem.help(help.unwrap_or_else(|| format!("known keys: {}", asked.join(", "))));
            problems.push(problem);
        }
    }
}

fn wrong_type(key: &str, node: &Node, expected: &str, problems: &mut Problems) {
    problems.push(
        Diagnostic::error(Code::WRONG_TYPE, &node.span, format!("`{key}` is {}", node.kind()))
            .label(format!("expected {expected}")),
    );
}
