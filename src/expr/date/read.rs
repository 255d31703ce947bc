//! Reading a date by a custom format, exactly.

use jiff::Span;
use jiff::civil::{Date, DateTime};

use super::pattern::{Field, Moment, Pattern, Zone};
use super::{DAYS, MONTHS};

/// `DateTimeStyles` of .NET, as far as they matter here.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = ".NET's flags, one for one")]
pub(in crate::expr) struct Styles {
    white_before: bool,
    white_after: bool,
    to_universal: bool,
    from_universal: bool,
    from_local: bool,
    keep_kind: bool,
    no_current_date: bool,
}

impl Styles {
    /// What `FormatDateTime` uses when no styles are given.
    pub(in crate::expr) const DEFAULT: Self = Self {
        white_before: true,
        white_after: true,
        to_universal: false,
        from_universal: false,
        from_local: false,
        keep_kind: true,
        no_current_date: false,
    };

    /// The styles that `text` names, parted by commas.
    pub(in crate::expr) fn of(text: &str) -> Result<Self, String> {
        let mut styles = Self::default();
        for word in text.split(',').map(str::trim) {
            match word.to_ascii_lowercase().as_str() {
                "allowleadingwhite" => styles.white_before = true,
                "allowtrailingwhite" => styles.white_after = true,
                "allowwhitespaces" => (styles.white_before, styles.white_after) = (true, true),
                "adjusttouniversal" => styles.to_universal = true,
                "assumeuniversal" => styles.from_universal = true,
                "assumelocal" => styles.from_local = true,
                "roundtripkind" => styles.keep_kind = true,
                "nocurrentdatedefault" => styles.no_current_date = true,
                "none" | "allowinnerwhite" => (),
                _ => return Err("there is no such date style".to_owned()),
            }
        }
        Ok(styles)
    }
}

impl Pattern {
    /// The date that `text` says in this format, none when it does not fit. `today` fills in for
    /// a date that the format leaves out.
    pub(in crate::expr) fn read(&self, text: &str, styles: Styles, today: Date) -> Option<Moment> {
        let mut rest = text;
        if styles.white_before {
            rest = rest.trim_start();
        }
        if styles.white_after {
            rest = rest.trim_end();
        }
        let mut parts = Parts::default();
        let mut fields = self.fields.iter().copied().peekable();
        while let Some(field) = fields.next() {
            let short = matches!(fields.peek(), Some(Field::ShortFraction(_)));
            if field == Field::Literal('.') && short && !rest.starts_with('.') {
                fields.next();
                continue;
            }
            rest = parts.read(field, rest)?;
        }
        rest.is_empty().then(|| parts.moment(styles, today))?
    }
}

/// What was read so far.
#[derive(Debug, Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    weekday: Option<i8>,
    hour: i8,
    twelve: bool,
    afternoon: Option<bool>,
    minute: i8,
    second: i8,
    nanosecond: i32,
    /// Minutes east of UTC.
    offset: Option<i64>,
    utc: bool,
}

impl Parts {
    fn read<'a>(&mut self, field: Field, rest: &'a str) -> Option<&'a str> {
        match field {
            Field::Literal('Z') => {
                self.utc = true;
                rest.strip_prefix('Z').or_else(|| rest.strip_prefix('z'))
            }
            Field::Literal(c) => rest.strip_prefix(c),
            Field::Day(count @ 1..=2) => into(&mut self.day, short_number(rest, count)),
            Field::Day(count) => into(&mut self.weekday, name(&DAYS, rest, count)),
            Field::Month(count @ 1..=2) => into(&mut self.month, short_number(rest, count)),
            Field::Month(count) => into(&mut self.month, name(&MONTHS, rest, count)),
            Field::Year(count) => into(&mut self.year, year(rest, count)),
            Field::Hour12(count) => {
                self.twelve = true;
                set(&mut self.hour, short_number(rest, count.min(2)))
            }
            Field::Hour24(count) => set(&mut self.hour, short_number(rest, count.min(2))),
            Field::Minute(count) => set(&mut self.minute, short_number(rest, count.min(2))),
            Field::Second(count) => set(&mut self.second, short_number(rest, count.min(2))),
            Field::Fraction(count) => set(&mut self.nanosecond, fraction(rest, count, count)),
            Field::ShortFraction(count) => set(&mut self.nanosecond, fraction(rest, 0, count)),
            Field::Half(count) => into(&mut self.afternoon, half(rest, count)),
            Field::Offset(count) => into(&mut self.offset, offset(rest, count)),
            Field::Kind if rest.starts_with(['Z', 'z']) => {
                self.utc = true;
                Some(&rest[1..])
            }
            Field::Kind if rest.starts_with(['+', '-']) => into(&mut self.offset, offset(rest, 3)),
            Field::Kind => Some(rest),
            Field::Era => rest.strip_prefix("A.D.").or_else(|| rest.strip_prefix("AD")),
        }
    }

    fn moment(&self, styles: Styles, today: Date) -> Option<Moment> {
        let written = self.year.is_some() || self.month.is_some() || self.day.is_some();
        let (year, month, day) = match (written, styles.no_current_date) {
            (false, false) => (today.year(), today.month(), today.day()),
            (false, true) => (1, 1, 1),
            (true, _) => (self.year.unwrap_or_else(|| today.year()), self.month.unwrap_or(1), self.day.unwrap_or(1)),
        };
        let hour = self.hour()?;
        let civil = DateTime::new(year, month, day, hour, self.minute, self.second, self.nanosecond).ok()?;
        if self.weekday.is_some_and(|weekday| civil.weekday().to_sunday_zero_offset() != weekday) {
            return None;
        }
        let (offset, zone) = self.zone(styles);
        let civil = civil.checked_sub(Span::new().try_minutes(offset).ok()?).ok()?;
        (1..=9999).contains(&civil.year()).then_some(Moment { civil, zone })
    }

    /// The hour of the day. Twelve hours without `AM` or `PM` are the morning's, as .NET decides.
    fn hour(&self) -> Option<i8> {
        if !self.twelve {
            return Some(self.hour);
        }
        let afternoon = i8::from(self.afternoon.unwrap_or(false));
        (self.hour <= 12).then_some(self.hour % 12 + 12 * afternoon)
    }

    /// Minutes to subtract, and what the date is then.
    const fn zone(&self, styles: Styles) -> (i64, Zone) {
        let known = if styles.to_universal { Zone::Utc } else { Zone::Local };
        match self.offset {
            Some(offset) => (offset, known),
            None if self.utc && styles.keep_kind => (0, Zone::Utc),
            None if self.utc || styles.from_universal || styles.from_local => (0, known),
            None => (0, Zone::Unspecified),
        }
    }
}

fn into<'a, T>(place: &mut Option<T>, read: Option<(T, &'a str)>) -> Option<&'a str> {
    let (value, rest) = read?;
    *place = Some(value);
    Some(rest)
}

fn set<'a, T>(place: &mut T, read: Option<(T, &'a str)>) -> Option<&'a str> {
    let (value, rest) = read?;
    *place = value;
    Some(rest)
}

/// The digits at the beginning of `rest`, between `least` and `most` of them.
fn digits(rest: &str, least: usize, most: usize) -> Option<(&str, &str)> {
    let count = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    (count >= least).then(|| rest.split_at(count))
}

/// One or two digits for a letter alone, two for a doubled one.
fn short_number(rest: &str, count: usize) -> Option<(i8, &str)> {
    let (digits, rest) = digits(rest, count, 2)?;
    Some((digits.parse().ok()?, rest))
}

fn year(rest: &str, count: usize) -> Option<(i16, &str)> {
    let (digits, rest) = match count {
        1 => digits(rest, 1, 2)?,
        3 => digits(rest, 3, 4)?,
        count => digits(rest, count, count)?,
    };
    let year: i16 = digits.parse().ok()?;
    Some(match (count, year) {
        (1 | 2, 0..50) => (2000 + year, rest),
        (1 | 2, _) => (1900 + year, rest),
        _ => (year, rest),
    })
}

/// The place of a name: a month from 1, a day from 0 (Sunday).
fn name<'a>(names: &[&str], rest: &'a str, count: usize) -> Option<(i8, &'a str)> {
    let first = usize::from(names.len() == MONTHS.len());
    names.iter().enumerate().find_map(|(at, name)| {
        let length = if count == 3 { 3 } else { name.len() };
        let fits = rest.get(..length).is_some_and(|start| start.eq_ignore_ascii_case(&name[..length]));
        fits.then(|| Some((i8::try_from(at + first).ok()?, &rest[length..])))?
    })
}

fn fraction(rest: &str, least: usize, most: usize) -> Option<(i32, &str)> {
    let (digits, rest) = digits(rest, least, most)?;
    let nanosecond = format!("{digits:0<9}").parse().ok()?;
    Some((nanosecond, rest))
}

fn half(rest: &str, count: usize) -> Option<(bool, &str)> {
    let (afternoon, behind) = match rest.as_bytes().first()?.to_ascii_uppercase() {
        b'A' => (false, &rest[1..]),
        b'P' => (true, &rest[1..]),
        _ => return None,
    };
    if count == 1 {
        return Some((afternoon, behind));
    }
    Some((afternoon, behind.strip_prefix(['M', 'm'])?))
}

fn offset(rest: &str, count: usize) -> Option<(i64, &str)> {
    let east = match rest.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let (hours, mut behind) = digits(&rest[1..], if count == 1 { 1 } else { 2 }, 2)?;
    let mut minutes = 0_i64;
    if count >= 3 {
        let (written, rest) = digits(behind.strip_prefix(':').unwrap_or(behind), 2, 2)?;
        (minutes, behind) = (written.parse().ok()?, rest);
    }
    let hours: i64 = hours.parse().ok()?;
    (hours <= 14 && minutes < 60).then_some((east * (hours * 60 + minutes), behind))
}
