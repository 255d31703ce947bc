//! `Append`: one text behind another.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::Undone;
use crate::expr::node::Node;
use crate::expr::template::Template;
use crate::expr::text::Text;
use crate::value::Value;

pub(super) struct Append;

impl Function for Append {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        // Without a source there is nothing: `Append([name], "@contoso.com")` must not mint an address of nobody.
        let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
        let mut text = Text::new(arguments.function());
        text.push(&source)?;
        text.push(&arguments.text(1)?.unwrap_or_default())?;
        Ok(text.into_value())
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        Template::of_parts("", arguments).map(Template::into_undone)
    }
}

static SIGNATURE: Signature = Signature {
    name: "Append",
    summary: "Puts the suffix behind the source. Without a source there is no result.",
    parameters: &[Parameter::new("source", Kind::Text), Parameter::new("suffix", Kind::Text)],
    required: 2,
    each: true,
    examples: &[
        Example {
            expression: r#"Append([login], "@example.com")"#,
            given: r#"{"login": "ann"}"#,
            gives: r#""ann@example.com""#,
        },
        Example { expression: r#"Append("p-", [number])"#, given: r#"{"number": 7}"#, gives: r#""p-7""# },
    ],
    ..Signature::PLAIN
};
