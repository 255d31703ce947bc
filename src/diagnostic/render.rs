//! The drawing of a problem: code, file, line, caret, help.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Severity};

/// One problem as text, coloured when `colour` says so.
#[must_use]
pub fn render(problem: &Diagnostic, colour: bool) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let code = problem.code.to_string();
    let title = level.primary_title(problem.message.as_str()).id(code.as_str());
    let mut group = match &problem.span {
        None => Group::with_title(title),
        Some(span) => {
            let end = span.end.clamp(span.start, span.file.text.len());
            let mut annotation = AnnotationKind::Primary.span(span.start.min(end)..end);
            if !problem.label.is_empty() {
                annotation = annotation.label(problem.label.as_str());
            }
            let snippet = Snippet::source(span.file.text.as_str())
                .path(span.file.name.as_str())
                .fold(true)
                .annotation(annotation);
            title.element(snippet)
        }
    };
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// All problems, a blank line between them.
#[must_use]
pub fn render_all(problems: &[Diagnostic], colour: bool) -> String {
    problems.iter().map(|problem| render(problem, colour) + "\n").collect::<Vec<_>>().join("\n")
}
