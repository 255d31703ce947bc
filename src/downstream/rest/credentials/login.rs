//! `kind = "login"`: a call of the application that answers a token or cookies.

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::super::call::{Call, Role};
use super::super::context::Context;
use super::super::meaning::Answer;
use super::super::reach::Reach;
use super::super::request::Fill;
use super::super::template::{Slot, Texts};
use super::super::transport::Transport;
use super::Kind;
use super::credential::Place;
use super::renew::Renew;
use super::secret::Secret;
use super::session::{Grant, Session, State, ask};
use super::token::Source;
use crate::diagnostic::{Code, Diagnostic, Problems, Table};
use crate::downstream::{DownstreamError, ErrorKind};

struct Login {
    call: Call,
    user: Option<Secret>,
    password: Option<Secret>,
}

/// Reads the keys of `kind = "login"`.
pub(super) fn read(
    table: &Table<'_>,
    _: Option<&Reach>,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Kind> {
    let (has_user, has_password) = (table.node("user").is_some(), table.node("password").is_some());
    let user = has_user.then(|| Secret::read_name(table, "user", context, problems));
    let password = has_password.then(|| Secret::read(table, "password", context, problems));
    let call = table.required("request", REQUEST, problems);
    let call = call.and_then(|node| Call::read(node, NAME.to_owned(), Role::Login, context, problems));
    let token = table.required("token", "where the answer holds the token: `token = \"$.access_token\"`", problems);
    let token = token.and_then(|node| Source::read(node, "`token`", problems));
    let send = table.node("send").map(|node| Place::read(node, "", problems));
    let renew = Renew::read(table, problems);
    let call = call?;
    for (slot, has) in [(Slot::User, has_user), (Slot::Password, has_password)] {
        report_slot(&call, slot, has, table, problems);
    }
    let token = token?;
    let send = match (send, &token) {
        (Some(send), _) => send?,
        (None, Source::Cookies(_)) => Place::Cookie(None),
        (None, Source::Place(_)) => Place::authorization("Bearer"),
    };
    if matches!(token, Source::Cookies(_)) && send != Place::Cookie(None) {
        let problem = Diagnostic::error(Code::BAD_CREDENTIALS, &table.span_of("send"), "cookies are sent as cookies");
        problems.push(problem.help("leave `send` out"));
        return None;
    }
    let grant = Box::new(Login { call, user: flat(user)?, password: flat(password)? });
    let state = Mutex::new(State::default());
    Some(Kind::Session(Box::new(Session { grant, token, send, renew: renew?, csrf: None, state })))
}

/// What was written but cannot be used is refused; what was not written is not there.
fn flat(read: Option<Option<Secret>>) -> Option<Option<Secret>> {
    read.map_or(Some(None), |read| read.map(Some))
}

/// A slot needs its secret, and a secret its slot.
fn report_slot(call: &Call, slot: Slot, has: bool, table: &Table<'_>, problems: &mut Problems) {
    let name = slot.name();
    match (call.sends(slot), has) {
        (true, false) => table.missing(name, &format!("`request` sends `{{{name}}}`"), problems),
        (false, true) => {
            let message = format!("`request` does not send `{name}`");
            let problem = Diagnostic::error(Code::BAD_CREDENTIALS, &table.span_of(name), message);
            problems.push(problem.help(REQUEST));
        }
        _ => (),
    }
}

#[async_trait]
impl Grant for Login {
    fn name(&self) -> &str {
        &self.call.name
    }

    async fn ask(&self, transport: &Transport) -> Result<Answer, DownstreamError> {
        let [user, password] = [&self.user, &self.password].map(|secret| secret.as_ref().map(Secret::fresh));
        let texts = Texts {
            user: user.as_ref().map(|text| text.as_str()),
            password: password.as_ref().map(|text| text.as_str()),
            ..Texts::default()
        };
        let outgoing = self.call.outgoing(&Fill { texts, ..Fill::default() });
        let unfit = |_| DownstreamError::new(ErrorKind::Credentials, format!("{NAME}: {UNFIT}"));
        ask(&outgoing.map_err(unfit)?, transport).await
    }

    fn is_ok(&self, status: u16) -> bool {
        self.call.ok.contains(&status)
    }
}

const NAME: &str = "[downstream.credentials] request";
const REQUEST: &str = "`request = { post = \"/login\", json = { user = \"{user}\", password = \"{password}\" } }`";
const UNFIT: &str = "a secret cannot stand in its place";
