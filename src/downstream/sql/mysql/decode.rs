//! MySQL → values. The wire tells numbers, times and bytes apart; the column's declared type says
//! what the application means.

use jiff::civil;
use jiff::tz::TimeZone;
use mysql_async::Value as Received;

use super::super::column::{ColumnType, exact_number};
use crate::value::Value;

/// The value of a column. A date of zeros is how applications without nulls write none.
pub(super) fn decode(received: Received, what: &ColumnType, zone: &TimeZone) -> Value {
    match (received, what) {
        (Received::NULL, _) => Value::Null,
        (Received::Int(i @ (0 | 1)), ColumnType::Boolean) => Value::Boolean(i == 1),
        (Received::Int(i), _) => Value::Integer(i),
        (Received::UInt(u), _) => i64::try_from(u).map_or_else(|_| Value::from(u.to_string()), Value::Integer),
        (Received::Float(f), _) => f.to_string().parse().map_or(Value::Null, Value::Decimal),
        (Received::Double(d), _) => Value::Decimal(d),
        (Received::Date(year, month, day, hour, minute, second, micro), what) => {
            let date = (year, month, day);
            moment(date, (hour, minute, second, micro), what, zone).unwrap_or_default()
        }
        (Received::Time(negative, days, hours, minutes, seconds, _), _) => {
            let hours = days * 24 + u32::from(hours);
            Value::from(format!("{}{hours:02}:{minutes:02}:{seconds:02}", if negative { "-" } else { "" }))
        }
        (Received::Bytes(bytes), what) => decode_bytes(bytes, what),
    }
}

fn moment(
    (year, month, day): (u16, u8, u8),
    (hour, minute, second, micro): (u8, u8, u8, u32),
    what: &ColumnType,
    zone: &TimeZone,
) -> Option<Value> {
    let small = |number: u8| i8::try_from(number).ok();
    let date = civil::Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
    if year == 0 {
        return None;
    }
    if *what == ColumnType::Date {
        return Some(Value::from(date.to_string()));
    }
    let nanosecond = i32::try_from(micro).ok()?.checked_mul(1000)?;
    let time = civil::Time::new(small(hour)?, small(minute)?, small(second)?, nanosecond).ok()?;
    let utc = TimeZone::UTC;
    let zone = if *what == ColumnType::Universal { &utc } else { zone };
    zone.to_timestamp(date.to_datetime(time)).ok().map(Value::DateTime)
}

fn decode_bytes(bytes: Vec<u8>, what: &ColumnType) -> Value {
    match (what, bytes.as_slice()) {
        (ColumnType::Binary, _) => Value::Binary(bytes),
        // A column of one bit.
        (ColumnType::Boolean, [bit @ (0 | 1)]) => Value::Boolean(*bit == 1),
        (ColumnType::Json, _) => serde_json::from_slice(&bytes).map_or(Value::Null, Value::from_serde),
        (ColumnType::Numeric, _) => exact_number(&String::from_utf8_lossy(&bytes)),
        _ => Value::from(String::from_utf8_lossy(&bytes).into_owned()),
    }
}
