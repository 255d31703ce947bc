//! `[downstream.credentials]`: what every request carries. Secrets are in no message, no `Debug`
//! and no explanation.

use std::fmt;

use base64::Engine as _;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::context::Context;
use super::template::encode_all;
use crate::diagnostic::{Code, Diagnostic, NodeValue, Problems, Span, Table, nearest};
use crate::downstream::secret;

/// What every request carries.
#[derive(Clone)]
pub(super) enum Credentials {
    /// Nothing.
    None,
    /// A header, marked as sensitive.
    Header(HeaderName, HeaderValue),
    /// A query parameter, encoded.
    Query(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Header(..) => "Header(…)",
            Self::Query(_) => "Query(…)",
        })
    }
}

impl Credentials {
    /// Reads the `credentials` of `[downstream]` and notes every problem in them.
    pub(super) fn read(downstream: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<Self> {
        let Some(node) = downstream.node("credentials") else { return Some(Self::None) };
        let table = Table::open(node, "[downstream.credentials]", problems)?;
        let (kind, span) = table.required_string("kind", &known(), problems)?;
        let read = match kind {
            "header" => Self::read_header(&table, context, problems),
            "bearer" => Self::read_bearer(&table, context, problems),
            "basic" => Self::read_basic(&table, context, problems),
            "query" => Self::read_query(&table, context, problems),
            _ => {
                problems.push(unusable(kind, span));
                let _ = table.entries();
                None
            }
        };
        table.finish(problems);
        read
    }

    /// Puts the credentials on a request.
    pub(super) fn apply(&self, target: &mut String, headers: &mut HeaderMap) {
        match self {
            Self::None => {}
            Self::Header(name, value) => {
                headers.insert(name.clone(), value.clone());
            }
            Self::Query(parameter) => {
                target.push(if target.contains('?') { '&' } else { '?' });
                target.push_str(parameter);
            }
        }
    }

    fn read_header(table: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<Self> {
        let name = table.required_string("name", "the header's name: `X-API-Key`", problems);
        let value = secret_of(table, "value", context, problems);
        let (name, span) = name?;
        let Ok(name) = name.parse::<HeaderName>() else {
            let message = format!("`{name}` is no header's name");
            problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, span, message));
            return None;
        };
        header_of(name, &value?, &table.span_of("value"), problems)
    }

    fn read_bearer(table: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<Self> {
        let scheme = table.string("scheme", problems).map_or("Bearer", |(scheme, _)| scheme);
        let token = secret_of(table, "token", context, problems)?;
        header_of(header::AUTHORIZATION, &format!("{scheme} {token}"), &table.span_of("token"), problems)
    }

    fn read_basic(table: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<Self> {
        let user = table.required("user", "the user's name", problems);
        let user = user.and_then(|node| secret(node, "`user`", context.folder, problems));
        let password = secret_of(table, "password", context, problems);
        let user = user?;
        if user.contains(':') {
            let message = "a user's name with a colon cannot be sent (RFC 7617 §2)";
            problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, &table.span_of("user"), message));
            return None;
        }
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{}", password?));
        header_of(header::AUTHORIZATION, &format!("Basic {pair}"), &table.span, problems)
    }

    fn read_query(table: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<Self> {
        let name = table.required_string("name", "the parameter's name: `api_key`", problems);
        let value = secret_of(table, "value", context, problems);
        Some(Self::Query(format!("{}={}", encode_all(name?.0), encode_all(&value?))))
    }
}

fn secret_of(table: &Table<'_>, key: &str, context: &Context<'_>, problems: &mut Problems) -> Option<String> {
    let help = "`{ file = \"path\" }` or `{ env = \"NAME\" }`";
    let node = table.required(key, help, problems)?;
    if let NodeValue::String(_) = node.value {
        let message = format!("`{key}` stands in the file itself");
        problems.push(Diagnostic::warning(Code::SECRET_IN_FILE, &node.span, message).help(format!("write {help}")));
    }
    let value = secret(node, &format!("`{key}`"), context.folder, problems)?;
    if value.is_empty() {
        problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, &node.span, format!("`{key}` is empty")));
        return None;
    }
    Some(value)
}

fn header_of(name: HeaderName, value: &str, span: &Span, problems: &mut Problems) -> Option<Credentials> {
    match HeaderValue::try_from(value) {
        Ok(mut value) => {
            value.set_sensitive(true);
            Some(Credentials::Header(name, value))
        }
        Err(_) => {
            let message = "the secret holds a character that no header can hold";
            problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, span, message));
            None
        }
    }
}

fn unusable(kind: &str, span: &Span) -> Diagnostic {
    if LATER.contains(&kind) {
        return Diagnostic::error(
            Code::BAD_CREDENTIALS,
            span,
            format!("credentials of kind `{kind}` are not built yet"),
        )
        .help(known());
    }
    let problem = Diagnostic::error(Code::BAD_CREDENTIALS, span, format!("`{kind}` is no kind of credentials"));
    match nearest(kind, KINDS.iter().copied()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help(known()),
    }
}

fn known() -> String {
    format!("known kinds: {}", KINDS.join(", "))
}

const KINDS: &[&str] = &["header", "bearer", "basic", "query"];

const LATER: &[&str] = &["login", "oauth2_client_credentials", "oauth2", "mtls", "cookie"];
