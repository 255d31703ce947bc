//! `Word`: one word of a text.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct Word;

impl Function for Word {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let source = arguments.text(0)?.unwrap_or_default();
        let number = arguments.required_integer(1)?;
        let delimiters = arguments.text(2)?.unwrap_or_default();
        let Some(skipped) = number.checked_sub(1).and_then(|skipped| usize::try_from(skipped).ok()) else {
            return Ok("".into());
        };
        let mut words = source.split(|c| delimiters.contains(c)).filter(|word| !word.is_empty());
        Ok(Value::from(words.nth(skipped).unwrap_or_default()))
    }
}

static SIGNATURE: Signature = Signature {
    name: "Word",
    summary: "Gives a word of a text, counted from 1; any of the characters in `delimiters` parts words. \
              Nothing when there are fewer.",
    parameters: &[
        Parameter::new("source", Kind::Text),
        Parameter::new("number", Kind::Number),
        Parameter::new("delimiters", Kind::Text),
    ],
    required: 3,
    each: true,
    lost: "the other words are lost",
    examples: &[
        Example { expression: r#"Word("The quick brown fox", 3, " ")"#, given: "{}", gives: r#""brown""# },
        Example {
            expression: r#"Word([mail], 2, "@.")"#,
            given: r#"{"mail": "ann@contoso.com"}"#,
            gives: r#""contoso""#,
        },
    ],
    ..Signature::PLAIN
};
