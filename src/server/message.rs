//! A captured HTTP/1.1 message → the request that the edge would make of it, for `postern explain`.
//!
//! Head, path, query, conditions and body go through the very code that live requests go through;
//! only tokens are not looked at. Not a parser for the network: hyper is that.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};

use crate::scim::{RawRequest, ScimError};
use crate::value::{JsonLimits, Value};

use super::exchange::Refusal;
use super::{body, decode, routes};

/// A message as it was written down.
#[derive(Debug)]
pub struct Message {
    method: Method,
    target: Uri,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Message {
    /// Takes a message apart: request line, header lines, an empty line, the body. Lines may end with
    /// or without a carriage return; the target may be absolute, as proxies write it.
    ///
    /// # Errors
    /// A sentence with the line that cannot be read.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let mut rest = text;
        let mut number = 0;
        let mut line = || -> Option<(usize, Vec<u8>)> {
            let end = rest.iter().position(|byte| *byte == b'\n');
            let (found, after) = match end {
                Some(end) => (&rest[..end], &rest[end + 1..]),
                None if rest.is_empty() => return None,
                None => (rest, &rest[rest.len()..]),
            };
            rest = after;
            number += 1;
            Some((number, found.strip_suffix(b"\r").unwrap_or(found).to_vec()))
        };
        let (_, first) = line().ok_or("the file is empty")?;
        let (method, target) = request_line(&first).ok_or(NO_REQUEST_LINE)?;
        let mut headers = HeaderMap::new();
        while let Some((number, text)) = line() {
            if text.is_empty() {
                break;
            }
            let (name, value) = header_line(&text).ok_or_else(|| {
                format!("line {number} is no header; an empty line stands between the headers and the body")
            })?;
            headers.append(name, value);
        }
        Ok(Self { method, target, headers, body: rest.to_vec() })
    }

    /// The path as it was sent, not decoded.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.path()
    }

    /// The request below `base`; `None` when the path does not begin with it.
    ///
    /// # Errors
    /// What the edge would answer.
    pub fn below(&self, base: &str) -> Result<Option<RawRequest>, ScimError> {
        let Some(below) = routes::below(base, self.path()) else { return Ok(None) };
        let path = below.ok_or_else(|| ScimError::not_found("there is nothing at this address"))?;
        let verb = decode::verb(&self.method).map_err(Refusal::into_error)?;
        let query = decode::query(self.target.query())?;
        let preconditions = decode::preconditions(&self.headers);
        Ok(Some(RawRequest { verb, path, query, body: self.body()?, preconditions }))
    }

    fn body(&self) -> Result<Option<Value>, ScimError> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        body::check_media(&self.headers)?;
        match Value::from_json(&self.body, &JsonLimits::default()) {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.headers.contains_key(header::TRANSFER_ENCODING) => Err(ScimError::invalid_syntax(
                "the body was captured in chunks; write it as one, and take Transfer-Encoding out",
            )),
            Err(problem) => Err(ScimError::invalid_syntax(format!("the body is no JSON: {problem}"))),
        }
    }
}

/// `GET /scim/v2/Users?count=1 HTTP/1.1`; the version may be missing.
fn request_line(line: &[u8]) -> Option<(Method, Uri)> {
    let text = std::str::from_utf8(line).ok()?.trim();
    let (method, rest) = text.split_once(' ')?;
    let is_word = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphabetic());
    let target = match rest.rsplit_once(' ') {
        Some((target, version)) if version.starts_with("HTTP/") => target,
        _ => rest,
    };
    let target = target.trim();
    let is_target = target.starts_with('/') || target.contains("://");
    let uri = target.parse().ok().filter(|_| is_word && is_target)?;
    Some((method.parse().ok()?, uri))
}

fn header_line(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':').filter(|at| *at > 0)?;
    let name = HeaderName::from_bytes(&line[..colon]).ok()?;
    Some((name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?))
}

const NO_REQUEST_LINE: &str =
    "the first line is no request line; it looks like `GET /scim/v2/Users?count=1 HTTP/1.1`, percent-encoded";
