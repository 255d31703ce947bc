//! `SelectUniqueValue`: the first candidate that nobody has.

use std::sync::Arc;

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Place, Signature};
use crate::expr::invert::{Found, Undo, Undone, undone};
use crate::expr::node::Node;
use crate::expr::text::is_empty;
use crate::value::Value;

pub(super) struct SelectUniqueValue;

impl Function for SelectUniqueValue {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        for index in 0..arguments.len() {
            let candidate = arguments.value(index)?;
            if !is_empty(&candidate) {
                return Ok(candidate.into_owned());
            }
        }
        Ok(Value::Null)
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let rules = arguments.iter().map(undone).collect::<Result<Vec<_>, _>>()?;
        let losses = rules.iter().flat_map(|rule| rule.losses.clone()).collect();
        let step = Arc::new(AnyOf(rules.into_iter().map(|rule| rule.step).collect()));
        Ok(Undone { step, losses }.losing("a value that several candidates can give is not taken apart"))
    }
}

/// The way back through the one candidate that can have given the value.
#[derive(Debug)]
struct AnyOf(Vec<Arc<dyn Undo>>);

impl Undo for AnyOf {
    fn undo(&self, value: &Value, found: &mut Found) -> Result<(), String> {
        let mut origins: Vec<Found> = Vec::new();
        for rule in &self.0 {
            let mut origin = Found::new();
            if rule.undo(value, &mut origin).is_ok() && !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        match (origins.pop(), origins.is_empty()) {
            (Some(origin), true) => found.extend(origin),
            (Some(_), false) => return Err("several candidates can have given the value".to_owned()),
            (None, _) => return Err("no candidate can have given the value".to_owned()),
        }
        Ok(())
    }
}

static SIGNATURE: Signature = Signature {
    name: "SelectUniqueValue",
    summary: "Gives the first candidate that no other object has. Has to be the outermost function; the \
              candidates are tried one by one.",
    parameters: &[Parameter::new("uniqueValueRule", Kind::Any).passed().optional()],
    required: 2,
    repeat: 1,
    result: Kind::Any,
    place: Place::Outermost,
    examples: &[Example {
        expression: r#"SelectUniqueValue([login], Append([login], "2"))"#,
        given: r#"{"login": "ann"}"#,
        gives: r#""ann""#,
    }],
    ..Signature::PLAIN
};
