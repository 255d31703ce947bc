//! `:key` in statements that the mapping itself gives.

use super::super::dialect::Dialect;

/// The names of the `:parameters` of a statement, outside quotes, casts and comments.
///
/// # Errors
/// What makes the text something else than one plain statement.
pub(in super::super) fn named_parameters(text: &str) -> Result<Vec<String>, &'static str> {
    let pieces = pieces(text)?;
    Ok(pieces
        .into_iter()
        .filter_map(|piece| if let Piece::Name(name) = piece { Some(name.to_owned()) } else { None })
        .collect())
}

/// The statement with a placeholder for every `:parameter`, numbered in the order in which they stand:
/// one that stands twice may be taken for two types by the database.
pub(super) fn with_placeholders(text: &str, dialect: &dyn Dialect) -> String {
    let Ok(pieces) = pieces(text) else { return text.to_owned() };
    let (mut filled, mut number) = (String::with_capacity(text.len()), 0);
    for piece in pieces {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Name(_) => {
                number += 1;
                filled.push_str(&dialect.placeholder(number));
            }
        }
    }
    filled
}

/// A name, and the column's name where it is one of a related table: `mail.address`.
fn end_of_name(bytes: &[u8], start: usize) -> usize {
    let is_letter = |at: usize| bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let mut at = start;
    while is_letter(at) || at > start && bytes.get(at) == Some(&b'.') && is_letter(at + 1) {
        at += 1;
    }
    at
}

enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

fn pieces(text: &str) -> Result<Vec<Piece<'_>>, &'static str> {
    let bytes = text.as_bytes();
    let (mut pieces, mut start, mut at) = (Vec::new(), 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'\'' | b'"') => {
                let length = bytes[at + 1..].iter().position(|b| *b == quote).ok_or("a quote is not closed")?;
                at += length + 2;
            }
            b';' => return Err("more than one statement: write one for each string, without `;`"),
            b'$' | b'?' => return Err("a placeholder of the database: write `:key`"),
            b'-' if bytes.get(at + 1) == Some(&b'-') => return Err("a comment inside a statement"),
            b'/' if bytes.get(at + 1) == Some(&b'*') => return Err("a comment inside a statement"),
            b':' if bytes.get(at + 1) == Some(&b':') => at += 2,
            b':' => {
                let end = end_of_name(bytes, at + 1);
                pieces.push(Piece::Text(&text[start..at]));
                pieces.push(Piece::Name(&text[at + 1..end]));
                (start, at) = (end, end);
            }
            _ => at += 1,
        }
    }
    pieces.push(Piece::Text(&text[start..]));
    Ok(pieces)
}
