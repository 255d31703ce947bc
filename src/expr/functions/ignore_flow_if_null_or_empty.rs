//! `IgnoreFlowIfNullOrEmpty`: leaves the target alone rather than emptying it.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Place, Signature};
use crate::expr::invert::{Undone, undone};
use crate::expr::node::Node;
use crate::expr::text::is_empty;
use crate::value::Value;

pub(super) struct IgnoreFlowIfNullOrEmpty;

impl Function for IgnoreFlowIfNullOrEmpty {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let value = arguments.value(0)?;
        if is_empty(&value) { Err(Stop::IgnoreAttribute) } else { Ok(value.into_owned()) }
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        undone(&arguments[0])
    }
}

static SIGNATURE: Signature = Signature {
    name: "IgnoreFlowIfNullOrEmpty",
    summary: "Gives the value; when it is null or empty, the target keeps what it has. Not a condition.",
    parameters: &[Parameter::new("expression", Kind::Any).passed()],
    required: 1,
    result: Kind::Any,
    place: Place::NoCondition,
    examples: &[Example {
        expression: "IgnoreFlowIfNullOrEmpty([department])",
        given: r#"{"department": "Sales"}"#,
        gives: r#""Sales""#,
    }],
    ..Signature::PLAIN
};
