//! What the functions that hash share: hexadecimal digits, and nothing for nothing.

use aws_lc_rs::digest::{Algorithm, digest};

use crate::expr::eval::Stop;
use crate::expr::function::Arguments;
use crate::value::Value;

/// The digest of the first argument in small hexadecimal digits; null of null and of the empty
/// text, so that nobody can sign in with an empty password.
pub(super) fn hashed(arguments: &Arguments<'_>, algorithm: &'static Algorithm) -> Result<Value, Stop> {
    let source = arguments.text(0)?.filter(|source| !source.is_empty());
    Ok(source.map_or(Value::Null, |source| Value::String(hexadecimal(digest(algorithm, source.as_bytes()).as_ref()))))
}

/// Two small hexadecimal digits for each byte.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
