//! .NET's custom date formats (and its standard ones of one letter), compiled.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::civil;

/// A compiled format.
#[derive(Debug, Clone)]
pub(in crate::expr) struct Pattern {
    pub(super) fields: Vec<Field>,
}

/// A piece of a format; the number is how often its letter stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Literal(char),
    Day(usize),
    Month(usize),
    Year(usize),
    Hour12(usize),
    Hour24(usize),
    Minute(usize),
    Second(usize),
    /// `f`: exactly so many digits.
    Fraction(usize),
    /// `F`: at most so many digits, zeros at the end left out.
    ShortFraction(usize),
    Half(usize),
    Offset(usize),
    /// `K`: `Z`, an offset or nothing.
    Kind,
    Era,
}

/// Calendar and clock, and what is known of their zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::expr) struct Moment {
    pub(in crate::expr) civil: DateTime,
    pub(in crate::expr) zone: Zone,
}

/// What .NET calls the kind of a date. The machine's own zone is UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::expr) enum Zone {
    Unspecified,
    Utc,
    Local,
}

impl Moment {
    /// An instant, in UTC.
    pub(in crate::expr) fn of(at: Timestamp) -> Self {
        Self { civil: civil(at), zone: Zone::Utc }
    }
}

impl Pattern {
    /// Compiles `format`.
    pub(in crate::expr) fn new(format: &str) -> Result<Self, String> {
        let mut letters = format.chars();
        match (letters.next(), letters.next()) {
            (None, _) => return Err("the date format is empty".to_owned()),
            (Some(letter), None) => {
                let standard = STANDARD.iter().find(|(known, _)| known.contains(&letter));
                let (_, custom) = standard.ok_or_else(|| format!("there is no standard date format `{letter}`"))?;
                return Self::custom(custom);
            }
            _ => (),
        }
        Self::custom(format)
    }

    fn custom(format: &str) -> Result<Self, String> {
        let (mut fields, mut rest) = (Vec::new(), format);
        while let Some(letter) = rest.chars().next() {
            let behind = rest.trim_start_matches(letter);
            let count = (rest.len() - behind.len()) / letter.len_utf8();
            match letter {
                '\'' | '"' => rest = quoted(rest, letter, &mut fields)?,
                '\\' => {
                    let next = rest[1..].chars().next().ok_or("the date format ends with `\\`")?;
                    fields.push(Field::Literal(next));
                    rest = &rest[1 + next.len_utf8()..];
                }
                '%' => {
                    rest = &rest[1..];
                    if rest.is_empty() || rest.starts_with('%') {
                        return Err("`%` in a date format stands before one letter".to_owned());
                    }
                }
                _ => match field(letter, count)? {
                    Some(field) => {
                        fields.push(field);
                        rest = behind;
                    }
                    None => {
                        fields.push(Field::Literal(letter));
                        rest = &rest[letter.len_utf8()..];
                    }
                },
            }
        }
        Ok(Self { fields })
    }

    /// True when this format reads texts that it would not print: parts without a fixed number of
    /// digits, names, offsets. Blanks around the whole, which are always allowed, do not count.
    pub(in crate::expr) fn has_several_spellings(&self) -> bool {
        !self.fields.iter().all(|field| match field {
            Field::Day(digits) | Field::Month(digits) | Field::Hour24(digits) => *digits == 2,
            Field::Minute(digits) | Field::Second(digits) => *digits == 2,
            Field::Year(digits) => *digits == 4,
            Field::Literal(_) | Field::Fraction(_) => true,
            _ => false,
        })
    }

    /// True when every part of a date that `self` holds can be read from `other` too.
    pub(in crate::expr) fn is_kept_by(&self, other: &Self) -> bool {
        let has = |wanted: fn(&Field) -> bool| other.fields.iter().any(wanted);
        let fraction = |pattern: &Self| {
            let digits = pattern.fields.iter().map(|field| match field {
                Field::Fraction(digits) | Field::ShortFraction(digits) => *digits,
                _ => 0,
            });
            digits.max().unwrap_or(0)
        };
        fraction(self) <= fraction(other)
            && self.fields.iter().all(|field| match field {
                Field::Day(1 | 2) => has(|field| matches!(field, Field::Day(1 | 2))),
                Field::Month(_) => has(|field| matches!(field, Field::Month(_))),
                Field::Year(1 | 2) => has(|field| matches!(field, Field::Year(_))),
                Field::Year(_) => has(|field| matches!(field, Field::Year(3..))),
                Field::Hour12(_) | Field::Hour24(_) | Field::Half(_) => {
                    let twelve = has(|field| matches!(field, Field::Hour12(_)));
                    has(|field| matches!(field, Field::Hour24(_)))
                        || twelve && has(|field| matches!(field, Field::Half(_)))
                }
                Field::Minute(_) => has(|field| matches!(field, Field::Minute(_))),
                Field::Second(_) => has(|field| matches!(field, Field::Second(_))),
                Field::Offset(_) | Field::Kind => has(|field| matches!(field, Field::Offset(_) | Field::Kind)),
                Field::Day(_) | Field::Literal(_) | Field::Era | Field::Fraction(_) | Field::ShortFraction(_) => true,
            })
    }
}

/// The text between quotes, as literals; gives what stands behind.
fn quoted<'a>(rest: &'a str, quote: char, fields: &mut Vec<Field>) -> Result<&'a str, String> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => {
                escaped = false;
                fields.push(Field::Literal(c));
            }
            '\\' => escaped = true,
            _ if c == quote => return Ok(&rest[at + 1..]),
            _ => fields.push(Field::Literal(c)),
        }
    }
    Err("a quote in the date format is not closed".to_owned())
}

fn field(letter: char, count: usize) -> Result<Option<Field>, String> {
    Ok(Some(match letter {
        'd' => Field::Day(count),
        'M' => Field::Month(count),
        'y' => Field::Year(count),
        'h' => Field::Hour12(count),
        'H' => Field::Hour24(count),
        'm' => Field::Minute(count),
        's' => Field::Second(count),
        'f' | 'F' if count > 7 => return Err("a fraction of a second has at most seven digits".to_owned()),
        'f' => Field::Fraction(count),
        'F' => Field::ShortFraction(count),
        't' => Field::Half(count),
        'z' => Field::Offset(count),
        'K' if count == 1 => Field::Kind,
        'g' => Field::Era,
        _ => return Ok(None),
    }))
}

/// The standard formats, as the invariant culture spells them out.
const STANDARD: &[(&[char], &str)] = &[
    (&['d'], "MM/dd/yyyy"),
    (&['D'], "dddd, dd MMMM yyyy"),
    (&['t'], "HH:mm"),
    (&['T'], "HH:mm:ss"),
    (&['f'], "dddd, dd MMMM yyyy HH:mm"),
    (&['F', 'U'], "dddd, dd MMMM yyyy HH:mm:ss"),
    (&['g'], "MM/dd/yyyy HH:mm"),
    (&['G'], "MM/dd/yyyy HH:mm:ss"),
    (&['m', 'M'], "MMMM dd"),
    (&['y', 'Y'], "yyyy MMMM"),
    (&['s'], "yyyy-MM-dd'T'HH:mm:ss"),
    (&['u'], "yyyy-MM-dd HH:mm:ss'Z'"),
    (&['r', 'R'], "ddd, dd MMM yyyy HH:mm:ss 'GMT'"),
    (&['o', 'O'], "yyyy-MM-dd'T'HH:mm:ss.fffffffK"),
];
