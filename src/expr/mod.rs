//! The expression language: Entra's, compiled once and evaluated for each request.
//!
//! Knows neither SCIM nor the application: a reference `[name]` is a slot that the caller fills.

use std::fmt;
use std::ops::Range;

use jiff::Timestamp;

use crate::value::Value;

/// A compiled expression.
#[derive(Debug, Clone)]
pub struct Expression {
    text: String,
    references: Vec<Reference>,
}

/// One `[name]` of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What stands between the brackets: `userName`, `emails[type eq "work"].value`, `firstname`.
    pub name: String,
    /// Where, in bytes of the expression's text, brackets included.
    pub span: Range<usize>,
}

/// A problem in an expression's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem, for the diagnostic's code.
    pub kind: ProblemKind,
    /// What is wrong.
    pub message: String,
    /// Where, in bytes of the expression's text.
    pub span: Range<usize>,
    /// What would be right.
    pub help: Option<String>,
}

/// Kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The text is not an expression.
    Syntax,
    /// No such function.
    UnknownFunction,
    /// Too few, too many or unusable arguments.
    Arguments,
    /// Works, but probably not as meant.
    Warning,
}

/// What an evaluation gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A value; `Null` leaves the target alone.
    Value(Value),
    /// The attribute does not flow (`IgnoreFlowIfNullOrEmpty`, `IgnoreAttributeFlow`).
    IgnoreAttribute,
    /// The whole object does not flow (`IgnoreObjectFlow`).
    IgnoreObject,
}

/// What comes from outside: time, randomness, the tenant. Same `Env`, same answer.
#[derive(Debug, Clone)]
pub struct Env {
    /// The instant that `Now()` gives.
    pub now: Timestamp,
    /// Seed of `Guid()` and `RandomString()`, fresh and unguessable for each request.
    pub seed: [u8; 32],
    /// The tenant's `DefaultDomain()`.
    pub default_domain: Option<String>,
}

/// Why an evaluation failed on this input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{function}: {reason}")]
pub struct EvalError {
    /// The function that failed.
    pub function: &'static str,
    /// Why, without any value of the input.
    pub reason: String,
}

impl Expression {
    /// Compiles `text`.
    ///
    /// # Errors
    /// Every problem that the text has.
    pub fn compile(text: &str) -> Result<Self, Vec<Problem>> {
        let _ = text;
        Err(Vec::new())
    }

    /// The references, in the order of their first appearance, each name once.
    #[must_use]
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// The text, as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Evaluates with `values[i]` for `references()[i]`.
    ///
    /// # Errors
    /// When a function cannot work on this input.
    pub fn eval(&self, values: &[Value], env: &Env) -> Result<Outcome, EvalError> {
        let _ = (values, env);
        Ok(Outcome::Value(Value::Null))
    }

    /// The inverse, by the rules of invertible expressions.
    ///
    /// # Errors
    /// The reason why there is none, in words for an administrator.
    pub fn invert(&self) -> Result<Inverse, String> {
        Err(String::new())
    }
}

/// The inverse of an expression: from the value that it gave to the references that gave it.
#[derive(Debug, Clone)]
pub struct Inverse {}

impl Inverse {
    /// True when every value that the expression can give leads back to what gave it.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        true
    }

    /// Solves for one value: index into `references()` and the value, one for each reference that
    /// the value tells.
    ///
    /// # Errors
    /// Why this value has no (single) origin.
    pub fn solve(&self, value: &Value) -> Result<Vec<(usize, Value)>, String> {
        let _ = value;
        Ok(Vec::new())
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
