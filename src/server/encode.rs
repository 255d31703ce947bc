//! `Response` or `ScimError` → HTTP (RFC 7644 §3.1, §3.12).

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response as Http, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;

use crate::scim::{Entity, Response, ScimError};
use crate::value::{Object, Value};

/// What is sent.
pub(super) type Answer = Http<Full<Bytes>>;

/// A finished answer and the size of its body, before HEAD took it away.
pub(super) struct Encoded {
    pub(super) answer: Answer,
    pub(super) bytes: u64,
}

/// How the client wants to be answered.
#[derive(Debug, Clone)]
pub(super) struct Envelope {
    /// The id in `X-Request-Id`.
    pub(super) request_id: String,
    /// True for HEAD.
    pub(super) without_body: bool,
    /// True when nothing more is read from the connection (HTTP/1.1).
    pub(super) closes: bool,
    /// The segments below the base path, for `Allow`.
    pub(super) path: Vec<String>,
    /// True where a 401 says that Basic is taken, too.
    pub(super) takes_basic: bool,
    /// What the body is called.
    pub(super) media: Media,
}

/// The two names of what is sent (RFC 7644 §3.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/scim+json`, unless the client can do nothing with it.
    Scim,
    /// `application/json`.
    Json,
}

impl Media {
    /// What the header `Accept` asks for. A type with `q=0` is not distinguished: no client is known
    /// to send one.
    pub(super) fn wanted(headers: &HeaderMap) -> Self {
        let accepted = |wanted: &str| {
            headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(|value| {
                value
                    .split(',')
                    .any(|range| range.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted))
            })
        };
        let scim = ["application/scim+json", "application/*", "*/*"].into_iter().any(accepted);
        if !scim && accepted("application/json") { Self::Json } else { Self::Scim }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Scim => "application/scim+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// What the request led to.
pub(super) fn encode(result: Result<Response, ScimError>, envelope: &Envelope) -> Encoded {
    let (status, body, headers) = match result {
        Ok(response) => parts_of(response),
        Err(error) => (error.status, Some(error.to_value()), headers_of(&error, envelope)),
    };
    let bytes = body.map(|body| Bytes::from(body.to_json()));
    finish(status, bytes, headers, envelope)
}

fn parts_of(response: Response) -> (u16, Option<Value>, HeaderMap) {
    let mut headers = HeaderMap::new();
    match response {
        Response::Created(entity) => (201, Some(body_of(entity, &mut headers)), headers),
        Response::Found(entity) => (200, Some(body_of(entity, &mut headers)), headers),
        Response::List(list) => (200, Some(list.into_object().into()), headers),
        Response::Document(document) => (200, Some(document.into()), headers),
        Response::NoContent(etag) => {
            set(&mut headers, header::ETAG, etag.as_deref().unwrap_or_default());
            (204, None, headers)
        }
        Response::NotModified(etag) => {
            set(&mut headers, header::ETAG, &etag);
            (304, None, headers)
        }
    }
}

/// `Location` is the resource's own place, by whatever path it was asked for (RFC 7644 §3.11), and
/// `Content-Location` is what `meta.location` says (RFC 7643 §3.1).
fn body_of(entity: Entity, headers: &mut HeaderMap) -> Value {
    let Entity { body, etag, location } = entity;
    set(headers, header::LOCATION, &location);
    set(headers, header::CONTENT_LOCATION, &location);
    set(headers, header::ETAG, etag.as_deref().unwrap_or_default());
    let body: Object = body;
    body.into()
}

fn headers_of(error: &ScimError, envelope: &Envelope) -> HeaderMap {
    let mut headers = HeaderMap::new();
    match error.status {
        401 => {
            set(&mut headers, header::WWW_AUTHENTICATE, "Bearer realm=\"postern\"");
            if envelope.takes_basic {
                headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static(BASIC));
            }
        }
        405 => set(&mut headers, header::ALLOW, methods_at(&envelope.path)),
        _ => (),
    }
    if let Some(seconds) = error.retry_after {
        set(&mut headers, header::RETRY_AFTER, &seconds.to_string());
    }
    headers
}

/// Some clients send a password only when they were asked for one (RFC 7617 §2).
const BASIC: &str = "Basic realm=\"postern\", charset=\"UTF-8\"";

/// RFC 9110 §15.5.6 wants a 405 to say what would be right; the shape of the path tells.
fn methods_at(path: &[String]) -> &'static str {
    let segments: Vec<&str> = path.iter().map(String::as_str).collect();
    match segments[..] {
        [.., ".search"] | ["Bulk"] => "POST",
        ["Schemas" | "ResourceTypes" | "ServiceProviderConfig", ..] => "GET, HEAD",
        [_, _, ..] => "GET, HEAD, PUT, PATCH, DELETE",
        _ => "GET, HEAD, POST",
    }
}

fn finish(status: u16, body: Option<Bytes>, mut headers: HeaderMap, envelope: &Envelope) -> Encoded {
    let size = body.as_ref().map_or(0, Bytes::len);
    if body.is_some() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(envelope.media.as_str()));
        headers.insert(header::CONTENT_LENGTH, size.into());
    }
    set(&mut headers, HeaderName::from_static("x-request-id"), &envelope.request_id);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if envelope.closes {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let body = body.filter(|_| !envelope.without_body).unwrap_or_default();
    let mut answer = Http::new(Full::new(body));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *answer.headers_mut() = headers;
    Encoded { answer, bytes: size as u64 }
}

/// Sets a header that may come from data; what cannot be one (or is nothing) is left out.
fn set(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text)
        && !text.is_empty()
    {
        headers.insert(name, value);
    }
}
