//! `EndsWith`: whether a text ends with another. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Signature};
use crate::value::Value;

use super::pair;

pub(super) struct EndsWith;

impl Function for EndsWith {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let pair = pair::of(arguments)?;
        Ok(Value::Boolean(pair.is_some_and(|(source, part)| source.ends_with(&part))))
    }
}

static SIGNATURE: Signature = Signature {
    name: "EndsWith",
    summary: "True when the source ends with the part; false for null. With `vbTextCompare` letters of either case \
              are equal.",
    parameters: pair::PARAMETERS,
    required: 2,
    result: Kind::Boolean,
    portable: false,
    lost: "only the answer is left",
    examples: &[Example {
        expression: r#"EndsWith([mail], "@EXAMPLE.com", vbTextCompare)"#,
        given: r#"{"mail": "ann@example.com"}"#,
        gives: "true",
    }],
    ..Signature::PLAIN
};
