//! What a request that could not be read was about, for the metrics and the audit: a change that was
//! asked for leaves its line there whether or not it could be understood.

use std::sync::Arc;

use crate::observe::{Outcome, RequestFacts};
use crate::scim::{RawRequest, ResourceTypes, Verb};

use super::Trace;

/// Notes the operation and the resource, as far as method and path tell them.
pub(super) fn note(raw: &RawRequest, types: &ResourceTypes, facts: &mut RequestFacts) -> Trace {
    let mut trace = Trace::default();
    let mut path = raw.path.iter();
    let kind = path.next().and_then(|endpoint| types.at_endpoint(endpoint));
    let (Some(kind), id) = (kind, path.next()) else { return trace };
    let op = match (raw.verb, id) {
        (Verb::Post, None) => "create",
        (Verb::Put, Some(_)) => "replace",
        (Verb::Patch, Some(_)) => "patch",
        (Verb::Delete, Some(_)) => "delete",
        _ => return trace,
    };
    facts.op = op;
    facts.resource_type = Some(Arc::clone(&kind.name));
    trace.id = id.cloned();
    trace.outcome = Some(Outcome::Rejected);
    trace
}
