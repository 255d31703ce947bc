//! The compiled tree: names looked up, references turned into slots, patterns built.

use std::collections::HashMap;
use std::fmt;

use crate::value::Value;

use super::date;
use super::function::{Depends, Function, Place, Signature};
use super::lex::Operator;
use super::pattern::Pattern;

/// A piece of a compiled expression.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// An argument left empty; null where data is wanted.
    Missing,
    Literal(Literal),
    /// The slot of a reference.
    Reference(usize),
    Word(Word),
    Call(Call),
    Comparison(Box<(Self, Operator, Self)>),
}

/// A constant and its text: `42.50` keeps its last digit.
#[derive(Debug, Clone)]
pub(super) struct Literal {
    pub(super) value: Value,
    pub(super) text: String,
}

/// The bare words of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    IgnoreAttribute,
    IgnoreObject,
    BinaryCompare,
    TextCompare,
}

/// A function and its arguments.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) function: &'static dyn Function,
    pub(super) arguments: Vec<Node>,
    pub(super) prepared: Prepared,
    /// The how-manieth call of the expression, so that two `Guid()` differ.
    pub(super) position: u32,
}

/// What a function worked out once, from its constant arguments.
#[derive(Debug, Clone)]
pub(super) enum Prepared {
    Nothing,
    Pattern(Box<Pattern>),
    /// The formats that a date is read and printed by.
    Formats(Box<(date::Pattern, date::Pattern)>),
    /// The value of each key.
    Table(HashMap<String, Value>),
}

/// The bare words, with their names.
pub(super) const WORDS: &[(&str, Word)] = &[
    ("IgnoreAttributeFlow", Word::IgnoreAttribute),
    ("IgnoreObjectFlow", Word::IgnoreObject),
    ("vbBinaryCompare", Word::BinaryCompare),
    ("vbTextCompare", Word::TextCompare),
];

impl Word {
    /// True for the words that stop a flow instead of giving a value.
    pub(super) const fn stops_flow(self) -> bool {
        matches!(self, Self::IgnoreAttribute | Self::IgnoreObject)
    }
}

impl Call {
    pub(super) fn signature(&self) -> &'static Signature {
        self.function.signature()
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(self.signature().name).field("arguments", &self.arguments).finish_non_exhaustive()
    }
}

impl Node {
    /// The constant's text.
    pub(super) fn literal_text(&self) -> Option<&str> {
        match self {
            Self::Literal(literal) => Some(&literal.text),
            _ => None,
        }
    }

    /// True when this node, or one below it, fulfils `wanted`. No deeper than the text's nesting.
    pub(super) fn any(&self, wanted: &dyn Fn(&Self) -> bool) -> bool {
        wanted(self)
            || match self {
                Self::Call(call) => call.arguments.iter().any(|argument| argument.any(wanted)),
                Self::Comparison(sides) => sides.0.any(wanted) || sides.2.any(wanted),
                Self::Missing | Self::Literal(_) | Self::Reference(_) | Self::Word(_) => false,
            }
    }

    /// The names of the tables in this node and below.
    pub(super) fn named_tables<'a>(&'a self, names: &mut Vec<&'a str>) {
        match self {
            Self::Literal(Literal { value: Value::List(_), text }) => names.push(text.trim()),
            Self::Call(call) => call.arguments.iter().for_each(|argument| argument.named_tables(names)),
            Self::Comparison(sides) => [&sides.0, &sides.2].into_iter().for_each(|side| side.named_tables(names)),
            Self::Missing | Self::Literal(_) | Self::Reference(_) | Self::Word(_) => {}
        }
    }

    /// The candidates of an outermost function that selects among its arguments.
    pub(super) fn candidates(&self) -> Option<&[Self]> {
        match self {
            Self::Call(call) if call.signature().place == Place::Outermost => Some(&call.arguments),
            _ => None,
        }
    }

    /// True when the value depends on nothing outside of the text.
    pub(super) fn is_constant(&self) -> bool {
        !self.any(&|node| match node {
            Self::Reference(_) => true,
            Self::Call(call) => call.signature().depends != Depends::Arguments,
            _ => false,
        })
    }
}
