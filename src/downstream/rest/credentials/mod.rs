//! `[downstream.credentials]`: how the application knows the gateway. Secrets are in no message, no
//! `Debug` and no explanation.
//!
//! Reading order: `secret`, `credential` (what one request carries), `slots` (what bodies can name),
//! `fixed` (kinds that are only written down), `session` (kinds that ask for a token first) with `token`
//! and `renew`, and one file for each kind that asks: `login`, `oauth` with `assertion`.

use std::fmt;

pub(super) use self::credential::Credential;
use self::csrf::{Csrf, Guarded};
use self::fixed::Fixed;
use self::session::Session;
pub(super) use self::slots::{report_unsent, slots};
use super::context::Context;
use super::meaning::Answer;
use super::reach::Reach;
use super::transport::{Outgoing, Transport};
use crate::diagnostic::{Code, Diagnostic, Problems, Span, Table, nearest};
use crate::downstream::DownstreamError;

mod assertion;
mod credential;
mod csrf;
mod fixed;
mod login;
mod oauth;
mod renew;
mod secret;
mod session;
mod slots;
mod token;

/// How the application knows the gateway.
#[derive(Default)]
pub(super) struct Credentials {
    kind: Kind,
    csrf: Option<Csrf>,
}

/// A kind of credentials, as it was read.
#[derive(Default)]
enum Kind {
    /// Every request is sent as it is.
    #[default]
    Nothing,
    /// What is sent is written down.
    Fixed(Fixed),
    /// What is sent is asked for first.
    Session(Box<Session>),
}

type Reader = fn(&Table<'_>, Option<&Reach>, &Context<'_>, &mut Problems) -> Option<Kind>;

/// Every kind, and who reads its keys.
const KINDS: &[(&str, Reader)] = &[
    ("header", fixed::read_header),
    ("bearer", fixed::read_bearer),
    ("basic", fixed::read_basic),
    ("query", fixed::read_query),
    ("body", fixed::read_body),
    ("login", login::read),
    ("client_credentials", oauth::read),
];

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Nothing => "Credentials",
            Kind::Fixed(_) => "Credentials(…)",
            Kind::Session(_) => "Credentials(session …)",
        })
    }
}

impl Credentials {
    /// Reads the `credentials` of `[downstream]` and notes every problem in them. Without `reach`, which
    /// could not be read, what is asked of other hosts is not.
    pub(super) fn read(
        downstream: &Table<'_>,
        reach: Option<&Reach>,
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        // What asks for a token, or for one against forgery, does not have it yet.
        let context = &Context { credentials: &[], ..*context };
        let Some(node) = downstream.node("credentials") else { return Some(Self::default()) };
        let table = Table::open(node, "[downstream.credentials]", problems)?;
        let (name, span) = table.required_string("kind", &known(), problems)?;
        let Some((_, read)) = KINDS.iter().find(|(known, _)| *known == name) else {
            problems.push(unknown(name, span));
            return None;
        };
        let kind = read(&table, reach, context, problems);
        let csrf = Csrf::read(&table, name == "login", context, problems);
        table.finish(problems);
        let (mut kind, csrf) = (kind?, csrf?);
        if let (Kind::Session(session), Some(csrf)) = (&mut kind, &csrf)
            && csrf.is_given_at_login()
        {
            session.csrf = Some(csrf.token.clone());
        }
        Some(Self { kind, csrf })
    }

    /// Sends a request and gives the answer, whatever its status. An answer that refuses the
    /// credentials says that nothing was done: with others the request is sent once more, never twice.
    ///
    /// # Errors
    /// Those of [`Transport::send`]; `Credentials` where the application refuses to give a token,
    /// `Unavailable` where it cannot be asked for one.
    pub(super) async fn send(&self, outgoing: &Outgoing, transport: &Transport) -> Result<Answer, DownstreamError> {
        let credential = match &self.kind {
            Kind::Nothing => Credential::default(),
            Kind::Fixed(fixed) => fixed.credential()?,
            Kind::Session(session) => session.current(transport).await?,
        };
        let tried = self.try_with(&credential, outgoing, transport).await?;
        let tried = match self.after(&tried, outgoing, credential, transport).await? {
            Some(renewed) => self.try_with(&renewed, outgoing, transport).await?,
            None => tried,
        };
        match tried {
            Guarded::Ready(answer) => Ok(answer),
            Guarded::Refused(_, error) => Err(error),
        }
    }

    async fn try_with(
        &self,
        credential: &Credential,
        outgoing: &Outgoing,
        transport: &Transport,
    ) -> Result<Guarded<Answer>, DownstreamError> {
        let Some(csrf) = &self.csrf else { return transport.send(outgoing, credential).await.map(Guarded::Ready) };
        match csrf.guard(&outgoing.method, credential, transport).await? {
            Guarded::Ready(credential) => transport.send(outgoing, &credential).await.map(Guarded::Ready),
            Guarded::Refused(answer, error) => Ok(Guarded::Refused(answer, error)),
        }
    }

    /// What to try with after an answer; `None` where it refuses nothing, or there is nothing else.
    async fn after(
        &self,
        tried: &Guarded<Answer>,
        outgoing: &Outgoing,
        sent: Credential,
        transport: &Transport,
    ) -> Result<Option<Credential>, DownstreamError> {
        let answer = match tried {
            Guarded::Ready(answer) => answer,
            Guarded::Refused(answer, _) => answer,
        };
        let replaced = match &self.kind {
            Kind::Nothing => None,
            Kind::Fixed(fixed) => fixed.replaced(&sent, answer),
            Kind::Session(session) if session.is_refused_by(answer) => {
                return session.renewed(&sent, transport).await.map(Some);
            }
            Kind::Session(_) => None,
        };
        match &self.csrf {
            _ if replaced.is_some() => Ok(replaced),
            Some(csrf) if csrf.is_refused_by(answer, &outgoing.method).await => Ok(Some(sent)),
            _ => Ok(None),
        }
    }
}

fn unknown(kind: &str, span: &Span) -> Diagnostic {
    let problem = Diagnostic::error(Code::BAD_CREDENTIALS, span, format!("`{kind}` is no kind of credentials"));
    match nearest(kind, KINDS.iter().map(|(name, _)| *name)) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help(known()),
    }
}

fn known() -> String {
    let names: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
    format!("known kinds: {}", names.join(", "))
}
