//! `Left`: the beginning of a text.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::units;
use crate::value::Value;

pub(super) struct Left;

impl Function for Left {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let source = arguments.text(0)?.unwrap_or_default();
        let kept = match usize::try_from(arguments.required_integer(1)?) {
            Ok(count) => units::slice(&source, 0, count),
            Err(_) => &source,
        };
        Ok(Value::from(kept))
    }
}

static SIGNATURE: Signature = Signature {
    name: "Left",
    summary: "Gives the first characters of a text; all of them for a negative count.",
    parameters: &[Parameter::new("source", Kind::Text), Parameter::new("count", Kind::Number)],
    required: 2,
    each: true,
    lost: "the rest of the text is lost",
    examples: &[
        Example { expression: "Left([name], 3)", given: r#"{"name": "John Doe"}"#, gives: r#""Joh""# },
        Example { expression: "Left([name], 3)", given: "{}", gives: r#""""# },
    ],
    ..Signature::PLAIN
};
