//! Bearer tokens that the application knows (`[token]` of the mapping): asked for once, believed for
//! as long as the mapping says.
//!
//! Nothing here holds a token's text longer than the question takes: what is known is kept under the
//! token's digest. That a token is unknown is kept, too, for some seconds, and only so many questions
//! are under way at once, so that a flood of wrong tokens is no flood of queries.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use moka::Expiry;
use moka::future::Cache;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

use crate::downstream::{Downstream, DownstreamError, ErrorKind};
use crate::mapping::{TokenFormat, TokenHash, TokenSource};
use crate::observe::{Observation, Observer as _};
use crate::plan::{Case, Comparison, Predicate, SelectPlan, Want};
use crate::record::{Record, TOKEN};
use crate::scim::ScimError;
use crate::value::Value;

use super::{Gateway, Permissions};

/// What came of a secret that is none of the configuration's tokens.
#[derive(Debug, Clone)]
pub enum Recognition {
    /// The application knows the token, and all that is required of it holds.
    Known(Arc<Guest>),
    /// The application knows the token, by this name, and something that is required does not hold.
    Barred(Arc<str>),
    /// Nobody knows it.
    Unknown,
    /// The application could not be asked; what the client is told.
    Failed(ScimError),
}

/// A token that the application knows.
#[derive(Debug)]
pub struct Guest {
    /// Its name in logs and audit lines.
    pub name: Arc<str>,
    /// What it may do.
    pub permissions: Permissions,
    /// When it stops to work; never when none.
    pub expires: Option<Timestamp>,
    /// `{token.NAME}` in the mapping.
    pub values: Arc<[(String, Value)]>,
}

/// What the application answered, under the digest of what was asked for.
pub(super) struct Tokens {
    known: Cache<[u8; 32], Recognition>,
    /// Questions under way, and those that wait for their turn.
    asking: Semaphore,
    waiting: Semaphore,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({})", self.known.entry_count())
    }
}

impl Tokens {
    pub(super) fn new(source: Option<&TokenSource>) -> Self {
        let kept = source.map_or(Duration::ZERO, |source| source.kept);
        let known = Cache::builder().max_capacity(MOST).expire_after(Lifetime { kept }).build();
        Self { known, asking: Semaphore::new(AT_ONCE), waiting: Semaphore::new(WAITING) }
    }
}

/// How long each answer is good for.
struct Lifetime {
    kept: Duration,
}

impl Expiry<[u8; 32], Recognition> for Lifetime {
    fn expire_after_create(&self, _digest: &[u8; 32], found: &Recognition, _now: Instant) -> Option<Duration> {
        Some(if matches!(found, Recognition::Known(_)) { self.kept } else { self.kept.min(UNKNOWN) })
    }
}

impl Gateway {
    /// True when the application has tokens that it is asked for.
    #[must_use]
    pub fn has_tokens(&self) -> bool {
        self.parts.mapping.token.is_some()
    }

    /// True when tokens of the application are taken as the password of Basic.
    #[must_use]
    pub fn takes_basic(&self) -> bool {
        self.parts.mapping.token.as_ref().is_some_and(|source| source.basic_user.is_some())
    }

    /// Looks up a secret that is none of the configuration's tokens; `user` is the user name beside it
    /// in Basic.
    pub async fn recognise(&self, user: Option<&str>, secret: &str) -> Recognition {
        let Some(source) = &self.parts.mapping.token else { return Recognition::Unknown };
        if user.is_some() && user != source.basic_user.as_deref() {
            return Recognition::Unknown;
        }
        let Some(wanted) = wanted(source, secret) else { return Recognition::Unknown };
        let digest: [u8; 32] = Sha256::digest(wanted.as_bytes()).into();
        let asked = self.tokens.known.try_get_with(digest, self.ask(source, &wanted));
        match asked.await {
            Ok(found) => found,
            Err(error) => Recognition::Failed((*error).clone()),
        }
    }

    async fn ask(&self, source: &TokenSource, wanted: &str) -> Result<Recognition, ScimError> {
        let Ok(_waits) = self.tokens.waiting.try_acquire() else { return Err(refused(1)) };
        let asked = async {
            let _turn = self.tokens.asking.acquire().await;
            find(&*self.parts.downstream, source, wanted).await
        };
        match tokio::time::timeout(LONGEST.min(self.parts.deadline), asked).await {
            Ok(Ok(records)) => Ok(self.judged(source, wanted, &records)),
            Ok(Err(error)) => Err(refused(match error.kind {
                ErrorKind::Unavailable { retry_after: Some(wait) } => {
                    u32::try_from(wait.as_secs().clamp(1, 3600)).unwrap_or(3600)
                }
                ErrorKind::Credentials => 60,
                _ => 5,
            })),
            Err(_) => Err(refused(10)),
        }
    }

    /// What the records that were found say; those whose secret is another are none.
    fn judged(&self, source: &TokenSource, wanted: &str, records: &[Record]) -> Recognition {
        let mut fitting = records.iter().filter(|record| !source.found_is_known || fits(source, wanted, record));
        let (Some(record), another) = (fitting.next(), fitting.next()) else { return Recognition::Unknown };
        if another.is_some() {
            let tenant = Arc::clone(&self.parts.tenant);
            self.parts.observers.observe(&Observation::TokenAmbiguous { tenant });
            return Recognition::Unknown;
        }
        let told = source.name.as_ref().and_then(|field| name_of(record.fields.get(field)));
        let holds = source.require.iter().all(|(field, value)| is(record.fields.get(field), value));
        let expires = source.expires.as_ref().map(|field| expiry(record.fields.get(field)));
        match (holds, expires.unwrap_or(Ok(None))) {
            (true, Ok(expires)) => {
                let value = |(name, field): &(String, _)| (name.clone(), record.fields.get(field).clone());
                let values = source.values.iter().map(value).filter(|(_, value)| !value.is_unassigned());
                Recognition::Known(Arc::new(Guest {
                    name: told.unwrap_or_else(|| NAMELESS.into()),
                    permissions: Permissions { scope: source.scope.clone(), access: source.access },
                    expires,
                    values: values.collect(),
                }))
            }
            // An API may answer of a token that it does not know, too.
            _ if told.is_none() && !source.found_is_known => Recognition::Unknown,
            _ => Recognition::Barred(told.unwrap_or_else(|| NAMELESS.into())),
        }
    }
}

/// What is asked for in a token's place; none when the text is no token of the application.
fn wanted(source: &TokenSource, secret: &str) -> Option<String> {
    let text = match source.format {
        TokenFormat::Text => secret.to_owned(),
        TokenFormat::Uuid => uuid::Uuid::try_parse(secret).ok()?.hyphenated().to_string(),
    };
    Some(match source.hash {
        TokenHash::Plain => text,
        TokenHash::Sha256 => Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

/// The question for a token, with a text in its place.
pub(super) fn plan(source: &TokenSource, wanted: &str) -> SelectPlan {
    let caseless = source.format == TokenFormat::Uuid || source.hash == TokenHash::Sha256;
    let predicate = Predicate::Compare {
        field: source.secret.clone(),
        op: Comparison::Eq,
        value: wanted.into(),
        case: if caseless { Case::Ignored } else { Case::Exact },
    };
    SelectPlan {
        resource: TOKEN.into(),
        predicate,
        sort: None,
        after: None,
        offset: 0,
        limit: 3,
        want: Want::default(),
    }
}

async fn find(downstream: &dyn Downstream, source: &TokenSource, wanted: &str) -> Result<Vec<Record>, DownstreamError> {
    Ok(downstream.select(&plan(source, wanted)).await?.records)
}

/// True when the record's own secret is the one that was asked for: a database may take letters of
/// another case, or with spaces behind them, for the same.
fn fits(source: &TokenSource, wanted: &str, record: &Record) -> bool {
    let stored = record.fields.get(&source.secret).to_text();
    let stored = stored.trim_end_matches(' ');
    let stored = match (source.format, source.hash) {
        (_, TokenHash::Sha256) => stored.to_ascii_lowercase(),
        (TokenFormat::Uuid, _) => match uuid::Uuid::try_parse(stored) {
            Ok(stored) => stored.hyphenated().to_string(),
            Err(_) => return false,
        },
        (TokenFormat::Text, TokenHash::Plain) => stored.to_owned(),
    };
    stored.as_bytes().ct_eq(wanted.as_bytes()).into()
}

/// True when a field holds what is required. A flag may be a boolean, `0` and `1`, or `t` and `f`.
fn is(found: &Value, wanted: &Value) -> bool {
    let flag = |value: &Value| match value.to_text().to_ascii_lowercase().as_str() {
        "true" | "t" | "1" => Some(true),
        "false" | "f" | "0" => Some(false),
        _ => None,
    };
    match (found, wanted) {
        (Value::Null, _) => false,
        (Value::List(items), wanted) => items.iter().any(|item| is(item, wanted)),
        (found, Value::Boolean(wanted)) => flag(found) == Some(*wanted),
        (found, wanted) => found.to_text() == wanted.to_text(),
    }
}

/// What the application calls the token, fit for a line of the audit.
fn name_of(value: &Value) -> Option<Arc<str>> {
    let text = value.to_text();
    let clean = text.trim().chars().take(LONGEST_NAME).map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let clean: String = clean.collect();
    (!value.is_unassigned() && !clean.is_empty()).then(|| clean.into())
}

/// The time from which a token is worth nothing: a time, or seconds since 1970 as `exp` of RFC 7662.
/// What is neither is no end that anybody could rely on.
fn expiry(value: &Value) -> Result<Option<Timestamp>, ()> {
    match value {
        Value::Null => Ok(None),
        Value::DateTime(at) => Ok(Some(*at)),
        Value::Integer(seconds) => Timestamp::from_second(*seconds).map(Some).map_err(|_| ()),
        other => other.to_text().trim().parse().map(Some).map_err(|_| ()),
    }
}

/// 503: a token that cannot be looked up is not refused, since a client stops for long over a 401.
fn refused(after: u32) -> ScimError {
    ScimError::unavailable(after, "the application cannot be asked about the token; try again")
}

/// What a token is called that the application has no name for.
const NAMELESS: &str = "application";
/// Most characters of such a name.
const LONGEST_NAME: usize = 64;
/// Most answers that are kept.
const MOST: u64 = 10_000;
/// How long it is believed that a token is worth nothing.
const UNKNOWN: Duration = Duration::from_secs(5);
/// Questions at once, and those that may wait.
const AT_ONCE: usize = 4;
const WAITING: usize = 256;
/// How long one may take.
const LONGEST: Duration = Duration::from_secs(10);
