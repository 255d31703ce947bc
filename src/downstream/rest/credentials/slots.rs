//! Which credentials bodies can name (`{credential}`, `{credential.NAME}`). Looked up before the calls
//! are read, which need to know. No I/O.

use super::super::body::{credential_of, slot_of};
use super::super::template::next_slot;
use super::credential::IN_BODY;
use super::csrf;
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems};
use crate::downstream::Binding;

/// The names of the credentials that `[downstream.credentials]` keeps for bodies, empty for the only one.
pub(in super::super) fn slots(downstream: &Node) -> Vec<String> {
    let Some(credentials) = downstream.get("credentials") else { return Vec::new() };
    let mut names = Vec::new();
    let goes_in_body = |node: &Node| node.get("send").is_some_and(|send| is(send, IN_BODY));
    if credentials.get("kind").is_some_and(|kind| is(kind, IN_BODY)) {
        match credentials.get("values").map(|values| &values.value) {
            Some(NodeValue::Table(entries)) => names.extend(entries.iter().map(|(key, _)| key.name.clone())),
            _ => names.push(String::new()),
        }
    } else if goes_in_body(credentials) {
        names.push(String::new());
    }
    if credentials.get("csrf").is_some_and(goes_in_body) {
        names.push(csrf::IN_BODY.to_owned());
    }
    names
}

/// A credential that no call sends is an error: each request would be a stranger's.
pub(in super::super) fn report_unsent(names: &[String], binding: &Binding<'_>, problems: &mut Problems) {
    let Some(credentials) = binding.downstream.get("credentials") else { return };
    let nodes = || binding.resources.iter().map(|(_, node)| *node).chain([binding.downstream]);
    for name in names.iter().filter(|name| !nodes().any(|node| sends(node, name))) {
        let message = format!("no call sends `{}`", slot_of(name));
        let problem = Diagnostic::error(Code::BAD_CREDENTIALS, &credentials.span, message);
        problems.push(problem.help(format!("in the body of each call: `json = {{ auth = \"{}\" }}`", slot_of(name))));
    }
}

fn sends(node: &Node, name: &str) -> bool {
    match &node.value {
        NodeValue::String(text) => next_slot(text).and_then(|(_, slot, _)| credential_of(slot)) == Some(name),
        NodeValue::Array(items) => items.iter().any(|item| sends(item, name)),
        NodeValue::Table(entries) => entries.iter().any(|(_, value)| sends(value, name)),
        _ => false,
    }
}

fn is(node: &Node, word: &str) -> bool {
    matches!(&node.value, NodeValue::String(text) if text == word)
}
