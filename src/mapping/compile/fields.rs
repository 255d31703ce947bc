//! Stage 3: `[X.fields]`, the fields that no attribute feeds.

use crate::diagnostic::{Code, Diagnostic, Key, Node, Problems, Table};
use crate::record::FieldName;
use crate::scim::Mutability;

use super::super::{Apply, FieldRule, Read, Rule, Slot, TokenText, Write};
use super::{Stage, constants, expressions, options};

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
            let (line, _) = rule.span.line_and_column();
            problems.push(
                Diagnostic::error(Code::FIELD_FED_TWICE, &key.span, message)
                    .label(format!("already filled at line {line}"))
                    .help(format!("a value for when `{}` has none is its `default`", rule.slot)),
            );
            continue;
        }
        found.extend(field(stage, key, node, rules, problems));
    }
    found
}

fn field(stage: &Stage<'_>, key: &Key, node: &Node, rules: &[Rule], problems: &mut Problems) -> Option<FieldRule> {
    if node.as_table().is_none() {
        let message = format!("the field `{}` is {}", key.name, node.kind());
        let help = "write `{ value = \"Now()\" }` with an expression, or `{ constant = … }`";
        problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).help(help));
        return None;
    }
    let table = Table::open(node, &format!("the field `{}`", key.name), problems)?;
    let constant = table.node("constant");
    let value = table.string("value", problems);
    let apply = options::apply(&table, problems);
    let unknown = table.has_unknown_keys();
    let given = table.node("value").is_some();
    let (span, value_span) = (table.span.clone(), table.span_of("value"));
    let part = |name: &str| {
        let is_field = node.get(name).is_some_and(|inner| inner.as_table().is_some());
        is_field.then(|| format!("quote the whole name: `\"{}.{name}\" = …`", key.name))
    };
    table.finish_with(&part, problems);
    let write = match (constant, value) {
        (Some(node), None) => {
            let value = constants::constant(node, stage, problems);
            match value.as_str().and_then(|text| TokenText::read(text, &node.span)) {
                Some(text) => Write::OfToken(text),
                None => Write::Constant(value),
            }
        }
        (None, Some((text, span))) => {
            Write::Expression(Box::new(expressions::over_attributes(text, span, stage, None, problems)?))
        }
        (Some(_), Some(_)) => {
            problems.push(options::conflict(&value_span, "constant", "value"));
            return None;
        }
        (None, None) => {
            if !unknown && !given {
                let message = format!("the field `{}` has neither `value` nor `constant`", key.name);
                let help = "give an expression as `value`, or a `constant`";
                problems.push(Diagnostic::error(Code::MISSING_KEY, &span, message).help(help));
            }
            return None;
        }
    };
    let apply = if write.candidates() > 1 { Apply::Create } else { apply };
    let unread = unread(&write, rules);
    report_always_another(key, &write, apply, &unread, problems);
    Some(FieldRule { field: FieldName::new(&key.name), write, apply, unread })
}

/// The attributes of an expression that are written and never read.
fn unread(write: &Write, rules: &[Rule]) -> Vec<Slot> {
    let Write::Expression(computed) = write else { return Vec::new() };
    let is_unread = |slot: &&Slot| {
        let rule = rules.iter().find(|rule| rule.slot == **slot);
        slot.path.mutability == Mutability::WriteOnly || rule.is_some_and(|rule| matches!(rule.read, Read::Never))
    };
    computed.slots.iter().filter(is_unread).cloned().collect()
}

/// A random value that every change of the record replaces.
fn report_always_another(key: &Key, write: &Write, apply: Apply, unread: &[Slot], problems: &mut Problems) {
    let Write::Expression(computed) = write else { return };
    let expression = &computed.expression;
    if apply == Apply::Always && expression.uses_randomness() && unread.is_empty() && !expression.may_ignore() {
        let message = format!("every change of a record gives `{}` another random value", key.name);
        let help = "add `apply = \"create\"` to write it once";
        problems.push(Diagnostic::warning(Code::DOUBTFUL_EXPRESSION, &key.span, message).help(help));
    }
}
