//! `Not`: the opposite.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::Undone;
use crate::expr::node::Node;
use crate::expr::text::truth_of;
use crate::value::Value;

pub(super) struct Not;

impl Function for Not {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let value = arguments.single(0)?;
        // Of texts only the word `True` is true, as documented; a number is a column of 0 and 1.
        let is_true = match &*value {
            Value::String(text) => text.trim().eq_ignore_ascii_case("true"),
            other => truth_of(other) == Some(true),
        };
        Ok(Value::Boolean(!is_true))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        Undone::converting(&arguments[0], |value| {
            let truth = truth_of(value).ok_or("the value is neither true nor false")?;
            Ok(Value::Boolean(!truth))
        })
    }
}

static SIGNATURE: Signature = Signature {
    name: "Not",
    summary: "Gives false for true, the word `True` and numbers but 0, and true for everything else.",
    parameters: &[Parameter::new("source", Kind::Boolean)],
    required: 1,
    result: Kind::Boolean,
    examples: &[
        Example { expression: "Not([active])", given: r#"{"active": true}"#, gives: "false" },
        Example { expression: "Not([active])", given: r#"{"active": "False"}"#, gives: "true" },
    ],
    ..Signature::PLAIN
};
