//! Places in a file.

use std::ops::Range;
use std::sync::Arc;

/// A file as it was read.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path as the operator named it.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl SourceFile {
    /// Takes a file's name and text.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into() })
    }
}

/// Some bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// Some bytes of a file.
    #[must_use]
    pub fn new(file: &Arc<SourceFile>, range: Range<usize>) -> Self {
        Self { file: Arc::clone(file), start: range.start, end: range.end }
    }

    /// Line and column of the first byte, both from 1; the column counts characters.
    #[must_use]
    pub fn line_and_column(&self) -> (usize, usize) {
        let before = self.file.text.get(..self.start).unwrap_or(&self.file.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        (line, column)
    }

    /// A part of a quoted TOML string: `range` counts bytes of the string's *content*. Escapes are
    /// counted as what they stand for; where the two cannot be brought together, the whole string.
    #[must_use]
    pub fn inside_string(&self, content: &str, range: Range<usize>) -> Self {
        let raw = self.text();
        let end = range.end.max(range.start);
        let place = match raw.find(content) {
            Some(at) if !content.is_empty() => Some(at + range.start..at + end),
            _ if content.is_empty() => None,
            _ => raw_offset(raw, range.start).zip(raw_offset(raw, end)).map(|(start, end)| start..end),
        };
        match place {
            Some(place) => Self {
                file: Arc::clone(&self.file),
                start: (self.start + place.start).min(self.end),
                end: (self.start + place.end).min(self.end),
            },
            None => self.clone(),
        }
    }

    /// The text that the span covers.
    #[must_use]
    pub fn text(&self) -> &str {
        self.file.text.get(self.start..self.end).unwrap_or_default()
    }
}

/// Where in a basic string, as written, its content's byte at `wanted` stands.
fn raw_offset(raw: &str, wanted: usize) -> Option<usize> {
    let mut at = if raw.starts_with("\"\"\"") { 3 } else { 1 };
    if at == 3 {
        let first = raw.get(at..)?;
        at += first.len() - first.strip_prefix("\r\n").or_else(|| first.strip_prefix('\n')).unwrap_or(first).len();
    }
    let mut content = 0;
    while content < wanted {
        let rest = raw.get(at..)?;
        let first = rest.chars().next()?;
        let (written, means) = if first == '\\' { escape(rest)? } else { (first.len_utf8(), first.len_utf8()) };
        at += written;
        content += means;
    }
    (content == wanted).then_some(at)
}

/// How many bytes an escape has as it is written and as what it means (TOML 1.1, Strings).
fn escape(rest: &str) -> Option<(usize, usize)> {
    let code = |digits: usize| {
        let number = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
        Some((2 + digits, char::from_u32(number)?.len_utf8()))
    };
    match rest.chars().nth(1)? {
        'x' => code(2),
        'u' => code(4),
        'U' => code(8),
        c if c.is_whitespace() => Some((rest.len() - rest[1..].trim_start().len(), 0)),
        _ => Some((2, 1)),
    }
}
