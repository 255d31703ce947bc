//! `StartsWith`: whether a text begins with another. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Signature};
use crate::value::Value;

use super::pair;

pub(super) struct StartsWith;

impl Function for StartsWith {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let pair = pair::of(arguments)?;
        Ok(Value::Boolean(pair.is_some_and(|(source, part)| source.starts_with(&part))))
    }
}

static SIGNATURE: Signature = Signature {
    name: "StartsWith",
    summary: "True when the source begins with the part; false for null. With `vbTextCompare` letters of either case \
              are equal.",
    parameters: pair::PARAMETERS,
    required: 2,
    result: Kind::Boolean,
    portable: false,
    lost: "only the answer is left",
    examples: &[Example {
        expression: r#"StartsWith([login], "adm-")"#,
        given: r#"{"login": "adm-ann"}"#,
        gives: "true",
    }],
    ..Signature::PLAIN
};
