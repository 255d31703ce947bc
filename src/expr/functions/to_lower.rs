//! `ToLower`: small letters.

use crate::expr::Kind;
use crate::expr::casing::{Culture, lower};
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct ToLower;

impl Function for ToLower {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
        let culture = arguments.text(1)?.unwrap_or_default();
        let culture = Culture::of(&culture).ok_or_else(|| arguments.fail_at(1, "no name of a culture"))?;
        Ok(Value::String(lower(&source, culture)))
    }
}

static SIGNATURE: Signature = Signature {
    name: "ToLower",
    summary: "Gives the text in small letters, letter by letter, by the rules of no language or of `culture` \
              (`tr-TR`).",
    parameters: &[Parameter::new("source", Kind::Text), Parameter::new("culture", Kind::Text).optional()],
    required: 1,
    each: true,
    lost: "the case of the letters is lost",
    examples: &[Example { expression: "ToLower([login])", given: r#"{"login": "Ann.LEE"}"#, gives: r#""ann.lee""# }],
    ..Signature::PLAIN
};
