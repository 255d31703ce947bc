//! The way to one application, for somebody whom it knows.

use super::credentials::Credentials;
use super::meaning::Answer;
use super::transport::{Outgoing, Transport};
use crate::downstream::DownstreamError;

/// The way, and how the application knows who goes it.
#[derive(Debug)]
pub(super) struct Access {
    transport: Transport,
    credentials: Credentials,
}

impl Access {
    /// Nothing is sent yet.
    pub(super) const fn new(transport: Transport, credentials: Credentials) -> Self {
        Self { transport, credentials }
    }

    /// Sends a request with credentials and gives the answer, whatever its status.
    ///
    /// # Errors
    /// Those of [`Credentials::send`].
    pub(super) async fn send(&self, outgoing: &Outgoing) -> Result<Answer, DownstreamError> {
        self.credentials.send(outgoing, &self.transport).await
    }
}
