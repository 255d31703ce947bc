//! `kind = "client_credentials"`: a token by OAuth 2.0's client credentials grant (RFC 6749 §4.4), from
//! the application itself or from the server that gives tokens for it.

use async_trait::async_trait;
use base64::Engine as _;
use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::Value as Json;
use tokio::sync::Mutex;

use super::super::context::Context;
use super::super::form::Payload;
use super::super::meaning::Answer;
use super::super::paging;
use super::super::path::JsonPath;
use super::super::reach::{Address, Reach};
use super::super::template::encode_all;
use super::super::transport::{Outgoing, Transport};
use super::Kind;
use super::assertion::Assertion;
use super::credential::Place;
use super::renew::Renew;
use super::secret::Secret;
use super::session::{Grant, Session, State, ask};
use super::token::Source;
use crate::diagnostic::{Code, Diagnostic, Problems, Span, Table};
use crate::downstream::{DownstreamError, ErrorKind, secret};

struct ClientCredentials {
    /// Below the host that gives tokens.
    target: String,
    /// The way there; none where the application gives tokens itself.
    elsewhere: Option<Transport>,
    client_id: Secret,
    proof: Proof,
    /// `scope` and what else is sent.
    parameters: Vec<(String, String)>,
    /// True when tokens go where no other than a bearer token can.
    wants_bearer: bool,
}

/// How the client proves that it is the client.
enum Proof {
    /// In the header `Authorization` (RFC 6749 §2.3.1).
    Basic(Secret),
    /// In the body.
    Post(Secret),
    /// By a signature for this audience (RFC 7523 §2.2).
    Signature(Box<Assertion>, String),
    /// By the certificate of the connection (RFC 8705 §2).
    Certificate,
}

/// Reads the keys of `kind = "client_credentials"`.
pub(super) fn read(
    table: &Table<'_>,
    reach: Option<&Reach>,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Kind> {
    let url = table.required("token_url", TOKEN_URL, problems);
    let url = url.and_then(|node| Some((secret(node, "`token_url`", context.folder, problems)?, &node.span)));
    let place = url.as_ref().and_then(|(url, span)| endpoint(url, span, reach, problems));
    let client_id = Secret::read_name(table, "client_id", context, problems);
    let audience = table.string("audience", problems).map(|(audience, _)| audience.to_owned());
    let audience = audience.or_else(|| url.map(|(url, _)| url)).unwrap_or_default();
    let proof = proof(table, reach, audience, context, problems);
    let parameters = parameters(table, problems);
    let send = table.node("send").map(|node| Place::read(node, "", problems));
    let renew = Renew::read(table, problems);
    let (target, elsewhere) = place?;
    let send = match send {
        Some(send) => send?,
        None => Place::authorization("Bearer"),
    };
    let mut renew = renew?;
    if renew.expires.is_none() {
        renew.expires = at("$.expires_in");
    }
    let wants_bearer = send == Place::authorization("Bearer");
    let grant = ClientCredentials {
        target,
        elsewhere,
        client_id: client_id?,
        proof: proof?,
        parameters: parameters?,
        wants_bearer,
    };
    let token = Source::Place(at("$.access_token")?);
    let state = Mutex::new(State::default());
    Some(Kind::Session(Box::new(Session { grant: Box::new(grant), token, send, renew, csrf: None, state })))
}

fn at(path: &str) -> Option<paging::Place> {
    JsonPath::parse(path).ok().map(paging::Place::Body)
}

/// The target, and the way to another host where the URL names one.
fn endpoint(
    url: &str,
    span: &Span,
    reach: Option<&Reach>,
    problems: &mut Problems,
) -> Option<(String, Option<Transport>)> {
    let is_path = url.starts_with('/') && !url.starts_with("//");
    if is_path && url.parse::<http::uri::PathAndQuery>().is_ok_and(|target| target.query().is_none()) {
        return Some((url.to_owned(), None));
    }
    let address = Address::read(url, "token_url", span, problems)?;
    let host = Address { path: String::new(), ..address.clone() };
    match reach?.way(&host, CONCURRENCY) {
        // As it was written: a slash at the end can matter.
        Ok(way) => Some((url[address.origin.len()..].to_owned(), Some(way))),
        Err(_) => {
            problems.push(Diagnostic::error(Code::BAD_TLS, span, "TLS cannot be set up"));
            None
        }
    }
}

fn proof(
    table: &Table<'_>,
    reach: Option<&Reach>,
    audience: String,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Proof> {
    let (has_secret, has_key) = (table.node("client_secret").is_some(), table.node("private_key").is_some());
    let in_body = authentication(table, has_secret, problems);
    let secret = has_secret.then(|| Secret::read(table, "client_secret", context, problems));
    let assertion = has_key.then(|| Assertion::read(table, context, problems));
    match (secret, assertion) {
        (Some(_), Some(_)) => {
            let message = "`client_secret` and `private_key` exclude each other";
            problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of("private_key"), message));
            None
        }
        (Some(secret), None) => Some(if in_body? { Proof::Post(secret?) } else { Proof::Basic(secret?) }),
        (None, Some(assertion)) => Some(Proof::Signature(Box::new(assertion?), audience)),
        (None, None) if reach.is_none_or(Reach::has_identity) => Some(Proof::Certificate),
        (None, None) => {
            table.missing("client_secret", PROOFS, problems);
            None
        }
    }
}

/// `authentication`: true for `"post"`, false for `"basic"` and where nothing is written.
fn authentication(table: &Table<'_>, has_secret: bool, problems: &mut Problems) -> Option<bool> {
    let Some((how, span)) = table.string("authentication", problems) else { return Some(false) };
    let (message, help) = match how {
        "basic" | "post" if has_secret => return Some(how == "post"),
        "basic" | "post" => ("`authentication` is how a `client_secret` is sent".to_owned(), "leave it out"),
        _ => (format!("`{how}` is no way to send a secret"), "`\"basic\"` (in a header) or `\"post\"` (in the body)"),
    };
    problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, span, message).help(help));
    None
}

/// `scope = "users.write"` and `parameters = { resource = "…" }`.
fn parameters(table: &Table<'_>, problems: &mut Problems) -> Option<Vec<(String, String)>> {
    let mut all: Vec<_> =
        table.string("scope", problems).map(|(scope, _)| ("scope".to_owned(), scope.to_owned())).into_iter().collect();
    let Some(node) = table.node("parameters") else { return Some(all) };
    let inner = Table::open(node, "`parameters`", problems)?;
    let mut is_fine = true;
    for (name, node) in inner.entries() {
        if OURS.contains(&&*name.name) || all.iter().any(|(have, _)| *have == name.name) {
            let message = format!("`{}` has a key of its own", name.name);
            problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, &node.span, message));
            is_fine = false;
        } else if let Some((value, _)) = inner.string(&name.name, problems) {
            all.push((name.name.clone(), value.to_owned()));
        } else {
            is_fine = false;
        }
    }
    is_fine.then_some(all)
}

#[async_trait]
impl Grant for ClientCredentials {
    fn name(&self) -> &str {
        NAME
    }

    async fn ask(&self, transport: &Transport) -> Result<Answer, DownstreamError> {
        let outgoing = self.outgoing().map_err(|why| refused(&why))?;
        let answer = ask(&outgoing, self.elsewhere.as_ref().unwrap_or(transport)).await?;
        let text = |name: &str| answer.json.as_ref().and_then(|body| body.get(name)).and_then(Json::as_str);
        // RFC 6749 §5.2; what is no word of it is not repeated.
        if let Some(code) = text("error").and_then(|code| ERRORS.iter().find(|known| **known == code)) {
            return Err(refused(&format!("status {}: {code}", answer.status.as_u16())));
        }
        // RFC 6749 §7.1: a token of a type that is not understood is not used.
        if self.wants_bearer && text("token_type").is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(refused("the token is no bearer token; say where it goes by `send`"));
        }
        Ok(answer)
    }

    fn is_ok(&self, status: u16) -> bool {
        status == 200
    }
}

impl ClientCredentials {
    fn outgoing(&self) -> Result<Outgoing, String> {
        let client = self.client_id.fresh();
        let mut headers = HeaderMap::new();
        let mut form = vec![("grant_type", "client_credentials".to_owned())];
        form.extend(self.parameters.iter().map(|(name, value)| (name.as_str(), value.clone())));
        match &self.proof {
            Proof::Basic(secret) => {
                // RFC 6749 §2.3.1: both are encoded before they are joined.
                let pair = format!("{}:{}", encode_all(&client), encode_all(&secret.fresh()));
                let pair = base64::engine::general_purpose::STANDARD.encode(pair);
                let value = HeaderValue::try_from(format!("Basic {pair}"));
                let mut value = value.map_err(|_| "the secret cannot be sent".to_owned())?;
                value.set_sensitive(true);
                headers.insert(header::AUTHORIZATION, value);
            }
            Proof::Post(secret) => {
                form.push(("client_id", client.to_string()));
                form.push(("client_secret", secret.fresh().to_string()));
            }
            Proof::Signature(assertion, audience) => {
                form.push(("client_id", client.to_string()));
                form.push(("client_assertion_type", ASSERTION_TYPE.to_owned()));
                form.push(("client_assertion", assertion.signed(&client, audience)?));
            }
            Proof::Certificate => form.push(("client_id", client.to_string())),
        }
        let body = Payload::form(form.iter().map(|(name, value)| (*name, value.as_str())));
        Ok(Outgoing {
            name: NAME.to_owned(),
            method: Method::POST,
            target: self.target.clone(),
            headers,
            body: Some(body),
            is_read: false,
        })
    }
}

fn refused(why: &str) -> DownstreamError {
    DownstreamError::new(ErrorKind::Credentials, format!("{NAME}: {why}"))
}

const NAME: &str = "[downstream.credentials] token_url";
const TOKEN_URL: &str = "where tokens are given: `token_url = \"https://login.example.com/oauth2/token\"`, or a path below \
                         `base_url`";
const PROOFS: &str = "how the client proves itself: `client_secret`, `private_key`, or the certificate of \
                      `[downstream]` `tls`";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// RFC 6749 §5.2
const ERRORS: &[&str] = &[
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];
/// What the request says by itself.
const OURS: &[&str] =
    &["grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", "scope"];
/// One token at a time is asked for.
const CONCURRENCY: usize = 2;
