//! `BitAnd`: the bits that two numbers share.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct BitAnd;

impl Function for BitAnd {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        Ok(match (arguments.integer(0)?, arguments.integer(1)?) {
            (Some(one), Some(other)) => Value::Integer(one & other),
            _ => Value::Null,
        })
    }
}

static SIGNATURE: Signature = Signature {
    name: "BitAnd",
    summary: "Gives the bits that both whole numbers have set; `&H` begins a hexadecimal number.",
    parameters: &[Parameter::new("value1", Kind::Number), Parameter::new("value2", Kind::Number)],
    required: 2,
    result: Kind::Number,
    lost: "the other bits are lost",
    examples: &[
        Example { expression: "BitAnd(&HF, &HF7)", given: "{}", gives: "7" },
        Example { expression: "BitAnd([flags], 2)", given: r#"{"flags": 514}"#, gives: "2" },
    ],
    ..Signature::PLAIN
};
