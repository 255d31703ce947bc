//! Expressions inside a mapping: compiled, their references resolved, problems at their columns.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Problems, Span, nearest};
use crate::expr::{Expression, Problem};
use crate::record::FieldName;

use super::super::{Computed, Lookup, Read, ResourceMapping, Rule, Slot, SlotFault, Write};
use super::Stage;

/// Compiles an expression; its problems point into the string.
fn expression(text: &str, span: &Span, stage: &Stage<'_>, problems: &mut Problems) -> Option<Expression> {
    match Expression::compile_with(text, stage.tables) {
        Ok(expression) => {
            for problem in expression.warnings() {
                problems.push(diagnostic(text, span, problem));
            }
            Some(expression)
        }
        Err(found) => {
            for problem in found {
                let mut told = diagnostic(text, span, &problem);
                let asked = |lookup: &&Arc<Lookup>| problem.message == format!("no table is called `{}`", lookup.name);
                if let Some(lookup) = stage.asked.iter().find(asked) {
                    told.message =
                        format!("`{}` is asked from the application, and expressions ask nobody", lookup.name);
                    told.help = Some(format!("write `lookup = \"{}\"` in a rule of its own", lookup.name));
                }
                problems.push(told);
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
    let expression = expression(text, span, stage, problems)?;
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
pub(super) fn over_fields(
    text: &str,
    span: &Span,
    stage: &Stage<'_>,
    problems: &mut Problems,
) -> Option<(Expression, Vec<FieldName>)> {
    let expression = expression(text, span, stage, problems)?;
    let fields = expression.references().iter().map(|reference| FieldName::new(&reference.name)).collect();
    Some((expression, fields))
}

/// The rule's own attribute, translated by a table. `None` when there is no such table.
pub(super) fn looked_up(
    rule: &Rule,
    name: &str,
    span: &Span,
    stage: &Stage<'_>,
    problems: &mut Problems,
) -> Option<Computed> {
    if !stage.tables.contains_key(name) {
        let problem = Diagnostic::error(Code::BAD_LOOKUP, span, format!("no table is called `{name}`"));
        problems.push(
            match nearest(
                name,
                stage.tables.keys().map(String::as_str).chain(stage.asked.iter().map(|asked| &*asked.name)),
            ) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help(format!("declare `[lookup.{name}]` with `values`, or with `from` and `to`")),
            },
        );
        return None;
    }
    let text = format!("Lookup(\"{name}\", [value])");
    let expression = Expression::compile_with(&text, stage.tables).ok()?;
    Some(Computed { expression, slots: vec![rule.slot.clone()] })
}

/// Every expression of a mapping.
pub(super) fn all(resources: &[Arc<ResourceMapping>]) -> impl Iterator<Item = &Expression> {
    resources.iter().flat_map(|resource| {
        let fields = resource.fields.iter().filter_map(|rule| written(&rule.write));
        fields.chain(resource.rules.iter().flat_map(|rule| written(&rule.write).into_iter().chain(read(&rule.read))))
    })
}

fn written(write: &Write) -> Option<&Expression> {
    match write {
        Write::Expression(computed) => Some(&computed.expression),
        _ => None,
    }
}

fn read(read: &Read) -> Option<&Expression> {
    match read {
        Read::Expression { expression, .. } => Some(expression),
        _ => None,
    }
}
