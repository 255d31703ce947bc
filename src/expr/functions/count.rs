//! `Count`: how many values there are.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct Count;

impl Function for Count {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let value = arguments.value(0)?;
        Ok(Value::Integer(i64::try_from(value.elements().len()).unwrap_or(i64::MAX)))
    }
}

static SIGNATURE: Signature = Signature {
    name: "Count",
    summary: "Gives how many elements a list has; 1 for a single value, 0 for null.",
    parameters: &[Parameter::new("attribute", Kind::Any)],
    required: 1,
    result: Kind::Number,
    lost: "the elements are lost",
    examples: &[
        Example {
            expression: "Count([emails])",
            given: r#"{"emails": ["a@example.com", "b@example.com"]}"#,
            gives: "2",
        },
        Example { expression: "Count([emails])", given: "{}", gives: "0" },
    ],
    ..Signature::PLAIN
};
