//! PostgreSQL → values: column types, and the binary forms of those that are read as they are.
//! Everything else is selected in its text form.

use std::error::Error;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, civil};
use tokio_postgres::Column;
use tokio_postgres::types::{FromSql, Kind, Type};

use super::super::column::{ColumnType, exact_number};
use crate::value::Value;

/// The bytes of a column as they came.
pub(super) struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// The type of a statement's column.
pub(super) fn type_of(column: &Column) -> ColumnType {
    match *column.type_() {
        // The modifier of a text's length counts four bytes of its own.
        Type::VARCHAR | Type::BPCHAR => ColumnType::Text(u32::try_from(column.type_modifier() - 4).ok()),
        ref ty => of(ty),
    }
}

fn of(ty: &Type) -> ColumnType {
    match *ty {
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => ColumnType::Text(None),
        Type::INT2 => ColumnType::Integer(2),
        Type::INT4 => ColumnType::Integer(4),
        Type::INT8 | Type::OID => ColumnType::Integer(8),
        Type::NUMERIC => ColumnType::Numeric,
        Type::FLOAT4 | Type::FLOAT8 => ColumnType::Float,
        Type::BOOL => ColumnType::Boolean,
        Type::UUID => ColumnType::Uuid,
        Type::TIMESTAMPTZ => ColumnType::Instant,
        Type::TIMESTAMP => ColumnType::Naive,
        Type::DATE => ColumnType::Date,
        Type::JSON | Type::JSONB => ColumnType::Json,
        Type::BYTEA => ColumnType::Binary,
        _ => match ty.kind() {
            Kind::Array(element) => match of(element) {
                ColumnType::Other | ColumnType::Array(_) => ColumnType::Other,
                element => ColumnType::Array(Box::new(element)),
            },
            Kind::Domain(base) => of(base),
            _ if ty.name() == "citext" => ColumnType::CaselessText(None),
            _ => ColumnType::Other,
        },
    }
}

/// The value of a column; null for what is damaged, which no server sends.
pub(super) fn value(raw: Option<Raw<'_>>, ty: &Type, zone: &TimeZone) -> Value {
    raw.and_then(|raw| decode(raw.0, ty, zone)).unwrap_or_default()
}

fn decode(raw: &[u8], ty: &Type, zone: &TimeZone) -> Option<Value> {
    Some(match *ty {
        Type::BOOL => Value::Boolean(*raw.first()? != 0),
        Type::INT2 => Value::Integer(i16::from_be_bytes(raw.try_into().ok()?).into()),
        Type::INT4 => Value::Integer(i32::from_be_bytes(raw.try_into().ok()?).into()),
        Type::OID => Value::Integer(u32::from_be_bytes(raw.try_into().ok()?).into()),
        Type::INT8 => Value::Integer(i64::from_be_bytes(raw.try_into().ok()?)),
        Type::FLOAT4 => Value::Decimal(f32::from_be_bytes(raw.try_into().ok()?).to_string().parse().ok()?),
        Type::FLOAT8 => Value::Decimal(f64::from_be_bytes(raw.try_into().ok()?)),
        Type::NUMERIC => numeric(raw)?,
        Type::UUID => Value::String(uuid::Uuid::from_slice(raw).ok()?.to_string()),
        Type::TIMESTAMPTZ => Value::DateTime(instant(raw)?),
        Type::TIMESTAMP => {
            let naive = TimeZone::UTC.to_datetime(instant(raw)?);
            Value::DateTime(zone.to_timestamp(naive).ok()?)
        }
        Type::DATE => {
            let days = i32::from_be_bytes(raw.try_into().ok()?);
            Value::String(civil::date(2000, 1, 1).checked_add(days.days()).ok()?.to_string())
        }
        Type::JSON => json(raw)?,
        Type::JSONB => json(raw.get(1..)?)?,
        Type::BYTEA => Value::Binary(raw.to_vec()),
        Type::BPCHAR => Value::String(String::from_utf8_lossy(raw).trim_end_matches(' ').to_owned()),
        _ => match ty.kind() {
            Kind::Array(element) => array(raw, element, zone)?,
            Kind::Domain(base) => decode(raw, base, zone)?,
            _ => Value::String(String::from_utf8_lossy(raw).into_owned()),
        },
    })
}

/// Microseconds since 2000.
fn instant(raw: &[u8]) -> Option<Timestamp> {
    const EPOCH: i64 = 946_684_800_000_000;
    let microseconds = i64::from_be_bytes(raw.try_into().ok()?);
    Timestamp::from_microsecond(microseconds.checked_add(EPOCH)?).ok()
}

fn json(raw: &[u8]) -> Option<Value> {
    serde_json::from_slice(raw).ok().map(Value::from_serde)
}

/// Digits of base 10,000: count, weight of the first, sign, decimal places, digits.
fn numeric(raw: &[u8]) -> Option<Value> {
    let half = |at: usize| Some(u16::from_be_bytes(raw.get(at * 2..at * 2 + 2)?.try_into().ok()?));
    let (count, weight, sign, scale) = (half(0)?, half(1)?.cast_signed(), half(2)?, half(3)?);
    if sign & 0xC000 == 0xC000 {
        return Some(Value::from(if sign == 0xC000 { "NaN" } else { "Infinity" }));
    }
    let digit = |place: i32| -> Option<u16> {
        let at = i32::from(weight) - place;
        if (0..i32::from(count)).contains(&at) { half(4 + usize::try_from(at).ok()?) } else { Some(0) }
    };
    let mut text = if sign == 0x4000 { "-".to_owned() } else { String::new() };
    for place in (0..=i32::from(weight).max(0)).rev() {
        text.push_str(&format!("{:04}", digit(place)?));
    }
    let negative = text.starts_with('-');
    let whole = text.trim_start_matches('-').trim_start_matches('0');
    let mut text = format!("{}{}", if negative { "-" } else { "" }, if whole.is_empty() { "0" } else { whole });
    if scale > 0 {
        let mut fraction = String::new();
        for place in 1..=(i32::from(scale) + 3) / 4 {
            fraction.push_str(&format!("{:04}", digit(-place)?));
        }
        fraction.truncate(usize::from(scale));
        text = format!("{text}.{fraction}");
    }
    Some(exact_number(&text))
}

/// Dimensions, flags, element type, then length and bytes of each element; one dimension only.
fn array(raw: &[u8], element: &Type, zone: &TimeZone) -> Option<Value> {
    let word = |at: usize| Some(i32::from_be_bytes(raw.get(at..at + 4)?.try_into().ok()?));
    if word(0)? == 0 {
        return Some(Value::List(Vec::new()));
    }
    let (count, mut at) = (word(12)?, 20);
    let mut items = Vec::new();
    for _ in 0..count {
        let length = word(at)?;
        at += 4;
        let Ok(length) = usize::try_from(length) else {
            items.push(Value::Null);
            continue;
        };
        items.push(decode(raw.get(at..at + length)?, element, zone)?);
        at += length;
    }
    Some(Value::List(items))
}
