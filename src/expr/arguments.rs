//! The arguments of one call, as a function asks for them: evaluated when needed, read as text, number,
//! date or condition, with failures that name the parameter and never the value.

use std::borrow::Cow;

use jiff::civil::DateTime;

use crate::value::Value;

use super::eval::{Frame, Stop};
use super::lex::Number;
use super::node::{Call, Node, Prepared, Word};
use super::random::Random;
use super::{Env, EvalError, date, text};

/// The arguments of one call, evaluated on demand.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'a> {
    call: &'a Call,
    frame: Frame<'a>,
    /// Stands for an argument while a list is worked on element by element.
    element: Option<(usize, &'a Value)>,
}

impl<'a> Arguments<'a> {
    pub(super) const fn new(call: &'a Call, frame: Frame<'a>) -> Self {
        Self { call, frame, element: None }
    }

    /// The same arguments with `element` as the one that is worked on element by element.
    pub(super) fn with_element<'b>(&'b self, element: &'b Value) -> Arguments<'b> {
        Arguments { call: self.call, frame: self.frame, element: Some((self.call.signature().each_at, element)) }
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.call.arguments.len()
    }

    /// True when the argument was left empty or is not there.
    pub(super) fn is_missing(&self, index: usize) -> bool {
        matches!(self.call.arguments.get(index), None | Some(Node::Missing))
    }

    /// True for a constant.
    pub(super) fn is_literal(&self, index: usize) -> bool {
        matches!(self.call.arguments.get(index), Some(Node::Literal(_)))
    }

    /// What `prepare` worked out.
    pub(super) const fn prepared(&self) -> &'a Prepared {
        &self.call.prepared
    }

    /// What comes from outside.
    pub(super) const fn env(&self) -> &'a Env {
        self.frame.env
    }

    /// A source of randomness for this call alone.
    pub(super) fn random(&self) -> Random {
        Random::new(&self.frame.env.seed, self.frame.text, self.call.position)
    }

    /// A source of randomness that every call with this name shares, in whatever expression of a request.
    pub(super) fn shared_random(&self, name: &str) -> Random {
        Random::shared(&self.frame.env.seed, name)
    }

    /// The bare word in an argument.
    pub(super) fn word(&self, index: usize) -> Option<Word> {
        match self.call.arguments.get(index) {
            Some(Node::Word(word)) => Some(*word),
            _ => None,
        }
    }

    /// The value of an argument; null for what is missing.
    pub(super) fn value(&self, index: usize) -> Result<Cow<'a, Value>, Stop> {
        match (self.element, self.call.arguments.get(index)) {
            (Some((at, element)), _) if at == index => Ok(Cow::Borrowed(element)),
            (_, Some(node)) => node.value(self.frame),
            (_, None) => Ok(Cow::Owned(Value::Null)),
        }
    }

    /// The value of an argument that takes one: a list of one collapses, a longer one fails.
    pub(super) fn single(&self, index: usize) -> Result<Cow<'a, Value>, Stop> {
        text::single(self.value(index)?).map_err(|reason| self.fail_at(index, reason))
    }

    /// The text of an argument; none for null.
    pub(super) fn text(&self, index: usize) -> Result<Option<Cow<'a, str>>, Stop> {
        let given = self.element.is_none_or(|(at, _)| at != index);
        if let (true, Some(Node::Literal(literal))) = (given, self.call.arguments.get(index)) {
            return Ok(Some(Cow::Borrowed(&literal.text)));
        }
        text::to_text(self.value(index)?).map_err(|reason| self.fail_at(index, reason))
    }

    /// The number in an argument, which may be text of digits; none for null.
    pub(super) fn number(&self, index: usize) -> Result<Option<Number>, Stop> {
        let value = self.single(index)?;
        match &*value {
            Value::Null => Ok(None),
            value => text::number_of(value).map(Some).ok_or_else(|| self.fail_at(index, "not a number")),
        }
    }

    /// The whole number in an argument; none for null.
    pub(super) fn integer(&self, index: usize) -> Result<Option<i64>, Stop> {
        match self.number(index)? {
            None => Ok(None),
            Some(Number::Integer(whole)) => Ok(Some(whole)),
            Some(Number::Decimal(number)) => {
                text::whole(number).map(Some).ok_or_else(|| self.fail_at(index, "not a whole number"))
            }
        }
    }

    /// A whole number that must be there.
    pub(super) fn required_integer(&self, index: usize) -> Result<i64, Stop> {
        self.integer(index)?.ok_or_else(|| self.fail_at(index, "no number"))
    }

    /// The date in an argument that must be there; text is read as `CDate` does.
    pub(super) fn date(&self, index: usize) -> Result<DateTime, Stop> {
        let value = self.single(index)?;
        let reason = if *value == Value::Null { "no date" } else { "not a date" };
        date::of(&value).ok_or_else(|| self.fail_at(index, reason))
    }

    /// The truth in an argument: a comparison, a boolean, `True` or `False`, a number; null is false.
    pub(super) fn condition(&self, index: usize) -> Result<bool, Stop> {
        let value = self.single(index)?;
        text::truth_of(&value).ok_or_else(|| self.fail_at(index, "neither True nor False"))
    }

    /// A failure of this function; `reason` says nothing of the input.
    pub(super) fn fail(&self, reason: impl Into<String>) -> Stop {
        Stop::Failed(EvalError { function: self.call.signature().name, reason: reason.into() })
    }

    /// A failure because of one argument.
    pub(super) fn fail_at(&self, index: usize, reason: impl AsRef<str>) -> Stop {
        let name = self.call.signature().parameter(index).map_or("", |parameter| parameter.name);
        self.fail(format!("argument {} (`{name}`): {}", index + 1, reason.as_ref()))
    }

    /// The name of the function, for failures of what it leans on.
    pub(super) fn function(&self) -> &'static str {
        self.call.signature().name
    }
}
