//! Problems as comments under the text that they are about, so that a faulty file is its own proof.
//!
//! ```toml
//! userNme = "login"
//! #<^^^^^ PST202 `userNme` is not an attribute of User; did you mean `userName`?
//! #     ? did you mean `userName`?
//! ```
//!
//! Carets stand under the span; `#<` covers the first two columns of a span that begins in the
//! first. `~` is what stands under the caret for users, `?` is the help; `#!` begins a problem
//! without a place. With `UPDATE=1` the comments are written instead of compared.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use postern::diagnostic::{Diagnostic, Severity};

/// The files below `folder` with this ending, in order.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|have| have == ending))
        .collect();
    found.sort();
    found
}

/// Every mapping that is shipped; beside those of `mappings/seeds` lie configurations and Entra's tables.
pub(crate) fn shipped() -> Vec<PathBuf> {
    let mut found = files("mappings", "toml");
    let beside = |path: &PathBuf| path.file_stem().is_some_and(|stem| Path::new(stem).extension().is_some());
    found.extend(files("mappings/seeds", "toml").into_iter().filter(|path| !beside(path)));
    found
}

/// Compares the comments of every file in `folder` with what `problems` finds in the file without
/// them; gives how many files there were.
pub(crate) fn check(folder: &str, problems: impl Fn(&str, &str) -> Vec<Diagnostic>) -> usize {
    let mut wrong = Vec::new();
    let files = files(folder, "toml");
    for path in &files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let written = std::fs::read_to_string(path).unwrap();
        let text = without(&written);
        let found = problems(name, &text);
        let expected = with(&text, &found);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &expected).unwrap();
        } else if expected != written {
            wrong.push(format!("--- {folder}/{name} should read\n{expected}"));
        } else if found.is_empty() {
            wrong.push(format!("--- {folder}/{name} has no problem"));
        }
    }
    assert!(wrong.is_empty(), "{}\n{} of {} files differ", wrong.join("\n"), wrong.len(), files.len());
    files.len()
}

/// The text without the comments.
pub(crate) fn without(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !is_annotation(line)).collect()
}

fn is_annotation(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('#') else { return false };
    let marks = rest.trim_start_matches(['<', '^', ' ']);
    let is_problem =
        |text: &str| text.strip_prefix("PST").is_some_and(|code| code.starts_with(|c: char| c.is_ascii_digit()));
    (marks.len() < rest.len() && (is_problem(marks) || marks.starts_with(['~', '?'])))
        || rest.strip_prefix("! ").is_some_and(is_problem)
}

/// The text with a comment for each problem.
pub(crate) fn with(text: &str, problems: &[Diagnostic]) -> String {
    let mut annotated = String::new();
    for problem in problems.iter().filter(|problem| problem.span.is_none()) {
        let _ = writeln!(annotated, "#! {}", title(problem));
        details(problem, 2, &mut annotated);
    }
    let mut start = 0;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for (i, line) in lines.iter().enumerate() {
        annotated.push_str(line);
        let end = start + line.len();
        let last = i + 1 == lines.len();
        for problem in problems {
            let Some(span) = &problem.span else { continue };
            if (start..end).contains(&span.start) || (last && span.start >= end) {
                annotate(problem, line, span.start.min(end) - start, span.end.min(end) - start, &mut annotated);
            }
        }
        start = end;
    }
    annotated
}

fn annotate(problem: &Diagnostic, line: &str, from: usize, to: usize, annotated: &mut String) {
    let columns = |byte: usize| line.get(..byte).unwrap_or(line).trim_end_matches(['\r', '\n']).chars().count();
    let (from, to) = (columns(from), columns(to));
    if !annotated.ends_with('\n') {
        annotated.push('\n');
    }
    let marks = match from {
        0 => format!("#<{}", "^".repeat(to.saturating_sub(2))),
        _ => format!("#{}{}", " ".repeat(from - 1), "^".repeat((to - from).max(1))),
    };
    let _ = writeln!(annotated, "{marks} {}", title(problem));
    details(problem, from.saturating_sub(1), annotated);
}

fn title(problem: &Diagnostic) -> String {
    let severity = match problem.severity {
        Severity::Error => "",
        Severity::Warning => " (warning)",
        Severity::Note => " (note)",
    };
    format!("{}{severity} {}", problem.code, problem.message)
}

fn details(problem: &Diagnostic, indent: usize, annotated: &mut String) {
    let label = Some(&problem.label).filter(|label| !label.is_empty());
    for (mark, text) in label.map(|label| ('~', label)).into_iter().chain(problem.help.as_ref().map(|help| ('?', help)))
    {
        let _ = writeln!(annotated, "#{}{mark} {text}", " ".repeat(indent.max(1)));
    }
}
