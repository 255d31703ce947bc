//! `Coalesce`: the first value that there is.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::text::is_empty;
use crate::value::Value;

pub(super) struct Coalesce;

impl Function for Coalesce {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let last = arguments.len() - 1;
        for index in 0..last {
            let value = arguments.value(index)?;
            if !is_empty(&value) {
                return Ok(value.into_owned());
            }
        }
        Ok(arguments.value(last)?.into_owned())
    }
}

static SIGNATURE: Signature = Signature {
    name: "Coalesce",
    summary: "Gives the first source that is neither null nor empty, else the last argument. Sources behind \
              the one that is taken are not evaluated.",
    parameters: &[Parameter::new("source", Kind::Any).passed().optional()],
    required: 1,
    repeat: 1,
    result: Kind::Any,
    lost: "the value does not tell which source it came from",
    examples: &[
        Example {
            expression: "Coalesce([nickName], [givenName])",
            given: r#"{"givenName": "Ann"}"#,
            gives: r#""Ann""#,
        },
        Example { expression: r#"Coalesce([title], "none")"#, given: r#"{"title": ""}"#, gives: r#""none""# },
    ],
    ..Signature::PLAIN
};
