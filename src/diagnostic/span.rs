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

    /// A part of a quoted TOML string: `range` counts bytes of the string's *content*. Exact for
    /// literal strings (`'…'`, `'''…'''`) and for basic strings without escapes; otherwise the
    /// whole string.
    #[must_use]
    pub fn inside_string(&self, content: &str, range: Range<usize>) -> Self {
        let raw = self.file.text.get(self.start..self.end).unwrap_or_default();
        match raw.find(content) {
            Some(at) if !content.is_empty() => Self {
                file: Arc::clone(&self.file),
                start: (self.start + at + range.start).min(self.end),
                end: (self.start + at + range.end.max(range.start)).min(self.end),
            },
            _ => self.clone(),
        }
    }

    /// The text that the span covers.
    #[must_use]
    pub fn text(&self) -> &str {
        self.file.text.get(self.start..self.end).unwrap_or_default()
    }
}
