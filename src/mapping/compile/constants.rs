//! Constants in a mapping, and whether they and expressions fit the attribute that they are for.

use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems};
use crate::expr::Kind;
use crate::scim::AttributeType;
use crate::value::Value;

use super::super::{Rule, TokenText, convert};
use super::{Stage, Variables};

/// A TOML value as a constant; `{tenant.NAME}` in a string is replaced.
pub(super) fn constant(node: &Node, stage: &Stage<'_>, problems: &mut Problems) -> Value {
    match &node.value {
        NodeValue::String(text) => with_variables(text, node, stage.variables, problems),
        NodeValue::Integer(i) => Value::Integer(*i),
        NodeValue::Float(f) => Value::Decimal(*f),
        NodeValue::Boolean(b) => Value::Boolean(*b),
        NodeValue::Datetime(text) => text.parse().map_or_else(|_| text.as_str().into(), Value::DateTime),
        NodeValue::Array(items) => Value::List(items.iter().map(|item| constant(item, stage, problems)).collect()),
        NodeValue::Table(_) => {
            problems.push(
                Diagnostic::error(Code::WRONG_TYPE, &node.span, "a constant is a table")
                    .help("write a string, a number, a date, `true` or `false`"),
            );
            Value::Null
        }
    }
}

/// A text with the tenant's variables in it; one that stands alone keeps its type.
pub(super) fn with_variables(text: &str, node: &Node, variables: &Variables, problems: &mut Problems) -> Value {
    let Some(start) = text.find("{tenant.") else { return text.into() };
    let Some(length) = text[start..].find('}') else { return text.into() };
    let name = &text[start + "{tenant.".len()..start + length];
    let Some((_, value)) = variables.iter().find(|(have, _)| have == name) else {
        let message = format!("the tenant has no variable `{name}`");
        let span = node.span.inside_string(text, start..start + length + 1);
        problems.push(Diagnostic::error(Code::BAD_TENANT, &span, message).help("add it to the tenant's `variables`"));
        return Value::Null;
    };
    if start == 0 && length + 1 == text.len() {
        return value.clone();
    }
    format!("{}{}{}", &text[..start], value.to_text(), &text[start + length + 1..]).into()
}

/// The constant of a rule: what its field gets, and what its attribute shows. A field may hold the
/// application's own form (`1` for true); without a field it is the attribute's type or nothing.
pub(super) fn of_rule(node: &Node, stage: &Stage<'_>, rule: &Rule, problems: &mut Problems) -> Option<(Value, Value)> {
    let value = constant(node, stage, problems);
    if value == Value::Null {
        return None;
    }
    if value.as_str().is_some_and(|text| TokenText::read(text, &node.span).is_some()) {
        let message = format!("`{}` would be another with each token", rule.slot);
        let help = "what a token tells stands in fields that no attribute feeds, such as `[User.fields]`";
        problems.push(Diagnostic::error(Code::BAD_TOKEN, &node.span, message).help(help));
        return None;
    }
    let path = &rule.slot.path;
    let list_fits =
        !matches!(value, Value::List(_)) || (path.multi_valued && path.sub.is_none() && rule.slot.selector.is_none());
    let translated = rule.field.is_some() || node.as_str().is_some_and(|text| text.contains("{tenant."));
    let shown = convert(value.clone(), path.kind);
    if list_fits && shown != Value::Null && (translated || is_of(&value, path.kind)) {
        return Some((value, shown));
    }
    let message = format!("`{}` is {}, the constant is {}", rule.slot, path.kind.as_str(), node.kind());
    problems.push(Diagnostic::error(Code::WRONG_KIND, &node.span, message).help(spelled(path.kind)));
    None
}

const fn is_of(value: &Value, kind: AttributeType) -> bool {
    match kind {
        AttributeType::String | AttributeType::Reference | AttributeType::Binary => {
            matches!(value, Value::String(_) | Value::List(_))
        }
        AttributeType::Boolean => matches!(value, Value::Boolean(_)),
        AttributeType::Integer => matches!(value, Value::Integer(_)),
        AttributeType::Decimal => matches!(value, Value::Integer(_) | Value::Decimal(_)),
        AttributeType::DateTime => matches!(value, Value::DateTime(_) | Value::String(_)),
        AttributeType::Complex => false,
    }
}

/// How a constant of this type is written.
const fn spelled(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::String | AttributeType::Reference | AttributeType::Binary => "write a text in quotation marks",
        AttributeType::Boolean => "write `true` or `false`, without quotation marks",
        AttributeType::Integer => "write a whole number, without quotation marks",
        AttributeType::Decimal => "write a number, without quotation marks",
        AttributeType::DateTime => "write a date and time: `2026-11-25T10:00:00Z`",
        AttributeType::Complex => "give its parts rules of their own",
    }
}

/// True when what an expression gives may be a value of the attribute. What only a request can
/// tell is not held against it.
pub(super) const fn can_be(given: Kind, kind: AttributeType, several: bool) -> bool {
    match (given, kind) {
        (Kind::List, _) => several,
        (Kind::DateTime, AttributeType::Boolean | AttributeType::Integer | AttributeType::Decimal) => false,
        (Kind::Boolean, AttributeType::Integer | AttributeType::Decimal | AttributeType::DateTime) => false,
        (Kind::Text | Kind::Number | Kind::Boolean | Kind::DateTime, AttributeType::Complex) => false,
        _ => true,
    }
}
