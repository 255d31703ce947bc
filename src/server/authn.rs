//! Bearer tokens (RFC 6750 §2.1), and the same secrets as Basic (RFC 7617): who is asking, and whether
//! they may.
//!
//! Only digests of tokens are held. A token is 256 random bits, so a plain SHA-256 protects it; a
//! slow hash would protect guessable secrets, which these are not.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, header};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::gateway::Permissions;
use crate::value::Value;

use super::AddressList;

/// The longest `Authorization` header that is looked at.
const LONGEST: usize = 4096;

/// A token that opens a tenant's door.
#[derive(Clone)]
pub struct Token {
    /// Its name in logs and audit lines.
    pub name: Arc<str>,
    /// The digest of its text, made by [`Token::hash`].
    pub sha256: [u8; 32],
    /// When it stops to work; never when none.
    pub expires: Option<Timestamp>,
    /// The `userName` of the user that it stands for, to whom `/Me` leads (RFC 7644 §3.11).
    pub user: Option<Arc<str>>,
    /// The user name with which it is also taken as the password of Basic (RFC 7617); Bearer only
    /// when none.
    pub basic_user: Option<Arc<str>>,
    /// What it may do.
    pub permissions: Permissions,
    /// Where requests with it may come from; anywhere when empty.
    pub allow_from: AddressList,
    /// `{token.NAME}` in the mapping.
    pub values: Arc<[(String, Value)]>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("name", &self.name).field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// A new token cannot be made: the system has no randomness to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no random bytes for a token")]
pub struct WeakToken;

impl Token {
    /// The digest of a token's text.
    #[must_use]
    pub fn hash(text: &str) -> [u8; 32] {
        Sha256::digest(text.as_bytes()).into()
    }

    /// The digest as 64 hexadecimal digits, as `postern.toml` holds it.
    #[must_use]
    pub fn hash_in_hex(text: &str) -> String {
        Self::hash(text).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads a digest from 64 hexadecimal digits; none when it is anything else.
    #[must_use]
    pub fn hash_from_hex(hex: &str) -> Option<[u8; 32]> {
        let mut hash = [0; 32];
        if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?;
        }
        Some(hash)
    }

    /// A new token's text: `pst_` and 43 characters that stand for 32 random bytes. The prefix lets
    /// secret scanners find tokens that were published by mistake.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn generate() -> Result<String, WeakToken> {
        let mut bytes = [0; 32];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| WeakToken)?;
        Ok(format!("pst_{}", URL_SAFE_NO_PAD.encode(bytes)))
    }
}

/// Why nobody was recognised, by the word of `Observation::AuthAttempted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stranger {
    Missing,
    Malformed,
    Unknown,
    Expired,
    /// The application knows the token and wants more of it.
    Barred,
    Elsewhere,
}

impl Stranger {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Barred => "requirement",
            Self::Elsewhere => "cidr",
        }
    }

    /// Who is not known is asked to say who it is; who is known and stands in the wrong place is not.
    pub(super) const fn status(self) -> u16 {
        match self {
            Self::Missing | Self::Malformed | Self::Unknown | Self::Expired | Self::Barred => 401,
            Self::Elsewhere => 403,
        }
    }

    pub(super) const fn detail(self) -> &'static str {
        match self {
            Self::Missing => "the request has no bearer token",
            Self::Malformed => "the Authorization header is not one bearer token",
            Self::Unknown | Self::Barred => "the bearer token is not accepted",
            Self::Expired => "the bearer token has expired",
            Self::Elsewhere => "requests with this token are not taken from the address that this one came from",
        }
    }
}

/// The token of the configuration that the request's secret is, whether it may still be used or not.
pub(super) fn recognise<'t>(secret: &Secret<'_>, tokens: &'t [Token]) -> Option<&'t Token> {
    match secret {
        Secret::Bearer(secret) => matching(secret, tokens),
        Secret::Basic { user, password } => {
            matching(password, tokens).filter(|token| token.basic_user.as_deref() == Some(&**user))
        }
    }
}

/// Whether a token has not expired and the request comes from where the token and the tenant allow it
/// to come from.
pub(super) fn admit(
    expires: Option<Timestamp>,
    from: [&AddressList; 2],
    address: Option<IpAddr>,
    now: Timestamp,
) -> Result<(), Stranger> {
    if expires.is_some_and(|at| at <= now) {
        return Err(Stranger::Expired);
    }
    let allowed = |list: &AddressList| list.is_empty() || address.is_some_and(|address| list.contains(address));
    if from.into_iter().all(allowed) { Ok(()) } else { Err(Stranger::Elsewhere) }
}

/// What the one `Authorization` header says.
pub(super) enum Secret<'a> {
    Bearer(&'a str),
    Basic { user: String, password: String },
}

/// The one secret of a request. Two headers are refused: two readers might pick different ones.
pub(super) fn secret(headers: &HeaderMap) -> Result<Secret<'_>, Stranger> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let value = all.next().ok_or(Stranger::Missing)?;
    if all.next().is_some() || value.len() > LONGEST {
        return Err(Stranger::Malformed);
    }
    let text = value.to_str().map_err(|_| Stranger::Malformed)?;
    let (scheme, token) = text.split_once(' ').ok_or(Stranger::Malformed)?;
    let token = token.trim_matches(' ');
    if token.is_empty() || !token.bytes().all(is_token_byte) {
        return Err(Stranger::Malformed);
    }
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(Secret::Bearer(token));
    }
    if scheme.eq_ignore_ascii_case("basic") {
        basic(token).ok_or(Stranger::Malformed)
    } else {
        Err(Stranger::Malformed)
    }
}

/// User name and password (RFC 7617 §2): the first colon stands between them.
fn basic(token: &str) -> Option<Secret<'static>> {
    let text = String::from_utf8(STANDARD.decode(token).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Secret::Basic { user: user.to_owned(), password: password.to_owned() })
}

/// `b64token` of RFC 6750 §2.1, wherever its `=` stands.
const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
}

/// Compares with every token, in time that depends only on how many there are.
fn matching<'a>(text: &str, tokens: &'a [Token]) -> Option<&'a Token> {
    let digest = Token::hash(text);
    let mut found = u32::MAX;
    for (at, token) in (0_u32..).zip(tokens) {
        let same: Choice = token.sha256.ct_eq(&digest);
        found = u32::conditional_select(&found, &at, same);
    }
    tokens.get(usize::try_from(found).ok()?)
}
