//! `ToUpper`: capitals.

use crate::expr::Kind;
use crate::expr::casing::{Culture, upper};
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct ToUpper;

impl Function for ToUpper {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
        let culture = arguments.text(1)?.unwrap_or_default();
        let culture = Culture::of(&culture).ok_or_else(|| arguments.fail_at(1, "no name of a culture"))?;
        Ok(Value::String(upper(&source, culture)))
    }
}

static SIGNATURE: Signature = Signature {
    name: "ToUpper",
    summary: "Gives the text in capitals, letter by letter (`ß` has none), by the rules of no language or of \
              `culture` (`tr-TR`).",
    parameters: &[Parameter::new("source", Kind::Text), Parameter::new("culture", Kind::Text).optional()],
    required: 1,
    each: true,
    lost: "the case of the letters is lost",
    examples: &[Example { expression: "ToUpper([country])", given: r#"{"country": "de"}"#, gives: r#""DE""# }],
    ..Signature::PLAIN
};
