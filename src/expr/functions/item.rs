//! `Item`: one element of a list.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct Item;

impl Function for Item {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let list = arguments.value(0)?;
        if list.is_unassigned() {
            return Ok(Value::Null);
        }
        let index = arguments.required_integer(1)?.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        let element = index.and_then(|index| list.elements().get(index));
        element.cloned().ok_or_else(|| arguments.fail_at(1, "no such element; elements count from 1"))
    }
}

static SIGNATURE: Signature = Signature {
    name: "Item",
    summary: "Gives an element of a list, counted from 1. Beyond the list it is an error; of null it is null.",
    parameters: &[Parameter::new("attribute", Kind::List), Parameter::new("index", Kind::Number)],
    required: 2,
    lost: "the other elements are lost",
    examples: &[
        Example {
            expression: "Item([emails], 1)",
            given: r#"{"emails": ["a@example.com", "b@example.com"]}"#,
            gives: r#""a@example.com""#,
        },
        Example {
            expression: r#"Item(Split([mail], "@"), 2)"#,
            given: r#"{"mail": "ann@example.com"}"#,
            gives: r#""example.com""#,
        },
    ],
    ..Signature::PLAIN
};
