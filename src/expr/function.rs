//! What a function of the language is: a signature that documents and checks it, a call, an inverse.
//!
//! Every function is a file under `functions/` and a line in its table; nothing else knows it.

use crate::value::Value;

use super::Kind;
use super::eval::Stop;
use super::invert::Undone;
use super::node::{Node, Prepared};

pub(super) use super::arguments::Arguments;

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
    /// The name, as Entra spells it where Entra has it.
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
    /// True when a list in one argument is worked on element by element.
    pub each: bool,
    /// Which argument that is; the first in most functions.
    pub each_at: usize,
    /// Where a call may stand.
    pub place: Place,
    /// What the result depends on besides the arguments.
    pub depends: Depends,
    /// False for our own functions: Entra does not have them.
    pub portable: bool,
    /// True when logs must not show the result.
    pub secret: bool,
    /// True when a call takes so long that nobody else should wait for it.
    pub slow: bool,
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
        each_at: 0,
        place: Place::Anywhere,
        depends: Depends::Arguments,
        portable: true,
        secret: false,
        slow: false,
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
