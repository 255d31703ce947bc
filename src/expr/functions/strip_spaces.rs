//! `StripSpaces`: a text without blanks.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct StripSpaces;

impl Function for StripSpaces {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
        Ok(Value::String(source.replace(' ', "")))
    }
}

static SIGNATURE: Signature = Signature {
    name: "StripSpaces",
    summary: "Takes out every space; other white space stays.",
    parameters: &[Parameter::new("source", Kind::Text)],
    required: 1,
    each: true,
    lost: "the spaces are lost",
    examples: &[Example {
        expression: "StripSpaces([name])",
        given: r#"{"name": "van der Berg"}"#,
        gives: r#""vanderBerg""#,
    }],
    ..Signature::PLAIN
};
