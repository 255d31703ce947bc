//! Evaluation: a walk over the compiled tree, no deeper than the nesting that `parse` allows.

use std::borrow::Cow;
use std::cell::Cell;

use crate::value::Value;

use super::compare::compare;
use super::function::Arguments;
use super::node::{Call, Node, Word};
use super::text::MAX_TEXT;
use super::{Env, EvalError};

/// Why an evaluation ended early.
#[derive(Debug)]
pub(super) enum Stop {
    Failed(EvalError),
    IgnoreAttribute,
    IgnoreObject,
}

/// What an evaluation reads.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    /// The references' values.
    pub(super) values: &'a [Value],
    pub(super) env: &'a Env,
    /// The expression's text, so that two expressions draw different random numbers.
    pub(super) text: &'a str,
    /// How much was made so far.
    pub(super) made: &'a Cell<usize>,
}

/// How much one evaluation may make, in bytes of text: each call may be small and all of them large.
const MAX_MADE: usize = 16 << 20;

/// What an element of a list counts besides its text.
const ELEMENT: usize = 16;

impl Node {
    /// The value of this node.
    pub(super) fn value<'a>(&'a self, frame: Frame<'a>) -> Result<Cow<'a, Value>, Stop> {
        match self {
            Self::Reference(slot) => Ok(frame.values.get(*slot).map_or(Cow::Owned(Value::Null), Cow::Borrowed)),
            Self::Literal(literal) => Ok(Cow::Borrowed(&literal.value)),
            Self::Missing => Ok(Cow::Owned(Value::Null)),
            Self::Call(call) => call.value(frame).map(Cow::Owned),
            Self::Comparison(sides) => {
                let (left, operator, right) = &**sides;
                let (left, right) = (left.value(frame)?, right.value(frame)?);
                let holds = compare(&left, *operator, &right)
                    .map_err(|reason| Stop::Failed(EvalError { function: "comparison", reason: reason.to_owned() }))?;
                Ok(Cow::Owned(Value::Boolean(holds)))
            }
            Self::Word(Word::IgnoreAttribute) => Err(Stop::IgnoreAttribute),
            Self::Word(Word::IgnoreObject) => Err(Stop::IgnoreObject),
            Self::Word(Word::BinaryCompare | Word::TextCompare) => Ok(Cow::Owned(Value::Null)),
        }
    }
}

impl Call {
    fn value(&self, frame: Frame<'_>) -> Result<Value, Stop> {
        let arguments = Arguments::new(self, frame);
        let at = self.signature().each_at;
        let may_be_list = !matches!(self.arguments.get(at), Some(Node::Literal(_)));
        if self.signature().each && may_be_list {
            let source = arguments.value(at)?;
            return match &*source {
                Value::List(elements) => self.each(&arguments, elements, frame),
                single => self.bounded(self.function.call(&arguments.with_element(single))?, frame),
            };
        }
        self.bounded(self.function.call(&arguments)?, frame)
    }

    fn each(&self, arguments: &Arguments<'_>, elements: &[Value], frame: Frame<'_>) -> Result<Value, Stop> {
        let (mut results, mut size) = (Vec::with_capacity(elements.len()), 0);
        for element in elements {
            let result = self.bounded(self.function.call(&arguments.with_element(element))?, frame)?;
            size += result.as_str().map_or(0, str::len);
            if size > MAX_TEXT {
                return Err(arguments.fail("the result is longer than 1 MiB"));
            }
            results.push(result);
        }
        Ok(Value::List(results))
    }

    fn bounded(&self, result: Value, frame: Frame<'_>) -> Result<Value, Stop> {
        let too_long = |reason: &str| {
            Stop::Failed(EvalError { function: self.signature().name, reason: format!("the result is {reason}") })
        };
        let size = size_of(&result);
        if matches!(result, Value::String(_)) && size > MAX_TEXT {
            return Err(too_long("longer than 1 MiB"));
        }
        frame.made.set(frame.made.get() + size);
        if frame.made.get() > MAX_MADE {
            return Err(too_long("too long beside what the expression made before (16 MiB)"));
        }
        Ok(result)
    }
}

fn size_of(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::List(elements) => elements.iter().map(|element| ELEMENT + size_of(element)).sum(),
        _ => 0,
    }
}
