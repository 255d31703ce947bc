//! `IsNull`: whether there is no value at all.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct IsNull;

impl Function for IsNull {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let value = arguments.value(0)?;
        Ok(Value::Boolean(*value == Value::Null))
    }
}

static SIGNATURE: Signature = Signature {
    name: "IsNull",
    summary: "True for null. An empty text and an empty list are not null.",
    parameters: &[Parameter::new("expression", Kind::Any)],
    required: 1,
    result: Kind::Boolean,
    lost: "it only tells whether there was a value",
    examples: &[
        Example { expression: "IsNull([title])", given: "{}", gives: "true" },
        Example { expression: "IsNull([title])", given: r#"{"title": ""}"#, gives: "false" },
    ],
    ..Signature::PLAIN
};
