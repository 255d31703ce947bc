//! `CBool`: whether something holds.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::{Concerns, Undone};
use crate::expr::node::Node;
use crate::expr::text::truth_of;
use crate::value::Value;

pub(super) struct CBool;

impl Function for CBool {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        arguments.condition(0).map(Value::Boolean)
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let undone = Undone::converting(&arguments[0], |value| {
            truth_of(value).map(Value::Boolean).ok_or_else(|| "the value is neither true nor false".to_owned())
        })?;
        Ok(undone.losing_where(Concerns::Texts, "numbers come back as true or false"))
    }
}

static SIGNATURE: Signature = Signature {
    name: "CBool",
    summary: "Gives true for a comparison that holds, for the word `True` and for numbers but 0.",
    parameters: &[Parameter::new("expression", Kind::Boolean)],
    required: 1,
    result: Kind::Boolean,
    examples: &[
        Example {
            expression: "CBool([city] = [officeCity])",
            given: r#"{"city": "Oslo", "officeCity": "Oslo"}"#,
            gives: "true",
        },
        Example { expression: "CBool([flag])", given: r#"{"flag": 0}"#, gives: "false" },
    ],
    ..Signature::PLAIN
};
