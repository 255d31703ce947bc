//! Texts with holes, taken apart again: the shared inverse of `Join`, `Append` and `Replace`.

use std::borrow::Cow;
use std::sync::Arc;

use crate::value::Value;

use super::invert::{Found, Loss, Undo, Undone, undone};
use super::node::Node;
use super::text;

/// `text hole text hole … text`: one more text than holes.
#[derive(Debug, Default)]
pub(super) struct Template {
    texts: Vec<String>,
    holes: Vec<Arc<dyn Undo>>,
    losses: Vec<Loss>,
    /// What the separator of a `Join` does: an empty part would have been left out with it, so a
    /// hole is never empty. Held is the text that is left without the only hole.
    without: Option<String>,
    /// True when the same part stands in every hole, so that all pieces are as long.
    same: bool,
}

impl Template {
    /// The template of `parts` put together with `separator` between them; constant parts that
    /// are empty are left out, as `Join` leaves them out.
    pub(super) fn of_parts(separator: &str, parts: &[Node]) -> Result<Self, String> {
        let mut template = Self { texts: vec![String::new()], ..Self::default() };
        let kept = parts.iter().filter(|part| !matches!(part, Node::Missing) && part.literal_text() != Some(""));
        for (i, part) in kept.enumerate() {
            if i > 0 {
                template.push(separator);
            }
            match part.literal_text() {
                Some(text) => template.push(text),
                None => template.hole(undone(part)?),
            }
        }
        if !separator.is_empty() {
            let constants: Vec<_> =
                parts.iter().filter_map(Node::literal_text).filter(|text| !text.is_empty()).collect();
            template.without = Some(constants.join(separator));
        }
        template.into_usable()
    }

    /// The template of a text in which `mark` stands for `part`.
    pub(super) fn of_text(template: &str, mark: &str, part: &Node) -> Result<Self, String> {
        let mut made = Self { texts: vec![String::new()], ..Self::default() };
        for (i, text) in template.split(mark).enumerate() {
            if i > 0 {
                made.hole(undone(part)?);
            }
            made.push(text);
        }
        made.same = true;
        made.into_usable()
    }

    /// How many holes there are.
    pub(super) const fn holes(&self) -> usize {
        self.holes.len()
    }

    /// The inverse that takes a text apart.
    pub(super) fn into_undone(mut self) -> Undone {
        let losses = std::mem::take(&mut self.losses);
        Undone { step: Arc::new(self), losses }
    }

    fn push(&mut self, text: &str) {
        if let Some(last) = self.texts.last_mut() {
            last.push_str(text);
        }
    }

    fn hole(&mut self, undone: Undone) {
        self.holes.push(undone.step);
        self.losses.extend(undone.losses);
        self.texts.push(String::new());
    }

    fn into_usable(self) -> Result<Self, String> {
        if self.holes.is_empty() {
            return Err("a constant tells nothing of an attribute".to_owned());
        }
        let between = &self.texts[1..self.texts.len() - 1];
        if !self.same && between.iter().any(String::is_empty) {
            return Err("nothing stands between two attributes, so they cannot be told apart".to_owned());
        }
        Ok(self)
    }

    /// The pieces of `value` that stand in the holes, when there is exactly one way to cut it.
    fn cut<'v>(&self, value: &'v str) -> Result<Vec<&'v str>, String> {
        let (first, last) = (&self.texts[0], &self.texts[self.texts.len() - 1]);
        let inner = value.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str()));
        let mut rest = inner.ok_or("the constant part of the expression is not in the value")?;
        let mut pieces = Vec::with_capacity(self.holes.len());
        for text in &self.texts[1..self.texts.len() - 1] {
            let (piece, behind) = rest.split_once(text.as_str()).ok_or("the separator is not in the value")?;
            pieces.push(piece);
            rest = behind;
        }
        pieces.push(rest);
        if self.is_ambiguous(&pieces) {
            return Err("the separator occurs too often in the value".to_owned());
        }
        Ok(pieces)
    }

    /// The one piece that stands in every hole: the length of `value` tells its length.
    fn cut_evenly<'v>(&self, value: &'v str) -> Result<Vec<&'v str>, String> {
        let constant: usize = self.texts.iter().map(String::len).sum();
        let length = value.len().saturating_sub(constant) / self.holes.len();
        let start = self.texts[0].len();
        let piece = value.get(start..start + length).unwrap_or_default();
        if self.texts.join(piece) != value {
            return Err("the value is not what the template makes of one text".to_owned());
        }
        Ok(vec![piece; self.holes.len()])
    }

    /// Cutting from the left found the leftmost separators. A cut from the right that differs
    /// shows that there are several ways.
    fn is_ambiguous(&self, pieces: &[&str]) -> bool {
        let mut tail = pieces[pieces.len() - 1];
        for (i, text) in self.texts[1..self.texts.len() - 1].iter().enumerate().rev() {
            // The separator may also overlap its own first place (`--` in `---`).
            let overlapping = text.chars().next().map_or(0, char::len_utf8);
            let around = format!("{text}{tail}");
            if around[overlapping..].contains(text.as_str()) {
                return true;
            }
            tail = pieces[i];
        }
        false
    }
}

impl Undo for Template {
    fn undo(&self, value: &Value, found: &mut Found) -> Result<(), String> {
        let text = text::to_text(Cow::Borrowed(value))?;
        let without_hole = self.holes.len() == 1 && text.is_some() && text.as_deref() == self.without.as_deref();
        let Some(text) = text.filter(|_| !without_hole) else {
            return self.holes.iter().try_for_each(|hole| hole.undo(&Value::Null, found));
        };
        let pieces = if self.same { self.cut_evenly(&text)? } else { self.cut(&text)? };
        if self.without.is_some() && pieces.contains(&"") {
            return Err("a part is empty, and `Join` would have left out its separator".to_owned());
        }
        pieces.into_iter().zip(&self.holes).try_for_each(|(piece, hole)| hole.undo(&piece.into(), found))
    }
}
