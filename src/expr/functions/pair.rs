//! Two texts of a call, as `vbBinaryCompare` or `vbTextCompare` in the third argument sees them.

use crate::expr::Kind;
use crate::expr::casing::{Culture, lower};
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Parameter};
use crate::expr::node::Word;

/// The parameters of functions that look for one text in another.
pub(super) const PARAMETERS: &[Parameter] = &[
    Parameter::new("source", Kind::Text),
    Parameter::new("part", Kind::Text),
    Parameter::new("compareType", Kind::CompareType).optional(),
];

/// The source and the part, in small letters when case is not to matter; none without a source.
pub(super) fn of(arguments: &Arguments<'_>) -> Result<Option<(String, String)>, Stop> {
    let Some(source) = arguments.text(0)? else { return Ok(None) };
    let part = arguments.text(1)?.unwrap_or_default();
    Ok(Some(if arguments.word(2) == Some(Word::TextCompare) {
        (lower(&source, Culture::Invariant), lower(&part, Culture::Invariant))
    } else {
        (source.into_owned(), part.into_owned())
    }))
}
