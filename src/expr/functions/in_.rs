//! `In`: whether a value is one of some. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::compare::compare;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::lex::Operator;
use crate::value::Value;

pub(super) struct In;

impl Function for In {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let value = arguments.single(0)?;
        for index in 1..arguments.len() {
            for option in arguments.value(index)?.elements() {
                if compare(&value, Operator::Equal, option).map_err(|reason| arguments.fail_at(index, reason))? {
                    return Ok(Value::Boolean(true));
                }
            }
        }
        Ok(Value::Boolean(false))
    }
}

static SIGNATURE: Signature = Signature {
    name: "In",
    summary: "True when the value equals one of the options, as `=` compares; an option that is a list stands for its \
              elements. False for null.",
    parameters: &[Parameter::new("value", Kind::Any), Parameter::new("option", Kind::Any).optional()],
    required: 2,
    repeat: 1,
    result: Kind::Boolean,
    portable: false,
    lost: "only the answer is left",
    examples: &[
        Example { expression: r#"In([country], "NZ", "AU")"#, given: r#"{"country": "AU"}"#, gives: "true" },
        Example { expression: r#"In("admin", [roles])"#, given: r#"{"roles": ["editor", "admin"]}"#, gives: "true" },
    ],
    ..Signature::PLAIN
};
