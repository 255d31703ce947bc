//! `And`: whether every one of some conditions holds. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct And;

impl Function for And {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        for index in 0..arguments.len() {
            if !arguments.condition(index)? {
                return Ok(Value::Boolean(false));
            }
        }
        Ok(Value::Boolean(true))
    }
}

static SIGNATURE: Signature = Signature {
    name: "And",
    summary: "True when every one of the conditions holds. Conditions behind the one that decides are not evaluated.",
    parameters: &[Parameter::new("condition", Kind::Boolean), Parameter::new("condition", Kind::Boolean)],
    required: 2,
    repeat: 1,
    result: Kind::Boolean,
    portable: false,
    lost: "only the answer is left",
    examples: &[
        Example {
            expression: r#"And([active], [country] = "NZ")"#,
            given: r#"{"active": true, "country": "NZ"}"#,
            gives: "true",
        },
        Example { expression: "And([active], IsPresent([mail]))", given: r#"{"active": true}"#, gives: "false" },
    ],
    ..Signature::PLAIN
};
