//! What a request that was refused before it could be understood was about, for the metrics and the
//! audit: a change that was asked for leaves its line there whatever was wrong with it.

use std::sync::Arc;
use std::time::Instant;

use crate::observe::{Observation, Observer as _, Outcome, RequestFacts};
use crate::scim::{RawRequest, Request, ResourceTypes, ScimError, Verb};

use super::{Client, Gateway, Trace};

impl Gateway {
    /// Notes a request that never came here: the edge could not take its body. `facts` is filled in
    /// as far as method and path tell.
    pub fn refused(
        &self,
        client: &Client,
        (verb, path): (Verb, &[String]),
        error: &ScimError,
        facts: &mut RequestFacts,
        since: Instant,
    ) {
        let trace = note(verb, path, &self.parts.mapping.types, facts);
        self.report_refusal(client, facts, trace, error, since);
    }

    /// Parses a request; a change that cannot be read is reported.
    pub(super) fn understood(
        &self,
        client: &Client,
        raw: RawRequest,
        facts: &mut RequestFacts,
        since: Instant,
    ) -> Result<Request, ScimError> {
        let trace = note(raw.verb, &raw.path, &self.parts.mapping.types, facts);
        let parsed = self.parse(raw).and_then(|mut request| {
            client.permissions.apply(&mut request).inspect_err(|error| self.report_forbidden(facts, &trace, error))?;
            Ok(request)
        });
        parsed.inspect_err(|error| self.report_refusal(client, facts, trace, error, since))
    }

    /// The token was the right one, and not for this. A change leaves its own line in the audit.
    fn report_forbidden(&self, facts: &RequestFacts, trace: &Trace, error: &ScimError) {
        let tenant = Arc::clone(&self.parts.tenant);
        self.parts.observers.observe(&Observation::AuthAttempted { tenant, result: "scope" });
        if trace.outcome.is_none() {
            let (request, status) = (facts.clone(), error.status);
            self.parts.observers.observe(&Observation::AccessRefused { request, reason: "scope", status });
        }
    }

    fn report_refusal(
        &self,
        client: &Client,
        facts: &RequestFacts,
        mut trace: Trace,
        error: &ScimError,
        since: Instant,
    ) {
        if error.status >= 500 {
            trace.outcome = trace.outcome.map(|_| Outcome::Failed);
        }
        self.report_change(client, facts, &trace, &Err(error.clone()), since.elapsed());
    }
}

/// Notes the operation and the resource, as far as method and path tell them.
fn note(verb: Verb, path: &[String], types: &ResourceTypes, facts: &mut RequestFacts) -> Trace {
    let mut trace = Trace::default();
    let endpoint = path.first().map(String::as_str).unwrap_or_default();
    let op = match verb {
        Verb::Get => return trace,
        Verb::Post if path.last().is_some_and(|last| last == ".search") => return trace,
        Verb::Post if endpoint == "Bulk" => "bulk",
        Verb::Post => "create",
        Verb::Put => "replace",
        Verb::Patch => "patch",
        Verb::Delete => "delete",
    };
    let kind = types.at_endpoint(endpoint);
    facts.op = op;
    facts.resource_type = kind.map(|kind| Arc::clone(&kind.name));
    trace.id = path.get(1).filter(|id| kind.is_some() && could_be_an_id(id)).cloned();
    trace.outcome = Some(Outcome::Rejected);
    trace
}

/// Ids are ours and look like this; other text of a path is no business of the audit.
fn could_be_an_id(text: &str) -> bool {
    text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
