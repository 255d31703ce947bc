//! Kinds whose secrets are sent as they are: `header`, `bearer`, `basic`, `query`, `body`.

use base64::Engine as _;
use http::HeaderName;

use super::super::context::Context;
use super::super::meaning::Answer;
use super::super::reach::Reach;
use super::super::template::encode_all;
use super::Kind;
use super::credential::{Credential, Place, Unfit};
use super::secret::Secret;
use super::token::Token;
use crate::diagnostic::{Code, Diagnostic, Problems, Span, Table};
use crate::downstream::{DownstreamError, ErrorKind};

/// Secrets and their places.
#[derive(Debug)]
pub(super) struct Fixed(Vec<Part>);

#[derive(Debug)]
struct Part {
    place: Place,
    /// The user's name before the secret, as `basic` sends it.
    user: Option<Secret>,
    secret: Secret,
}

impl Fixed {
    /// What a request carries now.
    ///
    /// # Errors
    /// `Credentials` where a secret that was replaced cannot stand in its place: without it a request
    /// would be somebody else's.
    pub(super) fn credential(&self) -> Result<Credential, DownstreamError> {
        let unfit = |Unfit| {
            let message = "[downstream.credentials]: the secret holds a character that no header can hold";
            DownstreamError::new(ErrorKind::Credentials, message)
        };
        self.carried().map_err(unfit)
    }

    /// Other secrets than those which an answer refuses, where their files hold such.
    pub(super) fn replaced(&self, refused: &Credential, answer: &Answer) -> Option<Credential> {
        if !matches!(answer.status.as_u16(), 401 | 403) {
            return None;
        }
        for Part { user, secret, .. } in &self.0 {
            user.iter().chain([secret]).for_each(|secret| secret.look(true));
        }
        self.carried().ok().filter(|credential| credential != refused)
    }

    fn carried(&self) -> Result<Credential, Unfit> {
        let mut credential = Credential::default();
        for Part { place, user, secret } in &self.0 {
            let secret = secret.text();
            let text = match user {
                None => secret.to_string(),
                Some(user) => base64::engine::general_purpose::STANDARD.encode(format!("{}:{secret}", user.text())),
            };
            place.carry(&Token::Text(text), &mut credential)?;
        }
        Ok(credential)
    }

    /// The kind, if its secrets can stand in their places.
    fn checked(self, span: &Span, problems: &mut Problems) -> Option<Kind> {
        if self.carried().is_err() {
            let message = "the secret holds a character that no header can hold";
            problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, span, message));
            return None;
        }
        Some(Kind::Fixed(self))
    }
}

/// `kind = "header"`: `name` and `value`, or `headers` with several.
pub(super) fn read_header(
    table: &Table<'_>,
    _: Option<&Reach>,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Kind> {
    let place = |name: &str, span: &Span, problems: &mut Problems| match name.parse::<HeaderName>() {
        Ok(name) => Some(Place::Header(name, String::new())),
        Err(_) => {
            let message = format!("`{name}` is no header's name");
            problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, span, message));
            None
        }
    };
    if table.node("headers").is_some() {
        return several(table, ("headers", &["name", "value"]), &place, context, problems);
    }
    let name = table.required_string("name", "the header's name: `X-API-Key`", problems);
    let secret = Secret::read(table, "value", context, problems);
    let place = name.and_then(|(name, span)| place(name, span, problems));
    let part = Part { place: place?, user: None, secret: secret? };
    Fixed(vec![part]).checked(&table.span_of("value"), problems)
}

/// `kind = "bearer"` (RFC 6750 §2.1)
pub(super) fn read_bearer(
    table: &Table<'_>,
    _: Option<&Reach>,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Kind> {
    let scheme = table.string("scheme", problems).map_or("Bearer", |(scheme, _)| scheme);
    let secret = Secret::read(table, "token", context, problems)?;
    let part = Part { place: Place::authorization(scheme), user: None, secret };
    Fixed(vec![part]).checked(&table.span_of("token"), problems)
}

/// `kind = "basic"` (RFC 7617)
pub(super) fn read_basic(
    table: &Table<'_>,
    _: Option<&Reach>,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Kind> {
    let user = table.required("user", "the user's name", problems);
    let user = user.and_then(|_| Secret::read_name(table, "user", context, problems));
    let secret = Secret::read(table, "password", context, problems);
    let user = user?;
    if user.text().contains(':') {
        let message = "a user's name with a colon cannot be sent (RFC 7617 §2)";
        problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, &table.span_of("user"), message));
        return None;
    }
    let part = Part { place: Place::authorization("Basic"), user: Some(user), secret: secret? };
    Fixed(vec![part]).checked(&table.span, problems)
}

/// `kind = "query"`
pub(super) fn read_query(
    table: &Table<'_>,
    _: Option<&Reach>,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Kind> {
    let name = table.required_string("name", "the parameter's name: `api_key`", problems);
    let secret = Secret::read(table, "value", context, problems);
    let part = Part { place: Place::Query(encode_all(name?.0)), user: None, secret: secret? };
    Some(Kind::Fixed(Fixed(vec![part])))
}

/// `kind = "body"`: `value` for `{credential}`, or `values` for `{credential.NAME}`.
pub(super) fn read_body(
    table: &Table<'_>,
    _: Option<&Reach>,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Kind> {
    if table.node("values").is_some() {
        let place = |name: &str, _: &Span, _: &mut Problems| Some(Place::Body(name.to_owned()));
        return several(table, ("values", &["value"]), &place, context, problems);
    }
    let secret = Secret::read(table, "value", context, problems)?;
    Some(Kind::Fixed(Fixed(vec![Part { place: Place::Body(String::new()), user: None, secret }])))
}

/// A table of secrets by name, in place of the keys for a single one.
fn several(
    table: &Table<'_>,
    (key, instead_of): (&str, &[&str]),
    place: &dyn Fn(&str, &Span, &mut Problems) -> Option<Place>,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Kind> {
    for single in instead_of.iter().filter(|single| table.node(single).is_some()) {
        let message = format!("`{single}` and `{key}` exclude each other");
        problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of(single), message));
    }
    let inner = Table::open(table.node(key)?, &format!("`{key}`"), problems)?;
    let mut parts = Vec::new();
    for (name, _) in inner.entries() {
        let place = place(&name.name, &name.span, problems);
        parts.push((place, Secret::read(&inner, &name.name, context, problems)));
    }
    if parts.is_empty() {
        let problem = Diagnostic::error(Code::BAD_CREDENTIALS, &inner.span, format!("`{key}` names nothing"));
        problems.push(problem.help("names with their secrets: `{ NAME = { env = \"…\" } }`"));
        return None;
    }
    let part =
        |(place, secret): (Option<Place>, Option<Secret>)| Some(Part { place: place?, user: None, secret: secret? });
    let parts = parts.into_iter().map(part).collect::<Option<Vec<_>>>()?;
    Fixed(parts).checked(&table.span_of(key), problems)
}
