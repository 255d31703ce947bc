//! `ConvertFromBase64`: base64 of UTF-16 to text. Ours, not Entra's.

use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::Undone;
use crate::expr::node::Node;
use crate::expr::{Kind, text_of};
use crate::value::Value;

use super::convert_to_base64;

pub(super) struct ConvertFromBase64;

impl Function for ConvertFromBase64 {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
        convert_to_base64::decoded(&source).map(Value::String).map_err(|reason| arguments.fail_at(0, reason))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        Undone::converting(&arguments[0], |value| Ok(Value::String(convert_to_base64::encoded(&text_of(value)))))
    }
}

static SIGNATURE: Signature = Signature {
    name: "ConvertFromBase64",
    summary: "Gives the text that `ConvertToBase64` was given; what it cannot have made is an error.",
    parameters: &[Parameter::new("source", Kind::Text)],
    required: 1,
    each: true,
    portable: false,
    examples: &[Example {
        expression: "ConvertFromBase64([x])",
        given: r#"{"x": "SABlAGwAbABvACAAdwBvAHIAbABkACEA"}"#,
        gives: r#""Hello world!""#,
    }],
    ..Signature::PLAIN
};
