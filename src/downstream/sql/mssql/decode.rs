//! SQL Server → values. The protocol tells the types apart; the column's declared type says what the
//! application means.

use jiff::civil::{self, Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use tiberius::ColumnData;
use tiberius::numeric::Numeric;
use tiberius::time as wire;

use super::super::column::{ColumnType, exact_number};
use crate::value::Value;

/// The value of a cell. One that has no meaning, as a date beyond all calendars, is none.
pub(super) fn decode(received: ColumnData<'static>, what: &ColumnType, zone: &TimeZone) -> Value {
    valued(received, what, zone).unwrap_or_default()
}

fn valued(received: ColumnData<'static>, what: &ColumnType, zone: &TimeZone) -> Option<Value> {
    Some(match received {
        ColumnData::U8(number) => Value::Integer(number?.into()),
        ColumnData::I16(number) => Value::Integer(number?.into()),
        ColumnData::I32(number) => Value::Integer(number?.into()),
        ColumnData::I64(number) => Value::Integer(number?),
        ColumnData::F32(number) => Value::Decimal(number?.to_string().parse().ok()?),
        ColumnData::F64(number) => Value::Decimal(number?),
        ColumnData::Bit(flag) => Value::Boolean(flag?),
        ColumnData::String(text) => of_text(text?.into_owned(), what),
        ColumnData::Guid(id) => Value::from(id?.to_string()),
        ColumnData::Binary(bytes) => of_bytes(bytes?.into_owned(), what),
        ColumnData::Numeric(number) => exact_number(&digits(number?)),
        ColumnData::Xml(document) => Value::from(document?.into_owned().into_string()),
        ColumnData::DateTime(at) => moment(datetime(at?)?, zone)?,
        ColumnData::SmallDateTime(at) => moment(small_datetime(at?)?, zone)?,
        ColumnData::DateTime2(at) => moment(datetime2(at?)?, zone)?,
        // The protocol holds the time of UTC, and the offset beside it.
        ColumnData::DateTimeOffset(at) => moment(datetime2(at?.datetime2())?, &TimeZone::UTC)?,
        ColumnData::Date(day) => Value::from(date(day?)?.to_string()),
        ColumnData::Time(time) => Value::from(clock(time?)?.to_string()),
    })
}

fn of_text(text: String, what: &ColumnType) -> Value {
    match what {
        ColumnType::Json => serde_json::from_str(&text).map_or(Value::Null, Value::from_serde),
        ColumnType::Padded(_) => Value::from(text.trim_end_matches(' ')),
        _ => Value::from(text),
    }
}

fn of_bytes(bytes: Vec<u8>, what: &ColumnType) -> Value {
    match (what, <[u8; 8]>::try_from(bytes.as_slice())) {
        (ColumnType::RowVersion, Ok(counter)) => Value::Integer(i64::from_be_bytes(counter)),
        _ => Value::Binary(bytes),
    }
}

/// `-12.50`.
fn digits(number: Numeric) -> String {
    let (value, scale) = (number.value(), usize::from(number.scale()));
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn moment(at: DateTime, zone: &TimeZone) -> Option<Value> {
    let at: Timestamp = zone.to_timestamp(at).ok()?;
    Some(Value::DateTime(at))
}

fn days_after(first: Date, days: i64) -> Option<Date> {
    first.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// Three hundredths of a second, which are told to the thousandth.
fn datetime(at: wire::DateTime) -> Option<DateTime> {
    let milliseconds = (i64::from(at.seconds_fragments()) * 10 + 1) / 3;
    let day = days_after(civil::date(1900, 1, 1), at.days().into())?;
    day.to_datetime(Time::midnight()).checked_add(Span::new().try_milliseconds(milliseconds).ok()?).ok()
}

/// Minutes.
fn small_datetime(at: wire::SmallDateTime) -> Option<DateTime> {
    let day = days_after(civil::date(1900, 1, 1), at.days().into())?;
    let minutes = Span::new().try_minutes(i64::from(at.seconds_fragments())).ok()?;
    day.to_datetime(Time::midnight()).checked_add(minutes).ok()
}

fn datetime2(at: wire::DateTime2) -> Option<DateTime> {
    Some(date(at.date())?.to_datetime(clock(at.time())?))
}

fn date(day: wire::Date) -> Option<Date> {
    days_after(civil::date(1, 1, 1), day.days().into())
}

fn clock(time: wire::Time) -> Option<Time> {
    let unit = 10_u64.checked_pow(9_u32.checked_sub(time.scale().into())?)?;
    let nanoseconds = i64::try_from(time.increments().checked_mul(unit)?).ok()?;
    Time::midnight().checked_add(Span::new().try_nanoseconds(nanoseconds).ok()?).ok()
}
