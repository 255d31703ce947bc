//! Printing a date by a custom format.

use std::fmt::Write as _;

use super::pattern::{Field, Moment, Pattern, Zone};
use super::{DAYS, MONTHS, twelve};

impl Pattern {
    /// The date in this format.
    pub(in crate::expr) fn print(&self, moment: &Moment) -> String {
        let mut text = String::new();
        for field in &self.fields {
            field.print(moment, &mut text);
        }
        text
    }
}

impl Field {
    fn print(self, moment: &Moment, text: &mut String) {
        let civil = moment.civil;
        match self {
            Self::Literal(c) => text.push(c),
            Self::Day(count @ 1..=2) => number(text, i64::from(civil.day()), count),
            Self::Day(count) => {
                let day = usize::try_from(civil.weekday().to_sunday_zero_offset()).unwrap_or_default();
                name(text, DAYS[day % 7], count);
            }
            Self::Month(count @ 1..=2) => number(text, i64::from(civil.month()), count),
            Self::Month(count) => {
                let month = usize::try_from(civil.month() - 1).unwrap_or_default();
                name(text, MONTHS[month % 12], count);
            }
            Self::Year(count @ 1..=2) => number(text, i64::from(civil.year() % 100), count),
            Self::Year(count) => number(text, i64::from(civil.year()), count),
            Self::Hour12(count) => number(text, i64::from(twelve(civil.hour()).0), count.min(2)),
            Self::Hour24(count) => number(text, i64::from(civil.hour()), count.min(2)),
            Self::Minute(count) => number(text, i64::from(civil.minute()), count.min(2)),
            Self::Second(count) => number(text, i64::from(civil.second()), count.min(2)),
            Self::Fraction(count) => text.push_str(&fraction(civil.subsec_nanosecond(), count)),
            Self::ShortFraction(count) => {
                let digits = fraction(civil.subsec_nanosecond(), count);
                let kept = digits.trim_end_matches('0');
                if kept.is_empty() && text.ends_with('.') {
                    text.pop();
                }
                text.push_str(kept);
            }
            Self::Half(1) => text.push_str(&twelve(civil.hour()).1[..1]),
            Self::Half(_) => text.push_str(twelve(civil.hour()).1),
            Self::Offset(1) => text.push_str("+0"),
            Self::Offset(2) => text.push_str("+00"),
            Self::Offset(_) => text.push_str("+00:00"),
            Self::Kind => text.push_str(match moment.zone {
                Zone::Utc => "Z",
                Zone::Local => "+00:00",
                Zone::Unspecified => "",
            }),
            Self::Era => text.push_str("A.D."),
        }
    }
}

fn number(text: &mut String, number: i64, digits: usize) {
    // Writing to a text cannot fail. A format is as long as an expression at most.
    let _ = write!(text, "{number:0digits$}");
}

fn name(text: &mut String, name: &str, count: usize) {
    text.push_str(if count == 3 { &name[..3] } else { name });
}

/// The first `count` digits behind the point; the rest is cut off, not rounded.
fn fraction(nanosecond: i32, count: usize) -> String {
    let digits = format!("{nanosecond:09}");
    digits[..count.min(9)].to_owned()
}
