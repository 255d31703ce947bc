//! `[downstream.credentials]`: how the application knows the gateway. Secrets are in no message, no
//! `Debug` and no explanation.
//!
//! Reading order: `secret`, `credential` (what one request carries), `fixed` (kinds that are only
//! written down), `session` (kinds that ask for a token first) with `token` and `renew`, and one file
//! for each kind that asks.

use std::fmt;

pub(super) use self::credential::Credential;
use self::fixed::Fixed;
use self::session::Session;
use super::context::Context;
use super::meaning::Answer;
use super::transport::Transport;
use crate::diagnostic::{Code, Diagnostic, Problems, Span, Table, nearest};
use crate::downstream::DownstreamError;

mod credential;
mod fixed;
mod login;
mod renew;
mod secret;
mod session;
mod token;

/// How the application knows the gateway.
#[derive(Debug)]
pub(super) struct Credentials {
    kind: Kind,
}

/// A kind of credentials, as it was read.
enum Kind {
    /// Every request is sent as it is.
    Nothing,
    /// What is sent is written down.
    Fixed(Fixed),
    /// What is sent is asked for first.
    Session(Box<Session>),
}

type Reader = fn(&Table<'_>, &Context<'_>, &mut Problems) -> Option<Kind>;

/// Every kind, and who reads its keys.
const KINDS: &[(&str, Reader)] = &[
    ("header", fixed::read_header),
    ("bearer", fixed::read_bearer),
    ("basic", fixed::read_basic),
    ("query", fixed::read_query),
    ("login", login::read),
];

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Fixed(_) => "Fixed(…)",
            Self::Session(_) => "Session(…)",
        })
    }
}

impl Credentials {
    /// Reads the `credentials` of `[downstream]` and notes every problem in them.
    pub(super) fn read(downstream: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<Self> {
        let Some(node) = downstream.node("credentials") else { return Some(Self { kind: Kind::Nothing }) };
        let table = Table::open(node, "[downstream.credentials]", problems)?;
        let (name, span) = table.required_string("kind", &known(), problems)?;
        let Some((_, read)) = KINDS.iter().find(|(known, _)| *known == name) else {
            problems.push(unknown(name, span));
            return None;
        };
        let kind = read(&table, context, problems);
        table.finish(problems);
        Some(Self { kind: kind? })
    }

    /// What a request carries now; asks the application first where that is needed.
    ///
    /// # Errors
    /// `Credentials` where the application refuses, `Unavailable` where it cannot be asked.
    pub(super) async fn current(&self, transport: &Transport) -> Result<Credential, DownstreamError> {
        match &self.kind {
            Kind::Nothing => Ok(Credential::default()),
            Kind::Fixed(fixed) => Ok(fixed.credential()),
            Kind::Session(session) => session.current(transport).await,
        }
    }

    /// Another credential after an answer that refused one; `None` where the answer refuses nothing,
    /// or there is no other.
    ///
    /// # Errors
    /// As [`Self::current`].
    pub(super) async fn after(
        &self,
        answer: &Answer,
        sent: &Credential,
        transport: &Transport,
    ) -> Result<Option<Credential>, DownstreamError> {
        match &self.kind {
            Kind::Session(session) if session.is_refused_by(answer) => session.renewed(sent, transport).await.map(Some),
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
