//! What `PadLeft` and `PadRight` share: fill, width, and the way back.

use std::sync::Arc;

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Parameter};
use crate::expr::invert::{Found, Undo, Undone, undone};
use crate::expr::node::Node;
use crate::expr::{text_of, units};
use crate::value::Value;

/// The widest that a text is made.
const MAX_WIDTH: usize = 10_000;

/// The parameters of both.
pub(super) const PARAMETERS: &[Parameter] = &[
    Parameter::new("source", Kind::Text),
    Parameter::new("width", Kind::Number),
    Parameter::new("fill", Kind::Text).optional(),
];

/// Where the fill goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// The padded text; null of null.
pub(super) fn padded(arguments: &Arguments<'_>, side: Side) -> Result<Value, Stop> {
    let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
    let width = usize::try_from(arguments.required_integer(1)?).ok().filter(|width| *width <= MAX_WIDTH);
    let width = width.ok_or_else(|| arguments.fail_at(1, "not between 0 and 10,000"))?;
    let given = arguments.text(2)?;
    let fill = one_character(given.as_deref().unwrap_or(" "));
    let fill = fill.ok_or_else(|| arguments.fail_at(2, "not one character"))?;
    let lacking: String = std::iter::repeat_n(fill, width.saturating_sub(units::length(&source))).collect();
    Ok(Value::String(match side {
        Side::Left => lacking + &source,
        Side::Right => source.into_owned() + &lacking,
    }))
}

/// A character that counts as one where .NET counts.
fn one_character(text: &str) -> Option<char> {
    let mut letters = text.chars();
    letters.next().filter(|c| c.len_utf16() == 1 && letters.next().is_none())
}

/// Takes the fill away again. A source that began (or ended) with it loses it, too.
pub(super) fn unpadded(arguments: &[Node], side: Side) -> Result<Undone, String> {
    let width = arguments[1].literal_text().and_then(|width| width.parse().ok()).ok_or("the width is no constant")?;
    let fill = match arguments.get(2) {
        None | Some(Node::Missing) => Some(' '),
        Some(node) => node.literal_text().and_then(one_character),
    };
    let fill = fill.ok_or("the fill is no constant")?;
    let inner = undone(&arguments[0])?;
    let step = Arc::new(Unpad { width, fill, side, inner: inner.step });
    let undone = Undone { step, losses: inner.losses };
    Ok(undone.losing("a text that has the fill at that end already comes back without it"))
}

#[derive(Debug)]
struct Unpad {
    width: usize,
    fill: char,
    side: Side,
    inner: Arc<dyn Undo>,
}

impl Undo for Unpad {
    fn undo(&self, value: &Value, found: &mut Found) -> Result<(), String> {
        if *value == Value::Null {
            return self.inner.undo(value, found);
        }
        let text = text_of(value);
        let length = units::length(&text);
        if length < self.width {
            return Err("the value is shorter than every padded text".to_owned());
        }
        // A longer text was long enough before, so nothing was filled up.
        let source = match self.side {
            _ if length > self.width => text.as_str(),
            Side::Left => text.trim_start_matches(self.fill),
            Side::Right => text.trim_end_matches(self.fill),
        };
        self.inner.undo(&source.into(), found)
    }
}
