//! A field's value → the type of its SCIM attribute.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::scim::AttributeType;
use crate::value::Value;

/// Converts what the application stores to what the attribute is. `Null` when it cannot be:
/// a value of the wrong kind is not shown rather than shown wrongly. Lists element by element.
#[must_use]
pub fn convert(value: Value, kind: AttributeType) -> Value {
    if let Value::List(items) = value {
        let items = items.into_iter().map(|item| convert(item, kind)).filter(|item| *item != Value::Null);
        return Value::List(items.collect());
    }
    match kind {
        AttributeType::String | AttributeType::Reference => match value {
            Value::Null | Value::Object(_) => Value::Null,
            other => Value::String(other.to_text()),
        },
        AttributeType::Boolean => boolean(&value),
        AttributeType::Integer => match value {
            Value::Integer(_) => value,
            other => other.to_text().trim().parse().map_or(Value::Null, Value::Integer),
        },
        AttributeType::Decimal => match value {
            Value::Integer(_) | Value::Decimal(_) => value,
            other => other.to_text().trim().parse().map_or(Value::Null, Value::Decimal),
        },
        AttributeType::DateTime => date_time(value),
        AttributeType::Binary | AttributeType::Complex => value,
    }
}

fn boolean(value: &Value) -> Value {
    match value {
        Value::Boolean(b) => Value::Boolean(*b),
        Value::Integer(i) => Value::Boolean(*i != 0),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" | "on" => Value::Boolean(true),
            "false" | "f" | "no" | "n" | "0" | "off" => Value::Boolean(false),
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}

/// Instants as they are; text with an offset; text without one as UTC, with a blank or a `T`
/// between date and time; whole numbers as seconds since 1970.
fn date_time(value: Value) -> Value {
    let parsed = match &value {
        Value::DateTime(_) => return value,
        Value::Integer(seconds) => Timestamp::from_second(*seconds).ok(),
        Value::String(text) => {
            let text = text.trim();
            let naive = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
            text.parse::<Timestamp>().ok().or_else(naive)
        }
        _ => None,
    };
    parsed.map_or(Value::Null, Value::DateTime)
}
