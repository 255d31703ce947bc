//! `[downstream]` of `kind = "rest"`: address, trust, limits, credentials.

use std::time::Duration;

use super::access::Access;
use super::call::{Call, Role};
use super::context::Context;
use super::credentials::Credentials;
use super::proof::Proof;
use super::rate::Rate;
use super::reach::{Address, Reach};
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Table};
use crate::downstream::secret;

/// What `[downstream]` says.
#[derive(Debug)]
pub(super) struct Config {
    /// The way to the application.
    pub(super) access: Access,
    /// The call that asks for a sign of life.
    pub(super) probe: Option<Call>,
    /// How long a list is kept.
    pub(super) list_cache: Duration,
}

impl Config {
    /// Reads the table and notes every problem in it.
    pub(super) fn read(node: &Node, context: &Context<'_>, problems: &mut Problems) -> Option<Self> {
        let table = Table::open(node, "[downstream]", problems)?;
        table.node("kind");
        let address = table
            .required("base_url", "`base_url = \"https://app.example.com\"`, or `{ env = \"NAME\" }`", problems)
            .and_then(|node| Some((secret(node, "`base_url`", context.folder, problems)?, &node.span)))
            .and_then(|(url, span)| Address::read(&url, "base_url", span, problems));
        let reach = Reach::read(&table, context, problems);
        let concurrency = table.number("concurrency", problems).unwrap_or(64).clamp(1, 1024);
        let rate = table.node("rate");
        let rate = rate.map(|node| Rate::read(node, problems));
        let list_cache = list_cache(&table, problems);
        let credentials = Credentials::read(&table, reach.as_ref(), context, problems);
        let probe = table.node("probe");
        let probe = probe.map(|node| Call::read(node, "[downstream] probe".to_owned(), Role::Probe, context, problems));
        let tls = table.span_of("tls");
        let proof = table.node("proof");
        let proof = proof.map(|node| Call::read(node, "[downstream] proof".to_owned(), Role::Proof, context, problems));
        table.finish(problems);
        let (address, reach) = (address?, reach?);
        if reach.has_identity() && !address.is_tls {
            let problem = Diagnostic::error(Code::BAD_TLS, &tls, "no certificate is shown to an `http://` host");
            problems.push(problem.help("write `https://` in `base_url`, or leave `tls` out"));
            return None;
        }
        let concurrency = usize::try_from(concurrency).unwrap_or(64);
        let probe = match probe {
            Some(call) => Some(call?),
            None => None,
        };
        let proof = match proof {
            Some(call) => Some(Proof::new(call?)),
            None => None,
        };
        let rate = match rate {
            Some(rate) => Some(rate?),
            None => None,
        };
        let Ok(transport) = reach.way(&address, concurrency) else {
            problems.push(Diagnostic::error(Code::BAD_TLS, &node.span, "TLS cannot be set up"));
            return None;
        };
        Some(Self { access: Access::new(transport.limited(rate), credentials?, proof), probe, list_cache })
    }
}

/// `list_cache = "5s"`: none where nothing is written.
fn list_cache(table: &Table<'_>, problems: &mut Problems) -> Duration {
    let kept = table.duration("list_cache", problems).unwrap_or_default();
    if kept > LONGEST_LIST_CACHE {
        let message = "changes that others make would stay unseen for more than a minute";
        problems
            .push(Diagnostic::error(Code::BAD_CALL, &table.span_of("list_cache"), message).help("some seconds: `5s`"));
    }
    kept
}

/// Longer than this a client would look for what is long there.
const LONGEST_LIST_CACHE: Duration = Duration::from_secs(60);
