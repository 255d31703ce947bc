//! Which tenant a path belongs to, and what stands below the tenant's base path.
//!
//! A path is split at its raw slashes first and each segment is decoded once afterwards, so an
//! encoded slash never separates anything and nothing is ever decoded twice.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::uri::Authority;
use http::{header, request};

use super::{AddressList, Engine, Token};

/// One tenant's entrance.
#[derive(Clone)]
pub struct Door {
    /// The tenant's name.
    pub tenant: Arc<str>,
    /// The host names that it is found under, in small letters and without a port; any when empty.
    pub hosts: Vec<String>,
    /// The base path: `/scim/v2`, `/contoso/scim/v2`. Compared segment by segment, case matters.
    pub path: String,
    /// What answers behind it.
    pub engine: Arc<dyn Engine>,
    /// Who may enter.
    pub tokens: Vec<Token>,
    /// Where from; anywhere when empty.
    pub allow_from: AddressList,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("tenant", &self.tenant).field("path", &self.path).finish_non_exhaustive()
    }
}

impl Door {
    fn is_at(&self, host: Option<&str>) -> bool {
        self.hosts.is_empty() || host.is_some_and(|host| self.hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host)))
    }
}

/// The host that a request asks for, without its port (RFC 9112 §3.2, RFC 9113 §8.3.1): of the address
/// itself, else of the `Host` header.
pub(super) fn host(head: &request::Parts) -> Option<String> {
    if let Some(host) = head.uri.host() {
        return Some(host.to_owned());
    }
    let authority = head.headers.get(header::HOST)?.to_str().ok()?.parse::<Authority>().ok()?;
    Some(authority.host().to_owned())
}

/// A path that leads to a tenant.
#[derive(Debug)]
pub(super) struct Route<'a> {
    pub(super) door: &'a Door,
    /// The decoded segments below the base path; none when one of them cannot name anything. That
    /// is told only to those who have a token.
    pub(super) below: Option<Vec<String>>,
}

/// Finds the door with the longest base path that `path` (raw, as sent) begins with, among those
/// that are found under this host; one that names its host comes before one that has none.
pub(super) fn find<'a>(doors: &'a [Door], host: Option<&str>, path: &str) -> Option<Route<'a>> {
    let segments: Vec<Option<String>> = segments_of(path).map(decoded).collect();
    let door = doors
        .iter()
        .filter(|door| door.is_at(host) && begins_with(&door.path, &segments))
        .max_by_key(|door| (segments_of(&door.path).count(), !door.hosts.is_empty()))?;
    let below = segments.into_iter().skip(segments_of(&door.path).count()).collect();
    Some(Route { door, below })
}

/// The decoded segments of `path` below the base path `base`, by the same rules; the outer `None`
/// when it does not begin so.
pub(super) fn below(base: &str, path: &str) -> Option<Option<Vec<String>>> {
    let segments: Vec<Option<String>> = segments_of(path).map(decoded).collect();
    begins_with(base, &segments).then(|| segments.into_iter().skip(segments_of(base).count()).collect())
}

fn begins_with(base: &str, segments: &[Option<String>]) -> bool {
    let base: Vec<&str> = segments_of(base).collect();
    segments.len() >= base.len() && base.iter().zip(segments).all(|(base, have)| have.as_deref() == Some(*base))
}

/// Empty segments (a double or a trailing slash) count as not written.
fn segments_of(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// A segment in clear; none for `.` and `..`, for what is no percent-encoded UTF-8, and for control
/// characters, none of which is part of any id or endpoint.
fn decoded(raw: &str) -> Option<String> {
    let text = percent_decoded(raw)?;
    let harmless = !matches!(&*text, "." | "..") && !text.chars().any(char::is_control);
    harmless.then(|| text.into_owned())
}

/// Percent-decodes strictly: every `%` is followed by two hexadecimal digits, the result is UTF-8.
pub(super) fn percent_decoded(raw: &str) -> Option<Cow<'_, str>> {
    let complete = raw.split('%').skip(1).all(|after| {
        let mut digits = after.bytes();
        matches!((digits.next(), digits.next()), (Some(a), Some(b)) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
    });
    if !complete {
        return None;
    }
    percent_encoding::percent_decode_str(raw).decode_utf8().ok()
}
