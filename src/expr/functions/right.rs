//! `Right`: the end of a text. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::units;
use crate::value::Value;

pub(super) struct Right;

impl Function for Right {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let source = arguments.text(0)?.unwrap_or_default();
        let kept = match usize::try_from(arguments.required_integer(1)?) {
            Ok(count) => units::slice(&source, units::length(&source).saturating_sub(count), count),
            Err(_) => &source,
        };
        Ok(Value::from(kept))
    }
}

static SIGNATURE: Signature = Signature {
    name: "Right",
    summary: "Gives the last characters of a text; all of them for a negative count, as `Left` does.",
    parameters: &[Parameter::new("source", Kind::Text), Parameter::new("count", Kind::Number)],
    required: 2,
    each: true,
    portable: false,
    lost: "the rest of the text is lost",
    examples: &[
        Example { expression: "Right([phone], 4)", given: r#"{"phone": "+1 425 5550100"}"#, gives: r#""0100""# },
        Example { expression: "Right([phone], 4)", given: "{}", gives: r#""""# },
    ],
    ..Signature::PLAIN
};
