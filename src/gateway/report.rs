//! What a request tells the operator and the auditor when it is over.

use std::sync::Arc;
use std::time::Duration;

use crate::observe::{Observation, Observer as _, RequestFacts};
use crate::scim::{Request, Response, ScimError};

use super::{Client, Failure, Gateway, Trace};

impl Gateway {
    /// Turns a failure into the client's words and tells the audit what became of the change.
    pub(super) fn explain_failure(&self, failure: Failure, trace: &mut Trace) -> ScimError {
        if let Failure::Correlation(error) = &failure {
            self.parts.observers.observe(&Observation::CorrelationFailed {
                tenant: Arc::clone(&self.parts.tenant),
                detail: error.to_string(),
            });
        }
        trace.outcome = Some(failure.outcome());
        failure.into_scim()
    }

    pub(super) fn report_unknown(&self, request: &Request) {
        let Some(kind) = request.operation.kind() else { return };
        for _ in &request.unknown {
            self.parts.observers.observe(&Observation::AttributeDropped {
                tenant: Arc::clone(&self.parts.tenant),
                resource_type: Arc::clone(&kind.name),
                attribute: "_unknown".to_owned(),
            });
        }
    }

    pub(super) fn report_change(
        &self,
        client: &Client,
        facts: &RequestFacts,
        trace: &Trace,
        done: &Result<Response, ScimError>,
        duration: Duration,
    ) {
        if !["create", "replace", "patch", "delete", "bulk"].contains(&facts.op) {
            return;
        }
        let Some(outcome) = trace.outcome else { return };
        let status = match done {
            Ok(Response::Created(_)) => 201,
            Ok(Response::NoContent(_)) => 204,
            Ok(_) => 200,
            Err(error) => error.status,
        };
        let mut request = facts.clone();
        request.tenant = Some(Arc::clone(&self.parts.tenant));
        request.token = Some(Arc::clone(&client.token));
        request.address = client.address;
        request.request_id.clone_from(&client.request_id);
        self.parts.observers.observe(&Observation::ResourceProvisioned {
            request,
            outcome,
            status,
            id: trace.id.clone(),
            key: trace.key.clone(),
            changed: trace.changed.clone(),
            duration,
        });
    }
}
