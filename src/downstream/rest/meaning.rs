//! What an answer means: `[[User.errors]]` first, then what HTTP says. No I/O.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::Value as Json;

use super::answer::says_nothing;
use super::call::{Call, Role};
use super::keys::{path, statuses};
use super::path::JsonPath;
use super::strict;
use super::xml;
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table, nearest};
use crate::downstream::{DownstreamError, ErrorKind, Told, told};
use crate::record::RecordShape;

/// An answer as it came, within bounds.
#[derive(Debug)]
pub(super) struct Answer {
    /// The status.
    pub(super) status: StatusCode,
    /// The headers.
    pub(super) headers: HeaderMap,
    /// The body as JSON, XML read as such; `None` when it is empty or something else.
    pub(super) json: Option<Json>,
    /// True when the body is XML, which tells no list of one from no list.
    pub(super) is_xml: bool,
    /// The body.
    pub(super) body: Bytes,
}

/// What became of a call that was answered properly.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It was done.
    Done(Box<Answer>),
    /// The record is not there.
    Missing,
    /// It is said to be as it should be already: the member, or the record that was to be made, is there,
    /// or the member is not. Who asked looks.
    Already,
}

/// One `[[User.errors]]`.
#[derive(Debug)]
pub(super) struct Rule {
    statuses: Vec<u16>,
    matches: Option<(JsonPath, String)>,
    means: Meaning,
    label: Option<String>,
}

/// What an answer means, or what a client is told of it in the mapping's own words.
#[derive(Debug)]
enum Meaning {
    Word(Means),
    Told(Told),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    Uniqueness,
    Already,
    Changed,
    NotFound,
    Invalid,
    Retry,
    Unavailable,
    Credentials,
}

const MEANS: &[(&str, Means)] = &[
    ("uniqueness", Means::Uniqueness),
    ("already", Means::Already),
    ("changed", Means::Changed),
    ("not_found", Means::NotFound),
    ("invalid", Means::Invalid),
    ("retry", Means::Retry),
    ("unavailable", Means::Unavailable),
    ("credentials", Means::Credentials),
];

impl Rule {
    /// Reads the list of rules and notes every problem in it.
    pub(super) fn read_all(node: &Node, shape: &RecordShape, problems: &mut Problems) -> Vec<Self> {
        let what = format!("[[{}.errors]]", shape.resource);
        let NodeValue::Array(items) = &node.value else {
            let message = format!("`errors` is {}", node.kind());
            problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).label(format!("write {what}")));
            return Vec::new();
        };
        items.iter().filter_map(|item| Self::read(item, &what, shape, problems)).collect()
    }

    fn read(node: &Node, what: &str, shape: &RecordShape, problems: &mut Problems) -> Option<Self> {
        let table = Table::open(node, what, problems)?;
        let statuses = statuses(&table, "status", problems);
        let matches = table.node("matches").and_then(|node| {
            let table = Table::open(node, "`matches`", problems)?;
            let place = path(&table, "path", problems);
            let text = table.required_string("text", "a part of the application's text", problems);
            if table.node("path").is_none() {
                table.missing("path", "where the text is: `\"$.errors[*]\"`", problems);
            }
            table.finish(problems);
            Some((place?, text?.0.to_lowercase()))
        });
        let names = MEANS.iter().map(|(name, _)| *name);
        let answer = table.node("answer");
        let told = answer.and_then(|node| Told::read(node, problems));
        let means = match answer {
            None => table.required_string("means", "what the answer means: `means = \"uniqueness\"`", problems),
            Some(_) => table.string("means", problems),
        };
        if answer.is_some() && means.is_some() {
            let message = "an answer has a meaning, or the client is told something of its own";
            problems.push(
                Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of("answer"), message)
                    .help("leave `means` or `answer` out"),
            );
        }
        let label = told::attribute(&table, shape, problems);
        if statuses.is_empty() && matches.is_none() {
            table.missing("status", "a rule names a `status`, or what the body `matches`, or both", problems);
        }
        table.finish(problems);
        if answer.is_some() {
            return Some(Self { statuses, matches, means: Meaning::Told(told?), label });
        }
        let (means, span) = means?;
        let Some((_, means)) = MEANS.iter().find(|(name, _)| *name == means) else {
            let problem = Diagnostic::error(Code::BAD_CALL, span, format!("`{means}` is no meaning of an answer"));
            problems.push(match nearest(means, names.clone()) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help(format!("meanings: {}", names.collect::<Vec<_>>().join(", "))),
            });
            return None;
        };
        Some(Self { statuses, matches, means: Meaning::Word(*means), label })
    }

    /// A rule without a status is for answers that look like success, too: some applications put
    /// their errors into a 200.
    /// Where the texts are that it looks at.
    pub(super) fn path(&self) -> Option<&JsonPath> {
        self.matches.as_ref().map(|(path, _)| path)
    }

    fn fits(&self, answer: &Answer) -> bool {
        let texts = |path: &JsonPath, wanted: &str| {
            let found = answer.json.as_ref().map(|body| path.all(body)).unwrap_or_default();
            found.into_iter().any(|value| match value {
                Json::String(text) => text.to_lowercase().contains(wanted),
                other => other.to_string().to_lowercase().contains(wanted),
            })
        };
        (self.statuses.is_empty() || self.statuses.contains(&answer.status.as_u16()))
            && self.matches.as_ref().is_none_or(|(path, text)| texts(path, text))
    }
}

/// `application/xml`, `text/xml`, `application/soap+xml`; a page of XHTML is a page.
fn is_xml(headers: &HeaderMap) -> bool {
    let named = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = named.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    (kind.ends_with("/xml") || kind.ends_with("+xml")) && !kind.contains("html")
}

/// The text of a document: the header says how it is encoded (RFC 7303 §3), else the document itself,
/// else it is UTF-8.
fn text_of(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let named = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let start = String::from_utf8_lossy(&body[..body.len().min(128)]);
    let label = after(named, "charset=").or_else(|| after(&start, "encoding=")).unwrap_or("utf-8");
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())?;
    let text = encoding.decode_with_bom_removal(body);
    (!text.1).then(|| text.0.into_owned())
}

/// The word after a mark, in quotes or not.
fn after<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(mark)?;
    let rest = rest.trim_start_matches(['"', '\'']);
    rest.split(['"', '\'', ';', ' ', '?']).next()
}

impl Answer {
    /// Takes an answer apart.
    pub(super) fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        let is_xml = is_xml(&headers);
        let json = match is_xml {
            _ if body.is_empty() => None,
            true => text_of(&headers, &body).and_then(|text| xml::read(&text).ok()),
            false => strict::json(&body),
        };
        Self { status, headers, json, is_xml, body }
    }

    /// Seconds, or a date that is taken by the clock of the answer itself; at most an hour.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get(header::RETRY_AFTER)?.to_str().ok()?;
        let seconds = text.trim().parse().ok().or_else(|| {
            let date = self.headers.get(header::DATE)?.to_str().ok()?;
            let at = |text| jiff::fmt::rfc2822::parse(text).ok().map(|at| at.timestamp().as_second());
            u64::try_from(at(text)? - at(date)?).ok()
        })?;
        Some(Duration::from_secs(seconds.min(3600)))
    }

    fn is_html(&self) -> bool {
        let named = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        named.is_some_and(|name| name.to_ascii_lowercase().contains("html")) && !self.body.is_empty()
    }

    /// The beginning of the body, for the operator: bounded and without control characters.
    fn excerpt(&self) -> String {
        let start = String::from_utf8_lossy(&self.body[..self.body.len().min(256)]);
        start.escape_debug().take(256).collect()
    }
}

/// What an answer means.
///
/// # Errors
/// Everything that is not the success of the call.
pub(super) fn outcome(call: &Call, rules: &[Rule], answer: Answer) -> Result<Outcome, DownstreamError> {
    let status = answer.status.as_u16();
    if call.already.contains(&status) {
        return Ok(Outcome::Already);
    }
    if call.missing.contains(&status) {
        return Ok(if call.role == Role::RemoveMember { Outcome::Already } else { Outcome::Missing });
    }
    if let Some(rule) = rules.iter().find(|rule| rule.fits(&answer)) {
        return by_rule(call, rule, &answer);
    }
    if answer.status.is_success() || call.ok.contains(&status) {
        if answer.json.is_none() && !answer.body.is_empty() {
            return Err(failure(call, &answer, ErrorKind::Garbage, "the body is neither JSON nor XML"));
        }
        if call.empty_is_missing && says_nothing(call, answer.json.as_ref()) {
            return Ok(Outcome::Missing);
        }
        return Ok(Outcome::Done(Box::new(answer)));
    }
    by_status(call, &answer)
}

fn by_rule(call: &Call, rule: &Rule, answer: &Answer) -> Result<Outcome, DownstreamError> {
    let label = rule.label.clone();
    let means = match &rule.means {
        Meaning::Word(means) => *means,
        Meaning::Told(told) => {
            let detail = format!("by a rule of `errors`: {}", answer.excerpt());
            return Err(failure(call, answer, ErrorKind::Told(told.clone()), &detail));
        }
    };
    let kind = match means {
        Means::NotFound if call.is_keyed() => return Ok(Outcome::Missing),
        Means::NotFound => ErrorKind::NotFound,
        Means::Already if matches!(call.role, Role::AddMember | Role::RemoveMember | Role::Step) => {
            return Ok(Outcome::Already);
        }
        Means::Changed => ErrorKind::VersionConflict,
        Means::Already | Means::Uniqueness => ErrorKind::Uniqueness { label },
        Means::Invalid => ErrorKind::Invalid { label, reason: REFUSED.to_owned() },
        Means::Retry => {
            ErrorKind::Unavailable { retry_after: Some(answer.retry_after().unwrap_or(Duration::from_secs(1))) }
        }
        Means::Unavailable => ErrorKind::Unavailable { retry_after: answer.retry_after() },
        Means::Credentials => ErrorKind::Credentials,
    };
    Err(failure(call, answer, kind, &format!("by a rule of `errors`: {}", answer.excerpt())))
}

fn by_status(call: &Call, answer: &Answer) -> Result<Outcome, DownstreamError> {
    // The answer about a token may quote it.
    let said = if call.role == Role::Token { "refused".to_owned() } else { answer.excerpt() };
    let refused = |kind| failure(call, answer, kind, &said);
    let unexpected = |why| failure(call, answer, ErrorKind::Garbage, why);
    let removes = matches!(call.role, Role::Delete | Role::Aside | Role::RemoveMember);
    Err(match answer.status.as_u16() {
        401 | 403 | 407 => failure(call, answer, ErrorKind::Credentials, "the credentials were not accepted"),
        404 | 410 if answer.is_html() => unexpected("an HTML page: nothing answers at this path"),
        404 | 410 if call.is_keyed() => return Ok(Outcome::Missing),
        404 | 410 => unexpected("nothing answers at this path"),
        // Who is no member may be refused to leave; the record is asked whether so.
        409 | 400 | 422 if call.role == Role::RemoveMember => return Ok(Outcome::Already),
        409 | 400 | 422 if removes => {
            refused(ErrorKind::Unsupported("the application refuses to delete this".to_owned()))
        }
        // Who is a member already is in conflict with becoming one; the record is asked whether so.
        409 if call.role == Role::AddMember => return Ok(Outcome::Already),
        409 => refused(ErrorKind::Uniqueness { label: None }),
        400 | 413 | 422 => refused(ErrorKind::Invalid { label: None, reason: REFUSED.to_owned() }),
        428 => unexpected("the application wants a version: send it, `headers = { If-Match = \"{version}\" }`"),
        412 => failure(call, answer, ErrorKind::VersionConflict, "the version is another"),
        429 | 503 => {
            failure(call, answer, ErrorKind::Unavailable { retry_after: answer.retry_after() }, "asked to wait")
        }
        500..=599 if call.role.is_read() => {
            failure(call, answer, ErrorKind::Unavailable { retry_after: answer.retry_after() }, "failed inside")
        }
        500..=599 => failure(call, answer, ErrorKind::Ambiguous, "failed inside, perhaps after the change"),
        300..=399 => unexpected("a redirect, which is not followed"),
        _ => unexpected("no status that this call can have"),
    })
}

/// A failed call: where, the status, what.
pub(super) fn failure(call: &Call, answer: &Answer, kind: ErrorKind, what: &str) -> DownstreamError {
    let (name, method, path) = (&call.name, &call.method, call.path.source());
    DownstreamError::new(kind, format!("{name}: {method} {path}: status {}: {what}", answer.status.as_u16()))
}

/// What a client is told; the application's own words may name what a client must not see.
const REFUSED: &str = "was refused by the application";
