//! `IsNullOrEmpty`: whether there is nothing.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::text::is_empty;
use crate::value::Value;

pub(super) struct IsNullOrEmpty;

impl Function for IsNullOrEmpty {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let value = arguments.value(0)?;
        Ok(Value::Boolean(is_empty(&value)))
    }
}

static SIGNATURE: Signature = Signature {
    name: "IsNullOrEmpty",
    summary: "True for null, an empty text and an empty list.",
    parameters: &[Parameter::new("expression", Kind::Any)],
    required: 1,
    result: Kind::Boolean,
    lost: "it only tells whether there was a value",
    examples: &[
        Example { expression: "IsNullOrEmpty([title])", given: r#"{"title": ""}"#, gives: "true" },
        Example { expression: "IsNullOrEmpty([title])", given: r#"{"title": "Dr."}"#, gives: "false" },
    ],
    ..Signature::PLAIN
};
