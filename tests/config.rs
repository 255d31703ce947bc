//! `postern.toml`: what is refused, and how `postern check` says it.

use postern::diagnostic::{Code, Diagnostic, Severity, SourceFile, Span};

use crate::cli::support::Folder;
use crate::mappings::annotations;

/// The problems that `postern check` finds in a configuration, read back from what it prints.
pub(crate) fn problems(text: &str) -> Vec<Diagnostic> {
    let folder = Folder::ready();
    folder.put("postern.toml", text);
    let done = folder.postern(&["check", "--format", "json"]);
    assert!(done.stderr.is_empty(), "{}", done.stderr);
    let file = SourceFile::new("postern.toml", text);
    done.stdout.lines().map(|line| diagnostic(line, &file)).collect()
}

fn diagnostic(line: &str, file: &std::sync::Arc<SourceFile>) -> Diagnostic {
    let told: serde_json::Value = serde_json::from_str(line).unwrap();
    let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
    let number = |key: &str| usize::try_from(told[key].as_u64().unwrap()).unwrap();
    let (code, _) = Code::ALL.iter().find(|(code, _)| code.to_string() == text("code")).unwrap();
    let mut problem = if told["line"].is_null() {
        Diagnostic::without_place(*code, text("message"))
    } else {
        assert_eq!(text("file"), "postern.toml");
        let start = byte(&file.text, number("line"), number("column"));
        let end = byte(&file.text, number("end_line"), number("end_column"));
        Diagnostic::error(*code, &Span::new(file, start..end), text("message"))
    };
    if text("severity") == "warning" {
        problem.severity = Severity::Warning;
    }
    problem.label = text("label");
    problem.help = told["help"].as_str().map(str::to_owned);
    problem
}

fn byte(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    start + text[start..].chars().take(column - 1).map(char::len_utf8).sum::<usize>()
}

#[test]
fn faulty_configurations_are_refused_where_they_are_wrong() {
    let count = annotations::check("tests/config/rejected", |_, text| problems(text));
    assert!(count >= 30, "{count} faulty configurations are too few");
}
