//! How a body is written: as JSON, as a form (`application/x-www-form-urlencoded`), or as XML. Names and
//! values of a form are percent-encoded, those of XML escaped, so none leaves its place. No I/O.

use std::fmt;

use http::HeaderValue;
use serde_json::Value as Json;

use super::body::{Body, Hole, Whole};
use super::context::Context;
use super::credentials::Credential;
use super::template::{Refused, Slot, encode_all};
use super::xml;
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table};

/// How a call's body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As it is.
    Json,
    /// As names and values.
    Form,
    /// As elements.
    Xml,
}

/// A body, ready to be shown, and to be sent once the credentials in it are there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Payload {
    encoding: Encoding,
    /// As it is shown.
    text: String,
    /// What is not in it yet.
    open: Option<Open>,
}

#[derive(Debug, Clone, PartialEq)]
struct Open {
    body: Json,
    holes: Vec<Hole>,
}

impl Encoding {
    /// Takes `json`, `form` or `xml` out of a call's table; the inner `None` is a body that cannot be
    /// used, which was noted.
    pub(super) fn read(
        table: &Table<'_>,
        allowed: (&[Slot], &[Whole]),
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> (Self, Option<Option<Body>>) {
        let bodies = [("json", Self::Json), ("form", Self::Form), ("xml", Self::Xml)];
        let bodies: Vec<_> = bodies.iter().filter_map(|(key, kind)| Some((table.node(key)?, *kind))).collect();
        match bodies.as_slice() {
            [] => (Self::Json, None),
            [(node, Self::Json)] => (Self::Json, Some(Body::read(node, allowed, context, problems))),
            [(node, Self::Form)] => (Self::Form, Some(read_form(node, allowed, context, problems))),
            [(node, Self::Xml)] => (Self::Xml, Some(read_xml(node, allowed, context, problems))),
            [_, (node, kind), ..] => {
                let problem = Diagnostic::error(Code::CONFLICTING_KEYS, &node.span, "a call has one body");
                problems.push(problem.help("write `json`, `form` or `xml`"));
                (*kind, Some(None))
            }
        }
    }

    /// The body as it is shown and sent.
    ///
    /// # Errors
    /// A value that this kind of body cannot hold.
    pub(super) fn payload(self, body: Json, holes: Vec<Hole>) -> Result<Payload, Refused> {
        let text = self.write(&body)?;
        let open = (!holes.is_empty()).then_some(Open { body, holes });
        Ok(Payload { encoding: self, text, open })
    }

    fn write(self, body: &Json) -> Result<String, Refused> {
        match self {
            Self::Json => Ok(body.to_string()),
            Self::Form => {
                let mut form = Vec::new();
                for (name, value) in body.as_object().into_iter().flatten() {
                    push(name, value, &mut form);
                }
                Ok(form.join("&"))
            }
            Self::Xml => xml::write(body).ok_or(Refused(Slot::Record)),
        }
    }
}

fn read_form(
    node: &Node,
    allowed: (&[Slot], &[Whole]),
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Body> {
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
    body.filter(|_| fits)
}

/// A document has one root, whose name the mapping says.
fn read_xml(node: &Node, allowed: (&[Slot], &[Whole]), context: &Context<'_>, problems: &mut Problems) -> Option<Body> {
    let body = Body::read(node, allowed, context, problems)?;
    match &body {
        Body::Object(members) if members.len() == 1 && members.iter().all(|(name, _)| name != "*") => Some(body),
        _ => {
            let message = "`xml` is not one element";
            let help = "write the root and what is in it: `xml = { user = \"{record}\" }`";
            problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).help(help));
            None
        }
    }
}

impl Payload {
    /// A form of these names and values.
    pub(super) fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| format!("{}={}", encode_all(name), encode_all(value)));
        let text = pairs.collect::<Vec<_>>().join("&");
        Self { encoding: Encoding::Form, text, open: None }
    }

    /// The body's media type.
    pub(super) const fn media_type(&self) -> HeaderValue {
        HeaderValue::from_static(match self.encoding {
            Encoding::Json => "application/json",
            Encoding::Form => "application/x-www-form-urlencoded",
            Encoding::Xml => "application/xml",
        })
    }

    /// The body as it is sent; `None` where a credential is not there or cannot stand in it.
    pub(super) fn with(&self, credential: &Credential) -> Option<String> {
        let Some(open) = &self.open else { return Some(self.text.clone()) };
        let mut body = open.body.clone();
        for hole in &open.holes {
            hole.fill(&mut body, credential.in_body(&hole.name)?)?;
        }
        self.encoding.write(&body).ok()
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
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
