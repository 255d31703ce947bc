//! Dates as .NET reads and prints them, invariant culture, always UTC.
//!
//! [`parse`] is `CDate`'s lenient reader, [`Pattern`] a custom format of `FormatDateTime`; here are
//! the plain rendering, file times and the arithmetic that several functions share.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::value::Value;

use super::node::{Node, Prepared};

mod format;
mod parse;
mod pattern;
mod read;

pub(super) use parse::parse;
pub(super) use pattern::{Moment, Pattern};
pub(super) use read::Styles;

/// 100-nanosecond steps between 1601-01-01 and 1970-01-01.
const FILETIME_OF_EPOCH: i64 = 116_444_736_000_000_000;

/// The names of the months.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The names of the days, Sunday first.
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Calendar and clock of an instant, in UTC.
pub(super) fn civil(at: Timestamp) -> DateTime {
    at.to_zoned(TimeZone::UTC).datetime()
}

/// The instant of a UTC calendar and clock, when it lies in the years 1 to 9999 that .NET knows.
pub(super) fn instant(civil: DateTime) -> Option<Timestamp> {
    let known = (1..=9999).contains(&civil.year());
    known.then(|| civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp()))?
}

/// The instant that a value is, or that its text says.
pub(super) fn of(value: &Value) -> Option<Timestamp> {
    match value {
        Value::DateTime(at) => Some(*at),
        Value::String(text) => parse(text),
        _ => None,
    }
}

/// Refuses a constant that is no interval, for `DateAdd` and `DateDiff`.
pub(super) fn check_interval(node: &Node) -> Result<Prepared, (usize, String)> {
    match node.literal_text() {
        Some(word) if Interval::of(word).is_none() => {
            Err((0, format!("`{word}` is no interval; write {}", Interval::WORDS)))
        }
        _ => Ok(Prepared::Nothing),
    }
}

/// `M/d/yyyy h:mm:ss tt`.
pub(super) fn print(at: Timestamp) -> String {
    let civil = civil(at);
    let (hour, half) = twelve(civil.hour());
    let (minute, second) = (civil.minute(), civil.second());
    format!("{}/{}/{:04} {hour}:{minute:02}:{second:02} {half}", civil.month(), civil.day(), civil.year())
}

/// The hour of a twelve-hour clock, and its half of the day.
const fn twelve(hour: i8) -> (i8, &'static str) {
    let half = if hour < 12 { "AM" } else { "PM" };
    (if hour % 12 == 0 { 12 } else { hour % 12 }, half)
}

/// The instant of a file time: 100-nanosecond steps since 1601.
pub(super) fn from_filetime(steps: i64) -> Option<Timestamp> {
    let nanoseconds = (i128::from(steps) - i128::from(FILETIME_OF_EPOCH)) * 100;
    let at = Timestamp::from_nanosecond(nanoseconds).ok()?;
    (steps >= 0 && instant(civil(at)).is_some()).then_some(at)
}

/// The file time of an instant from 1601 on.
pub(super) fn to_filetime(at: Timestamp) -> Option<i64> {
    let steps = at.as_nanosecond().div_euclid(100) + i128::from(FILETIME_OF_EPOCH);
    i64::try_from(steps).ok().filter(|steps| *steps >= 0)
}

/// `at` plus `count` of a `DateAdd` interval; none beyond the years that .NET knows. The day is
/// clamped to the end of the month.
pub(super) fn add(interval: Interval, count: i64, at: Timestamp) -> Option<Timestamp> {
    let span = match interval {
        Interval::Year => Span::new().try_years(count),
        Interval::Month => Span::new().try_months(count),
        Interval::Week => Span::new().try_weeks(count),
        Interval::Day => Span::new().try_days(count),
        Interval::Hour => Span::new().try_hours(count),
        Interval::Minute => Span::new().try_minutes(count),
        Interval::Second => Span::new().try_seconds(count),
    };
    instant(civil(at).checked_add(span.ok()?).ok()?)
}

/// An interval of `DateAdd` and `DateDiff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interval {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
}

impl Interval {
    /// What the words are, for problems.
    pub(super) const WORDS: &str = "`yyyy`, `m`, `d`, `ww`, `h`, `n` (minutes) or `s`";

    /// The interval of a word; lower case only, as documented.
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "yyyy" => Self::Year,
            "m" => Self::Month,
            "ww" => Self::Week,
            "d" => Self::Day,
            "h" => Self::Hour,
            "n" => Self::Minute,
            "s" => Self::Second,
            _ => return None,
        })
    }
}
