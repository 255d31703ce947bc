//! `Trim`: a text without blanks around it. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::Undone;
use crate::expr::node::Node;
use crate::expr::text_of;
use crate::value::Value;

pub(super) struct Trim;

impl Function for Trim {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        Ok(arguments.text(0)?.map_or(Value::Null, |source| Value::from(source.trim())))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let undone = Undone::converting(&arguments[0], |value| {
            let text = text_of(value);
            let is_trimmed = text.trim().len() == text.len();
            if is_trimmed { Ok(Value::String(text)) } else { Err("the value has blanks around it".to_owned()) }
        })?;
        Ok(undone.losing("blanks around the text do not come back"))
    }
}

static SIGNATURE: Signature = Signature {
    name: "Trim",
    summary: "Gives the text without blanks and line breaks at its beginning and end.",
    parameters: &[Parameter::new("source", Kind::Text)],
    required: 1,
    each: true,
    portable: false,
    examples: &[
        Example { expression: "Trim([name])", given: r#"{"name": " Ann  "}"#, gives: r#""Ann""# },
        Example { expression: "Trim([name])", given: "{}", gives: "null" },
    ],
    ..Signature::PLAIN
};
