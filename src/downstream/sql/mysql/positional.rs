//! Numbered placeholders → the positional ones of MySQL, and parameters → what is sent.

use mysql_async::Value as Sent;

use super::super::column::Parameter;

/// The longest list that gets a placeholder for each of its values; a longer one goes as JSON.
const LISTED: usize = 1024;

/// The statement with `?` for every `?N`, and the values in the order in which they stand. A list
/// becomes as many placeholders as the next power of two, the last value repeated, so that the
/// statements stay few.
pub(super) fn positional(text: &str, parameters: &[Parameter]) -> (String, Vec<Sent>) {
    let (mut written, mut sent) = (String::with_capacity(text.len()), Vec::with_capacity(parameters.len()));
    let (bytes, mut start, mut at) = (text.as_bytes(), 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'\'' | b'"' | b'`') => at = end_of_quoted(bytes, at, quote),
            b'?' => {
                let digits = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                written.push_str(&text[start..at]);
                let number: usize = text[at + 1..at + 1 + digits].parse().unwrap_or(0);
                let parameter = number.checked_sub(1).and_then(|index| parameters.get(index));
                place(parameter.unwrap_or(&Parameter::Null), &mut written, &mut sent);
                at += 1 + digits;
                start = at;
            }
            _ => at += 1,
        }
    }
    written.push_str(&text[start..]);
    (written, sent)
}

fn end_of_quoted(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' && quote != b'`' { 2 } else { 1 };
    }
    at + 1
}

fn place(parameter: &Parameter, written: &mut String, sent: &mut Vec<Sent>) {
    let Parameter::List(items) = parameter else {
        written.push('?');
        sent.push(value(parameter));
        return;
    };
    let Some(last) = items.last() else {
        written.push_str("NULL");
        return;
    };
    if items.len() > LISTED {
        written.push_str(unpacked(last));
        sent.push(json(items).to_string().into());
        return;
    }
    for index in 0..items.len().next_power_of_two() {
        written.push_str(if index == 0 { "?" } else { ", ?" });
        sent.push(value(items.get(index).unwrap_or(last)));
    }
}

/// The rows of a long list. Its texts have no collation that could contradict the column's.
const fn unpacked(like: &Parameter) -> &'static str {
    match like {
        Parameter::Integer(_) | Parameter::Boolean(_) => {
            "SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v bigint PATH '$')) AS l"
        }
        _ => {
            "SELECT CONVERT(v USING utf8mb4) COLLATE utf8mb4_bin FROM JSON_TABLE(?, '$[*]' COLUMNS (v varchar(768) PATH '$')) AS l"
        }
    }
}

fn value(parameter: &Parameter) -> Sent {
    match parameter {
        Parameter::Null => Sent::NULL,
        Parameter::Boolean(b) => Sent::Int(i64::from(*b)),
        Parameter::Integer(i) => Sent::Int(*i),
        Parameter::Decimal(d) => Sent::Double(*d),
        Parameter::Text(text) | Parameter::Narrow(text, _) => Sent::Bytes(text.clone().into_bytes()),
        Parameter::Bytes(bytes) => Sent::Bytes(bytes.clone()),
        Parameter::List(items) | Parameter::Array(items) => Sent::Bytes(json(items).to_string().into_bytes()),
    }
}

fn json(items: &[Parameter]) -> serde_json::Value {
    let each = items.iter().map(|item| match item {
        Parameter::Null | Parameter::Bytes(_) => serde_json::Value::Null,
        Parameter::Boolean(b) => i64::from(*b).into(),
        Parameter::Integer(i) => (*i).into(),
        Parameter::Decimal(d) => (*d).into(),
        Parameter::Text(text) | Parameter::Narrow(text, _) => text.as_str().into(),
        // A list holds no lists: `one of` compares with single values.
        Parameter::List(_) | Parameter::Array(_) => serde_json::Value::Null,
    });
    each.collect()
}
