//! `private_key`: a client that proves itself by a signature instead of a secret (`private_key_jwt`,
//! RFC 7523 §2.2 and §3). Sends nothing.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, AlgorithmFamily, EncodingKey, Header};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::super::context::Context;
use super::secret::Secret;
use crate::diagnostic::{Code, Diagnostic, Problems, Table};

/// What assertions are signed with, and what they say of it.
#[derive(Debug)]
pub(super) struct Assertion {
    key: Secret,
    algorithm: Algorithm,
    key_id: Option<String>,
    /// The certificate of the key, whose thumbprint Entra ID wants to see.
    certificate: Option<PathBuf>,
}

impl Assertion {
    /// Reads `private_key`, `algorithm`, `key_id`, `certificate`; signs once to see that it works.
    pub(super) fn read(table: &Table<'_>, context: &Context<'_>, problems: &mut Problems) -> Option<Self> {
        let key = Secret::read(table, "private_key", context, problems);
        let named = table.string("algorithm", problems).map(|(name, span)| {
            let known = ALGORITHMS.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm);
            if known.is_none() {
                let names: Vec<_> = ALGORITHMS.iter().map(|(name, _)| *name).collect();
                let problem =
                    Diagnostic::error(Code::BAD_CREDENTIALS, span, format!("`{name}` is no algorithm of such a key"));
                problems.push(problem.help(format!("one of {}", names.join(", "))));
            }
            known
        });
        let key_id = table.string("key_id", problems).map(|(id, _)| id.to_owned());
        let certificate = table.path("certificate", context.folder, problems);
        let key = key?;
        let named = match named {
            Some(known) => Some(known?),
            None => None,
        };
        let unreadable = certificate.as_deref().and_then(|path| thumbprint(path).err());
        if let Some(why) = unreadable {
            problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, &table.span_of("certificate"), why));
            return None;
        }
        let candidates: Vec<_> = ALGORITHMS.iter().map(|(_, algorithm)| *algorithm).collect();
        let candidates = named.map_or(candidates, |named| vec![named]);
        let with =
            |algorithm| Self { key: key.clone(), algorithm, key_id: key_id.clone(), certificate: certificate.clone() };
        let found = candidates.into_iter().map(with).find(|assertion| assertion.signed("", "").is_ok());
        if found.is_none() {
            let message = match named {
                Some(_) => "the private key cannot sign by this `algorithm`",
                None => "`private_key` holds no private key that can be read",
            };
            let problem = Diagnostic::error(Code::BAD_CREDENTIALS, &table.span_of("private_key"), message);
            problems.push(problem.help("a PEM file without a passphrase: RSA, EC (P-256, P-384) or Ed25519"));
        }
        found
    }

    /// A statement by the client, for the one that gives tokens, good for some minutes and one use.
    ///
    /// # Errors
    /// Why the key or the certificate cannot be used any more.
    pub(super) fn signed(&self, client: &str, audience: &str) -> Result<String, String> {
        let mut header = Header::new(self.algorithm);
        header.kid.clone_from(&self.key_id);
        header.x5t_s256 = self.certificate.as_deref().map(thumbprint).transpose()?;
        let now = Timestamp::now().as_second();
        let claims = json!({
            "iss": client,
            "sub": client,
            "aud": audience,
            "jti": uuid::Uuid::new_v4().to_string(),
            "iat": now,
            // Clocks differ by some seconds.
            "nbf": now - LEEWAY,
            "exp": now + LIFETIME,
        });
        let pem = self.key.fresh();
        let pem = pem.as_bytes();
        let key = match self.algorithm.family() {
            AlgorithmFamily::Rsa => EncodingKey::from_rsa_pem(pem),
            AlgorithmFamily::Ec => EncodingKey::from_ec_pem(pem),
            AlgorithmFamily::Ed => EncodingKey::from_ed_pem(pem),
            AlgorithmFamily::Hmac => return Err("a private key signs no HMAC".to_owned()),
        };
        // What the library says may speak of the key.
        key.and_then(|key| jsonwebtoken::encode(&header, &claims, &key))
            .map_err(|_| "the private key cannot sign".to_owned())
    }
}

/// `x5t#S256` of the first certificate in the file (RFC 7515 §4.1.8).
fn thumbprint(path: &Path) -> Result<String, String> {
    let first = CertificateDer::from_pem_file(path);
    let first = first.map_err(|_| "`certificate` names no file with a certificate".to_owned())?;
    Ok(URL_SAFE_NO_PAD.encode(Sha256::digest(&first)))
}

/// In the order in which they are tried on a key whose algorithm is not said; RS256 is what every
/// server takes.
const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("RS256", Algorithm::RS256),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
];

/// Seconds.
const LIFETIME: i64 = 300;
const LEEWAY: i64 = 30;
