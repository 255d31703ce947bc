//! `ConvertToBase64`: text as base64 of UTF-16.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::Undone;
use crate::expr::node::Node;
use crate::expr::text_of;
use crate::value::Value;

pub(super) struct ConvertToBase64;

impl Function for ConvertToBase64 {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
        Ok(Value::String(encoded(&source)))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        Undone::converting(&arguments[0], |value| decoded(&text_of(value)).map(Value::String))
    }
}

/// Base64 of the text in UTF-16, little end first.
pub(super) fn encoded(text: &str) -> String {
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    STANDARD.encode(bytes)
}

/// The text that [`encoded`] was given.
pub(super) fn decoded(base64: &str) -> Result<String, String> {
    let bytes = STANDARD.decode(base64).map_err(|_| "the value is no base64")?;
    let units: Vec<u16> =
        bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair.get(1).copied().unwrap_or(0)])).collect();
    let text = String::from_utf16(&units).ok().filter(|_| bytes.len().is_multiple_of(2));
    text.ok_or_else(|| "the value is no UTF-16 in base64".to_owned())
}

static SIGNATURE: Signature = Signature {
    name: "ConvertToBase64",
    summary: "Gives base64 of the text in UTF-16, little end first, without a byte order mark.",
    parameters: &[Parameter::new("source", Kind::Text)],
    required: 1,
    each: true,
    examples: &[Example {
        expression: "ConvertToBase64([x])",
        given: r#"{"x": "Hello world!"}"#,
        gives: r#""SABlAGwAbABvACAAdwBvAHIAbABkACEA""#,
    }],
    ..Signature::PLAIN
};
