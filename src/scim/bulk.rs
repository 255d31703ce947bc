//! Bulk (RFC 7644 §3.7): the message, and what its operations say of each other.
//!
//! An operation is only taken apart here; what it asks for is checked when its turn comes, since the
//! message goes on when one of its operations is wrong. In which order they run is told by `order`.

mod order;
mod reference;

use percent_encoding::percent_decode_str;

use crate::value::{Object, Value};

use super::request::check_message;
use super::{Preconditions, RawQuery, RawRequest, ScimError, Verb, urn};

pub use order::Step;
pub use reference::{Ids, Unresolved, resolved, without};

/// Most operations of one message; more is 413 (RFC 7644 §3.7.4).
pub const MOST_OPERATIONS: usize = 1000;
/// Largest message in bytes, as the edge bounds every body but those of groups.
pub const LARGEST: u64 = 1024 * 1024;

/// A bulk request.
#[derive(Debug, Clone)]
pub struct BulkRequest {
    /// Stop after as many errors.
    pub fail_on_errors: Option<u64>,
    /// The operations in the order of the message.
    pub operations: Vec<BulkOperation>,
}

/// One operation: a request without its own HTTP.
#[derive(Debug, Clone)]
pub struct BulkOperation {
    /// The method as the answer repeats it.
    pub method: String,
    /// The client's own name for the operation.
    pub bulk_id: Option<String>,
    /// The version that the resource must still have.
    pub version: Option<String>,
    /// The segments of the path; one of them may be `bulkId:NAME`.
    pub path: Vec<String>,
    /// What would be the body.
    pub data: Option<Value>,
    /// The method, or what is wrong with the operation.
    pub verb: Result<Verb, ScimError>,
}

impl BulkRequest {
    /// Reads the message.
    ///
    /// # Errors
    /// 400 `invalidSyntax` for what is no bulk message, `invalidValue` for a `failOnErrors` below 1,
    /// 413 for too many operations.
    pub fn parse(body: &Value) -> Result<Self, ScimError> {
        let Value::Object(body) = body else {
            return Err(ScimError::invalid_syntax("the body must be a JSON object"));
        };
        check_message(body, urn::BULK_REQUEST)?;
        let Some(operations) = body.get("Operations").and_then(Value::as_list) else {
            return Err(ScimError::invalid_syntax("`Operations` must be a list"));
        };
        if operations.len() > MOST_OPERATIONS {
            let detail = format!("a bulk message takes {MOST_OPERATIONS} operations, not {}", operations.len());
            return Err(ScimError::new(413, detail));
        }
        let fail_on_errors = match body.get("failOnErrors") {
            None | Some(Value::Null) => None,
            Some(Value::Integer(number)) if *number > 0 => u64::try_from(*number).ok(),
            Some(_) => return Err(ScimError::invalid_value("`failOnErrors` must be a number from 1")),
        };
        let mut operations: Vec<BulkOperation> = operations.iter().map(BulkOperation::read).collect();
        refuse_repeated_names(&mut operations);
        Ok(Self { fail_on_errors, operations })
    }
}

impl BulkOperation {
    fn read(operation: &Value) -> Self {
        let nothing = Object::new();
        let members = operation.as_object().unwrap_or(&nothing);
        let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
        let mut read = Self {
            method: text("method").unwrap_or_default().to_ascii_uppercase(),
            bulk_id: text("bulkId").filter(|id| !id.is_empty()),
            version: text("version").filter(|version| !version.is_empty()),
            path: segments(&text("path").unwrap_or_default()),
            data: members.get("data").filter(|data| **data != Value::Null).cloned(),
            verb: Ok(Verb::Post),
        };
        read.verb = read.checked_verb();
        read
    }

    fn checked_verb(&self) -> Result<Verb, ScimError> {
        let verb = match self.method.as_str() {
            "POST" => Verb::Post,
            "PUT" => Verb::Put,
            "PATCH" => Verb::Patch,
            "DELETE" => Verb::Delete,
            _ => return Err(ScimError::invalid_syntax("`method` must be POST, PUT, PATCH or DELETE")),
        };
        if verb == Verb::Post && self.bulk_id.is_none() {
            return Err(ScimError::invalid_syntax("`bulkId` is required with POST"));
        }
        if verb != Verb::Delete && self.data.is_none() {
            return Err(ScimError::invalid_syntax(format!("`data` is required with {}", self.method)));
        }
        match (verb, self.path.len()) {
            (Verb::Post, 1) if !self.path[0].eq_ignore_ascii_case("bulk") && self.path[0] != ".search" => Ok(verb),
            (Verb::Put | Verb::Patch | Verb::Delete, 2) => Ok(verb),
            _ => Err(ScimError::invalid_value("`path` must be an endpoint and, but with POST, the id of a resource")),
        }
    }

    /// The operation as a request, references put in place by the caller. `version` is an `If-Match`.
    #[must_use]
    pub fn request(&self, verb: Verb, path: Vec<String>, body: Option<Value>) -> RawRequest {
        let if_match = self.version.iter().filter(|_| verb != Verb::Post).cloned().collect();
        let preconditions = Preconditions { if_match, if_none_match: Vec::new() };
        RawRequest { verb, path, query: RawQuery::default(), body, preconditions }
    }
}

/// A name that stands for two resources stands for none: each use after the first is refused.
fn refuse_repeated_names(operations: &mut [BulkOperation]) {
    let mut seen = std::collections::HashSet::new();
    for operation in operations.iter_mut().filter(|operation| operation.verb == Ok(Verb::Post)) {
        if operation.bulk_id.as_ref().is_some_and(|name| !seen.insert(name.clone())) {
            operation.verb = Err(ScimError::invalid_value("`bulkId` is used by an earlier operation"));
        }
    }
}

/// Split at the slashes first, decoded afterwards, as the edge does.
fn segments(path: &str) -> Vec<String> {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    segments.map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).take(4).collect()
}

/// The answer to one operation.
#[derive(Debug, Clone)]
pub struct BulkAnswer {
    /// The status.
    pub status: u16,
    /// Where the resource is; unknown when it was not made.
    pub location: Option<String>,
    /// Its version afterwards, when it is known.
    pub version: Option<String>,
    /// What went wrong.
    pub error: Option<ScimError>,
}

impl BulkAnswer {
    /// The answer's part of the response message.
    #[must_use]
    pub fn to_value(&self, operation: &BulkOperation) -> Value {
        let mut body = Object::new();
        if let Some(location) = &self.location {
            body.set("location", location.as_str());
        }
        body.set("method", operation.method.as_str());
        if let Some(bulk_id) = &operation.bulk_id {
            body.set("bulkId", bulk_id.as_str());
        }
        if let Some(version) = &self.version {
            body.set("version", version.as_str());
        }
        body.set("status", self.status.to_string());
        if let Some(error) = &self.error {
            body.set("response", error.to_value());
        }
        Value::Object(body)
    }
}

/// The whole response message.
#[must_use]
pub fn bulk_response(operations: Vec<Value>) -> Object {
    let mut body = Object::new();
    body.set("schemas", Value::List(vec![urn::BULK_RESPONSE.into()]));
    body.set("Operations", Value::List(operations));
    body
}
