//! `csrf`: a second token that an application wants with every request that is no GET, so that no
//! other site can have a browser send one. It is asked for by a call of its own, or comes with the
//! login.

use http::Method;
use tokio::sync::Mutex;

use super::super::call::{Call, Role};
use super::super::context::Context;
use super::super::keys::statuses;
use super::super::meaning::Answer;
use super::super::request::Fill;
use super::super::transport::Transport;
use super::credential::{Credential, Place, Unfit};
use super::session::{nothing_done, unfit};
use super::token::{Source, Token};
use crate::diagnostic::{Problems, Table};
use crate::downstream::{DownstreamError, ErrorKind};

/// How the token is asked for, and where it goes.
pub(super) struct Csrf {
    /// The call that answers it; none where it comes with the login.
    call: Option<Call>,
    /// Where the answer holds it.
    pub(super) token: Source,
    send: Place,
    /// True when each request wants a token of its own.
    each: bool,
    /// Statuses that say that the token counts no more.
    on_status: Vec<u16>,
    /// The token in use, and whose it is.
    kept: Mutex<Option<(Credential, Token)>>,
}

/// What comes of a request that needs a token.
pub(super) enum Guarded<T> {
    /// It has one.
    Ready(T),
    /// It was not sent: the call for the token was itself answered in this way.
    Refused(Box<Answer>, DownstreamError),
}

impl Csrf {
    /// Reads `csrf = { request = { get = "/csrf" }, token = "$.token", send = { header = "X-CSRF-Token" } }`.
    /// Only a login brings a token along.
    pub(super) fn read(
        table: &Table<'_>,
        is_login: bool,
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Option<Self>> {
        let Some(node) = table.node("csrf") else { return Some(None) };
        let table = Table::open(node, "`csrf`", problems)?;
        let call = table.node("request").map(|node| Call::read(node, NAME.to_owned(), Role::Probe, context, problems));
        if call.is_none() && !is_login {
            table.missing("request", "the call that answers the token: `request = { get = \"/csrf\" }`", problems);
        }
        let token =
            table.required("token", "where the answer holds it: `token = { header = \"X-CSRF-Token\" }`", problems);
        let token = token.and_then(|node| Source::read(node, "`token`", problems));
        let send = table.required("send", "where it goes: `send = { header = \"X-CSRF-Token\" }`", problems);
        let send = send.and_then(|node| Place::read(node, IN_BODY, problems));
        let each = table.boolean("each", problems).unwrap_or(false);
        let has_status = table.node("on_status").is_some();
        let on_status = if has_status { statuses(&table, "on_status", problems) } else { vec![403] };
        table.finish(problems);
        let call = match call {
            Some(call) => Some(call?),
            None => None,
        };
        Some(Some(Self { call, token: token?, send: send?, each, on_status, kept: Mutex::new(None) }))
    }

    /// True when the token comes with the login.
    pub(super) const fn is_given_at_login(&self) -> bool {
        self.call.is_none()
    }

    /// What a request with the credential is sent with.
    ///
    /// # Errors
    /// `Unavailable` where the token cannot be asked for, `Credentials` where it is refused.
    pub(super) async fn guard(
        &self,
        method: &Method,
        credential: &Credential,
        transport: &Transport,
    ) -> Result<Guarded<Credential>, DownstreamError> {
        if method.is_safe() {
            return Ok(Guarded::Ready(credential.clone()));
        }
        let token = match (&credential.csrf, &self.call) {
            (Some(token), _) => token.clone(),
            (None, None) => return Ok(Guarded::Ready(credential.clone())),
            (None, Some(call)) => match self.kept_or_asked(call, credential, transport).await? {
                Ok(token) => token,
                Err((answer, error)) => return Ok(Guarded::Refused(Box::new(answer), error)),
            },
        };
        let mut guarded = credential.clone();
        self.send.carry(&token, &mut guarded).map_err(|Unfit| unfit(NAME))?;
        Ok(Guarded::Ready(guarded))
    }

    async fn kept_or_asked(
        &self,
        call: &Call,
        credential: &Credential,
        transport: &Transport,
    ) -> Result<Result<Token, (Answer, DownstreamError)>, DownstreamError> {
        if self.each {
            return self.ask(call, credential, transport).await;
        }
        let mut kept = self.kept.lock().await;
        if let Some((owner, token)) = &*kept
            && owner == credential
        {
            return Ok(Ok(token.clone()));
        }
        let asked = self.ask(call, credential, transport).await?;
        *kept = asked.as_ref().ok().map(|token| (credential.clone(), token.clone()));
        Ok(asked)
    }

    async fn ask(
        &self,
        call: &Call,
        credential: &Credential,
        transport: &Transport,
    ) -> Result<Result<Token, (Answer, DownstreamError)>, DownstreamError> {
        let unfit = |_| DownstreamError::new(ErrorKind::Garbage, format!("{NAME}: the request cannot be made"));
        let outgoing = call.outgoing(&Fill::default()).map_err(unfit)?;
        let answer = transport.send(&outgoing, credential).await.map_err(nothing_done)?;
        let token = self.token.take(&answer, call.ok.contains(&answer.status.as_u16()), NAME);
        Ok(token.map_err(|error| (answer, error)))
    }

    /// Gives the token up where an answer says that it counts no more; true when another can be
    /// asked for.
    pub(super) async fn is_refused_by(&self, answer: &Answer, method: &Method) -> bool {
        let is_refused = !method.is_safe() && self.on_status.contains(&answer.status.as_u16());
        is_refused && !self.each && self.call.is_some() && self.kept.lock().await.take().is_some()
    }
}

/// `{credential.csrf}` in a body.
pub(super) const IN_BODY: &str = "csrf";

/// How messages call it.
pub(super) const NAME: &str = "[downstream.credentials] csrf";
