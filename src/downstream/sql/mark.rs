//! Reads `[X.deprovision] mark`: a deleted row stays, with a mark, and is no record any more.

use super::layout::{Mark, Supplied};
use super::memberships::supplied;
use super::tables::{Variables, constant};
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems};
use crate::value::Value;

/// `mark` and `revive` of `[X.deprovision]`.
pub(super) fn mark(node: &Node, variables: Variables<'_>, problems: &mut Problems) -> Option<Mark> {
    let deprovision = node.get("deprovision")?;
    let revive = deprovision.get("revive");
    let Some(given) = deprovision.get("mark") else {
        if let Some(revive) = revive {
            let message = "nothing marks a row that could be revived";
            problems.push(
                Diagnostic::error(Code::BAD_DEPROVISION, &revive.span, message)
                    .help("say what DELETE marks a row with: `mark = { deleted_at = { value = \"Now()\" } }`"),
            );
        }
        return None;
    };
    let set = supplied(given, "`mark`", variables, problems);
    if set.is_empty() && !problems.has_errors() {
        let help = "write `mark = { deleted_at = { value = \"Now()\" } }` or `mark = { is_deleted = true }`";
        problems.push(Diagnostic::error(Code::BAD_DEPROVISION, &given.span, "`mark` names no column").help(help));
    }
    let revive = revive.and_then(|node| living(node, &set, variables, problems));
    Some(Mark { set, revive })
}

/// What the columns of the mark are before it, and after a revival.
fn living(
    node: &Node,
    set: &[(String, Supplied)],
    variables: Variables<'_>,
    problems: &mut Problems,
) -> Option<Vec<(String, Value)>> {
    if let Some(entries) = node.as_table() {
        let each = entries.iter().map(|(key, node)| Some((key.name.clone(), constant(node, variables, problems)?)));
        return each.collect();
    }
    let said = match node.value {
        NodeValue::Boolean(false) => return None,
        NodeValue::Boolean(true) => true,
        _ => false,
    };
    let before = |supplied: &Supplied| match supplied {
        Supplied::Now => Some(Value::Null),
        Supplied::Constant(Value::Boolean(is)) => Some(Value::Boolean(!is)),
        Supplied::Constant(Value::Integer(number @ (0 | 1))) => Some(Value::Integer(1 - number)),
        Supplied::Constant(_) => None,
    };
    let found: Option<Vec<_>> =
        set.iter().map(|(column, supplied)| Some((column.clone(), before(supplied)?))).collect();
    if found.is_none() || !said {
        let message = "what a living row has in the columns of `mark` is not known";
        problems.push(
            Diagnostic::error(Code::BAD_DEPROVISION, &node.span, message)
                .help("say it: `revive = { state = \"active\" }`"),
        );
    }
    found
}
