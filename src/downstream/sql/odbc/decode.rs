//! ODBC → values. Everything but bytes is fetched as text, which every driver gives of every type; the
//! column's type says what the application means.

use jiff::tz::TimeZone;
use odbc_api::buffers::Indicator;
use odbc_api::parameter::{VarBinarySliceMut, VarCell, WideText};
use odbc_api::{CursorRow, DataType};

use super::super::column::{ColumnType, exact_number, parse_instant};
use super::super::fault::Fault;
use crate::value::Value;

/// The longest value that is taken, in characters or bytes. What is longer is an error, never cut short.
const LONGEST: usize = 4 * 1024 * 1024;

/// How much of a value is fetched first; each further piece is twice as long.
const PIECE: usize = 4096;

/// The value of a cell.
///
/// # Errors
/// The driver's own, and `Garbage` for a value that is too long.
pub(super) fn cell(
    row: &mut CursorRow<'_>,
    at: u16,
    what: &ColumnType,
    sent: DataType,
    zone: &TimeZone,
) -> Result<Value, Failed> {
    if is_binary(what, sent) {
        return Ok(bytes(row, at)?.map_or(Value::Null, |bytes| of_bytes(bytes, what)));
    }
    Ok(text(row, at)?.map_or(Value::Null, |text| of_text(text, what, sent, zone)))
}

/// Why a value was not read.
#[derive(Debug)]
pub(super) enum Failed {
    Driver(odbc_api::Error),
    Unusable(Fault),
}

impl From<odbc_api::Error> for Failed {
    fn from(error: odbc_api::Error) -> Self {
        Self::Driver(error)
    }
}

fn is_binary(what: &ColumnType, sent: DataType) -> bool {
    let bytes = matches!(sent, DataType::Binary { .. } | DataType::Varbinary { .. } | DataType::LongVarbinary { .. });
    match what {
        ColumnType::Binary | ColumnType::RowVersion => true,
        ColumnType::Unknown | ColumnType::Other => bytes,
        _ => false,
    }
}

/// The text of a cell; `None` for null.
pub(super) fn text(row: &mut CursorRow<'_>, at: u16) -> Result<Option<String>, Failed> {
    let (mut whole, mut size): (Vec<u16>, usize) = (Vec::new(), PIECE);
    loop {
        let mut piece = vec![0_u16; size];
        let mut target = VarCell::<&mut [u16], WideText>::from_buffer(&mut piece, Indicator::NoTotal);
        row.get_data(at, &mut target)?;
        let complete = target.is_complete();
        let Some(length) = target.len_in_bytes() else {
            return if whole.is_empty() && complete { Ok(None) } else { Err(cut()) };
        };
        // The last place of a part is for the zero that ends it.
        let length = (length / 2).min(if complete { size } else { size - 1 });
        whole.extend(&piece[..length]);
        if whole.len() > LONGEST {
            return Err(cut());
        }
        if complete {
            break;
        }
        size = next_size(length, size)?;
    }
    let text = String::from_utf16(&whole);
    text.map(Some).map_err(|_| Failed::Unusable(Fault::garbage("ODBC: a text is not UTF-16")))
}

fn bytes(row: &mut CursorRow<'_>, at: u16) -> Result<Option<Vec<u8>>, Failed> {
    let (mut whole, mut size): (Vec<u8>, usize) = (Vec::new(), PIECE);
    loop {
        let mut piece = vec![0_u8; size];
        let mut target = VarBinarySliceMut::from_buffer(&mut piece, Indicator::NoTotal);
        row.get_data(at, &mut target)?;
        let complete = target.is_complete();
        let Some(length) = target.len_in_bytes() else {
            return if whole.is_empty() && complete { Ok(None) } else { Err(cut()) };
        };
        let length = length.min(size);
        whole.extend(&piece[..length]);
        if whole.len() > LONGEST {
            return Err(cut());
        }
        if complete {
            return Ok(Some(whole));
        }
        size = next_size(length, size)?;
    }
}

/// The size of the next piece, where there may be one.
fn next_size(last: usize, size: usize) -> Result<usize, Failed> {
    if last == 0 { Err(cut()) } else { Ok((size * 2).min(LONGEST)) }
}

fn cut() -> Failed {
    Failed::Unusable(Fault::garbage("ODBC: a value is too long, or the driver gives only a part of it"))
}

fn of_bytes(bytes: Vec<u8>, what: &ColumnType) -> Value {
    match (what, <[u8; 8]>::try_from(bytes.as_slice())) {
        (ColumnType::RowVersion, Ok(counter)) => Value::Integer(i64::from_be_bytes(counter)),
        _ => Value::Binary(bytes),
    }
}

fn of_text(text: String, what: &ColumnType, sent: DataType, zone: &TimeZone) -> Value {
    // How applications without nulls write no time.
    if (what.is_time() || *what == ColumnType::Date) && text.starts_with("0000-00-00") {
        return Value::Null;
    }
    let decoded = match what {
        // A column of one bit, whose byte is taken for a character.
        ColumnType::Boolean if matches!(text.as_str(), "\u{1}" | "\0") => Some(Value::Boolean(text == "\u{1}")),
        ColumnType::Boolean if text.is_empty() && sent == DataType::Bit => Some(Value::Boolean(false)),
        ColumnType::Boolean => boolean(&text),
        ColumnType::Integer(_) | ColumnType::Numeric => Some(exact_number(&text)),
        ColumnType::Float => text.parse().ok().map(Value::Decimal),
        ColumnType::Uuid => uuid::Uuid::parse_str(&text).ok().map(|id| Value::from(id.to_string())),
        ColumnType::Instant | ColumnType::Naive | ColumnType::Coarse => parse_instant(&text, zone).map(Value::DateTime),
        ColumnType::Universal => parse_instant(&text, &TimeZone::UTC).map(Value::DateTime),
        ColumnType::Date => text.get(..10).map(Value::from),
        ColumnType::Json => serde_json::from_str(&text).ok().map(Value::from_serde),
        ColumnType::Padded(_) => Some(Value::from(text.trim_end_matches(' '))),
        ColumnType::Array(element) => elements(&text)
            .map(|all| all.into_iter().map(|one| element_of(one, element, zone)).collect())
            .map(Value::List),
        ColumnType::Unknown => of_sent(&text, sent, zone),
        _ => None,
    };
    decoded.unwrap_or_else(|| Value::from(text))
}

fn element_of(element: Option<String>, what: &ColumnType, zone: &TimeZone) -> Value {
    element.map_or(Value::Null, |text| of_text(text, what, DataType::Unknown, zone))
}

/// By what the driver says of the column, where nothing else is known of it.
fn of_sent(text: &str, sent: DataType, zone: &TimeZone) -> Option<Value> {
    match sent {
        DataType::Bit => boolean(text),
        DataType::TinyInt | DataType::SmallInt | DataType::Integer | DataType::BigInt => Some(exact_number(text)),
        DataType::Numeric { .. } | DataType::Decimal { .. } => Some(exact_number(text)),
        DataType::Real | DataType::Float { .. } | DataType::Double => text.parse().ok().map(Value::Decimal),
        DataType::Timestamp { .. } => parse_instant(text, zone).map(Value::DateTime),
        _ => None,
    }
}

fn boolean(text: &str) -> Option<Value> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "t" | "true" => Some(Value::Boolean(true)),
        "0" | "f" | "false" => Some(Value::Boolean(false)),
        _ => None,
    }
}

/// The elements of PostgreSQL's notation of an array of one dimension; `None` where it is another.
fn elements(text: &str) -> Option<Vec<Option<String>>> {
    let mut rest = text.strip_prefix('{')?.strip_suffix('}')?.chars().peekable();
    let mut all = Vec::new();
    while rest.peek().is_some() {
        let (mut element, mut quoted) = (String::new(), false);
        while let Some(c) = rest.next() {
            match c {
                '"' => quoted = true,
                '\\' => element.extend(rest.next()),
                '{' | '}' => return None,
                ',' => break,
                c => element.push(c),
            }
            if c == '"' {
                quoted_part(&mut rest, &mut element)?;
            }
        }
        all.push(if !quoted && element.eq_ignore_ascii_case("null") { None } else { Some(element) });
    }
    Some(all)
}

/// What is left of a quoted part.
fn quoted_part(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, element: &mut String) -> Option<()> {
    loop {
        match rest.next()? {
            '"' => return Some(()),
            '\\' => element.push(rest.next()?),
            c => element.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_is_read_as_postgresql_writes_it() {
        let read = |text| elements(text).map(|all| all.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>());
        assert_eq!(read("{}"), Some(vec![]));
        assert_eq!(read("{a,\"b,\\\"c\",NULL}"), Some(vec!["a".to_owned(), "b,\"c".to_owned(), String::new()]));
        assert_eq!(read("{{a},{b}}"), None);
        assert_eq!(read("a"), None);
    }
}
