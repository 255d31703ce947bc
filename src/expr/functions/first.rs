//! `First`: the first element of a list. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct First;

impl Function for First {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        Ok(arguments.value(0)?.elements().first().cloned().unwrap_or_default())
    }
}

static SIGNATURE: Signature = Signature {
    name: "First",
    summary: "Gives the first element of a list; a single value as it is, null of nothing.",
    parameters: &[Parameter::new("attribute", Kind::Any)],
    required: 1,
    result: Kind::Any,
    portable: false,
    lost: "the other elements are lost",
    examples: &[
        Example { expression: "First([roles])", given: r#"{"roles": ["a", "b"]}"#, gives: r#""a""# },
        Example { expression: "First([roles])", given: "{}", gives: "null" },
    ],
    ..Signature::PLAIN
};
