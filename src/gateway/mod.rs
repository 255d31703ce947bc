//! The engine: one tenant's SCIM request from parsing to answer, in one straight line.

use std::net::IpAddr;
use std::sync::Arc;

use crate::observe::RequestFacts;
use crate::scim::{RawRequest, Response, ScimError};

/// Who is asking.
#[derive(Debug, Clone)]
pub struct Client {
    /// The tenant's name.
    pub tenant: Arc<str>,
    /// The name of the token.
    pub token: Arc<str>,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The request's id.
    pub request_id: String,
}

/// One tenant's engine.
#[derive(Debug)]
pub struct Gateway {}

impl Gateway {
    /// Answers one request. `facts` is filled in as soon as something is known.
    ///
    /// # Errors
    /// What the client is told; the cause was observed.
    pub async fn handle(
        &self,
        client: &Client,
        raw: RawRequest,
        facts: &mut RequestFacts,
    ) -> Result<Response, ScimError> {
        let _ = (client, raw, facts);
        Err(ScimError::not_found(""))
    }
}
