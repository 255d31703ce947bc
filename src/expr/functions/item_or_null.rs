//! `ItemOrNull`: one element of a list, if it is there. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct ItemOrNull;

impl Function for ItemOrNull {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let list = arguments.value(0)?;
        let index = arguments.required_integer(1)?.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        Ok(index.and_then(|index| list.elements().get(index)).cloned().unwrap_or_default())
    }
}

static SIGNATURE: Signature = Signature {
    name: "ItemOrNull",
    summary: "Gives an element of a list, counted from 1, or null where `Item` fails: beyond the list.",
    parameters: &[Parameter::new("attribute", Kind::List), Parameter::new("index", Kind::Number)],
    required: 2,
    result: Kind::Any,
    portable: false,
    lost: "the other elements are lost",
    examples: &[
        Example { expression: "ItemOrNull([roles], 2)", given: r#"{"roles": ["a", "b"]}"#, gives: r#""b""# },
        Example { expression: "ItemOrNull([roles], 3)", given: r#"{"roles": ["a", "b"]}"#, gives: "null" },
    ],
    ..Signature::PLAIN
};
