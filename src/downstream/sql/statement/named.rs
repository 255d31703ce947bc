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

/// The statement with every `:parameter` as the placeholder of the first parameter.
pub(super) fn with_placeholders(text: &str, dialect: &dyn Dialect) -> String {
    let Ok(pieces) = pieces(text) else { return text.to_owned() };
    let mut filled = String::with_capacity(text.len());
    for piece in pieces {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Name(_) => filled.push_str(&dialect.placeholder(1)),
        }
    }
    filled
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
                let end = bytes[at + 1..].iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'_');
                let end = end.map_or(bytes.len(), |length| at + 1 + length);
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
