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
        Ok(Value::Boolean(truth_of(&value) != Some(true)))
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
    summary: "Gives false for what is true, and true for everything else.",
    parameters: &[Parameter::new("source", Kind::Boolean)],
    required: 1,
    result: Kind::Boolean,
    examples: &[
        Example { expression: "Not([active])", given: r#"{"active": true}"#, gives: "false" },
        Example { expression: "Not([active])", given: r#"{"active": "False"}"#, gives: "true" },
    ],
    ..Signature::PLAIN
};
