//! `ConvertToUTF8Hex`: text as hexadecimal UTF-8.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::Undone;
use crate::expr::node::Node;
use crate::expr::text_of;
use crate::value::Value;

pub(super) struct ConvertToUtf8Hex;

impl Function for ConvertToUtf8Hex {
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

/// The bytes of the text as hexadecimal digits, in capitals.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect()
}

/// The text that [`encoded`] was given.
pub(super) fn decoded(digits: &str) -> Result<String, String> {
    let byte = |pair: &[u8]| u8::try_from(hex(pair[0])? * 16 + hex(*pair.get(1)?)?).ok();
    let bytes: Option<Vec<u8>> = digits.as_bytes().chunks(2).map(byte).collect();
    let read = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    read.ok_or_else(|| "the value is no UTF-8 in hexadecimal digits".to_owned())
}

fn hex(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

static SIGNATURE: Signature = Signature {
    name: "ConvertToUTF8Hex",
    summary: "Gives the bytes of the text in UTF-8 as hexadecimal digits, in capitals.",
    parameters: &[Parameter::new("source", Kind::Text)],
    required: 1,
    each: true,
    examples: &[Example {
        expression: "ConvertToUTF8Hex([x])",
        given: r#"{"x": "Hello world!"}"#,
        gives: r#""48656C6C6F20776F726C6421""#,
    }],
    ..Signature::PLAIN
};
