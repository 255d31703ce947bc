//! The six comparisons. Nothing compares with null, `<>` included.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::value::Value;

use super::lex::{Number, Operator};
use super::{date, text};

/// True when `left operator right` holds.
///
/// Numbers when either side is one (and both are readable as numbers), instants when either side
/// is a date, else ordinal and case-sensitive text. Two texts of digits are ordered as numbers.
pub(super) fn compare(left: &Value, operator: Operator, right: &Value) -> Result<bool, &'static str> {
    let left = text::single(Cow::Borrowed(left))?;
    let right = text::single(Cow::Borrowed(right))?;
    if *left == Value::Null || *right == Value::Null {
        return Ok(false);
    }
    let ordered = !matches!(operator, Operator::Equal | Operator::NotEqual);
    let typed = numbers(&left, &right, ordered).or_else(|| dates(&left, &right));
    let ordering = match typed {
        Some(ordering) => ordering,
        None => match (text::to_text(left)?, text::to_text(right)?) {
            (Some(left), Some(right)) => ordinal(&left, &right),
            _ => return Ok(false),
        },
    };
    Ok(match operator {
        Operator::Equal => ordering == Ordering::Equal,
        Operator::NotEqual => ordering != Ordering::Equal,
        Operator::Less => ordering == Ordering::Less,
        Operator::LessOrEqual => ordering != Ordering::Greater,
        Operator::Greater => ordering == Ordering::Greater,
        Operator::GreaterOrEqual => ordering != Ordering::Less,
    })
}

fn numbers(left: &Value, right: &Value, ordered: bool) -> Option<Ordering> {
    let is_number = |value: &Value| matches!(value, Value::Integer(_) | Value::Decimal(_));
    if !ordered && !is_number(left) && !is_number(right) {
        return None;
    }
    match (text::number_of(left)?, text::number_of(right)?) {
        (Number::Integer(left), Number::Integer(right)) => Some(left.cmp(&right)),
        (left, right) => float(left).partial_cmp(&float(right)),
    }
}

#[allow(clippy::cast_precision_loss, reason = "the other side has a fraction; the language knows no wider number")]
const fn float(number: Number) -> f64 {
    match number {
        Number::Integer(whole) => whole as f64,
        Number::Decimal(number) => number,
    }
}

fn dates(left: &Value, right: &Value) -> Option<Ordering> {
    let either = matches!(left, Value::DateTime(_)) || matches!(right, Value::DateTime(_));
    either.then(|| Some(date::of(left)?.cmp(&date::of(right)?)))?
}

/// By UTF-16 units, as .NET's ordinal comparison does.
fn ordinal(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}
