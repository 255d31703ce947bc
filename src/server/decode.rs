//! The head of a request → `RawRequest`: what is refused, verb, query, preconditions.

use http::header::{self, HeaderMap, HeaderName};
use http::{Method, Version, request};

use crate::scim::{Preconditions, RawQuery, ScimError, Verb};

use super::Limits;
use super::exchange::Refusal;
use super::routes::percent_decoded;

/// More query parameters than SCIM has names for (RFC 7644 §3.4.2 has eight).
const PARAMETERS: usize = 64;

/// Refuses a head that is larger than we look at.
pub(super) fn check_head(head: &request::Parts, limits: &Limits) -> Result<(), Refusal> {
    let target = head.uri.path_and_query().map_or(0, |target| target.as_str().len());
    if target > limits.url {
        let detail = format!("the request's address is longer than {} bytes", limits.url);
        return Err(Refusal::of("limit_url", ScimError::new(414, detail)));
    }
    let size: usize = head.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > limits.headers || head.headers.len() > limits.header_count {
        let detail = format!("the headers exceed {} bytes or {} lines", limits.headers, limits.header_count);
        return Err(Refusal::of("framing", ScimError::new(431, detail)));
    }
    check_framing(head)
}

/// Refuses what a proxy before us might have read in another way than hyper does (RFC 9112 §3.2,
/// §6.1): then the next bytes might be somebody else's request.
fn check_framing(head: &request::Parts) -> Result<(), Refusal> {
    let headers = &head.headers;
    let count = |name: HeaderName| headers.get_all(name).iter().count();
    let refused = |status, detail: &str| Err(Refusal::of("framing", ScimError::new(status, detail)));
    // hyper goes by `chunked` at the end and closes the connection when there is a length, too; a
    // coding before that would leave us with a body we cannot read.
    if headers.get_all(header::TRANSFER_ENCODING).iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"chunked"))
    {
        return refused(501, "no transfer coding but chunked is understood");
    }
    let hosts = count(header::HOST);
    if hosts > 1 || (hosts == 0 && head.version == Version::HTTP_11) {
        return refused(400, "a request has exactly one Host header");
    }
    match headers.get(header::EXPECT) {
        Some(value) if !value.as_bytes().eq_ignore_ascii_case(b"100-continue") => {
            refused(417, "nothing but 100-continue can be expected")
        }
        _ => Ok(()),
    }
}

/// The method for labels and log lines: a word of ours, never the client's.
pub(super) fn method_word(method: &Method) -> &'static str {
    const KNOWN: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.iter().find(|known| **known == method.as_str()).copied().unwrap_or("_OTHER")
}

/// The verb; HEAD is a GET whose body is left out at the end (RFC 9110 §9.3.2).
pub(super) fn verb(method: &Method) -> Result<Verb, Refusal> {
    match *method {
        Method::GET | Method::HEAD => Ok(Verb::Get),
        Method::POST => Ok(Verb::Post),
        Method::PUT => Ok(Verb::Put),
        Method::PATCH => Ok(Verb::Patch),
        Method::DELETE => Ok(Verb::Delete),
        _ => Err(Refusal::of("route", ScimError::new(405, "SCIM has no such method"))),
    }
}

/// The parameters in order, `+` read as a blank; a name without `=` has an empty value.
pub(super) fn query(raw: Option<&str>) -> Result<RawQuery, ScimError> {
    let raw = raw.unwrap_or_default();
    let pairs = raw.split('&').filter(|pair| !pair.is_empty());
    let decoded = |text: &str| percent_decoded(&text.replace('+', " ")).map(|text| text.into_owned());
    let query: Option<Vec<_>> = pairs
        .take(PARAMETERS + 1)
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(name)?, decoded(value)?))
        })
        .collect();
    match query {
        None => Err(ScimError::invalid_syntax("a query parameter is not percent-encoded UTF-8")),
        Some(query) if query.len() > PARAMETERS => {
            Err(ScimError::invalid_syntax(format!("the request has more than {PARAMETERS} query parameters")))
        }
        Some(query) => Ok(RawQuery(query)),
    }
}

/// `If-Match` and `If-None-Match`, the tags as sent.
pub(super) fn preconditions(headers: &HeaderMap) -> Preconditions {
    Preconditions { if_match: tags(headers, &header::IF_MATCH), if_none_match: tags(headers, &header::IF_NONE_MATCH) }
}

/// A comma inside the quotes of a tag separates nothing (RFC 9110 §8.8.3).
fn tags(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let mut tags = Vec::new();
    for value in headers.get_all(name) {
        let text = String::from_utf8_lossy(value.as_bytes());
        let mut quoted = false;
        let parts = text.split(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        });
        tags.extend(parts.map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned));
    }
    tags
}
