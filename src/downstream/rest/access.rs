//! The way to one application, for somebody whom it knows.

use super::credentials::Credentials;
use super::meaning::Answer;
use super::proof::Proof;
use super::transport::{Outgoing, Transport};
use crate::downstream::DownstreamError;

/// The way, and how the application knows who goes it.
#[derive(Debug)]
pub(super) struct Access {
    transport: Transport,
    credentials: Credentials,
    proof: Option<Proof>,
}

impl Access {
    /// Nothing is sent yet.
    pub(super) const fn new(transport: Transport, credentials: Credentials, proof: Option<Proof>) -> Self {
        Self { transport, credentials, proof }
    }

    /// Makes sure that an answer which told of nothing was not one for a stranger, where the mapping
    /// says how.
    ///
    /// # Errors
    /// Those of [`Proof::make`].
    pub(super) async fn prove(&self) -> Result<(), DownstreamError> {
        match &self.proof {
            Some(proof) => proof.make(&self.credentials, &self.transport).await,
            None => Ok(()),
        }
    }

    /// How an explanation shows the proof that follows an answer of nothing.
    pub(super) fn proof_line(&self) -> Option<String> {
        Some(format!("{}   (where nothing comes back)", self.proof.as_ref()?.to_line()?))
    }

    /// Sends a request with credentials and gives the answer, whatever its status.
    ///
    /// # Errors
    /// Those of [`Credentials::send`].
    pub(super) async fn send(&self, outgoing: &Outgoing) -> Result<Answer, DownstreamError> {
        self.credentials.send(outgoing, &self.transport).await
    }
}
