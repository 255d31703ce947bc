//! Numbered placeholders → the question marks of ODBC, in the order in which they stand.

use super::super::column::Parameter;
use super::super::fault::Fault;
use super::language::{Language, Lists};
use crate::downstream::{DownstreamError, ErrorKind};

/// The longest list that gets a placeholder for each of its values: what Oracle takes.
const LISTED: usize = 1000;

/// The statement with `?` for every placeholder of the dialect, and the values as they stand.
///
/// # Errors
/// `TooMany` for a list that is longer than the database would take.
pub(super) fn positional(
    language: &Language,
    text: &str,
    parameters: &[Parameter],
) -> Result<(String, Vec<Parameter>), Fault> {
    let (mut written, mut sent) = (String::with_capacity(text.len()), Vec::with_capacity(parameters.len()));
    let (bytes, mut start, mut at) = (text.as_bytes(), 0, 0);
    while at < bytes.len() {
        if let Some(close) = language.closing(bytes[at]) {
            at = end_of_quoted(bytes, at, close, language.backslashes);
            continue;
        }
        let digits = match text[at..].strip_prefix(language.marker) {
            Some(rest) => rest.bytes().take_while(u8::is_ascii_digit).count(),
            None => 0,
        };
        if digits == 0 {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        written.push_str(&text[start..at]);
        let from = at + language.marker.len();
        let number: usize = text[from..from + digits].parse().unwrap_or(0);
        let parameter = number.checked_sub(1).and_then(|index| parameters.get(index));
        place(language, parameter.unwrap_or(&Parameter::Null), &mut written, &mut sent)?;
        at = from + digits;
        start = at;
    }
    written.push_str(&text[start..]);
    Ok((written, sent))
}

fn end_of_quoted(bytes: &[u8], start: usize, close: u8, backslashes: bool) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != close {
        at += if backslashes && bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

fn place(
    language: &Language,
    parameter: &Parameter,
    written: &mut String,
    sent: &mut Vec<Parameter>,
) -> Result<(), Fault> {
    let Parameter::List(items) = parameter else {
        written.push('?');
        sent.push(match parameter {
            Parameter::Array(items) => Parameter::Text(array(items)),
            other => other.clone(),
        });
        return Ok(());
    };
    match language.lists {
        Lists::Json => {
            written.push('?');
            sent.push(Parameter::Text(json(items).to_string()));
        }
        Lists::Array => {
            written.push('?');
            sent.push(Parameter::Text(array(items)));
        }
        Lists::Each if items.is_empty() => written.push_str("NULL"),
        Lists::Each if items.len() > LISTED => {
            let detail = format!("ODBC: a list of {} values, where {LISTED} are the most", items.len());
            return Err(DownstreamError::new(ErrorKind::TooMany, detail).into());
        }
        Lists::Each => {
            for (index, item) in items.iter().enumerate() {
                written.push_str(if index == 0 { "?" } else { ", ?" });
                sent.push(item.clone());
            }
        }
    }
    Ok(())
}

fn json(items: &[Parameter]) -> serde_json::Value {
    let each = items.iter().map(|item| match item {
        Parameter::Boolean(b) => i64::from(*b).into(),
        Parameter::Integer(i) => (*i).into(),
        Parameter::Decimal(d) => (*d).into(),
        Parameter::Text(text) | Parameter::Narrow(text, _) => text.as_str().into(),
        // A list holds no lists: `one of` compares with single values.
        Parameter::Null | Parameter::Bytes(_) | Parameter::List(_) | Parameter::Array(_) => serde_json::Value::Null,
    });
    each.collect()
}

/// PostgreSQL's own notation: `{"a","b\"c",NULL}`.
fn array(items: &[Parameter]) -> String {
    let each = items.iter().map(|item| match item.to_value() {
        crate::value::Value::Null => "NULL".to_owned(),
        value => format!("\"{}\"", value.to_text().replace('\\', "\\\\").replace('"', "\\\"")),
    });
    format!("{{{}}}", each.collect::<Vec<_>>().join(","))
}
