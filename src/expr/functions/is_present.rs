//! `IsPresent`: whether there is something.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::text::is_empty;
use crate::value::Value;

pub(super) struct IsPresent;

impl Function for IsPresent {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let value = arguments.value(0)?;
        Ok(Value::Boolean(!is_empty(&value)))
    }
}

static SIGNATURE: Signature = Signature {
    name: "IsPresent",
    summary: "True unless the value is null, an empty text or an empty list.",
    parameters: &[Parameter::new("expression", Kind::Any)],
    required: 1,
    result: Kind::Boolean,
    lost: "it only tells whether there was a value",
    examples: &[
        Example { expression: "IsPresent([title])", given: r#"{"title": "Dr."}"#, gives: "true" },
        Example { expression: "IsPresent([title])", given: "{}", gives: "false" },
    ],
    ..Signature::PLAIN
};
