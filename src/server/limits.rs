//! How much a client may ask for and how long it may take. Every default is one that the largest
//! known client stays well below (a group of 200,000 members is the reason for 16 MiB).

use std::time::Duration;

use crate::value::JsonLimits;

/// The bounds of the edge. All are enforced before what they bound is kept in memory.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Open connections; the next one waits in the listen queue.
    pub connections: usize,
    /// Requests that are worked on at once; more are told 503.
    pub in_flight: usize,
    /// Streams of one HTTP/2 connection.
    pub streams: u32,
    /// Bytes of the request target; more is 414.
    pub url: usize,
    /// Bytes of all header names and values; more is 431.
    pub headers: usize,
    /// How many headers; more is 431.
    pub header_count: usize,
    /// Bytes of a body; more is 413.
    pub body: u64,
    /// Bytes of a body sent to a path below `/Groups`.
    pub group_body: u64,
    /// Bytes of all bodies that are being worked on; more is 503.
    pub bodies: u64,
    /// The bounds of JSON inside a body.
    pub json: JsonLimits,
    /// From the accepted connection to the end of the TLS handshake.
    pub handshake: Duration,
    /// From the first byte of a request (or of a connection) to the end of its headers.
    pub header_read: Duration,
    /// From the end of the headers to the end of the body.
    pub body_read: Duration,
    /// How long a connection may stay without a request.
    pub idle: Duration,
    /// From the whole request to the answer; more is 503. Identity providers give up at about 30 s.
    pub deadline: Duration,
    /// How long connections are still accepted after `/readyz` has turned to 503.
    pub pre_drain: Duration,
    /// How long requests may finish once nothing is accepted any more.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            in_flight: 1024,
            streams: 100,
            url: 8 * 1024,
            headers: 16 * 1024,
            header_count: 64,
            body: 1024 * 1024,
            group_body: 16 * 1024 * 1024,
            bodies: 256 * 1024 * 1024,
            json: JsonLimits::default(),
            handshake: Duration::from_secs(5),
            header_read: Duration::from_secs(10),
            body_read: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            deadline: Duration::from_secs(25),
            pre_drain: Duration::ZERO,
            drain: Duration::from_secs(30),
        }
    }
}

impl Limits {
    /// The bound of a body sent to the path (below the base path).
    pub(super) fn body_at(&self, path: &[String]) -> u64 {
        match path.first() {
            Some(first) if first.eq_ignore_ascii_case("groups") => self.group_body,
            _ => self.body,
        }
    }

    /// How much of a head is buffered. Above our own bounds, so that a head somewhat too large gets
    /// an answer in SCIM's words rather than hyper's bare status.
    pub(super) const fn head_buffer(&self) -> usize {
        self.url + 2 * self.headers + 8 * 1024
    }
}
