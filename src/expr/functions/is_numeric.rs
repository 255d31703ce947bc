//! `IsNumeric`: whether a value can be read as a number. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::text::number_of;
use crate::value::Value;

pub(super) struct IsNumeric;

impl Function for IsNumeric {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        Ok(Value::Boolean(number_of(&*arguments.single(0)?).is_some()))
    }
}

static SIGNATURE: Signature = Signature {
    name: "IsNumeric",
    summary: "True for a number and for text that every parameter of kind number takes.",
    parameters: &[Parameter::new("expression", Kind::Any)],
    required: 1,
    result: Kind::Boolean,
    portable: false,
    lost: "only the answer is left",
    examples: &[
        Example { expression: "IsNumeric([x])", given: r#"{"x": "-42.5"}"#, gives: "true" },
        Example { expression: "IsNumeric([x])", given: r#"{"x": "E42"}"#, gives: "false" },
    ],
    ..Signature::PLAIN
};
