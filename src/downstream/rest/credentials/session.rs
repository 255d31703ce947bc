//! A token that is asked for before the first request, and anew when it is used up. However many
//! requests wait for it, it is asked for once.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::super::meaning::Answer;
use super::super::transport::{Outgoing, Transport};
use super::credential::{Credential, Place, Unfit};
use super::csrf::NAME as CSRF;
use super::renew::{Renew, Term};
use super::token::Source;
use crate::downstream::{DownstreamError, ErrorKind};

/// Asks for a token.
#[async_trait]
pub(super) trait Grant: Send + Sync {
    /// How messages call it.
    fn name(&self) -> &str;

    /// Asks, without looking at the answer.
    async fn ask(&self, transport: &Transport) -> Result<Answer, DownstreamError>;

    /// True for a status that means success.
    fn is_ok(&self, status: u16) -> bool;
}

/// A token that is asked for, and the one in use.
pub(super) struct Session {
    pub(super) grant: Box<dyn Grant>,
    pub(super) token: Source,
    pub(super) send: Place,
    pub(super) renew: Renew,
    /// Where the same answer holds a CSRF token.
    pub(super) csrf: Option<Source>,
    pub(super) state: Mutex<State>,
}

/// What came of asking last.
#[derive(Default)]
pub(super) struct State {
    held: Option<Held>,
    failed: Option<Failed>,
    serial: u64,
}

struct Held {
    credential: Credential,
    /// `None` where only a refusal tells that it counts no more.
    term: Option<Term>,
}

struct Failed {
    error: DownstreamError,
    /// Until when it is not tried again.
    until: Instant,
}

impl Session {
    /// True for an answer that says that the token counts no more.
    pub(super) fn is_refused_by(&self, answer: &Answer) -> bool {
        self.renew.on_status.contains(&answer.status.as_u16())
    }

    /// The token in use; asks for one when there is none, or it is about to be used up.
    ///
    /// # Errors
    /// `Credentials` where it is refused, `Unavailable` where nobody could be asked.
    pub(super) async fn current(&self, transport: &Transport) -> Result<Credential, DownstreamError> {
        let mut state = self.state.lock().await;
        match &state.held {
            Some(held) if held.term.is_none_or(|term| Instant::now() < term.due) => return Ok(held.credential.clone()),
            _ => (),
        }
        let asked = self.ask(&mut state, transport).await;
        match &state.held {
            // It was early; the old one still counts.
            Some(held) if asked.is_err() && held.term.is_some_and(|term| Instant::now() < term.end) => {
                Ok(held.credential.clone())
            }
            _ => asked,
        }
    }

    /// The token after the refused one: who comes second finds that it is there already.
    ///
    /// # Errors
    /// As [`Self::current`].
    pub(super) async fn renewed(
        &self,
        refused: &Credential,
        transport: &Transport,
    ) -> Result<Credential, DownstreamError> {
        let mut state = self.state.lock().await;
        match &state.held {
            Some(held) if held.credential != *refused => Ok(held.credential.clone()),
            _ => {
                state.held = None;
                self.ask(&mut state, transport).await
            }
        }
    }

    async fn ask(&self, state: &mut State, transport: &Transport) -> Result<Credential, DownstreamError> {
        if let Some(failed) = &state.failed
            && Instant::now() < failed.until
        {
            return Err(failed.error.clone());
        }
        state.serial += 1;
        match self.granted(state.serial, transport).await {
            Ok(held) => {
                let credential = held.credential.clone();
                (state.held, state.failed) = (Some(held), None);
                Ok(credential)
            }
            Err(error) => {
                let pause = if error.kind == ErrorKind::Credentials { REFUSED_PAUSE } else { PAUSE };
                state.failed = Some(Failed { error: error.clone(), until: Instant::now() + pause });
                Err(error)
            }
        }
    }

    async fn granted(&self, serial: u64, transport: &Transport) -> Result<Held, DownstreamError> {
        let answer = self.grant.ask(transport).await.map_err(nothing_done)?;
        let is_ok = self.grant.is_ok(answer.status.as_u16());
        let token = self.token.take(&answer, is_ok, self.grant.name())?;
        let csrf = self.csrf.as_ref().map(|csrf| csrf.take(&answer, is_ok, CSRF)).transpose()?;
        let mut credential = Credential { csrf, serial, ..Credential::default() };
        self.send.carry(&token, &mut credential).map_err(|Unfit| unfit(self.grant.name()))?;
        Ok(Held { credential, term: self.renew.term(&answer) })
    }
}

/// A token that cannot be sent.
pub(super) fn unfit(name: &str) -> DownstreamError {
    DownstreamError::new(ErrorKind::Garbage, format!("{name}: the token holds a character that cannot be sent"))
}

/// A failed request for a token changed no record, so the plan is as good as not begun.
pub(super) fn nothing_done(error: DownstreamError) -> DownstreamError {
    match error.kind {
        ErrorKind::Ambiguous => DownstreamError { kind: ErrorKind::Unavailable { retry_after: None }, ..error },
        _ => error,
    }
}

/// Sends a request for a token, which itself carries none.
pub(super) async fn ask(outgoing: &Outgoing, transport: &Transport) -> Result<Answer, DownstreamError> {
    transport.send(outgoing, &Credential::default()).await
}

/// Applications close an account after some wrong passwords: many requests must not be as many
/// attempts.
const REFUSED_PAUSE: Duration = Duration::from_secs(10);

/// Requests that waited together fail together.
const PAUSE: Duration = Duration::from_secs(1);
