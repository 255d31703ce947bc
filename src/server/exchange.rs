//! One request from its head to its answer, in one straight line.
//!
//! It runs in a task of its own: a client that hangs up does not stop a write half way, and the
//! facts of a request are told even when nobody waits for the answer any more.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use http::{HeaderMap, Method, Request, Version, request};
use hyper::body::{Body as _, Incoming};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::gateway::Client;
use crate::observe::{Observation, Observer, RequestFacts};
use crate::scim::{RawRequest, Response, ScimError, ScimType, Verb};
use crate::value::Value;

use super::Door;
use super::body::Held;
use super::connection::Edge;
use super::encode::{Answer, Envelope, Media, encode};
use super::pulse::Busy;
use super::{body, decode, routes};

/// Why a request did not reach its engine.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The word of `Observation::RequestRefused`; none for a plain mistake in the request.
    reason: Option<&'static str>,
    error: ScimError,
}

impl Refusal {
    pub(super) fn of(reason: &'static str, error: ScimError) -> Self {
        Self { reason: Some(reason), error }
    }

    /// What the client is told.
    pub(super) fn into_error(self) -> ScimError {
        self.error
    }
}

impl From<ScimError> for Refusal {
    fn from(error: ScimError) -> Self {
        Self { reason: None, error }
    }
}

/// A request that has passed the door.
struct Call {
    door: Door,
    client: Client,
    raw: RawRequest,
    /// Held until the engine is done, be the client answered before.
    _held: (OwnedSemaphorePermit, Held),
}

pub(super) struct Exchange {
    pub(super) edge: Arc<Edge>,
    started: Instant,
    method: &'static str,
    envelope: Envelope,
    pub(super) facts: RequestFacts,
    request_bytes: u64,
    /// None when the connection has too many requests under way.
    busy: Option<Busy>,
}

/// Answers a request; with 500 when our own code panics.
pub(super) async fn answer(edge: Arc<Edge>, peer: IpAddr, busy: Option<Busy>, request: Request<Incoming>) -> Answer {
    let request_id = request_id(request.headers());
    let envelope = Envelope {
        request_id,
        without_body: request.method() == Method::HEAD,
        closes: false,
        path: Vec::new(),
        takes_basic: false,
        media: Media::wanted(request.headers()),
    };
    let exchange = Exchange {
        started: Instant::now(),
        method: decode::method_word(request.method()),
        facts: RequestFacts {
            address: Some(peer),
            request_id: envelope.request_id.clone(),
            op: "_other",
            ..RequestFacts::default()
        },
        envelope: envelope.clone(),
        request_bytes: 0,
        busy,
        edge: edge.clone(),
    };
    let (sender, answer) = oneshot::channel();
    edge.tasks.spawn(exchange.run(request, sender));
    match answer.await {
        Ok(answer) => answer,
        Err(_) => {
            edge.observers.observe(&Observation::PanicCaught);
            encode(Err(internal()), &envelope).answer
        }
    }
}

impl Exchange {
    async fn run(mut self, request: Request<Incoming>, sender: oneshot::Sender<Answer>) {
        let _in_flight = self.edge.metrics.request_in_flight();
        let (head, body) = request.into_parts();
        let multiplexed = head.version == Version::HTTP_2;
        match self.prepare(head, body).await {
            Ok(call) => self.perform(call, sender).await,
            Err(refusal) => {
                self.envelope.closes = refusal.reason == Some("framing") && !multiplexed;
                if let Some(reason) = refusal.reason {
                    self.edge.observers.observe(&Observation::RequestRefused { reason });
                }
                self.reply(Err(refusal.error), sender);
            }
        }
    }

    /// Everything that is decided before the engine hears of the request.
    async fn prepare(&mut self, head: request::Parts, body: Incoming) -> Result<Call, Refusal> {
        decode::check_head(&head, &self.edge.limits)?;
        let doors = self.edge.doors.load_full();
        let nowhere = || Refusal::of("route", ScimError::not_found("there is nothing at this address"));
        let host = routes::host(&head);
        let route = routes::find(&doors, host.as_deref(), head.uri.path()).ok_or_else(nowhere)?;
        let by_basic = route.door.tokens.iter().any(|token| token.basic_user.is_some());
        self.envelope.takes_basic = by_basic || route.door.engine.takes_basic();
        let client = self.authenticate(route.door, &head.headers).await?;
        self.envelope.path = route.below.clone().unwrap_or_default();
        let verb = decode::verb(&head.method)?;
        let taken = match route.below {
            Some(path) => self.take(verb, path, head, body).await,
            None => Err(nowhere()),
        };
        match taken {
            Ok((raw, held)) => Ok(Call { door: route.door.clone(), client, raw, _held: held }),
            Err(refusal) => {
                let asked = (verb, &*self.envelope.path);
                route.door.engine.refused(&client, asked, &refusal.error, &mut self.facts, self.started);
                Err(refusal)
            }
        }
    }

    /// Takes what an authenticated client sends, when there is room for it.
    async fn take(
        &mut self,
        verb: Verb,
        path: Vec<String>,
        head: request::Parts,
        body: Incoming,
    ) -> Result<(RawRequest, (OwnedSemaphorePermit, Held)), Refusal> {
        if self.busy.is_none() {
            return Err(overloaded());
        }
        let permit = self.edge.in_flight.clone().try_acquire_owned().map_err(|_| overloaded())?;
        let query = decode::query(head.uri.query())?;
        let (body, held) = self.body(verb, &path, &head.headers, body).await?;
        let preconditions = decode::preconditions(&head.headers);
        Ok((RawRequest { verb, path, query, body, preconditions }, (permit, held)))
    }

    /// The body as a value. That of a GET or DELETE is read away and means nothing (RFC 9110 §9.3.1).
    async fn body(
        &mut self,
        verb: Verb,
        path: &[String],
        headers: &HeaderMap,
        incoming: Incoming,
    ) -> Result<(Option<Value>, Held), Refusal> {
        let meant = matches!(verb, Verb::Post | Verb::Put | Verb::Patch);
        if meant && !incoming.is_end_stream() {
            body::check_media(headers)?;
        }
        let limits = &self.edge.limits;
        let (bytes, held) = body::read(incoming, limits.body_at(path), limits, &self.edge.room).await?;
        self.request_bytes = bytes.len() as u64;
        let value = if meant { body::parse(bytes, limits).await? } else { None };
        Ok((value, held))
    }

    /// Asks the engine. When it takes too long the client is answered first and the engine goes on:
    /// a write that was begun is better finished than left half done.
    async fn perform(mut self, call: Call, sender: oneshot::Sender<Answer>) {
        let (deadline, observers) = (self.edge.limits.deadline, self.edge.observers.clone());
        let mut facts = std::mem::take(&mut self.facts);
        let Call { door, client, raw, _held } = call;
        let mut sender = Some(sender);
        let result = {
            let handled = AssertUnwindSafe(door.engine.handle(&client, raw, &mut facts)).catch_unwind();
            let mut handled = pin!(handled);
            match tokio::time::timeout(deadline, &mut handled).await {
                Ok(Ok(result)) => result,
                Ok(Err(_panic)) => {
                    observers.observe(&Observation::PanicCaught);
                    Err(internal())
                }
                Err(_) => {
                    let late = encode(Err(too_late()), &self.envelope).answer;
                    if let Some(sender) = sender.take() {
                        let _ = sender.send(late);
                    }
                    if let Ok(Err(_panic)) = tokio::time::timeout(deadline, &mut handled).await {
                        observers.observe(&Observation::PanicCaught);
                    }
                    Err(too_late())
                }
            }
        };
        self.facts = facts;
        self.reply_to(result, sender);
    }

    fn reply(self, result: Result<Response, ScimError>, sender: oneshot::Sender<Answer>) {
        self.reply_to(result, Some(sender));
    }

    /// Tells the fact first, so that whoever has the answer finds it counted.
    fn reply_to(self, result: Result<Response, ScimError>, sender: Option<oneshot::Sender<Answer>>) {
        let scim_type = result.as_ref().err().and_then(|error| error.scim_type).map(ScimType::as_str);
        let encoded = encode(result, &self.envelope);
        self.edge.observers.observe(&Observation::RequestServed {
            request: self.facts,
            method: self.method,
            status: encoded.answer.status().as_u16(),
            scim_type,
            duration: self.started.elapsed(),
            request_bytes: self.request_bytes,
            response_bytes: encoded.bytes,
        });
        if let Some(sender) = sender {
            // A client that has hung up is no fault of ours.
            let _ = sender.send(encoded.answer);
        }
    }
}

pub(super) fn overloaded() -> Refusal {
    Refusal::of("overload", ScimError::unavailable(1, "too many requests are being worked on; try again"))
}

fn too_late() -> ScimError {
    ScimError::unavailable(5, "the request took too long; try again")
}

pub(super) fn internal() -> ScimError {
    ScimError::new(500, "the server made a mistake; the request was not completed")
}

/// The client's own id when it is harmless in a log line, a new one otherwise.
fn request_id(headers: &HeaderMap) -> String {
    let theirs = ["x-request-id", "client-request-id"].into_iter().find_map(|name| headers.get(name));
    let theirs = theirs.and_then(|value| value.to_str().ok());
    let harmless = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    theirs.filter(harmless).map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned)
}
