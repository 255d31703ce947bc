//! `InStr`: the place of one text in another.

use crate::expr::Kind;
use crate::expr::casing::{Culture, lower};
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::node::Word;
use crate::expr::units;
use crate::value::Value;

pub(super) struct InStr;

impl Function for InStr {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let (within, wanted) = (arguments.text(0)?.unwrap_or_default(), arguments.text(1)?.unwrap_or_default());
        let start = arguments.integer(2)?.unwrap_or(1);
        let Some(skipped) = start.checked_sub(1).and_then(|skipped| usize::try_from(skipped).ok()) else {
            return Err(arguments.fail_at(2, "places count from 1"));
        };
        let ignoring_case = arguments.word(3) == Some(Word::TextCompare);
        let (within, wanted) = if ignoring_case {
            (lower(&within, Culture::Invariant), lower(&wanted, Culture::Invariant))
        } else {
            (within.into_owned(), wanted.into_owned())
        };
        let rest = units::slice(&within, skipped, usize::MAX);
        let found = if rest.is_empty() { None } else { rest.find(&wanted) };
        let place = found.map_or(0, |at| units::position(&within, within.len() - rest.len() + at) + 1);
        Ok(Value::Integer(i64::try_from(place).unwrap_or(i64::MAX)))
    }
}

static SIGNATURE: Signature = Signature {
    name: "InStr",
    summary: "Gives the place (from 1) of `value2` in `value1`, from `start` on, or 0. With `vbTextCompare` \
              letters of either case are equal.",
    parameters: &[
        Parameter::new("value1", Kind::Text),
        Parameter::new("value2", Kind::Text),
        Parameter::new("start", Kind::Number).optional(),
        Parameter::new("compareType", Kind::CompareType).optional(),
    ],
    required: 2,
    result: Kind::Number,
    lost: "only the place is left",
    examples: &[
        Example { expression: r#"InStr("The quick brown fox", "quick")"#, given: "{}", gives: "5" },
        Example { expression: r#"InStr([x], "e", 3, vbBinaryCompare)"#, given: r#"{"x": "repEated"}"#, gives: "7" },
    ],
    ..Signature::PLAIN
};
