//! `[token]`: bearer tokens that the application knows, and `{token.NAME}`: what it, or the
//! configuration, says of a token. What is asked is decided here; asking is the gateway's.

use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::Span;
use crate::record::{FieldName, FieldShape, RecordShape, TOKEN};
use crate::value::Value;

/// How much a token may do with the resources that it may see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Access {
    /// Everything.
    #[default]
    Full,
    /// Everything but DELETE.
    NoDelete,
    /// Nothing that changes anything.
    Read,
}

impl Access {
    /// Every access by its word.
    pub const ALL: &[(&str, Self)] = &[("full", Self::Full), ("no_delete", Self::NoDelete), ("read", Self::Read)];
}

/// Where the application keeps its tokens, and what of them is asked for.
#[derive(Debug)]
pub struct TokenSource {
    /// The field with the secret, or with its digest; in an API's answer there is none.
    pub secret: FieldName,
    /// True when every record that is found is one of a token: a row is, an API's answer may say that
    /// it knows none.
    pub found_is_known: bool,
    /// What a token looks like.
    pub format: TokenFormat,
    /// How the application keeps it.
    pub hash: TokenHash,
    /// `{token.NAME}` and the field of each.
    pub values: Vec<(String, FieldName)>,
    /// What fields must hold.
    pub require: Vec<(FieldName, Value)>,
    /// The field with what the audit calls the token.
    pub name: Option<FieldName>,
    /// The field with the time from which it is worth nothing.
    pub expires: Option<FieldName>,
    /// The user name with which it is also taken as the password of Basic.
    pub basic_user: Option<Arc<str>>,
    /// How much it may do.
    pub access: Access,
    /// The endpoints that it is for, without a slash; all of them when none.
    pub scope: Option<Arc<[Arc<str>]>>,
    /// How long an answer is good for.
    pub kept: Duration,
}

/// What a token looks like. One that does not is refused without a question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TokenFormat {
    /// Any text.
    #[default]
    Text,
    /// A GUID, whose letters may be small or large.
    Uuid,
}

/// How the application keeps a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TokenHash {
    /// As it is.
    #[default]
    Plain,
    /// Its SHA-256 in hexadecimal digits.
    Sha256,
}

impl TokenSource {
    /// What the driver must know: the secret first, then all that is read.
    #[must_use]
    pub fn shape(&self) -> RecordShape {
        let mut fields = vec![read(&self.secret, "secret")];
        let named = self.values.iter().map(|(_, field)| (field, "values"));
        let required = self.require.iter().map(|(field, _)| (field, "require"));
        let others = [(&self.name, "name"), (&self.expires, "expires")];
        let others = others.into_iter().filter_map(|(field, key)| Some((field.as_ref()?, key)));
        for (field, key) in named.chain(required).chain(others) {
            if fields.iter().all(|have| have.name != *field) {
                fields.push(read(field, key));
            }
        }
        RecordShape { resource: TOKEN.into(), fields, members: Vec::new(), looked_up: true }
    }

    /// True when it gives `{token.NAME}`.
    #[must_use]
    pub fn gives(&self, name: &str) -> bool {
        self.values.iter().any(|(have, _)| have == name)
    }
}

fn read(name: &FieldName, label: &str) -> FieldShape {
    FieldShape { name: name.clone(), list: None, label: label.into(), read: true, written: false, once: false }
}

/// A constant of which a part is told by the token of the request: `"{token.service_user}"`.
#[derive(Debug)]
pub struct TokenText {
    /// The text before each value, and the value's name.
    parts: Vec<(String, String)>,
    /// The text after the last one.
    rest: String,
    /// Where it stands.
    pub span: Span,
}

impl TokenText {
    /// Reads a text; none when no `{token.NAME}` is in it.
    #[must_use]
    pub fn read(text: &str, span: &Span) -> Option<Self> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once("{token.") {
            let Some((name, after)) = after.split_once('}') else { break };
            parts.push((before.to_owned(), name.to_owned()));
            rest = after;
        }
        (!parts.is_empty()).then(|| Self { parts, rest: rest.to_owned(), span: span.clone() })
    }

    /// The value of this name, and nothing around it.
    #[must_use]
    pub fn named(name: &str, span: &Span) -> Self {
        Self { parts: vec![(String::new(), name.to_owned())], rest: String::new(), span: span.clone() }
    }

    /// The names in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|(_, name)| name.as_str())
    }

    /// The text with the values of a token. One that stands alone keeps its type; none when the token
    /// does not have one of them.
    #[must_use]
    pub fn value(&self, values: &[(String, Value)]) -> Option<Value> {
        let of = |name: &str| values.iter().find(|(have, _)| have == name).map(|(_, value)| value);
        if let ([(before, name)], true) = (self.parts.as_slice(), self.rest.is_empty())
            && before.is_empty()
        {
            return of(name).cloned();
        }
        let mut filled = String::new();
        for (before, name) in &self.parts {
            filled.push_str(before);
            filled.push_str(&of(name)?.to_text());
        }
        Some((filled + &self.rest).into())
    }
}
