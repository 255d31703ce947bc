//! The expression language: Entra's with some functions of our own, compiled once and evaluated for
//! each request.
//!
//! Knows neither SCIM nor the application: a reference `[name]` is a slot that the caller fills.
//!
//! ```text
//! expression = argument ;
//! argument   = operand , [ comparison , operand ] ;
//! operand    = call | reference | string | number | word ;
//! call       = name , "(" , [ slot , { "," , slot } ] , ")" ;
//! slot       = argument | (* empty *) ;
//! comparison = "=" | "<>" | "<" | "<=" | ">" | ">=" ;
//! number     = [ "-" ] , digits , [ "." , digits ] | "&H" , hexadecimal digits ;
//! word       = "IgnoreAttributeFlow" | "IgnoreObjectFlow" | "vbBinaryCompare" | "vbTextCompare" ;
//! ```
//!
//! `lex` and `parse` turn text into a tree, `check` looks names up and makes the compiled tree
//! (`node`), `eval` walks it. `function` says what a function is, `functions/` holds one file for
//! each. `invert` and `template` lead back from a value to the references that gave it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::diagnostic::{Code, Severity};
use crate::value::Value;

mod arguments;
mod ast;
mod casing;
mod check;
mod compare;
mod date;
mod eval;
mod function;
mod functions;
mod invert;
mod kind;
mod lex;
mod node;
mod parse;
mod pattern;
mod random;
mod template;
mod text;
mod units;

use eval::{Frame, Stop};
use invert::Concerns;
use node::{Node, Word};

pub use function::{Depends, Example, Parameter, Place, Role, Signature};
pub use kind::Kind;

/// Tables by their names, each a list of keys and values.
pub type Tables = BTreeMap<String, Vec<(String, Value)>>;

/// A compiled expression.
#[derive(Debug, Clone)]
pub struct Expression {
    text: String,
    references: Vec<Reference>,
    root: Arc<Node>,
    warnings: Vec<Problem>,
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
    /// Works here, but not in Entra.
    NotPortable,
}

impl ProblemKind {
    /// How bad it is. What works here and was never meant for Entra needs no change, so it is no warning.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::Syntax | Self::UnknownFunction | Self::Arguments => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::NotPortable => Severity::Note,
        }
    }

    /// The stable code of such a problem.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Syntax => Code::EXPRESSION_SYNTAX,
            Self::UnknownFunction => Code::UNKNOWN_FUNCTION,
            Self::Arguments => Code::WRONG_ARGUMENTS,
            Self::Warning => Code::DOUBTFUL_EXPRESSION,
            Self::NotPortable => Code::NOT_PORTABLE,
        }
    }
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
#[derive(Clone)]
pub struct Env {
    /// The instant that `Now()` gives.
    pub now: Timestamp,
    /// Seed of `Guid()` and `RandomString()`, fresh and unguessable for each request.
    pub seed: [u8; 32],
    /// The tenant's `DefaultDomain()`.
    pub default_domain: Option<String>,
    /// What is known of the token of the request, for `{token.NAME}` beside expressions.
    pub token: Arc<[(String, Value)]>,
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

/// The inverse of an expression: from the value that it gave to the references that gave it.
#[derive(Debug, Clone)]
pub struct Inverse {
    undone: invert::Undone,
}

impl Expression {
    /// Compiles `text`.
    ///
    /// # Errors
    /// Every problem that the text has, in the order of the text, warnings included.
    pub fn compile(text: &str) -> Result<Self, Vec<Problem>> {
        Self::compile_with(text, &Tables::new())
    }

    /// Compiles `text`, in which `Lookup` may name these tables.
    ///
    /// # Errors
    /// Every problem that the text has, in the order of the text, warnings included.
    pub fn compile_with(text: &str, tables: &Tables) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let syntax = parse::parse(text, &mut problems);
        let (root, references) = check::check(syntax, tables, &mut problems);
        problems.sort_by_key(|problem| problem.span.start);
        if problems.iter().any(|problem| problem.kind.severity() == Severity::Error) {
            return Err(problems);
        }
        Ok(Self { text: text.to_owned(), references, root: Arc::new(root), warnings: problems })
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

    /// What works but is probably not meant as it is written, or is worth knowing.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Evaluates with `values[i]` for `references()[i]`. `SelectUniqueValue` gives its first
    /// candidate; the others are had from [`Self::eval_candidate`].
    ///
    /// # Errors
    /// When a function cannot work on this input.
    pub fn eval(&self, values: &[Value], env: &Env) -> Result<Outcome, EvalError> {
        self.outcome(&self.root, values, env)
    }

    /// How many candidates `SelectUniqueValue` offers; 1 for every other expression.
    #[must_use]
    pub fn candidates(&self) -> usize {
        self.root.candidates().map_or(1, <[Node]>::len)
    }

    /// Evaluates the candidate at `index` (from 0) of `SelectUniqueValue`, and only that one, so
    /// that the caller can probe each before it asks for the next. A candidate that is null or
    /// empty does not count.
    ///
    /// # Errors
    /// When a function cannot work on this input.
    pub fn eval_candidate(&self, index: usize, values: &[Value], env: &Env) -> Result<Outcome, EvalError> {
        match self.root.candidates() {
            None => self.eval(values, env),
            Some(candidates) => self.outcome(candidates.get(index).unwrap_or(&Node::Missing), values, env),
        }
    }

    /// The inverse, by the rules of invertible expressions.
    ///
    /// # Errors
    /// The reason why there is none, in words for an administrator.
    pub fn invert(&self) -> Result<Inverse, String> {
        invert::undone(&self.root).map(|undone| Inverse { undone })
    }

    /// The kind of the result, as far as the text tells.
    #[must_use]
    pub fn result_kind(&self) -> Kind {
        Kind::of(&self.root)
    }

    /// True when the result depends on nothing outside of the text.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.root.is_constant()
    }

    /// True when two evaluations of the same input may differ: `Now`, `Guid`, `RandomString` and the like.
    #[must_use]
    pub fn uses_time_or_randomness(&self) -> bool {
        self.uses(|signature| matches!(signature.depends, Depends::Time | Depends::Randomness))
    }

    /// True when two evaluations of the same input at the same instant may differ.
    #[must_use]
    pub fn uses_randomness(&self) -> bool {
        self.uses(|signature| signature.depends == Depends::Randomness)
    }

    /// True when an evaluation may take so long that nobody else should wait for it: it hashes a password.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        self.uses(|signature| signature.slow)
    }

    /// True when the result may hold what `Redact` or a hash keeps out of logs.
    #[must_use]
    pub fn is_redacted(&self) -> bool {
        self.uses(|signature| signature.secret)
    }

    /// The names of the tables that `Lookup` reads here.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        let mut names = Vec::new();
        self.root.named_tables(&mut names);
        names.into_iter()
    }

    /// True when the flow may be stopped instead of giving a value.
    #[must_use]
    pub fn may_ignore(&self) -> bool {
        self.uses(|signature| signature.place == Place::NoCondition)
            || self.root.any(&|node| matches!(node, Node::Word(Word::IgnoreAttribute | Word::IgnoreObject)))
    }

    fn uses(&self, wanted: impl Fn(&Signature) -> bool) -> bool {
        self.root.any(&|node| matches!(node, Node::Call(call) if wanted(call.signature())))
    }

    fn outcome(&self, node: &Node, values: &[Value], env: &Env) -> Result<Outcome, EvalError> {
        match node.value(Frame { values, env, text: &self.text, made: &Cell::new(0) }) {
            Ok(value) => Ok(Outcome::Value(value.into_owned())),
            Err(Stop::IgnoreAttribute) => Ok(Outcome::IgnoreAttribute),
            Err(Stop::IgnoreObject) => Ok(Outcome::IgnoreObject),
            Err(Stop::Failed(failure)) => Err(failure),
        }
    }
}

impl Env {
    /// The same environment for the rule of one target, with a seed of its own: two targets with
    /// the same `Guid()` get two identifiers. What is drawn under a name stays the same.
    #[must_use]
    pub fn for_target(&self, target: &str) -> Self {
        let digest = Sha256::new().chain_update(self.seed).chain_update(target.as_bytes()).finalize();
        let mut seed = self.seed;
        seed[..random::OF_TARGET].copy_from_slice(&digest[..random::OF_TARGET]);
        Self { seed, ..self.clone() }
    }
}

impl fmt::Debug for Env {
    /// Without the seed: who knows it knows the passwords that `RandomString` makes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Env");
        shown.field("now", &self.now).field("default_domain", &self.default_domain).finish_non_exhaustive()
    }
}

impl Inverse {
    /// True when every value that the expression can give leads back to what gave it.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.undone.losses.is_empty()
    }

    /// Why some values do not lead back, in words for an administrator; nothing when exact.
    #[must_use]
    pub fn losses(&self) -> Vec<&str> {
        self.undone.losses.iter().map(|loss| loss.reason.as_str()).collect()
    }

    /// Says more of the references than an expression can know: that they are `typed` (no texts, so
    /// that a date is a date however it was spelled), that they are `listed` (have only values that
    /// were tried). What then cannot get lost is forgotten.
    #[must_use]
    pub fn knowing(mut self, typed: bool, listed: bool) -> Self {
        self.undone.losses.retain(|loss| match loss.concerns {
            Concerns::All => true,
            Concerns::Texts => !typed,
            Concerns::Open => !listed,
        });
        self
    }

    /// The same, with one more reason why some values do not lead back.
    #[must_use]
    pub fn losing(mut self, reason: &str) -> Self {
        self.undone = self.undone.losing(reason);
        self
    }

    /// Solves for one value: index into `references()` and the value, one for each reference that
    /// the value tells.
    ///
    /// # Errors
    /// Why this value has no (single) origin.
    pub fn solve(&self, value: &Value) -> Result<Vec<(usize, Value)>, String> {
        let mut found = invert::Found::new();
        self.undone.step.undo(value, &mut found)?;
        found.sort_by_key(|(slot, _)| *slot);
        Ok(found)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The functions of the language, by name.
pub fn signatures() -> impl Iterator<Item = &'static Signature> {
    functions::FUNCTIONS.iter().map(|function| function.signature())
}

/// A value as the language prints it: `True`, `3/16/2020 7:00:00 AM`, nothing for null.
#[must_use]
pub fn text_of(value: &Value) -> String {
    match value {
        Value::Boolean(true) => "True".to_owned(),
        Value::Boolean(false) => "False".to_owned(),
        Value::DateTime(at) => date::print(date::civil(*at)),
        other => other.to_text(),
    }
}
