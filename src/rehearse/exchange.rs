//! One request and what came back, as it is kept for a report: bounded, without credentials.

use crate::value::{Object, Value};

/// A request that a client makes.
#[derive(Debug, Clone)]
pub struct Sending {
    /// `GET`, `POST`, `PUT`, `PATCH`, `DELETE`.
    pub method: &'static str,
    /// Path and query below the base address, encoded: `/Users?filter=userName+eq+%22kim%22`.
    pub path: String,
    /// The body.
    pub body: Option<Value>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A whole answer.
    Status {
        /// Its status.
        status: u16,
        /// Its body; `Null` where there is none.
        body: Value,
        /// Why the body is no JSON, where it is none.
        unreadable: Option<String>,
    },
    /// No answer within the time that the client waits.
    Timeout,
    /// No connection, or one that broke off.
    Broken(String),
}

/// A request and its answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What the client was about: `match`, `create`, `update`, `reference`.
    pub step: String,
    /// The method.
    pub method: &'static str,
    /// Path and query below the base address, as sent.
    pub path: String,
    /// The body sent, passwords taken out.
    pub sent: Value,
    /// The answer; bodies beyond 64 KiB are left out of what is kept.
    pub answer: Answer,
    /// Headers of the answer that clients look at.
    pub headers: Vec<(&'static str, String)>,
    /// What the application held afterwards, where somebody looked.
    pub held: Option<Value>,
}

/// Largest body that is kept, as text.
const KEPT: usize = 64 * 1024;

impl Sending {
    /// A request without a body.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), body: None }
    }

    /// A request with a body.
    #[must_use]
    pub fn with(method: &'static str, path: impl Into<String>, body: Value) -> Self {
        Self { method, path: path.into(), body: Some(body) }
    }

    /// A request to delete.
    #[must_use]
    pub fn delete(path: impl Into<String>) -> Self {
        Self { method: "DELETE", path: path.into(), body: None }
    }

    /// True when the request is meant to change something.
    #[must_use]
    pub fn is_write(&self) -> bool {
        self.method != "GET"
    }
}

impl Answer {
    /// The status; `None` without an answer.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            Self::Timeout | Self::Broken(_) => None,
        }
    }

    /// True for 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status().is_some_and(|status| (200..300).contains(&status))
    }

    /// The body; `Null` without one.
    #[must_use]
    pub const fn body(&self) -> &Value {
        static NULL: Value = Value::Null;
        match self {
            Self::Status { body, .. } => body,
            Self::Timeout | Self::Broken(_) => &NULL,
        }
    }

    /// The members of the body; `None` when it is no object.
    #[must_use]
    pub const fn object(&self) -> Option<&Object> {
        self.body().as_object()
    }

    /// What an administrator is shown: the error's `detail`, or what went wrong on the way.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Timeout => "no answer in time".to_owned(),
            Self::Broken(why) => why.clone(),
            Self::Status { status, body, unreadable } => {
                let detail = body.as_object().and_then(|error| error.get("detail")).and_then(Value::as_str);
                match (detail, unreadable) {
                    (Some(detail), _) => detail.to_owned(),
                    (None, Some(why)) => format!("{status}, and a body that is no JSON: {why}"),
                    (None, None) => format!("{status} without a word"),
                }
            }
        }
    }

    /// The same, with a body that is small enough to be kept.
    pub(super) fn kept(&self) -> Self {
        match self {
            Self::Status { status, body, .. } if body.to_json().len() > KEPT => {
                Self::Status { status: *status, body: Value::Null, unreadable: None }
            }
            other => other.clone(),
        }
    }
}

impl Exchange {
    /// True when the request was meant to change something.
    #[must_use]
    pub fn is_write(&self) -> bool {
        self.method != "GET"
    }

    /// The status; 0 without an answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.answer.status().unwrap_or(0)
    }

    /// The whole as one object, for a report that machines read.
    #[must_use]
    pub fn to_object(&self) -> Object {
        let mut object = Object::new();
        object.set("step", self.step.as_str());
        object.set("method", self.method);
        object.set("path", self.path.as_str());
        object.set("sent", self.sent.clone());
        object.set("status", i64::from(self.status()));
        if !self.answer.is_success() {
            object.set("detail", self.answer.detail());
        }
        object.set("answered", self.answer.body().clone());
        if !self.headers.is_empty() {
            object.set("headers", self.headers.iter().map(|(n, v)| (*n, v.as_str())).collect::<Object>());
        }
        if let Some(held) = &self.held {
            object.set("held", held.clone());
        }
        object
    }
}

/// The body as it may be kept: a password is nobody's to read.
pub(super) fn without_secrets(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let shown = |(name, value): (&str, &Value)| {
                let secret = name.eq_ignore_ascii_case("password") && !value.is_unassigned();
                (name.to_owned(), if secret { Value::from("(not shown)") } else { without_secrets(value) })
            };
            Value::Object(object.iter().map(shown).collect())
        }
        Value::List(items) => Value::List(items.iter().map(without_secrets).collect()),
        other => other.clone(),
    }
}
