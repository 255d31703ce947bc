//! `SubstringAfter`: what stands behind the first delimiter. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct SubstringAfter;

impl Function for SubstringAfter {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
        let delimiter = arguments.text(1)?.unwrap_or_default();
        let part = source.split_once(&*delimiter).map_or("", |(_, after)| after);
        Ok(Value::from(part))
    }
}

static SIGNATURE: Signature = Signature {
    name: "SubstringAfter",
    summary: "Gives what stands behind the first delimiter; the empty text when there is none.",
    parameters: &[Parameter::new("source", Kind::Text), Parameter::new("delimiter", Kind::Text)],
    required: 2,
    each: true,
    portable: false,
    lost: "the rest of the text is lost",
    examples: &[
        Example {
            expression: r#"SubstringAfter([mail], "@")"#,
            given: r#"{"mail": "ann@example.com"}"#,
            gives: r#""example.com""#,
        },
        Example { expression: r#"SubstringAfter([x], "@")"#, given: r#"{"x": "ann"}"#, gives: r#""""# },
    ],
    ..Signature::PLAIN
};
