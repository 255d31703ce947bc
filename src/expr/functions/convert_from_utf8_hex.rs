//! `ConvertFromUTF8Hex`: hexadecimal UTF-8 to text. Ours, not Entra's.

use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::Undone;
use crate::expr::node::Node;
use crate::expr::{Kind, text_of};
use crate::value::Value;

use super::convert_to_utf8_hex;

pub(super) struct ConvertFromUtf8Hex;

impl Function for ConvertFromUtf8Hex {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
        convert_to_utf8_hex::decoded(&source).map(Value::String).map_err(|reason| arguments.fail_at(0, reason))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let undone = Undone::converting(&arguments[0], |value| {
            Ok(Value::String(convert_to_utf8_hex::encoded(&text_of(value))))
        })?;
        Ok(undone.losing("small hexadecimal digits come back as capitals"))
    }
}

static SIGNATURE: Signature = Signature {
    name: "ConvertFromUTF8Hex",
    summary: "Gives the text that `ConvertToUTF8Hex` was given, small digits included; what it cannot have made is an error.",
    parameters: &[Parameter::new("source", Kind::Text)],
    required: 1,
    each: true,
    portable: false,
    examples: &[Example {
        expression: "ConvertFromUTF8Hex([x])",
        given: r#"{"x": "48656C6C6F"}"#,
        gives: r#""Hello""#,
    }],
    ..Signature::PLAIN
};
