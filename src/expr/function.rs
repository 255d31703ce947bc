//! What a function of the language is: a signature that documents and checks it, a call, an inverse.
//!
//! Every function is a file under `functions/` and a line in its table; nothing else knows it.

use std::borrow::Cow;

use jiff::civil::DateTime;

use crate::value::Value;

use super::eval::{Frame, Stop};
use super::invert::Undone;
use super::lex::Number;
use super::node::{Call, Node, Prepared, Word};
use super::random::Random;
use super::{Env, EvalError, Kind, date, text};

/// A function of the language.
pub(super) trait Function: Sync {
    /// What it is called, takes and gives.
    fn signature(&self) -> &'static Signature;

    /// Computes the result. Arguments are evaluated when they are asked for.
    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop>;

    /// Works out what depends on constant arguments only; the problem names the argument.
    fn prepare(&self, arguments: &[Node]) -> Result<Prepared, (usize, String)> {
        let _ = arguments;
        Ok(Prepared::Nothing)
    }

    /// What is probably not meant as it is written, and in which argument.
    fn remark(&self, arguments: &[Node]) -> Option<(usize, String)> {
        let _ = arguments;
        None
    }

    /// The way back from the result to the references, or why there is none.
    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let _ = arguments;
        let signature = self.signature();
        Err(format!("`{}` cannot be undone: {}", signature.name, signature.lost))
    }
}

/// A function's name, parameters, result and documentation.
#[derive(Debug)]
pub struct Signature {
    /// The name, as Entra spells it.
    pub name: &'static str,
    /// What it does, in a sentence or a few.
    pub summary: &'static str,
    /// The parameters, in order.
    pub parameters: &'static [Parameter],
    /// How many arguments there are at least.
    pub required: usize,
    /// How many of the last parameters may come again and again.
    pub repeat: usize,
    /// What comes out.
    pub result: Kind,
    /// True when a list in the first argument is worked on element by element.
    pub each: bool,
    /// Where a call may stand.
    pub place: Place,
    /// What the result depends on besides the arguments.
    pub depends: Depends,
    /// Why there is no inverse, where there is none.
    pub lost: &'static str,
    /// Calls and what they give; they are run as tests.
    pub examples: &'static [Example],
}

/// A parameter of a function.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// The name, as in the function reference.
    pub name: &'static str,
    /// What may stand there.
    pub kind: Kind,
    /// True when the argument may be left empty.
    pub optional: bool,
    /// What becomes of the argument.
    pub role: Role,
}

/// What becomes of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It is used to compute the result.
    Data,
    /// It may be the result.
    Passed,
    /// It may be the result, and may be `IgnoreAttributeFlow` or `IgnoreObjectFlow` instead.
    Branch,
}

/// Where a call may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Wherever its result fits.
    Anywhere,
    /// Only around everything else.
    Outermost,
    /// Not as a condition.
    NoCondition,
}

/// What a result depends on besides the arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depends {
    /// Nothing.
    Arguments,
    /// The clock.
    Time,
    /// Chance.
    Randomness,
    /// A setting of the tenant.
    Tenant,
}

/// A call and what it gives.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// The expression.
    pub expression: &'static str,
    /// The references' values, as a JSON object.
    pub given: &'static str,
    /// The result as JSON; a date as the language prints it.
    pub gives: &'static str,
}

impl Signature {
    /// What most functions have in common.
    pub(super) const PLAIN: Self = Self {
        name: "",
        summary: "",
        parameters: &[],
        required: 0,
        repeat: 0,
        result: Kind::Text,
        each: false,
        place: Place::Anywhere,
        depends: Depends::Arguments,
        lost: "different inputs give the same result",
        examples: &[],
    };

    /// How a call is written: `Left(source, count)`, `Join(separator, source, …)`.
    #[must_use]
    pub fn usage(&self) -> String {
        let names: Vec<_> = self.parameters.iter().map(|parameter| parameter.name).collect();
        let more = if self.repeat > 0 { ", …" } else { "" };
        format!("{}({}{more})", self.name, names.join(", "))
    }

    /// The parameter for the argument at `index` (from 0), repeating ones counted.
    #[must_use]
    pub fn parameter(&self, index: usize) -> Option<&'static Parameter> {
        let known = self.parameters.len();
        if index < known || self.repeat == 0 {
            return self.parameters.get(index);
        }
        self.parameters.get(known - self.repeat + (index - known) % self.repeat)
    }
}

impl Parameter {
    /// A parameter that must be given.
    pub(super) const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, optional: false, role: Role::Data }
    }

    /// The same, but it may be left empty.
    pub(super) const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The same, but it may be the result.
    pub(super) const fn passed(mut self) -> Self {
        self.role = Role::Passed;
        self
    }

    /// The same, but it may be left empty, be the result or stop the flow.
    pub(super) const fn branch(mut self) -> Self {
        self.optional = true;
        self.role = Role::Branch;
        self
    }
}

/// The arguments of one call, evaluated on demand.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'a> {
    call: &'a Call,
    frame: Frame<'a>,
    /// Stands for the first argument while a list is worked on element by element.
    element: Option<&'a Value>,
}

impl<'a> Arguments<'a> {
    pub(super) const fn new(call: &'a Call, frame: Frame<'a>) -> Self {
        Self { call, frame, element: None }
    }

    /// The same arguments with `element` as the first.
    pub(super) fn with_element<'b>(&'b self, element: &'b Value) -> Arguments<'b> {
        Arguments { call: self.call, frame: self.frame, element: Some(element) }
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

    /// The bare word in an argument.
    pub(super) fn word(&self, index: usize) -> Option<Word> {
        match self.call.arguments.get(index) {
            Some(Node::Word(word)) => Some(*word),
            _ => None,
        }
    }

    /// The value of an argument; null for what is missing.
    pub(super) fn value(&self, index: usize) -> Result<Cow<'a, Value>, Stop> {
        match (index, self.element, self.call.arguments.get(index)) {
            (0, Some(element), _) => Ok(Cow::Borrowed(element)),
            (_, _, Some(node)) => node.value(self.frame),
            (_, _, None) => Ok(Cow::Owned(Value::Null)),
        }
    }

    /// The value of an argument that takes one: a list of one collapses, a longer one fails.
    pub(super) fn single(&self, index: usize) -> Result<Cow<'a, Value>, Stop> {
        text::single(self.value(index)?).map_err(|reason| self.fail_at(index, reason))
    }

    /// The text of an argument; none for null.
    pub(super) fn text(&self, index: usize) -> Result<Option<Cow<'a, str>>, Stop> {
        let given = index > 0 || self.element.is_none();
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
