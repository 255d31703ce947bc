//! `Len`: the length of a text.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::units;
use crate::value::Value;

pub(super) struct Len;

impl Function for Len {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let source = arguments.text(0)?.unwrap_or_default();
        Ok(Value::Integer(i64::try_from(units::length(&source)).unwrap_or(i64::MAX)))
    }
}

static SIGNATURE: Signature = Signature {
    name: "Len",
    summary: "Gives how many UTF-16 units a text has, a number by its digits; 0 for null.",
    parameters: &[Parameter::new("value", Kind::Text)],
    required: 1,
    result: Kind::Number,
    lost: "the text is lost",
    examples: &[
        Example { expression: "Len([name])", given: r#"{"name": "Ann"}"#, gives: "3" },
        Example { expression: "Len(42568.75)", given: "{}", gives: "8" },
    ],
    ..Signature::PLAIN
};
