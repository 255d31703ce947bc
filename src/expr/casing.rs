//! .NET's simple casing: one character for one, so that `ß` and `ﬁ` have no capital.

use super::units;

/// Whose rules for the letter i.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Culture {
    /// No language: dotless `ı` and dotted `İ` stay as they are.
    Invariant,
    /// Turkish and Azerbaijani: `i` and `İ`, `ı` and `I` are pairs.
    Turkic,
    /// Any other language: `ı` becomes `I`, `İ` becomes `i`.
    Other,
}

impl Culture {
    /// The culture of a name like `tr-TR`; none for what is no such name.
    pub(super) fn of(name: &str) -> Option<Self> {
        let language = name.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let proper = name
            .split('-')
            .all(|part| (1..=8).contains(&units::length(part)) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        match language.as_str() {
            "" if name.is_empty() => Some(Self::Invariant),
            "tr" | "az" if proper => Some(Self::Turkic),
            _ => (proper && language.len() >= 2).then_some(Self::Other),
        }
    }
}

/// `text` in capitals.
pub(super) fn upper(text: &str, culture: Culture) -> String {
    text.chars().map(|c| upper_letter(c, culture)).collect()
}

/// `text` in small letters.
pub(super) fn lower(text: &str, culture: Culture) -> String {
    text.chars().map(|c| lower_letter(c, culture)).collect()
}

/// The capital of a letter, or the letter.
pub(super) fn upper_letter(c: char, culture: Culture) -> char {
    match (c, culture) {
        ('i', Culture::Turkic) => '\u{130}',
        ('\u{131}', Culture::Invariant) => c,
        _ => single(c.to_uppercase()).or_else(|| greek_title(c)).unwrap_or(c),
    }
}

/// The small letter of a capital, or the letter.
pub(super) fn lower_letter(c: char, culture: Culture) -> char {
    match (c, culture) {
        ('I', Culture::Turkic) => '\u{131}',
        ('\u{130}', Culture::Turkic | Culture::Other) => 'i',
        _ => single(c.to_lowercase()).unwrap_or(c),
    }
}

fn single(mut letters: impl Iterator<Item = char>) -> Option<char> {
    letters.next().filter(|_| letters.next().is_none())
}

/// Greek letters with a subscript iota: their full capital is two letters, their simple one is one.
fn greek_title(c: char) -> Option<char> {
    let ahead = match c {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => 8,
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => 9,
        _ => return None,
    };
    char::from_u32(u32::from(c) + ahead)
}
