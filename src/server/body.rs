//! The body of a request: JSON by its own account, counted while it is read, parsed within bounds.

use std::sync::Arc;

use http::header::{self, HeaderMap};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Bytes, Incoming};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::scim::ScimError;
use crate::value::Value;

use super::Limits;
use super::exchange::{Refusal, internal, overloaded};

/// From this size on a body is parsed on a thread of its own, where it keeps no other waiting.
const LARGE: usize = 256 * 1024;

/// The room that all bodies share is given out in pieces of this size.
const PIECE: usize = 64 * 1024;

/// The room that all bodies together may take: bodies of one request are bounded, and so are
/// requests, but the product of both would still be more than a machine has.
#[derive(Debug)]
pub(super) struct Room(Arc<Semaphore>);

/// A part of the room, free again when dropped.
#[derive(Debug)]
pub(super) struct Held(Option<OwnedSemaphorePermit>);

impl Room {
    pub(super) fn new(limits: &Limits) -> Self {
        let pieces = usize::try_from(limits.bodies).unwrap_or(usize::MAX).div_ceil(PIECE);
        Self(Arc::new(Semaphore::new(pieces.min(Semaphore::MAX_PERMITS))))
    }
}

impl Held {
    /// Holds as much as `bytes` need in all.
    fn grow(&mut self, room: &Room, bytes: usize) -> Result<(), Refusal> {
        let have = self.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let missing = bytes.div_ceil(PIECE).saturating_sub(have);
        if missing == 0 {
            return Ok(());
        }
        let missing = u32::try_from(missing).map_err(|_| overloaded())?;
        let more = room.0.clone().try_acquire_many_owned(missing).map_err(|_| overloaded())?;
        match &mut self.0 {
            Some(held) => held.merge(more),
            held => *held = Some(more),
        }
        Ok(())
    }
}

/// Refuses a body that is not JSON by its own account; one without an account is believed.
pub(super) fn check_media(headers: &HeaderMap) -> Result<(), ScimError> {
    let types = headers.get_all(header::CONTENT_TYPE).iter();
    let fine = types.map(|value| value.to_str().unwrap_or("?")).all(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/scim+json") || essence.eq_ignore_ascii_case("application/json")
    });
    if !fine {
        return Err(ScimError::new(415, "the body has to be application/scim+json or application/json"));
    }
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    if encodings.any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(ScimError::new(415, "a compressed body is not accepted"));
    }
    Ok(())
}

/// Reads the body, counting; what is too large is refused as soon as that is known.
pub(super) async fn read(body: Incoming, most: u64, limits: &Limits, room: &Room) -> Result<(Bytes, Held), Refusal> {
    if body.size_hint().lower() > most {
        return Err(too_large(most));
    }
    match tokio::time::timeout(limits.body_read, collect(body, most, room)).await {
        Ok(read) => read,
        Err(_) => Err(Refusal::of("timeout_body", ScimError::new(408, "the body took too long to arrive"))),
    }
}

async fn collect(mut body: Incoming, most: u64, room: &Room) -> Result<(Bytes, Held), Refusal> {
    let most_bytes = usize::try_from(most).unwrap_or(usize::MAX);
    let (mut read, mut held) = (Vec::new(), Held(None));
    while let Some(frame) = body.frame().await {
        let broken = |_| Refusal::of("framing", ScimError::new(400, "the body ended before its time"));
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        if data.len() > most_bytes.saturating_sub(read.len()) {
            return Err(too_large(most));
        }
        held.grow(room, read.len() + data.len())?;
        read.extend_from_slice(&data);
    }
    Ok((read.into(), held))
}

fn too_large(most: u64) -> Refusal {
    Refusal::of("limit_body", ScimError::new(413, format!("the body is larger than {most} bytes")))
}

/// The body as a value; none when it is empty.
pub(super) async fn parse(bytes: Bytes, limits: &Limits) -> Result<Option<Value>, ScimError> {
    if bytes.len() < LARGE {
        return json(&bytes, limits);
    }
    let limits = limits.clone();
    let parsed = tokio::task::spawn_blocking(move || json(&bytes, &limits)).await;
    parsed.unwrap_or_else(|_| Err(internal()))
}

fn json(body: &[u8], limits: &Limits) -> Result<Option<Value>, ScimError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    Value::from_json(body, &limits.json)
        .map(Some)
        .map_err(|problem| ScimError::invalid_syntax(format!("the body is not acceptable JSON: {problem}")))
}
