//! What one request carries, and the places where it can be carried. No I/O.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::super::template::encode_all;
use super::token::Token;
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table};

/// What one request carries.
#[derive(Clone, Default, PartialEq)]
pub(in super::super) struct Credential {
    /// Headers, marked as sensitive.
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    /// Query parameters, encoded.
    pub(super) query: Vec<String>,
    /// Cookies by name.
    pub(super) cookies: Vec<(String, String)>,
    /// What stands in bodies, by the names that they use for it.
    pub(super) body: Vec<(String, String)>,
    /// The CSRF token that came with it.
    pub(super) csrf: Option<Token>,
    /// Tells the credential of one login from that of the next, though the application may answer
    /// the same token.
    pub(super) serial: u64,
}

/// Where a request carries a secret or a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A header, after these words.
    Header(HeaderName, String),
    /// A query parameter, encoded.
    Query(String),
    /// The body, where `{credential}` is, or `{credential.NAME}`.
    Body(String),
    /// A cookie of this name; of the names that they came with where there is none.
    Cookie(Option<String>),
}

/// The text holds a character that its place cannot hold.
#[derive(Debug)]
pub(super) struct Unfit;

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Credential {
    /// Puts the credential on a request.
    pub(in super::super) fn apply(&self, target: &mut String, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        for parameter in &self.query {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(parameter);
        }
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if let Ok(cookies) = sensitive(&cookies.join("; "))
            && !self.cookies.is_empty()
        {
            headers.insert(header::COOKIE, cookies);
        }
    }
}

impl Credential {
    /// What stands in a body for the slot of this name.
    pub(in super::super) fn in_body(&self, name: &str) -> Option<&str> {
        self.body.iter().find(|(have, _)| have == name).map(|(_, text)| text.as_str())
    }

    /// Takes a cookie up, in place of one of the same name.
    fn put_cookie(&mut self, name: &str, value: &str) -> Result<(), Unfit> {
        // RFC 6265 §4.1.1, and what is sent in its spite.
        let fits = |text: &str| text.bytes().all(|byte| matches!(byte, b'!'..=b'~') && byte != b';');
        if !(fits(name) && fits(value)) {
            return Err(Unfit);
        }
        self.cookies.retain(|(have, _)| have != name);
        self.cookies.push((name.to_owned(), value.to_owned()));
        Ok(())
    }
}

impl Place {
    /// The place of a bearer token (RFC 6750 §2.1), with another word for `Bearer`.
    pub(super) fn authorization(scheme: &str) -> Self {
        Self::Header(header::AUTHORIZATION, format!("{scheme} "))
    }

    /// Reads `send`: `{ header = "X-Auth-Token" }`, `{ scheme = "JWT" }`, `{ query = "token" }`,
    /// `{ cookie = "session" }` or `"body"`, where the slot bears `name`.
    pub(super) fn read(node: &Node, name: &str, problems: &mut Problems) -> Option<Self> {
        if let NodeValue::String(text) = &node.value {
            if text == IN_BODY {
                return Some(Self::Body(name.to_owned()));
            }
            let problem = Diagnostic::error(Code::BAD_CREDENTIALS, &node.span, format!("`{text}` is no place"));
            problems.push(problem.help(SENDS));
            return None;
        }
        let table = Table::open(node, "`send`", problems)?;
        let header = table.string("header", problems);
        let scheme = table.string("scheme", problems);
        let query = table.string("query", problems);
        let cookie = table.string("cookie", problems);
        let place = match (header, query, cookie) {
            (Some((name, span)), None, None) => match name.parse() {
                Ok(name) => {
                    Some(Self::Header(name, scheme.map(|(scheme, _)| format!("{scheme} ")).unwrap_or_default()))
                }
                Err(_) => {
                    let message = format!("`{name}` is no header's name");
                    problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, span, message));
                    None
                }
            },
            (None, Some((name, _)), None) if scheme.is_none() => Some(Self::Query(encode_all(name))),
            (None, None, Some((name, _))) if scheme.is_none() => Some(Self::Cookie(Some(name.to_owned()))),
            (None, None, None) if scheme.is_some() => scheme.map(|(scheme, _)| Self::authorization(scheme)),
            _ => {
                if matches!(&node.value, NodeValue::Table(_)) && !table.has_unknown_keys() {
                    let problem = Diagnostic::error(Code::BAD_CREDENTIALS, &table.span, "`send` is not one place");
                    problems.push(problem.help(SENDS));
                }
                None
            }
        };
        table.finish(problems);
        place
    }

    /// Has the credential carry the token here, too.
    ///
    /// # Errors
    /// The token cannot stand here.
    pub(super) fn carry(&self, token: &Token, credential: &mut Credential) -> Result<(), Unfit> {
        match (self, token) {
            (Self::Header(name, before), Token::Text(text)) => {
                credential.headers.push((name.clone(), sensitive(&format!("{before}{text}"))?));
            }
            (Self::Query(name), Token::Text(text)) => credential.query.push(format!("{name}={}", encode_all(text))),
            (Self::Cookie(Some(name)), Token::Text(text)) => credential.put_cookie(name, text)?,
            (Self::Body(name), Token::Text(text)) => credential.body.push((name.clone(), text.clone())),
            // What came as a cookie and is told once more elsewhere goes back as a cookie as well.
            (Self::Header(..) | Self::Query(_) | Self::Body(_), Token::Cookies(pairs)) => {
                for (name, value) in pairs {
                    credential.put_cookie(name, value)?;
                    self.carry(&Token::Text(value.clone()), credential)?;
                }
            }
            (Self::Cookie(_), Token::Cookies(pairs)) => {
                pairs.iter().try_for_each(|(name, value)| credential.put_cookie(name, value))?;
            }
            (Self::Cookie(None), Token::Text(_)) => return Err(Unfit),
        }
        Ok(())
    }
}

fn sensitive(text: &str) -> Result<HeaderValue, Unfit> {
    let mut value = HeaderValue::try_from(text).map_err(|_| Unfit)?;
    value.set_sensitive(true);
    Ok(value)
}

const SENDS: &str = "write one of `{ header = \"X-Auth-Token\" }`, `{ scheme = \"JWT\" }`, `{ query = \"token\" }`, \
                     `{ cookie = \"session\" }`, `\"body\"`";

/// `send = "body"`
pub(super) const IN_BODY: &str = "body";
