//! Where an answer holds a token. No I/O.

use http::header;

use super::super::meaning::Answer;
use super::super::paging;
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table};
use crate::downstream::{DownstreamError, ErrorKind};

/// What an application gave to be sent back.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A text.
    Text(String),
    /// Cookies by name.
    Cookies(Vec<(String, String)>),
}

/// Where a token is.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A place in the body, or a header.
    Place(paging::Place),
    /// These cookies; all of them.
    Cookies(Vec<String>),
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Source {
    /// Reads `"$.access_token"`, `{ header = "X-Subject-Token" }` or `{ cookie = "session" }`, where
    /// there may be a list of names.
    pub(super) fn read(node: &Node, what: &str, problems: &mut Problems) -> Option<Self> {
        if node.get("cookie").is_none() {
            return paging::Place::read(node, what, problems).map(Self::Place);
        }
        let table = Table::open(node, what, problems)?;
        let names = match table.node("cookie").map(|node| &node.value) {
            Some(NodeValue::String(name)) => vec![name.clone()],
            _ => table.strings("cookie", problems).into_iter().map(|(name, _)| name.to_owned()).collect(),
        };
        let span = table.span_of("cookie");
        table.finish(problems);
        if names.is_empty() || names.iter().any(String::is_empty) {
            let problem = Diagnostic::error(Code::BAD_CREDENTIALS, &span, "`cookie` names no cookie");
            problems.push(problem.help("the name of the cookie: `{ cookie = \"session\" }`"));
            return None;
        }
        Some(Self::Cookies(names))
    }

    /// The token in the answer to a call that asks for one.
    ///
    /// # Errors
    /// `Unavailable` where the application cannot say now, `Credentials` where it refuses, be it by
    /// an answer without a token.
    pub(super) fn take(&self, answer: &Answer, is_ok: bool, name: &str) -> Result<Token, DownstreamError> {
        let status = answer.status.as_u16();
        let (kind, what) = match status {
            _ if is_ok || answer.status.is_success() => match self.find(answer) {
                Some(token) => return Ok(token),
                None => (ErrorKind::Credentials, "the answer holds no token"),
            },
            429 | 500.. => (ErrorKind::Unavailable { retry_after: answer.retry_after() }, "cannot be answered now"),
            _ => (ErrorKind::Credentials, "the credentials were not accepted"),
        };
        Err(DownstreamError::new(kind, format!("{name}: status {status}: {what}")))
    }

    /// The token in an answer; `None` where it is not there, is empty, or is longer than any token.
    pub(super) fn find(&self, answer: &Answer) -> Option<Token> {
        match self {
            Self::Place(place) => {
                let text = place.find(&answer.headers, answer.json.as_ref())?;
                is_token(&text).then_some(Token::Text(text))
            }
            Self::Cookies(names) => {
                let pair = |name: &String| Some((name.clone(), cookie(answer, name)?));
                names.iter().map(pair).collect::<Option<Vec<_>>>().map(Token::Cookies)
            }
        }
    }
}

/// The value that the answer gives a cookie, the last one where it gives several.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.get_all(header::SET_COOKIE).iter().rev();
    let pair = |text: &str| {
        let (have, value) = text.split(';').next()?.split_once('=')?;
        (have.trim() == name).then(|| value.trim().to_owned())
    };
    set.filter_map(|value| pair(value.to_str().ok()?)).next().filter(|value| is_token(value))
}

fn is_token(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
}

/// Tokens with many claims are long; a header that is longer than this is refused everywhere.
const LONGEST: usize = 8 * 1024;
