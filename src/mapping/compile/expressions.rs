//! Expressions inside a mapping: compiled, their references resolved, problems at their columns.

use crate::diagnostic::{Code, Diagnostic, Problems, Span};
use crate::expr::{Expression, Problem};
use crate::record::FieldName;

use super::super::{Computed, Slot, SlotFault};
use super::Stage;

/// Compiles an expression; its problems point into the string.
pub(super) fn expression(text: &str, span: &Span, problems: &mut Problems) -> Option<Expression> {
    match Expression::compile(text) {
        Ok(expression) => {
            for problem in expression.warnings() {
                problems.push(diagnostic(text, span, problem));
            }
            Some(expression)
        }
        Err(found) => {
            for problem in found {
                problems.push(diagnostic(text, span, &problem));
            }
            None
        }
    }
}

fn diagnostic(text: &str, span: &Span, problem: &Problem) -> Diagnostic {
    let at = span.inside_string(text, problem.span.clone());
    let mut found = Diagnostic::error(problem.kind.code(), &at, problem.message.clone());
    found.severity = problem.kind.severity();
    found.help = problem.help.clone();
    found
}

/// An expression over SCIM attributes. `within` is the multi-valued attribute whose elements it is
/// evaluated for; its sub-attributes may then be named alone.
pub(super) fn over_attributes(
    text: &str,
    span: &Span,
    stage: &Stage<'_>,
    within: Option<&Slot>,
    problems: &mut Problems,
) -> Option<Computed> {
    let expression = expression(text, span, problems)?;
    let mut slots = Vec::new();
    for reference in expression.references() {
        let inside = within.map(|slot| {
            let mut whole = slot.path.clone();
            whole.sub = None;
            Slot::parse(&format!("{whole}.{}", reference.name), &stage.kind)
        });
        let found = match inside {
            Some(Ok(slot)) => Ok(slot),
            _ => Slot::parse(&reference.name, &stage.kind),
        };
        match found {
            Ok(slot) => slots.push(slot),
            Err(problem) => {
                let at = span.inside_string(text, reference.span.clone());
                let near = problem.near.map(|near| format!("did you mean `[{near}]`?"));
                let help = near.or_else(|| problem.help.filter(|_| problem.fault != SlotFault::UnknownAttribute));
                let help = help.unwrap_or_else(|| {
                    "here brackets name SCIM attributes; the application's fields are named in `read`".to_owned()
                });
                problems.push(Diagnostic::error(Code::UNKNOWN_REFERENCE, &at, problem.message).help(help));
            }
        }
    }
    (slots.len() == expression.references().len()).then_some(Computed { expression, slots })
}

/// An expression over the application's fields.
pub(super) fn over_fields(text: &str, span: &Span, problems: &mut Problems) -> Option<(Expression, Vec<FieldName>)> {
    let expression = expression(text, span, problems)?;
    let fields = expression.references().iter().map(|reference| FieldName::new(&reference.name)).collect();
    Some((expression, fields))
}
