//! Problems in files that an operator wrote: what is wrong, where, and what would be right.
//!
//! Also the TOML reader that finds them: [`Document`] parses a file into nodes that know their
//! place, [`Table`] takes values out of them and notes every problem instead of stopping at the
//! first. Not for SCIM clients: they get a `ScimError`.

use std::sync::Arc;

mod code;
mod nearest;
mod render;
mod span;
mod table;
mod toml;

pub use code::Code;
pub use nearest::nearest;
pub use render::{render, render_all};
pub use span::{SourceFile, Span};
pub use table::Table;
pub use toml::{Document, Key, Node, NodeValue};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is refused.
    Note,
    /// Works, but probably not as meant.
    Warning,
    /// The file cannot be used.
    Error,
}

/// One problem.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, lower-case, without a full stop, the user's own word in backticks.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
    /// What stands under the caret.
    pub label: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(code: Code, span: &Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, Some(span.clone()), message.into())
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(code: Code, span: &Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, Some(span.clone()), message.into())
    }

    /// Something worth knowing, at a place.
    #[must_use]
    pub fn note(code: Code, span: &Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, Some(span.clone()), message.into())
    }

    /// An error that belongs to no line of any file.
    #[must_use]
    pub fn without_place(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, None, message.into())
    }

    const fn new(code: Code, severity: Severity, span: Option<Span>, message: String) -> Self {
        Self { code, severity, message, span, label: String::new(), help: None }
    }

    /// Sets what stands under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Says what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The problems found so far, in the order of the file when they are taken out.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<Diagnostic>,
}

impl Problems {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { found: Vec::new() }
    }

    /// Notes a problem.
    pub fn push(&mut self, problem: Diagnostic) {
        self.found.push(problem);
    }

    /// True when something makes the file unusable.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// True when nothing was found.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Takes over what another stage found.
    pub fn extend(&mut self, more: Self) {
        self.found.extend(more.found);
    }

    /// The problems, by file and place.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|problem| problem.span.as_ref().map(|span| (span.file.name.clone(), span.start)));
        self.found
    }
}

/// A file as it was read, shared by all spans that point into it.
pub type File = Arc<SourceFile>;
