//! Text as it is compared when case does not matter: one preparation for filters, PATCH, matching
//! and the databases that cannot do it themselves.
//!
//! Text is compared in NFC and lower case, as RFC 7644 §7.8 asks with the preparation of user names
//! (RFC 8265 §3.3.2). Compatibility forms stay apart (`ﬁ` is not `fi`): folding them would let one
//! account answer to another's name.

use unicode_normalization::UnicodeNormalization as _;

/// The text in NFC and lower case.
#[must_use]
pub fn prepared(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.nfc().collect::<String>().to_lowercase().nfc().collect()
    }
}

/// The spellings in which a text is commonly stored: composed (NFC) and decomposed (NFD), the
/// composed one first. One where there is no difference.
#[must_use]
pub fn spellings(text: &str) -> Vec<String> {
    if text.is_ascii() {
        return vec![text.to_owned()];
    }
    let mut found: Vec<String> = vec![text.nfc().collect(), text.nfd().collect()];
    found.dedup();
    found
}
