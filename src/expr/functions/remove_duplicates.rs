//! `RemoveDuplicates`: a list without repetitions.

use std::collections::HashSet;

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::{Undone, undone};
use crate::expr::node::Node;
use crate::value::Value;

pub(super) struct RemoveDuplicates;

impl Function for RemoveDuplicates {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let value = arguments.value(0)?;
        let Value::List(elements) = &*value else { return Ok(value.into_owned()) };
        let mut seen = HashSet::new();
        Ok(Value::List(elements.iter().filter(|element| seen.insert(element.to_json())).cloned().collect()))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        Ok(undone(&arguments[0])?.losing("an element that is there twice comes back once"))
    }
}

static SIGNATURE: Signature = Signature {
    name: "RemoveDuplicates",
    summary: "Keeps the first of equal elements of a list; case matters.",
    parameters: &[Parameter::new("attribute", Kind::Any).passed()],
    required: 1,
    result: Kind::Any,
    examples: &[Example {
        expression: "RemoveDuplicates([roles])",
        given: r#"{"roles": ["a", "b", "a"]}"#,
        gives: r#"["a", "b"]"#,
    }],
    ..Signature::PLAIN
};
