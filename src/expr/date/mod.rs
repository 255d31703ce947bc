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

/// Where file times begin.
const FIRST: DateTime = DateTime::constant(1601, 1, 1, 0, 0, 0, 0);

/// 100-nanosecond steps in a day.
const STEPS_A_DAY: i64 = 864_000_000_000;

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

/// A date as a value: an instant, or its text in the last hours of the year 9999, which
/// [`Timestamp`] does not reach. Applications write 9999-12-31 for "never", and every function that
/// wants a date reads that text again.
pub(super) fn value(at: DateTime) -> Value {
    match at.to_zoned(TimeZone::UTC) {
        Ok(zoned) => Value::DateTime(zoned.timestamp()),
        Err(_) => Value::String(print(at)),
    }
}

/// True in the years 1 to 9999, which .NET knows.
fn is_known(at: DateTime) -> bool {
    (1..=9999).contains(&at.year())
}

/// The date that a value is, or that its text says.
pub(super) fn of(value: &Value) -> Option<DateTime> {
    match value {
        Value::DateTime(at) => Some(civil(*at)),
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
pub(super) fn print(at: DateTime) -> String {
    let (hour, half) = twelve(at.hour());
    let (minute, second) = (at.minute(), at.second());
    format!("{}/{}/{:04} {hour}:{minute:02}:{second:02} {half}", at.month(), at.day(), at.year())
}

/// The hour of a twelve-hour clock, and its half of the day.
const fn twelve(hour: i8) -> (i8, &'static str) {
    let half = if hour < 12 { "AM" } else { "PM" };
    (if hour % 12 == 0 { 12 } else { hour % 12 }, half)
}

/// The date of a file time: 100-nanosecond steps since 1601.
pub(super) fn from_filetime(steps: i64) -> Option<DateTime> {
    let (days, rest) = (steps.div_euclid(STEPS_A_DAY), steps.rem_euclid(STEPS_A_DAY));
    let span = Span::new().try_days(days).and_then(|span| span.try_nanoseconds(rest * 100));
    let at = FIRST.checked_add(span.ok()?).ok()?;
    (steps >= 0).then_some(at)
}

/// The file time of a date from 1601 on.
pub(super) fn to_filetime(at: DateTime) -> Option<i64> {
    let since = at.duration_since(FIRST);
    i64::try_from(since.as_nanos().div_euclid(100)).ok().filter(|steps| *steps >= 0)
}

/// `at` plus `count` of a `DateAdd` interval; none beyond the years that .NET knows. The day is
/// clamped to the end of the month.
pub(super) fn add(interval: Interval, count: i64, at: DateTime) -> Option<DateTime> {
    let span = match interval {
        Interval::Year => Span::new().try_years(count),
        Interval::Month => Span::new().try_months(count),
        Interval::Week => Span::new().try_weeks(count),
        Interval::Day => Span::new().try_days(count),
        Interval::Hour => Span::new().try_hours(count),
        Interval::Minute => Span::new().try_minutes(count),
        Interval::Second => Span::new().try_seconds(count),
    };
    at.checked_add(span.ok()?).ok().filter(|at| is_known(*at))
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
