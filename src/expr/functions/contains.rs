//! `Contains`: whether a text has another in it. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Signature};
use crate::value::Value;

use super::pair;

pub(super) struct Contains;

impl Function for Contains {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let pair = pair::of(arguments)?;
        Ok(Value::Boolean(pair.is_some_and(|(source, part)| source.contains(&part))))
    }
}

static SIGNATURE: Signature = Signature {
    name: "Contains",
    summary: "True when the source has the part in it; false for null. With `vbTextCompare` letters of either case \
              are equal.",
    parameters: pair::PARAMETERS,
    required: 2,
    result: Kind::Boolean,
    portable: false,
    lost: "only the answer is left",
    examples: &[
        Example {
            expression: r#"IIF(Contains([title], "manager", vbTextCompare), "lead", "staff")"#,
            given: r#"{"title": "Sales Manager"}"#,
            gives: r#""lead""#,
        },
        Example { expression: r#"Contains([title], "x")"#, given: "{}", gives: "false" },
    ],
    ..Signature::PLAIN
};
