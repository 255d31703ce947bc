//! `CStr`: any value as text.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::Undone;
use crate::expr::node::Node;
use crate::value::Value;

pub(super) struct CStr;

impl Function for CStr {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        Ok(arguments.text(0)?.map_or(Value::Null, |text| Value::String(text.into_owned())))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        Undone::converting(&arguments[0], |value| Ok(value.clone()))
    }
}

static SIGNATURE: Signature = Signature {
    name: "CStr",
    summary: "Gives the text of a value: `True` and `False` for booleans, `M/d/yyyy h:mm:ss tt` for dates.",
    parameters: &[Parameter::new("value", Kind::Any)],
    required: 1,
    examples: &[
        Example { expression: "CStr([active])", given: r#"{"active": true}"#, gives: r#""True""# },
        Example { expression: "CStr(42)", given: "{}", gives: r#""42""# },
    ],
    ..Signature::PLAIN
};
