//! `IIF`: one of two values, by a condition.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::Undone;
use crate::expr::lex::Operator;
use crate::expr::node::{Literal, Node};
use crate::value::Value;

use super::switch;

pub(super) struct Iif;

impl Function for Iif {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let taken = if arguments.condition(0)? { 1 } else { 2 };
        Ok(arguments.value(taken)?.into_owned())
    }

    /// `IIF(a = "k", x, y)` is `Switch(a, y, "k", x)`; `IIF(a, x, y)` is `Switch(a, y, "True", x)`.
    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let (holds, fails) = (&arguments[1], &arguments[2]);
        let sides = match &arguments[0] {
            Node::Comparison(sides) => sides,
            Node::Call(call) => match (asks_for_presence(call.signature().name), call.arguments.first()) {
                (Some(true), Some(source)) => return switch::undone_cases(source, holds, &[(&literal(""), fails)]),
                (Some(false), Some(source)) => return switch::undone_cases(source, fails, &[(&literal(""), holds)]),
                _ => return switch::undone_cases(&arguments[0], fails, &[(&literal("True"), holds)]),
            },
            condition => return switch::undone_cases(condition, fails, &[(&literal("True"), holds)]),
        };
        let (equal, other) = match sides.1 {
            Operator::Equal => (holds, fails),
            Operator::NotEqual => (fails, holds),
            _ => return Err("`IIF` over an order of values does not tell the value".to_owned()),
        };
        match (sides.0.literal_text(), sides.2.literal_text()) {
            (None, Some(_)) => switch::undone_cases(&sides.0, other, &[(&sides.2, equal)]),
            (Some(_), None) => switch::undone_cases(&sides.2, other, &[(&sides.0, equal)]),
            _ => Err("`IIF` can be undone when an attribute is compared with a constant".to_owned()),
        }
    }
}

/// Whether a function asks if there is something (true) or nothing (false) in its argument.
fn asks_for_presence(function: &str) -> Option<bool> {
    match function {
        "IsPresent" => Some(true),
        "IsNull" | "IsNullOrEmpty" => Some(false),
        _ => None,
    }
}

fn literal(text: &str) -> Node {
    Node::Literal(Literal { value: text.into(), text: text.to_owned() })
}

static SIGNATURE: Signature = Signature {
    name: "IIF",
    summary: "Gives the first value when the condition holds, else the second; the other one is not evaluated. \
              A condition is a comparison (`=`, `<>`, `<`, `<=`, `>`, `>=`) or a value that is true or false. \
              Nothing compares with null. A value may be `IgnoreAttributeFlow` or `IgnoreObjectFlow`.",
    parameters: &[
        Parameter::new("condition", Kind::Boolean),
        Parameter::new("valueIfTrue", Kind::Any).branch(),
        Parameter::new("valueIfFalse", Kind::Any).branch(),
    ],
    required: 3,
    result: Kind::Any,
    examples: &[
        Example {
            expression: r#"IIF([country] = "USA", [state], [region])"#,
            given: r#"{"country": "USA", "state": "CA"}"#,
            gives: r#""CA""#,
        },
        Example { expression: r#"IIF([count] > 9, "many", "few")"#, given: r#"{"count": "10"}"#, gives: r#""many""# },
    ],
    ..Signature::PLAIN
};
