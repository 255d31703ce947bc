//! What the functions that hash share: hexadecimal digits, and nothing for nothing.

use aws_lc_rs::digest::{Algorithm, Context};

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Parameter};
use crate::value::Value;

/// The parameters of a digest: what is digested, and what stands before it.
pub(super) const PARAMETERS: &[Parameter] =
    &[Parameter::new("text", Kind::Text), Parameter::new("salt", Kind::Text).optional()];

/// The digest of salt and text in small hexadecimal digits; null where the text is null or empty,
/// so that nobody can sign in with an empty password.
pub(super) fn hashed(arguments: &Arguments<'_>, algorithm: &'static Algorithm) -> Result<Value, Stop> {
    let Some(source) = arguments.text(0)?.filter(|source| !source.is_empty()) else { return Ok(Value::Null) };
    let mut context = Context::new(algorithm);
    context.update(arguments.text(1)?.unwrap_or_default().as_bytes());
    context.update(source.as_bytes());
    Ok(Value::String(hexadecimal(context.finish().as_ref())))
}

/// Two small hexadecimal digits for each byte.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
