//! The right side of a comparison, read as the attribute's type asks.

use crate::scim::compare::{binary, date_time};
use crate::scim::{AttributePath, AttributeType, Leniency, ScimError};
use crate::value::Value;

use super::CompareOp;
use super::read::Reader;

pub(super) fn literal(
    reader: &mut Reader<'_>,
    path: &AttributePath,
    op: CompareOp,
    leniency: &Leniency,
) -> Result<Value, ScimError> {
    let quoted = reader.peek() == Some('"');
    let before = reader.clone();
    let text = if quoted { reader.string()? } else { reader.word().to_owned() };
    if text.is_empty() && !quoted {
        return Err(before.wrong("expected a value"));
    }
    // JSON's words are lower-case, whatever the case of the filter's own words.
    let value = match (quoted, &*text) {
        (false, "null") => Value::Null,
        _ => typed(&text, quoted, path, leniency).ok_or_else(|| before.wrong(wrong_value(path)))?,
    };
    if !fits(path.kind, op, &value) {
        return Err(before.wrong(format_args!("`{}` cannot compare `{path}` with this value", op.as_str())));
    }
    Ok(value)
}

/// RFC 7644 table 3: booleans and bytes have no order, only text has parts, and nothing but
/// equality can be asked of `null`.
fn fits(kind: AttributeType, op: CompareOp, value: &Value) -> bool {
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    let parts = matches!(op, CompareOp::Co | CompareOp::Sw | CompareOp::Ew);
    match kind {
        _ if equality => true,
        _ if *value == Value::Null => false,
        AttributeType::String | AttributeType::Reference => true,
        AttributeType::Integer | AttributeType::Decimal | AttributeType::DateTime => !parts,
        AttributeType::Boolean | AttributeType::Binary | AttributeType::Complex => false,
    }
}

fn typed(text: &str, quoted: bool, path: &AttributePath, leniency: &Leniency) -> Option<Value> {
    // Quotation marks belong to text, dates and bytes, and to nothing else.
    let marks = matches!(
        path.kind,
        AttributeType::String | AttributeType::Reference | AttributeType::DateTime | AttributeType::Binary
    );
    let tolerated = if quoted { leniency.typed_text } else { leniency.unquoted_filter_values && is_bare(text) };
    if marks != quoted && !tolerated {
        return None;
    }
    match path.kind {
        AttributeType::String | AttributeType::Reference => Some(Value::String(text.to_owned())),
        AttributeType::DateTime => date_time(text).map(Value::DateTime),
        AttributeType::Binary => binary(text).map(Value::Binary),
        AttributeType::Boolean if leniency.typed_text => boolean(&text.to_ascii_lowercase()),
        kind => json(text, kind),
    }
}

/// Text that can do without its quotation marks: nothing that looks like another notation.
fn is_bare(text: &str) -> bool {
    let word = ["and", "or", "not"].iter().any(|word| word.eq_ignore_ascii_case(text));
    !word && text.chars().all(|c| c.is_alphanumeric() || "-_.@+:/=#*~".contains(c))
}

fn json(text: &str, kind: AttributeType) -> Option<Value> {
    match kind {
        AttributeType::Boolean => boolean(text),
        AttributeType::Integer | AttributeType::Decimal => match serde_json::from_str(text).ok()? {
            serde_json::Value::Number(number) => number_of(&number, kind),
            _ => None,
        },
        _ => None,
    }
}

fn boolean(text: &str) -> Option<Value> {
    match text {
        "true" => Some(Value::Boolean(true)),
        "false" => Some(Value::Boolean(false)),
        _ => None,
    }
}

fn number_of(number: &serde_json::Number, kind: AttributeType) -> Option<Value> {
    match number.as_i64() {
        Some(whole) if kind == AttributeType::Integer => Some(Value::Integer(whole)),
        _ => number.as_f64().map(Value::Decimal),
    }
}

fn wrong_value(path: &AttributePath) -> String {
    let wanted = match path.kind {
        AttributeType::String | AttributeType::Reference => "text in quotation marks",
        AttributeType::Boolean => "`true` or `false`",
        AttributeType::Integer | AttributeType::Decimal => "a number",
        AttributeType::DateTime => "a date and time in quotation marks, as in \"2026-11-25T10:00:00Z\"",
        AttributeType::Binary => "base64 in quotation marks",
        AttributeType::Complex => "a sub-attribute",
    };
    format!("`{path}` is compared with {wanted}")
}
