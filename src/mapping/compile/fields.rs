//! Stage 3: `[X.fields]`, the fields that no attribute feeds.

use crate::diagnostic::{Code, Diagnostic, Key, Node, Problems, Table};
use crate::record::FieldName;

use super::super::{FieldRule, Rule, Write};
use super::{Stage, expressions, rules};

pub(super) fn fields(stage: &Stage<'_>, rules: &[Rule], problems: &mut Problems) -> Vec<FieldRule> {
    let Some(node) = stage.table.node("fields") else { return Vec::new() };
    let Some(table) = Table::open(node, &format!("[{}.fields]", stage.name), problems) else { return Vec::new() };
    let mut found = Vec::new();
    for (key, node) in table.entries() {
        let fed = |rule: &&Rule| {
            rule.field.as_ref().is_some_and(|field| field.as_str() == key.name) && !matches!(rule.write, Write::Never)
        };
        if let Some(rule) = rules.iter().find(fed) {
            let message = format!("field `{}` is fed by `{}` already", key.name, rule.slot);
            problems.push(Diagnostic::error(Code::FIELD_FED_TWICE, &key.span, message));
            continue;
        }
        found.extend(field(stage, key, node, problems));
    }
    found
}

fn field(stage: &Stage<'_>, key: &Key, node: &Node, problems: &mut Problems) -> Option<FieldRule> {
    let table = Table::open(node, &format!("the field `{}`", key.name), problems)?;
    let constant = table.node("constant");
    let value = table.string("value", problems);
    let apply = rules::apply(&table, problems);
    let write = match (constant, value) {
        (Some(node), None) => Write::Constant(rules::constant(node, stage, problems)),
        (None, Some((text, span))) => {
            Write::Expression(Box::new(expressions::over_attributes(text, span, stage, None, problems)?))
        }
        (Some(_), Some(_)) => {
            let message = "`constant` and `value` exclude each other";
            problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, &key.span, message));
            return None;
        }
        (None, None) => {
            table.missing("value", "give an expression as `value` or a `constant`", problems);
            return None;
        }
    };
    table.finish(problems);
    Some(FieldRule { field: FieldName::new(&key.name), write, apply })
}
