//! Requests with credentials: put on, and renewed once where the application refused them.

use super::credentials::Credentials;
use super::meaning::Answer;
use super::transport::{Outgoing, Transport};
use crate::downstream::DownstreamError;

/// The way to one application, for somebody whom it knows.
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

    /// Sends a request and gives the answer, whatever its status. An answer that refuses the
    /// credentials says that nothing was done: with others the request is sent once more, never twice.
    ///
    /// # Errors
    /// Those of [`Transport::send`] and [`Credentials::current`].
    pub(super) async fn send(&self, outgoing: &Outgoing) -> Result<Answer, DownstreamError> {
        let credential = self.credentials.current(&self.transport).await?;
        let answer = self.transport.send(outgoing, &credential).await?;
        match self.credentials.after(&answer, &credential, &self.transport).await? {
            Some(renewed) => self.transport.send(outgoing, &renewed).await,
            None => Ok(answer),
        }
    }
}
