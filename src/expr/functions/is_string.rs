//! `IsString`: whether a value is text.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct IsString;

impl Function for IsString {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let value = arguments.value(0)?;
        Ok(Value::Boolean(value.as_str().is_some()))
    }
}

static SIGNATURE: Signature = Signature {
    name: "IsString",
    summary: "True for text, the empty one included; false for numbers, booleans, lists and null.",
    parameters: &[Parameter::new("expression", Kind::Any)],
    required: 1,
    result: Kind::Boolean,
    lost: "it only tells whether there was a value",
    examples: &[
        Example { expression: "IsString([value])", given: r#"{"value": "7"}"#, gives: "true" },
        Example { expression: "IsString([value])", given: r#"{"value": 7}"#, gives: "false" },
    ],
    ..Signature::PLAIN
};
