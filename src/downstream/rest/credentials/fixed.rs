//! Kinds whose secrets are sent as they are: `header`, `bearer`, `basic`, `query`.

use base64::Engine as _;
use http::HeaderName;

use super::super::context::Context;
use super::super::template::encode_all;
use super::Kind;
use super::credential::{Credential, Place};
use super::secret::Secret;
use super::token::Token;
use crate::diagnostic::{Code, Diagnostic, Problems, Span, Table};

/// A secret and its place.
#[derive(Debug)]
pub(super) struct Fixed {
    place: Place,
    /// The user's name before the secret, as `basic` sends it.
    user: Option<Secret>,
    secret: Secret,
}

impl Fixed {
    /// What a request carries now.
    pub(super) fn credential(&self) -> Credential {
        self.carried().unwrap_or_default()
    }

    fn carried(&self) -> Option<Credential> {
        let secret = self.secret.text();
        let text = match &self.user {
            None => secret.to_string(),
            Some(user) => base64::engine::general_purpose::STANDARD.encode(format!("{}:{secret}", user.text())),
        };
        let mut credential = Credential::default();
        self.place.carry(&Token::Text(text), &mut credential).ok().map(|()| credential)
    }

    /// The kind, if its secret can stand in its place.
    fn checked(self, span: &Span, problems: &mut Problems) -> Option<Kind> {
        if self.carried().is_none() {
            let message = "the secret holds a character that no header can hold";
            problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, span, message));
            return None;
        }
        Some(Kind::Fixed(self))
    }
}

/// `kind = "header"`
pub(super) fn read_header(table: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<Kind> {
    let name = table.required_string("name", "the header's name: `X-API-Key`", problems);
    let secret = Secret::read(table, "value", context, problems);
    let (name, span) = name?;
    let Ok(name) = name.parse::<HeaderName>() else {
        let message = format!("`{name}` is no header's name");
        problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, span, message));
        return None;
    };
    let fixed = Fixed { place: Place::Header(name, String::new()), user: None, secret: secret? };
    fixed.checked(&table.span_of("value"), problems)
}

/// `kind = "bearer"` (RFC 6750 §2.1)
pub(super) fn read_bearer(table: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<Kind> {
    let scheme = table.string("scheme", problems).map_or("Bearer", |(scheme, _)| scheme);
    let secret = Secret::read(table, "token", context, problems)?;
    Fixed { place: Place::authorization(scheme), user: None, secret }.checked(&table.span_of("token"), problems)
}

/// `kind = "basic"` (RFC 7617)
pub(super) fn read_basic(table: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<Kind> {
    let user = table.required("user", "the user's name", problems);
    let user = user.and_then(|_| Secret::read_name(table, "user", context, problems));
    let secret = Secret::read(table, "password", context, problems);
    let user = user?;
    if user.text().contains(':') {
        let message = "a user's name with a colon cannot be sent (RFC 7617 §2)";
        problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, &table.span_of("user"), message));
        return None;
    }
    Fixed { place: Place::authorization("Basic"), user: Some(user), secret: secret? }.checked(&table.span, problems)
}

/// `kind = "query"`
pub(super) fn read_query(table: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<Kind> {
    let name = table.required_string("name", "the parameter's name: `api_key`", problems);
    let secret = Secret::read(table, "value", context, problems);
    Some(Kind::Fixed(Fixed { place: Place::Query(encode_all(name?.0)), user: None, secret: secret? }))
}
