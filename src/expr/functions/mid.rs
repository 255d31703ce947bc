//! `Mid`: a part of a text.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::units;
use crate::value::Value;

pub(super) struct Mid;

impl Function for Mid {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let source = arguments.text(0)?.unwrap_or_default();
        let (start, length) = (arguments.required_integer(1)?, arguments.required_integer(2)?);
        let kept = match (start.checked_sub(1).map(usize::try_from), usize::try_from(length)) {
            (Some(Ok(skipped)), Ok(length)) => units::slice(&source, skipped, length),
            _ => &source,
        };
        Ok(Value::from(kept))
    }
}

static SIGNATURE: Signature = Signature {
    name: "Mid",
    summary: "Gives so many characters from `start` (from 1) on, as far as there are any. A start below 1 or a \
              negative length gives the whole text.",
    parameters: &[
        Parameter::new("source", Kind::Text),
        Parameter::new("start", Kind::Number),
        Parameter::new("length", Kind::Number),
    ],
    required: 3,
    each: true,
    lost: "the rest of the text is lost",
    examples: &[
        Example { expression: "Mid([name], 1, 1)", given: r#"{"name": "Elizabeth"}"#, gives: r#""E""# },
        Example { expression: r#"Mid("abcdef", 4, 99)"#, given: "{}", gives: r#""def""# },
    ],
    ..Signature::PLAIN
};
