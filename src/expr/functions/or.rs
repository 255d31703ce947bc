//! `Or`: whether one of some conditions holds. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct Or;

impl Function for Or {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        for index in 0..arguments.len() {
            if arguments.condition(index)? {
                return Ok(Value::Boolean(true));
            }
        }
        Ok(Value::Boolean(false))
    }
}

static SIGNATURE: Signature = Signature {
    name: "Or",
    summary: "True when one of the conditions holds. Conditions behind the one that decides are not evaluated.",
    parameters: &[Parameter::new("condition", Kind::Boolean), Parameter::new("condition", Kind::Boolean)],
    required: 2,
    repeat: 1,
    result: Kind::Boolean,
    portable: false,
    lost: "only the answer is left",
    examples: &[
        Example {
            expression: r#"IIF(Or([country] = "NZ", [country] = "AU"), "Oceania", "elsewhere")"#,
            given: r#"{"country": "AU"}"#,
            gives: r#""Oceania""#,
        },
        Example { expression: "Or([a], [b])", given: "{}", gives: "false" },
    ],
    ..Signature::PLAIN
};
