//! `SubstringBefore`: what stands in front of the first delimiter. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct SubstringBefore;

impl Function for SubstringBefore {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
        let delimiter = arguments.text(1)?.unwrap_or_default();
        let part = source.split_once(&*delimiter).map_or(&*source, |(before, _)| before);
        Ok(Value::from(part))
    }
}

static SIGNATURE: Signature = Signature {
    name: "SubstringBefore",
    summary: "Gives what stands in front of the first delimiter; the whole text when there is none.",
    parameters: &[Parameter::new("source", Kind::Text), Parameter::new("delimiter", Kind::Text)],
    required: 2,
    each: true,
    portable: false,
    lost: "the rest of the text is lost",
    examples: &[
        Example {
            expression: r#"SubstringBefore([mail], "@")"#,
            given: r#"{"mail": "ann@example.com"}"#,
            gives: r#""ann""#,
        },
        Example { expression: r#"SubstringBefore([x], "@")"#, given: r#"{"x": "ann"}"#, gives: r#""ann""# },
    ],
    ..Signature::PLAIN
};
