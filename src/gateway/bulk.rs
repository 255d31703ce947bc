//! POST /Bulk (RFC 7644 §3.7): every operation walks the line of a single request.
//!
//! What one of them does wrong is its own answer; the others go on, unless `failOnErrors` says so.
//! All together have the time of one request: what could not begin in it is told 503.

use std::collections::{HashMap, HashSet};

use tokio::time::Instant;

use crate::observe::RequestFacts;
use crate::scim::bulk::{BulkAnswer, BulkOperation, Ids, Step, bulk_response, resolved, without};
use crate::scim::{BulkRequest, Entity, RawRequest, Response, ScimError, ScimType, Verb, urn};
use crate::value::{Object, Value};

use super::{Client, Gateway};

pub(super) use crate::scim::bulk::{LARGEST, MOST_OPERATIONS};

pub(super) async fn bulk(gateway: &Gateway, client: &Client, facts: &RequestFacts, request: &BulkRequest) -> Response {
    let answers = vec![None; request.operations.len()];
    let until = Instant::now() + gateway.parts.deadline;
    let mut walk =
        Walk { gateway, client, facts, request, until, ids: Ids::new(), answers, left_out: HashMap::new(), errors: 0 };
    for step in request.steps() {
        match step {
            Step::Run(operation, later) if !walk.is_over() => walk.run(operation, &later).await,
            Step::Run(..) => (),
            // Belongs to an operation that was begun.
            Step::Complete(operation) => walk.complete(operation).await,
        }
    }
    let answered = request.operations.iter().zip(walk.answers);
    Response::Document(bulk_response(
        answered.filter_map(|(operation, answer)| Some(answer?.to_value(operation))).collect(),
    ))
}

struct Walk<'a> {
    gateway: &'a Gateway,
    client: &'a Client,
    facts: &'a RequestFacts,
    request: &'a BulkRequest,
    until: Instant,
    ids: Ids,
    answers: Vec<Option<BulkAnswer>>,
    /// What is still to be put in place, by operation: paths and values.
    left_out: HashMap<usize, Vec<(String, Value)>>,
    errors: u64,
}

impl Walk<'_> {
    fn is_over(&self) -> bool {
        self.request.fail_on_errors.is_some_and(|most| self.errors >= most)
    }

    async fn run(&mut self, at: usize, later: &HashSet<String>) {
        let operation = &self.request.operations[at];
        let (data, left_out) = operation.data.as_ref().map_or_else(Default::default, |data| without(data, later));
        let partly = !left_out.is_empty();
        let answer = match self.raw(operation, &data) {
            Err(error) => failed(None, error),
            Ok(raw) => {
                let place = (raw.verb != Verb::Post).then(|| self.location(&raw.path));
                match self.ask(raw).await {
                    Ok(response) => self.done(operation, response, place),
                    Err(error) if partly && error.status == 400 => failed(None, circular(&error)),
                    Err(error) => failed(place, error),
                }
            }
        };
        if answer.error.is_some() {
            self.errors += 1;
        } else if partly {
            self.left_out.insert(at, left_out);
        }
        self.answers[at] = Some(answer);
    }

    /// The second step of an operation that had to be run without some of its references.
    async fn complete(&mut self, at: usize) {
        let Some(left_out) = self.left_out.remove(&at) else { return };
        let operation = &self.request.operations[at];
        let id = operation.bulk_id.as_ref().and_then(|name| self.ids.get(name)).cloned().unwrap_or_default();
        let path = operation.path.iter().cloned().chain([id]).collect();
        let done = match self.patch(&left_out) {
            Ok(body) => self.ask(RawRequest { body: Some(body), ..operation.request(Verb::Patch, path, None) }).await,
            Err(error) => Err(error),
        };
        let Some(answer) = &mut self.answers[at] else { return };
        match done {
            Ok(Response::Found(entity)) => answer.version = entity.etag,
            Ok(_) => answer.version = None,
            Err(error) => {
                self.errors += 1;
                *answer = failed(answer.location.take(), circular(&error));
            }
        }
    }

    fn patch(&self, left_out: &[(String, Value)]) -> Result<Value, ScimError> {
        let mut operations = Vec::new();
        for (path, value) in left_out {
            let value = resolved(value, &self.ids).map_err(|unresolved| unresolved.into_error())?;
            let mut operation: Object = [("op", "add"), ("path", path.as_str())].into_iter().collect();
            operation.set("value", value);
            operations.push(Value::Object(operation));
        }
        let mut body = Object::new();
        body.set("schemas", Value::List(vec![urn::PATCH_OP.into()]));
        body.set("Operations", Value::List(operations));
        Ok(Value::Object(body))
    }

    /// The operation as a request, ids in place of what it refers to.
    fn raw(&self, operation: &BulkOperation, data: &Value) -> Result<RawRequest, ScimError> {
        let verb = operation.verb.clone()?;
        let resolve = |value: &Value| resolved(value, &self.ids).map_err(|unresolved| unresolved.into_error());
        let segments = operation.path.iter().map(|segment| resolve(&segment.as_str().into()));
        let path = segments.map(|segment| segment.map(|segment| segment.to_text())).collect::<Result<_, _>>()?;
        let body = (verb != Verb::Delete).then(|| resolve(data)).transpose()?;
        Ok(operation.request(verb, path, body))
    }

    async fn ask(&self, raw: RawRequest) -> Result<Response, ScimError> {
        if Instant::now() >= self.until {
            return Err(ScimError::unavailable(1, "the time of the bulk request was over; send this operation again"));
        }
        let mut facts = self.facts.clone();
        let since = std::time::Instant::now();
        let request = self.gateway.understood(self.client, raw, &mut facts, since)?;
        self.gateway.one(self.client, &request, &mut facts, self.until).await
    }

    fn location(&self, path: &[String]) -> String {
        format!("{}/{}", self.gateway.parts.base_url, path.join("/"))
    }

    fn done(&mut self, operation: &BulkOperation, response: Response, place: Option<String>) -> BulkAnswer {
        let of = |status, Entity { location, etag, .. }: Entity| BulkAnswer {
            status,
            location: Some(location),
            version: etag,
            error: None,
        };
        match response {
            Response::Created(entity) => {
                let id = entity.body.get("id").map(Value::to_text).unwrap_or_default();
                self.ids.extend(operation.bulk_id.iter().map(|name| (name.clone(), id.clone())));
                of(201, entity)
            }
            Response::Found(entity) => of(200, entity),
            Response::NoContent(etag) => BulkAnswer { status: 204, location: place, version: etag, error: None },
            Response::List(_) | Response::Document(_) | Response::NotModified(_) => {
                failed(place, ScimError::invalid_value("this is no change of a resource"))
            }
        }
    }
}

fn failed(location: Option<String>, error: ScimError) -> BulkAnswer {
    BulkAnswer { status: error.status, location, version: None, error: Some(error) }
}

/// RFC 7644 §3.7.1: a circular reference that cannot be resolved is a 409.
fn circular(error: &ScimError) -> ScimError {
    let detail = format!("two resources refer to each other, and one cannot do without: {}", error.detail);
    ScimError { status: 409, scim_type: error.scim_type.or(Some(ScimType::InvalidValue)), detail, retry_after: None }
}
