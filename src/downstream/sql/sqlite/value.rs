//! Values → SQLite and back. SQLite takes any word for a type and any value for any column; the
//! declared type says what the application means.

use jiff::tz::TimeZone;
use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Value as Stored, ValueRef};

use super::super::column::{ColumnType, Parameter, parse_instant};
use crate::value::Value;

impl ToSql for Parameter {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Stored::Null),
            Self::Boolean(b) => ToSqlOutput::Owned(Stored::Integer(i64::from(*b))),
            Self::Integer(i) => ToSqlOutput::Owned(Stored::Integer(*i)),
            Self::Decimal(d) => ToSqlOutput::Owned(Stored::Real(*d)),
            Self::Text(text) | Self::Narrow(text, _) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::List(items) | Self::Array(items) => {
                let items: Vec<_> = items.iter().map(json_of).collect();
                ToSqlOutput::Owned(Stored::Text(serde_json::Value::Array(items).to_string()))
            }
        })
    }
}

fn json_of(parameter: &Parameter) -> serde_json::Value {
    match parameter {
        Parameter::Null | Parameter::Bytes(_) => serde_json::Value::Null,
        Parameter::Boolean(b) => i64::from(*b).into(),
        Parameter::Integer(i) => (*i).into(),
        Parameter::Decimal(d) => (*d).into(),
        Parameter::Text(text) | Parameter::Narrow(text, _) => text.as_str().into(),
        Parameter::List(items) | Parameter::Array(items) => items.iter().map(json_of).collect(),
    }
}

/// SQLite stores what it is given; the declared type says what the application means by it.
pub(super) fn decode(stored: ValueRef<'_>, what: &ColumnType, zone: &TimeZone) -> Value {
    match (stored, what) {
        (ValueRef::Null, _) => Value::Null,
        (ValueRef::Integer(i @ (0 | 1)), ColumnType::Boolean) => Value::Boolean(i == 1),
        (ValueRef::Integer(i), _) => Value::Integer(i),
        (ValueRef::Real(d), _) => Value::Decimal(d),
        (ValueRef::Blob(bytes), _) => Value::Binary(bytes.to_vec()),
        (ValueRef::Text(text), _) => decode_text(&String::from_utf8_lossy(text), what, zone),
    }
}

fn decode_text(text: &str, what: &ColumnType, zone: &TimeZone) -> Value {
    let decoded = match what {
        ColumnType::Boolean => match text.to_ascii_lowercase().as_str() {
            "t" | "true" => Some(Value::Boolean(true)),
            "f" | "false" => Some(Value::Boolean(false)),
            _ => None,
        },
        ColumnType::Naive | ColumnType::Instant => parse_instant(text, zone).map(Value::DateTime),
        ColumnType::Json => serde_json::from_str(text).ok().map(Value::from_serde),
        _ => None,
    };
    decoded.unwrap_or_else(|| Value::from(text))
}

/// What a declared type means. SQLite itself takes any word for a type.
pub(in super::super) fn type_of(declared: Option<&str>) -> ColumnType {
    let Some(declared) = declared.map(str::to_ascii_uppercase) else { return ColumnType::Unknown };
    let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    match () {
        () if has(&["BOOL"]) => ColumnType::Boolean,
        () if has(&["DATETIME", "TIMESTAMP"]) => ColumnType::Naive,
        () if declared == "DATE" => ColumnType::Date,
        () if has(&["INT", "SERIAL"]) => ColumnType::Integer(8),
        () if has(&["JSON"]) => ColumnType::Json,
        () if has(&["CHAR", "CLOB", "TEXT", "UUID", "GUID"]) => ColumnType::Text(None),
        () if has(&["BLOB", "BINARY"]) => ColumnType::Binary,
        () if has(&["REAL", "FLOA", "DOUB"]) => ColumnType::Float,
        () if has(&["NUMERIC", "DECIMAL"]) => ColumnType::Numeric,
        () => ColumnType::Unknown,
    }
}
