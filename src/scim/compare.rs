//! How values are compared: one place, so that filters, PATCH and matching agree.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::{Timestamp, civil, tz};

use crate::value::{Value, prepared};

/// An xsd:dateTime (RFC 7643 §2.3.5). Without an offset it is read as UTC.
#[must_use]
pub fn date_time(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    // The parser below also takes blanks for the `T`, dates alone and zone names in brackets.
    let shaped = (19..=40).contains(&bytes.len()) && bytes[10] == b'T' && !text.contains('[');
    if !shaped {
        return None;
    }
    let parsed = text.parse::<Timestamp>().ok();
    parsed.or_else(|| text.parse::<civil::DateTime>().ok()?.to_zoned(tz::TimeZone::UTC).ok().map(|at| at.timestamp()))
}

/// The bytes of base64 or base64url text, padded or not (RFC 7643 §2.3.6).
#[must_use]
pub(super) fn binary(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabet = if text.contains(['-', '_']) { base64::alphabet::URL_SAFE } else { base64::alphabet::STANDARD };
    GeneralPurpose::new(&alphabet, config).decode(text).ok()
}

/// The order of two simple values, or `None` when they cannot be compared. A date may still be
/// text on one side: what an application tells is not always typed.
#[must_use]
pub(super) fn order(have: &Value, wanted: &Value, case_exact: bool) -> Option<Ordering> {
    match (have, wanted) {
        (Value::String(have), Value::String(wanted)) if case_exact => Some(have.cmp(wanted)),
        (Value::String(have), Value::String(wanted)) => Some(prepared(have).cmp(&prepared(wanted))),
        (Value::Boolean(have), Value::Boolean(wanted)) => Some(have.cmp(wanted)),
        (Value::Integer(have), Value::Integer(wanted)) => Some(have.cmp(wanted)),
        (Value::DateTime(have), Value::DateTime(wanted)) => Some(have.cmp(wanted)),
        (Value::String(have), Value::DateTime(wanted)) => date_time(have).map(|have| have.cmp(wanted)),
        (Value::Binary(have), Value::Binary(wanted)) => Some(have.cmp(wanted)),
        (Value::String(have), Value::Binary(wanted)) => binary(have).map(|have| have.cmp(wanted)),
        _ => number(have)?.partial_cmp(&number(wanted)?),
    }
}

#[allow(clippy::cast_precision_loss, reason = "a whole number meets a fraction: JSON promises no more than a double")]
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(i) => Some(*i as f64),
        Value::Decimal(d) => Some(*d),
        _ => None,
    }
}
