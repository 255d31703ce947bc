//! Column types, and how a value becomes what a column of that type takes.
//!
//! The types are learned from the database, never written in the mapping: a legacy flag may be a
//! boolean, 0 or 1, or `'t'`, and the mapping says `True` in every case.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;

use super::narrow::Narrow;
use super::statement::Readings;
use crate::value::Value;

/// What a column holds, as far as values are treated differently.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum ColumnType {
    /// Not learned (offline), or a column without a declared type: values go as they are.
    #[default]
    Unknown,
    /// Text of at most so many characters.
    Text(Option<u32>),
    /// Text of at most so many characters whose own comparison ignores case.
    CaselessText(Option<u32>),
    /// Text of one code page.
    Narrow(Narrow),
    /// Text that spaces fill up to a fixed length.
    Padded(Box<Self>),
    /// A whole number of so many bytes.
    Integer(u8),
    /// An exact number.
    Numeric,
    /// A floating number.
    Float,
    /// A truth value.
    Boolean,
    /// A UUID.
    Uuid,
    /// An instant.
    Instant,
    /// An instant that the database takes and gives as a time of UTC, without saying so.
    Universal,
    /// Date and time without a zone.
    Naive,
    /// Date and time without a zone and with three places after the second at most.
    Coarse,
    /// A date.
    Date,
    /// JSON.
    Json,
    /// Bytes.
    Binary,
    /// Eight bytes that the database counts up with every change of the row.
    RowVersion,
    /// Several of one type.
    Array(Box<Self>),
    /// Anything else: the database converts from and to text.
    Other,
}

/// A value ready to be bound.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Parameter {
    Null,
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    Text(String),
    /// Text for a column of one code page, with the name of its collation.
    Narrow(String, Arc<str>),
    Bytes(Vec<u8>),
    /// The values that `one of` compares with.
    List(Vec<Self>),
    /// An array column's value; the database's own notation differs from that of a list.
    Array(Vec<Self>),
}

impl Parameter {
    /// The value of a key.
    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::Boolean(b) => Value::Boolean(*b),
            Self::Integer(i) => Value::Integer(*i),
            Self::Decimal(d) => Value::Decimal(*d),
            Self::Text(text) | Self::Narrow(text, _) => Value::from(text.as_str()),
            Self::Bytes(bytes) => Value::Binary(bytes.clone()),
            Self::Null | Self::List(_) | Self::Array(_) => Value::Null,
        }
    }
}

/// Why a value does not fit, in words for the client.
pub(super) type Misfit = &'static str;

/// The types of the columns in use, by table and column.
#[derive(Debug, Clone, Default)]
pub(super) struct Types {
    columns: HashMap<String, HashMap<String, ColumnType>>,
    /// What was written for these types.
    pub(super) readings: Readings,
}

impl Types {
    /// The type of a column; `Unknown` when it was not learned.
    pub(super) fn of(&self, table: &str, column: &str) -> &ColumnType {
        static UNKNOWN: ColumnType = ColumnType::Unknown;
        self.columns.get(table).and_then(|columns| columns.get(column)).unwrap_or(&UNKNOWN)
    }

    pub(super) fn learn(&mut self, table: &str, column: &str, what: ColumnType) {
        self.columns.entry(table.to_owned()).or_default().insert(column.to_owned(), what);
    }
}

impl ColumnType {
    /// True when the database compares it as text.
    pub(super) const fn is_text(&self) -> bool {
        matches!(self, Self::Text(_) | Self::CaselessText(_) | Self::Narrow(_) | Self::Padded(_) | Self::Unknown)
    }

    /// True when its own comparison ignores case.
    pub(super) fn ignores_case(&self) -> bool {
        match self {
            Self::CaselessText(_) => true,
            Self::Narrow(narrow) => narrow.ignores_case,
            Self::Padded(text) => text.ignores_case(),
            _ => false,
        }
    }

    /// The same without a limit: a longer text is no value of such a column, but can be compared with it.
    pub(super) fn unlimited(&self) -> Self {
        match self {
            Self::Text(_) | Self::CaselessText(_) => Self::Text(None),
            Self::Narrow(narrow) => Self::Narrow(Narrow { limit: None, ..narrow.clone() }),
            Self::Padded(text) => Self::Padded(Box::new(text.unlimited())),
            other => other.clone(),
        }
    }

    /// True when it can only be compared in its text form.
    pub(super) const fn compares_as_text(&self) -> bool {
        matches!(self, Self::Json | Self::Array(_) | Self::Other)
    }

    /// True when it is a point in time.
    pub(super) const fn is_time(&self) -> bool {
        matches!(self, Self::Instant | Self::Universal | Self::Naive | Self::Coarse)
    }

    /// Converts a value to what the column takes. An empty text is no number, date or flag: it
    /// becomes null there.
    ///
    /// # Errors
    /// What the value is not.
    pub(super) fn parameter(&self, value: &Value, zone: &TimeZone) -> Result<Parameter, Misfit> {
        if matches!(value, Value::Null) {
            return Ok(Parameter::Null);
        }
        let empty = matches!(value, Value::String(text) if text.is_empty());
        if empty && !self.is_text() && !matches!(self, Self::Other | Self::Binary) {
            return Ok(Parameter::Null);
        }
        // PostgreSQL cannot store it, and SQLite's functions stop reading at it.
        if matches!(value, Value::String(text) if text.contains('\0')) {
            return Err("contains a zero character");
        }
        match self {
            Self::Unknown => Ok(untyped(value)),
            Self::Text(limit) | Self::CaselessText(limit) => limited(value.to_text(), *limit),
            Self::Padded(text) => text.parameter(value, zone),
            Self::Narrow(narrow) => narrowed(value.to_text(), narrow),
            Self::Other => Ok(Parameter::Text(value.to_text())),
            Self::Integer(bytes) => integer(value, *bytes),
            Self::Numeric => number(value),
            Self::Float => number(value).map(floating),
            Self::Boolean => boolean(value),
            Self::Uuid => {
                let text = value.to_text();
                let parsed = uuid::Uuid::parse_str(&text).map_err(|_| "is not a UUID")?;
                Ok(Parameter::Text(parsed.to_string()))
            }
            Self::Instant => Ok(Parameter::Text(instant(value, zone)?.to_string())),
            Self::Universal => Ok(Parameter::Text(naive_text(instant(value, zone)?, &TimeZone::UTC))),
            Self::Naive => Ok(Parameter::Text(naive_text(instant(value, zone)?, zone))),
            Self::Coarse => Ok(Parameter::Text(coarse_text(instant(value, zone)?, zone))),
            Self::Date => date(value, zone),
            Self::Json => Ok(Parameter::Text(json_text(value))),
            Self::Binary => Ok(Parameter::Bytes(bytes(value))),
            Self::RowVersion => row_version(value),
            Self::Array(element) => value
                .elements()
                .iter()
                .map(|v| element.parameter(v, zone))
                .collect::<Result<_, _>>()
                .map(Parameter::Array),
        }
    }
}

/// Reads `2026-11-25 10:00:00.123`, with a `T`, or with a zone; without one it means `zone`.
pub(super) fn parse_instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let naive = text.parse::<civil::DateTime>().ok()?;
    zone.to_timestamp(naive).ok()
}

/// A number when nothing is lost by it, else its digits.
pub(super) fn exact_number(digits: &str) -> Value {
    // A column of eight decimal places gives them all, also where they say nothing.
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    if let Ok(whole) = digits.parse::<i64>() {
        return Value::Integer(whole);
    }
    let significant = digits.chars().filter(char::is_ascii_digit).count();
    match digits.parse::<f64>() {
        Ok(decimal) if significant <= 15 => Value::Decimal(decimal),
        _ => Value::from(digits),
    }
}

fn untyped(value: &Value) -> Parameter {
    match value {
        Value::Null => Parameter::Null,
        Value::Boolean(b) => Parameter::Boolean(*b),
        Value::Integer(i) => Parameter::Integer(*i),
        Value::Decimal(d) => Parameter::Decimal(*d),
        Value::Binary(bytes) => Parameter::Bytes(bytes.clone()),
        other => Parameter::Text(other.to_text()),
    }
}

fn limited(text: String, limit: Option<u32>) -> Result<Parameter, Misfit> {
    match limit {
        Some(limit) if text.chars().count() > limit as usize => Err("is longer than the application allows"),
        _ => Ok(Parameter::Text(text)),
    }
}

fn narrowed(text: String, narrow: &Narrow) -> Result<Parameter, Misfit> {
    let Some(length) = narrow.length(&text) else {
        return Err("contains characters that the application does not know");
    };
    match narrow.limit {
        Some(limit) if length > limit as usize => Err("is longer than the application allows"),
        _ => Ok(Parameter::Narrow(text, Arc::clone(&narrow.collation))),
    }
}

fn integer(value: &Value, bytes: u8) -> Result<Parameter, Misfit> {
    const MISFIT: Misfit = "is not a whole number";
    let number = match value {
        Value::Integer(i) => *i,
        Value::Boolean(b) => i64::from(*b),
        Value::DateTime(at) => at.as_second(),
        Value::String(text) => match text.trim() {
            flag if flag.eq_ignore_ascii_case("true") => 1,
            flag if flag.eq_ignore_ascii_case("false") => 0,
            digits => digits.parse().map_err(|_| MISFIT)?,
        },
        #[allow(clippy::cast_possible_truncation, reason = "only a number without a fraction gets here")]
        Value::Decimal(d) if d.fract() == 0.0 && d.abs() < 9e15 => *d as i64,
        _ => return Err(MISFIT),
    };
    let fits = match bytes {
        2 => i16::try_from(number).is_ok(),
        4 => i32::try_from(number).is_ok(),
        _ => true,
    };
    if fits { Ok(Parameter::Integer(number)) } else { Err("is too large a number for the application") }
}

fn number(value: &Value) -> Result<Parameter, Misfit> {
    const MISFIT: Misfit = "is not a number";
    match value {
        Value::Integer(i) => Ok(Parameter::Integer(*i)),
        Value::Decimal(d) => Ok(Parameter::Decimal(*d)),
        Value::Boolean(b) => Ok(Parameter::Integer(i64::from(*b))),
        Value::DateTime(at) => Ok(Parameter::Integer(at.as_second())),
        // As text, lest an exact number loses digits on its way through a double.
        Value::String(text) => {
            let number: f64 = text.trim().parse().map_err(|_| MISFIT)?;
            if number.is_finite() { Ok(Parameter::Text(text.trim().to_owned())) } else { Err(MISFIT) }
        }
        _ => Err(MISFIT),
    }
}

/// A floating number has no digits to lose.
fn floating(parameter: Parameter) -> Parameter {
    match &parameter {
        Parameter::Text(text) => text.parse().map_or(parameter, Parameter::Decimal),
        _ => parameter,
    }
}

fn row_version(value: &Value) -> Result<Parameter, Misfit> {
    let number: i64 = value.to_text().parse().map_err(|_| "is not a version")?;
    Ok(Parameter::Bytes(number.to_be_bytes().to_vec()))
}

fn boolean(value: &Value) -> Result<Parameter, Misfit> {
    const TRUE: &[&str] = &["true", "t", "1", "yes", "y", "on"];
    const FALSE: &[&str] = &["false", "f", "0", "no", "n", "off"];
    match value {
        Value::Boolean(b) => Ok(Parameter::Boolean(*b)),
        Value::Integer(i @ (0 | 1)) => Ok(Parameter::Boolean(*i == 1)),
        Value::String(text) if TRUE.iter().any(|word| text.eq_ignore_ascii_case(word)) => Ok(Parameter::Boolean(true)),
        Value::String(text) if FALSE.iter().any(|word| text.eq_ignore_ascii_case(word)) => {
            Ok(Parameter::Boolean(false))
        }
        _ => Err("is neither true nor false"),
    }
}

fn instant(value: &Value, zone: &TimeZone) -> Result<Timestamp, Misfit> {
    let found = match value {
        Value::DateTime(at) => Some(*at),
        Value::String(text) => parse_instant(text, zone),
        Value::Integer(seconds) => Timestamp::from_second(*seconds).ok(),
        _ => None,
    };
    found.ok_or("is not a date and time")
}

/// As Django and Rails write it, without a fraction of zero.
fn naive_text(at: Timestamp, zone: &TimeZone) -> String {
    let at = zone.to_datetime(at);
    let form = if at.subsec_nanosecond() == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S.%6f" };
    at.strftime(form).to_string()
}

/// With a `T`, which every setting of a language reads alike.
fn coarse_text(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S.%3f").to_string()
}

fn date(value: &Value, zone: &TimeZone) -> Result<Parameter, Misfit> {
    if let Value::String(text) = value
        && let Ok(date) = text.trim().parse::<civil::Date>()
        && text.trim().len() == 10
    {
        return Ok(Parameter::Text(date.to_string()));
    }
    let at = instant(value, zone).map_err(|_| "is not a date")?;
    Ok(Parameter::Text(zone.to_datetime(at).date().to_string()))
}

/// Text that is JSON already goes as it is: an expression may have built it.
fn json_text(value: &Value) -> String {
    match value {
        Value::String(text) if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => text.clone(),
        other => other.to_json(),
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    match value {
        Value::Binary(bytes) => bytes.clone(),
        other => other.to_text().into_bytes(),
    }
}
