//! Problems for programs: one JSON object a line, or SARIF 2.1.0 for code review.

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, Severity, Span};

/// One problem, for whoever reads line by line. Lines and columns count from 1, columns in
/// characters; the end is the column after the last.
pub(super) fn line(problem: &Diagnostic) -> String {
    let span = problem.span.as_ref();
    let start = span.map(Span::line_and_column);
    let end = span.map(end_of);
    json!({
        "code": problem.code.to_string(),
        "severity": severity(problem),
        "message": problem.message,
        "file": span.map(|span| &span.file.name),
        "line": start.map(|(line, _)| line),
        "column": start.map(|(_, column)| column),
        "end_line": end.map(|(line, _)| line),
        "end_column": end.map(|(_, column)| column),
        "label": Some(&problem.label).filter(|label| !label.is_empty()),
        "help": problem.help,
    })
    .to_string()
}

/// All problems as one SARIF log.
pub(super) fn sarif(problems: &[Diagnostic]) -> String {
    let used = |code: &Code| problems.iter().any(|problem| problem.code == *code);
    let rules: Vec<Value> = Code::ALL
        .iter()
        .filter(|(code, _)| used(code))
        .map(|(code, meaning)| json!({ "id": code.to_string(), "shortDescription": { "text": meaning } }))
        .collect();
    let results: Vec<Value> = problems.iter().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "postern", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
    .to_string()
}

fn result(problem: &Diagnostic) -> Value {
    let text = match &problem.help {
        Some(help) => format!("{} ({help})", problem.message),
        None => problem.message.clone(),
    };
    let locations: Vec<Value> = problem.span.iter().map(location).collect();
    json!({
        "ruleId": problem.code.to_string(),
        "level": severity(problem),
        "message": { "text": text },
        "locations": locations,
    })
}

fn location(span: &Span) -> Value {
    let ((line, column), (end_line, end_column)) = (span.line_and_column(), end_of(span));
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": span.file.name },
            "region": {
                "startLine": line,
                "startColumn": column,
                "endLine": end_line,
                "endColumn": end_column,
            },
        },
    })
}

fn end_of(span: &Span) -> (usize, usize) {
    Span { start: span.end, ..span.clone() }.line_and_column()
}

const fn severity(problem: &Diagnostic) -> &'static str {
    match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}
