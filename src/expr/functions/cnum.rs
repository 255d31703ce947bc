//! `CNum`: text to a number. Ours, not Entra's; `CStr` is the other way.

use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::{Concerns, Undone};
use crate::expr::lex::Number;
use crate::expr::node::Node;
use crate::expr::{Kind, text_of};
use crate::value::Value;

pub(super) struct CNum;

impl Function for CNum {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        Ok(match arguments.number(0)? {
            None => Value::Null,
            Some(Number::Integer(whole)) => Value::Integer(whole),
            Some(Number::Decimal(number)) => Value::Decimal(number),
        })
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let undone = Undone::converting(&arguments[0], |value| Ok(Value::String(text_of(value))))?;
        Ok(undone
            .losing_where(Concerns::Texts, "a number does not tell how it was written: zeros in front, a sign, blanks"))
    }
}

static SIGNATURE: Signature = Signature {
    name: "CNum",
    summary: "Gives the number that a text says; other text is an error, null stays null.",
    parameters: &[Parameter::new("expression", Kind::Number)],
    required: 1,
    result: Kind::Number,
    each: true,
    portable: false,
    examples: &[
        Example { expression: "CNum([employeeNumber])", given: r#"{"employeeNumber": "00417"}"#, gives: "417" },
        Example { expression: "CNum([rate])", given: r#"{"rate": "0.5"}"#, gives: "0.5" },
    ],
    ..Signature::PLAIN
};
