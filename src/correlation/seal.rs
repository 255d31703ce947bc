//! An id computed from the record's key: deterministic authenticated encryption.
//!
//! AES-256-GCM-SIV with a fixed nonce tells of two plaintexts only whether they are equal, which is
//! what a stable id needs. The tenant has a key of its own and the resource type is authenticated,
//! so an id of one tenant or type is no id in another; nobody can make one up, and none shows the
//! application's key. The sealing key is permanent: who loses it loses every id.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::record::RecordKey;
use crate::scim::ResourceId;

use super::CorrelationError;

/// Longest id that is looked at, in characters.
const LONGEST: usize = 1024;

/// What an id stands for: a key and, when the key was used before, which life of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The key that the record had when it got its id.
    pub origin: RecordKey,
    /// 0 in the key's first life.
    pub generation: u32,
}

impl Identity {
    /// The identity of a record of which no exception is known.
    #[must_use]
    pub fn first(key: &RecordKey) -> Self {
        Self { origin: key.clone(), generation: 0 }
    }
}

/// A tenant's sealing key.
pub struct Seal {
    key: LessSafeKey,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// The seal of a tenant, derived from the store's master key (32 bytes).
    ///
    /// # Errors
    /// When the cryptographic library refuses the key.
    pub fn new(master: &[u8; 32], tenant: &str) -> Result<Self, CorrelationError> {
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, master), tenant.as_bytes());
        let key = UnboundKey::new(&AES_256_GCM_SIV, derived.as_ref())
            .map_err(|_| CorrelationError("the sealing key is not usable".to_owned()))?;
        Ok(Self { key: LessSafeKey::new(key) })
    }

    /// Seals a text together with what it is about. No resource type's name has a line break, so
    /// that an `about` with one can never pass for the type of an id.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn seal_text(&self, about: &str, text: &str) -> Result<String, CorrelationError> {
        let mut sealed = text.as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(nonce(), Aad::from(about.as_bytes()), &mut sealed)
            .map_err(|_| CorrelationError("a text could not be sealed".to_owned()))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The sealed text; `None` for anything that this seal did not make about the same.
    #[must_use]
    pub fn open_text(&self, about: &str, sealed: &str) -> Option<String> {
        let mut sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let text = self.key.open_in_place(nonce(), Aad::from(about.as_bytes()), &mut sealed).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }

    /// The id of a record.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn seal(&self, resource: &str, identity: &Identity) -> Result<ResourceId, CorrelationError> {
        let mut text = Vec::with_capacity(identity.origin.as_str().len() + 21);
        match identity.generation {
            0 => text.push(0),
            generation => {
                text.push(1);
                text.extend(generation.to_be_bytes());
            }
        }
        text.extend(identity.origin.as_str().as_bytes());
        self.key
            .seal_in_place_append_tag(nonce(), Aad::from(resource.as_bytes()), &mut text)
            .map_err(|_| CorrelationError("an id could not be sealed".to_owned()))?;
        Ok(ResourceId::new(&URL_SAFE_NO_PAD.encode(text)))
    }

    /// What an id stands for; `None` for anything that this seal did not make for this type.
    #[must_use]
    pub fn open(&self, resource: &str, id: &ResourceId) -> Option<Identity> {
        if id.as_str().len() > LONGEST {
            return None;
        }
        let mut sealed = URL_SAFE_NO_PAD.decode(id.as_str()).ok()?;
        let text = self.key.open_in_place(nonce(), Aad::from(resource.as_bytes()), &mut sealed).ok()?;
        let (generation, origin) = match text.split_first()? {
            (0, origin) => (0, origin),
            (1, rest) => (u32::from_be_bytes(rest.get(..4)?.try_into().ok()?), rest.get(4..)?),
            _ => return None,
        };
        Some(Identity { origin: RecordKey::new(std::str::from_utf8(origin).ok()?), generation })
    }
}

/// Always the same: the synthetic IV is computed from the text.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}
