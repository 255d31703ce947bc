//! The syntax tree: what the text says, with places, before any name is looked up.

use std::ops::Range;

use super::lex::{Number, Operator};

/// A piece of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Syntax {
    pub(super) shape: Shape,
    pub(super) span: Range<usize>,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// An argument left empty: `f(a, , b)`.
    Missing,
    /// Already reported.
    Wrong,
    Text(String),
    /// A number and its text.
    Number(Number, String),
    Reference(String),
    /// A bare word: `IgnoreAttributeFlow`.
    Word(String),
    Call(Call),
    Comparison(Box<Syntax>, Operator, Box<Syntax>),
}

/// A function's name and its arguments.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) name_span: Range<usize>,
    pub(super) arguments: Vec<Syntax>,
}
