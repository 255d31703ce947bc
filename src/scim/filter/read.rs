//! Filter text → words, literals and brackets, with the place of each for messages.

use crate::scim::ScimError;

/// A place in the text of a filter.
#[derive(Debug, Clone)]
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The next character that is no blank, without taking it.
    pub(super) fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(is_blank).len();
        self.rest().chars().next()
    }

    /// Takes `wanted` when it comes next.
    pub(super) fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    /// Takes `wanted` or says that it is missing.
    pub(super) fn expect(&mut self, wanted: char) -> Result<(), ScimError> {
        if self.take(wanted) { Ok(()) } else { Err(self.wrong(format_args!("expected `{wanted}`"))) }
    }

    /// Takes everything up to a blank, a bracket or a quotation mark; nothing when one of these is next.
    pub(super) fn word(&mut self) -> &'t str {
        self.peek();
        let rest = self.rest();
        let end = rest.find(|c| is_blank(c) || matches!(c, '(' | ')' | '[' | ']' | '"')).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Takes the next word when it is `wanted` in any case.
    pub(super) fn keyword(&mut self, wanted: &str) -> bool {
        let mut ahead = self.clone();
        let found = ahead.word().eq_ignore_ascii_case(wanted);
        if found {
            *self = ahead;
        }
        found
    }

    /// Takes a JSON string with its quotation marks.
    pub(super) fn string(&mut self) -> Result<String, ScimError> {
        let rest = self.rest();
        let end = end_of_string(rest).ok_or_else(|| self.wrong("the quotation mark is never closed"))?;
        let text = serde_json::from_str(&rest[..end]).map_err(|_| self.wrong("this is not a JSON string"))?;
        self.at += end;
        Ok(text)
    }

    /// Takes an operator that is glued to a `.`: the sub-attribute after `]`.
    pub(super) fn dot(&mut self) -> bool {
        let found = self.rest().starts_with('.');
        self.at += usize::from(found);
        found
    }

    pub(super) fn at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// An error at this place.
    pub(super) fn wrong(&self, what: impl std::fmt::Display) -> ScimError {
        let character = self.text[..self.at].chars().count() + 1;
        ScimError::invalid_filter(format!("filter, character {character}: {what}"))
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }
}

const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// The length of the JSON string at the beginning of `text`, which begins with a quotation mark.
fn end_of_string(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => (),
        }
    }
    None
}
