//! Values as the language reads and prints them: `True`, `3/16/2020 7:00:00 AM`, numbers in text.

use std::borrow::Cow;

use crate::value::Value;

use super::eval::Stop;
use super::lex::Number;
use super::{EvalError, date};

/// Longest text that a function may give, in bytes.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// A list of one value is that value, an empty one is null; a longer one does not fit.
pub(super) fn single(value: Cow<'_, Value>) -> Result<Cow<'_, Value>, &'static str> {
    let Value::List(elements) = &*value else { return Ok(value) };
    if elements.len() > 1 {
        return Err("several values where one is wanted");
    }
    Ok(match value {
        Cow::Borrowed(list) => list.elements().first().map_or(Cow::Owned(Value::Null), Cow::Borrowed),
        Cow::Owned(Value::List(mut elements)) => Cow::Owned(elements.pop().unwrap_or_default()),
        Cow::Owned(other) => Cow::Owned(other),
    })
}

/// The text of a single value; none for null.
pub(super) fn to_text(value: Cow<'_, Value>) -> Result<Option<Cow<'_, str>>, &'static str> {
    Ok(Some(match single(value)? {
        Cow::Borrowed(Value::String(text)) => Cow::Borrowed(text.as_str()),
        Cow::Owned(Value::String(text)) => Cow::Owned(text),
        value => match &*value {
            Value::Null => return Ok(None),
            Value::Boolean(true) => Cow::Borrowed("True"),
            Value::Boolean(false) => Cow::Borrowed("False"),
            Value::DateTime(at) => Cow::Owned(date::print(date::civil(*at))),
            Value::List(_) | Value::Object(_) => return Err("a complex value where text is wanted"),
            plain => Cow::Owned(plain.to_text()),
        },
    }))
}

/// The number that a value is, or that its text says; `&H` begins a hexadecimal one.
pub(super) fn number_of(value: &Value) -> Option<Number> {
    match value {
        Value::Integer(whole) => Some(Number::Integer(*whole)),
        Value::Decimal(number) => Some(Number::Decimal(*number)),
        Value::String(text) => {
            let text = text.trim();
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            if let Some(hexadecimal) = text.strip_prefix("&H").or_else(|| text.strip_prefix("&h")) {
                return i64::from_str_radix(hexadecimal, 16).ok().map(Number::Integer);
            }
            let plain = digits.starts_with(|c: char| c.is_ascii_digit())
                && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            if !plain {
                return None;
            }
            let whole = text.parse().map(Number::Integer).ok();
            whole.or_else(|| text.parse().map(Number::Decimal).ok())
        }
        _ => None,
    }
}

/// The whole number that `number` is.
pub(super) fn whole(number: f64) -> Option<i64> {
    let fits = number.fract() == 0.0 && number.abs() < 9.0e18;
    #[allow(clippy::cast_possible_truncation, reason = "checked in the line above")]
    fits.then_some(number as i64)
}

/// What a value says as a condition; null is false.
pub(super) fn truth_of(value: &Value) -> Option<bool> {
    match value {
        Value::Null => Some(false),
        Value::Boolean(truth) => Some(*truth),
        Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
        value => number_of(value).map(|number| match number {
            Number::Integer(whole) => whole != 0,
            Number::Decimal(number) => number != 0.0,
        }),
    }
}

/// True for null, an empty list and the empty text.
pub(super) fn is_empty(value: &Value) -> bool {
    value.is_unassigned() || value.as_str() == Some("")
}

/// A text that grows up to [`MAX_TEXT`] and fails beyond.
pub(super) struct Text {
    held: String,
    function: &'static str,
}

impl Text {
    /// An empty text of the function that will be named when it grows too long.
    pub(super) const fn new(function: &'static str) -> Self {
        Self { held: String::new(), function }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    pub(super) fn push(&mut self, more: &str) -> Result<(), Stop> {
        if self.held.len() + more.len() > MAX_TEXT {
            let reason = "the result is longer than 1 MiB".to_owned();
            return Err(Stop::Failed(EvalError { function: self.function, reason }));
        }
        self.held.push_str(more);
        Ok(())
    }

    pub(super) fn into_value(self) -> Value {
        Value::String(self.held)
    }
}
