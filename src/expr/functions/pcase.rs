//! `PCase`: words with a capital at the beginning.

use unicode_normalization::char::is_combining_mark;

use crate::expr::Kind;
use crate::expr::casing::{Culture, lower, upper_letter};
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct PCase;

impl Function for PCase {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
        let lowered = lower(&source, Culture::Invariant);
        let separators = arguments.text(1)?;
        Ok(Value::String(match separators {
            Some(separators) => capitalised(&lowered, |c| separators.contains(c), |_| true),
            None => capitalised(&lowered, parts_words, char::is_alphabetic),
        }))
    }
}

/// Neither letter, mark nor digit; an apostrophe is part of a word (`O'neil`).
fn parts_words(c: char) -> bool {
    !(c == '\'' || c.is_alphanumeric() || is_combining_mark(c))
}

/// Capitals at the beginning and behind separators. Without separators of one's own a word begins
/// with its first letter: `1st` becomes `1St`, as .NET has it.
fn capitalised(text: &str, is_separator: impl Fn(char) -> bool, begins_word: impl Fn(char) -> bool) -> String {
    let mut awaited = true;
    let letter = |c: char| {
        if is_separator(c) {
            awaited = true;
        } else if awaited && begins_word(c) {
            awaited = false;
            return upper_letter(c, Culture::Invariant);
        }
        c
    };
    text.chars().map(letter).collect()
}

static SIGNATURE: Signature = Signature {
    name: "PCase",
    summary: "Gives every word a capital and small letters behind it. Words are parted by what is neither \
              letter, digit nor apostrophe, or by `wordSeparators` only.",
    parameters: &[Parameter::new("source", Kind::Text), Parameter::new("wordSeparators", Kind::Text).optional()],
    required: 1,
    each: true,
    lost: "the case of the letters is lost",
    examples: &[
        Example {
            expression: "PCase([name])",
            given: r#"{"name": "PABLO GONSALVES (SECOND)"}"#,
            gives: r#""Pablo Gonsalves (Second)""#,
        },
        Example {
            expression: r#"PCase([name], " '-")"#,
            given: r#"{"name": "PINTO-DE'SILVA"}"#,
            gives: r#""Pinto-De'Silva""#,
        },
    ],
    ..Signature::PLAIN
};
