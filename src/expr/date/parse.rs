//! `CDate`'s reader: the forms of .NET's `DateTime.Parse` with the invariant culture.
//!
//! Month before day, no offset means UTC, and nothing that is only digits.

use jiff::Span;
use jiff::civil::DateTime;

use super::{DAYS, MONTHS, is_known};

/// The date that `text` says, in UTC.
pub(in crate::expr) fn parse(text: &str) -> Option<DateTime> {
    let text = text.trim();
    if text.len() > 64 {
        return None;
    }
    let mut reader = Reader { rest: text, weekday: None };
    let civil = reader.date().and_then(|date| {
        let time = reader.time()?;
        DateTime::new(date.0, date.1, date.2, time.0, time.1, time.2, time.3).ok()
    })?;
    let minutes = reader.offset()?;
    reader.blanks();
    let is_other_day = |day: i8| civil.weekday().to_sunday_one_offset() != day;
    if !reader.rest.is_empty() || reader.weekday.is_some_and(is_other_day) {
        return None;
    }
    civil.checked_sub(Span::new().try_minutes(minutes).ok()?).ok().filter(|at| is_known(*at))
}

/// What is left to read.
struct Reader<'a> {
    rest: &'a str,
    /// The day of the week that was named, from 1 for Sunday.
    weekday: Option<i8>,
}

impl<'a> Reader<'a> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, sign: char) -> bool {
        let taken = self.rest.strip_prefix(sign);
        self.rest = taken.unwrap_or(self.rest);
        taken.is_some()
    }

    fn digits(&mut self) -> Option<&'a str> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!digits.is_empty()).then_some(digits)
    }

    fn letters(&mut self) -> &'a str {
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (letters, rest) = self.rest.split_at(end);
        self.rest = rest;
        letters
    }

    /// Year, month and day.
    fn date(&mut self) -> Option<(i16, i8, i8)> {
        if self.rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let word = self.letters();
            if self.weekday.is_none() && name_in(&DAYS, word).is_some() {
                self.weekday = name_in(&DAYS, word);
                self.take(',');
                self.blanks();
                return self.date();
            }
            return self.month_first(name_in(&MONTHS, word)?);
        }
        let first = self.digits()?;
        if self.rest.starts_with([' ', '-']) && self.rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.rest = &self.rest[1..];
            let month = name_in(&MONTHS, self.letters())?;
            return self.day_then_year(first, month);
        }
        let separator = self.rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
        self.take(separator);
        let second = self.digits()?;
        if !self.take(separator) {
            // A year and a month alone mean the month's first day.
            return (first.len() == 4 && self.rest.is_empty()).then(|| Some((number(first)?, number(second)?, 1)))?;
        }
        let third = self.digits()?;
        match (first.len(), third.len()) {
            (4, 1..=2) => Some((number(first)?, number(second)?, number(third)?)),
            (1..=2, 2 | 4) => Some((year(third)?, number(first)?, number(second)?)),
            _ => None,
        }
    }

    fn month_first(&mut self, month: i8) -> Option<(i16, i8, i8)> {
        self.blanks();
        let day = self.digits().filter(|digits| digits.len() <= 2)?;
        self.take(',');
        self.blanks();
        let written = self.digits()?;
        Some((year(written)?, month, number(day)?))
    }

    fn day_then_year(&mut self, day: &str, month: i8) -> Option<(i16, i8, i8)> {
        if !self.take('-') {
            self.take(',');
            self.blanks();
        }
        let written = self.digits()?;
        Some((year(written)?, month, number(day)?))
    }

    /// Hour, minute, second and nanosecond; midnight when there is no time.
    fn time(&mut self) -> Option<(i8, i8, i8, i32)> {
        let before = self.rest;
        if !self.take('T') && !self.take('t') {
            self.take(',');
            self.blanks();
        }
        if !self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            self.rest = before;
            return Some((0, 0, 0, 0));
        }
        let hour: i8 = number(self.digits()?)?;
        let (mut minute, mut second, mut nanosecond) = (0, 0, 0);
        let has_minutes = self.take(':');
        if has_minutes {
            minute = number(self.digits()?)?;
        }
        if has_minutes && self.take(':') {
            second = number(self.digits()?)?;
            if self.take('.') {
                nanosecond = fraction(self.digits()?)?;
            }
        }
        let half = self.half();
        let hour = match half {
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some("AM") => hour % 12,
            Some(_) => hour % 12 + 12,
            None if has_minutes => hour,
            None => return None,
        };
        Some((hour, minute, second, nanosecond))
    }

    fn half(&mut self) -> Option<&'static str> {
        let before = self.rest;
        self.blanks();
        match self.letters().to_ascii_uppercase().as_str() {
            "AM" | "A" => Some("AM"),
            "PM" | "P" => Some("PM"),
            _ => {
                self.rest = before;
                None
            }
        }
    }

    /// Minutes east of UTC.
    fn offset(&mut self) -> Option<i64> {
        self.blanks();
        let sign = match self.rest.chars().next() {
            None => return Some(0),
            Some('+') => 1,
            Some('-') => -1,
            Some(_) => {
                let word = self.letters().to_ascii_uppercase();
                return ["Z", "GMT", "UTC"].contains(&word.as_str()).then_some(0);
            }
        };
        self.rest = &self.rest[1..];
        let digits = self.digits()?;
        let (hours, minutes) = match digits.len() {
            1 | 2 if self.take(':') => (digits, self.digits().filter(|minutes| minutes.len() == 2)?),
            1 | 2 => (digits, "0"),
            4 => digits.split_at(2),
            _ => return None,
        };
        let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
    }
}

/// The place of a name (from 1) in full or by its first three letters.
fn name_in(names: &[&str], word: &str) -> Option<i8> {
    let at = names.iter().position(|name| name.eq_ignore_ascii_case(word) || name[..3].eq_ignore_ascii_case(word))?;
    i8::try_from(at + 1).ok()
}

fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    digits.parse().ok()
}

/// A year of four digits, or of two: up to 49 in this century, as .NET decides.
fn year(digits: &str) -> Option<i16> {
    let year: i16 = number(digits)?;
    match digits.len() {
        4 => Some(year),
        2 if year < 50 => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    }
}

/// Nanoseconds of a fraction; .NET keeps seven digits.
fn fraction(digits: &str) -> Option<i32> {
    let kept = &digits[..digits.len().min(7)];
    number::<i32>(kept)?.checked_mul(10_i32.checked_pow(u32::try_from(9 - kept.len()).ok()?)?)
}
