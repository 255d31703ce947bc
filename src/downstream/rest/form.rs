//! How a body is written: as JSON, or as a form (`application/x-www-form-urlencoded`). Names and
//! values of a form are percent-encoded, so none leaves its place. No I/O.

use std::fmt;

use http::HeaderValue;
use serde_json::Value as Json;

use super::body::{Body, Whole};
use super::context::Context;
use super::template::{Slot, encode_all};
use crate::diagnostic::{Code, Diagnostic, NodeValue, Problems, Table};

/// How a call's body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As it is.
    Json,
    /// As names and values.
    Form,
}

/// A body, ready to be sent or shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Payload {
    /// A JSON document.
    Json(Json),
    /// A form, encoded.
    Form(String),
}

impl Encoding {
    /// Takes `json` or `form` out of a call's table; the inner `None` is a body that cannot be
    /// used, which was noted.
    pub(super) fn read(
        table: &Table<'_>,
        allowed: (&[Slot], &[Whole]),
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> (Self, Option<Option<Body>>) {
        let json = table.node("json").map(|node| Body::read(node, allowed, context, problems));
        let Some(node) = table.node("form") else { return (Self::Json, json) };
        if json.is_some() {
            let problem = Diagnostic::error(Code::CONFLICTING_KEYS, &node.span, "a call has one body");
            problems.push(problem.help("write `json` or `form`"));
            return (Self::Form, Some(None));
        }
        let body = Body::read(node, allowed, context, problems);
        let fits = matches!(body, None | Some(Body::Object(_) | Body::Whole(Whole::Record | Whole::Changes)));
        if !fits {
            let message = match node.value {
                NodeValue::String(_) => "`form` holds no names".to_owned(),
                _ => format!("`form` is {}", node.kind()),
            };
            let help = "write names with their values: `form = { \"*\" = \"{record}\", commit = \"Save\" }`";
            problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).help(help));
        }
        (Self::Form, Some(body.filter(|_| fits)))
    }

    /// The body as it is sent.
    pub(super) fn payload(self, body: Json) -> Payload {
        match self {
            Self::Json => Payload::Json(body),
            Self::Form => {
                let mut form = Vec::new();
                for (name, value) in body.as_object().into_iter().flatten() {
                    push(name, value, &mut form);
                }
                Payload::Form(form.join("&"))
            }
        }
    }
}

impl Payload {
    /// The body's media type.
    pub(super) const fn media_type(&self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json(_) => "application/json",
            Self::Form(_) => "application/x-www-form-urlencoded",
        })
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(body) => body.fmt(f),
            Self::Form(text) => f.write_str(text),
        }
    }
}

/// Members of an object become `name[member]`, a list repeats its name. An empty list is sent as an
/// empty value: left out, it would not empty anything.
fn push(name: &str, value: &Json, form: &mut Vec<String>) {
    let mut pair = |text: &str| form.push(format!("{}={}", encode_all(name), encode_all(text)));
    match value {
        Json::Null => pair(""),
        Json::String(text) => pair(text),
        Json::Bool(_) | Json::Number(_) => pair(&value.to_string()),
        Json::Array(items) if items.is_empty() => pair(""),
        Json::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let indexed =
                    if item.is_object() || item.is_array() { format!("{name}[{at}]") } else { name.to_owned() };
                push(&indexed, item, form);
            }
        }
        Json::Object(members) => {
            for (member, value) in members {
                push(&format!("{name}[{member}]"), value, form);
            }
        }
    }
}
