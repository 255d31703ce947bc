//! Syntax tree to compiled tree: names, numbers of arguments, kinds, places.
//!
//! Everything that is wrong is reported, nearest names included; a tree comes out either way.

use std::cell::Cell;
use std::ops::Range;

use jiff::Timestamp;

use crate::diagnostic::nearest;
use crate::value::Value;

use super::ast::{self, Shape, Syntax};
use super::eval::{Frame, Stop};
use super::function::{Function, Parameter, Place, Role, Signature};
use super::functions;
use super::lex::Number;
use super::node::{Call, Literal, Node, Prepared, WORDS};
use super::text;
use super::{Env, Kind, Problem, ProblemKind, Reference, Tables};

/// The compiled tree and its references, in the order of their first appearance.
pub(super) fn check(syntax: Syntax, tables: &Tables, problems: &mut Vec<Problem>) -> (Node, Vec<Reference>) {
    let mut checker = Checker { references: Vec::new(), calls: 0, tables, problems };
    let node = checker.node(syntax, At::Outermost);
    (node, checker.references)
}

/// Where a piece stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// Around everything else.
    Outermost,
    /// A branch whose result is the result of the whole.
    Branch,
    Condition,
    Inside,
}

struct Checker<'a> {
    references: Vec<Reference>,
    calls: u32,
    tables: &'a Tables,
    problems: &'a mut Vec<Problem>,
}

impl Checker<'_> {
    fn node(&mut self, syntax: Syntax, at: At) -> Node {
        let span = syntax.span;
        match syntax.shape {
            Shape::Missing | Shape::Wrong => Node::Missing,
            Shape::Text(text) => Node::Literal(Literal { value: Value::String(text.clone()), text }),
            Shape::Number(number, text) => Node::Literal(Literal { value: value_of(number), text }),
            Shape::Reference(name) => self.reference(name, span),
            Shape::Word(name) => self.word(&name, span, at),
            Shape::Call(call) => self.call(call, span, at),
            Shape::Comparison(left, operator, right) => {
                let left = self.node(*left, At::Condition);
                Node::Comparison(Box::new((left, operator, self.node(*right, At::Condition))))
            }
        }
    }

    fn reference(&mut self, name: String, span: Range<usize>) -> Node {
        let known = self.references.iter().position(|reference| reference.name == name);
        Node::Reference(known.unwrap_or_else(|| {
            self.references.push(Reference { name, span });
            self.references.len() - 1
        }))
    }

    fn word(&mut self, name: &str, span: Range<usize>, at: At) -> Node {
        let Some((canonical, word)) = WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) else {
            self.unknown_word(name, span);
            return Node::Missing;
        };
        if *canonical != name {
            self.warn(span.clone(), format!("`{name}` is spelled `{canonical}`"), None);
        }
        if word.stops_flow() && !matches!(at, At::Outermost | At::Branch) {
            let message = format!("`{canonical}` is no value");
            self.problem(span, message, Some("it may only be a branch of the outermost `IIF` or `Switch`".to_owned()));
        }
        Node::Word(*word)
    }

    fn unknown_word(&mut self, name: &str, span: Range<usize>) {
        let special = match name.to_ascii_lowercase().as_str() {
            "true" => Some("write `\"True\"`".to_owned()),
            "false" => Some("write `\"False\"`".to_owned()),
            "null" => Some("leave the argument empty for null; `IsNull` asks for it".to_owned()),
            _ => None,
        };
        let help = special.unwrap_or_else(|| Self::word_meant(name));
        self.push(ProblemKind::Syntax, span, format!("unknown word `{name}`"), Some(help));
    }

    fn word_meant(name: &str) -> String {
        let function = functions::find(name).map(Function::signature);
        match (function, nearest(name, WORDS.iter().map(|(known, _)| *known))) {
            (Some(function), _) => format!("a function has parentheses: `{}`", function.usage()),
            (None, Some(near)) => format!("did you mean `{near}`?"),
            (None, None) => format!("write `[{name}]` for an attribute or `\"{name}\"` for text"),
        }
    }

    fn call(&mut self, call: ast::Call, span: Range<usize>, at: At) -> Node {
        let position = self.calls;
        self.calls += 1;
        let before = self.obstacles();
        let Some(function) = self.function(&call, at) else {
            call.arguments.into_iter().for_each(|argument| drop(self.node(argument, At::Inside)));
            return Node::Missing;
        };
        let signature = function.signature();
        let written = self.slots(signature, call.arguments, &call.name_span, &span);
        let spans: Vec<_> = written.iter().map(|argument| argument.span.clone()).collect();
        let arguments: Vec<_> =
            written.into_iter().enumerate().map(|(i, argument)| self.argument(signature, i, argument, at)).collect();
        let mut call = Call { function, arguments, prepared: Prepared::Nothing, position };
        // Where a part of the text could not be read there may be fewer arguments than are needed.
        let is_whole = !self.is_broken(&span);
        if is_whole && self.obstacles() == before {
            self.prepare(&mut call, &spans);
        }
        let node = Node::Call(call);
        if is_whole && self.obstacles() == before {
            self.try_constant(&node, span);
        }
        node
    }

    fn function(&mut self, call: &ast::Call, at: At) -> Option<&'static dyn Function> {
        let name = &call.name;
        let Some(function) = functions::find(name) else {
            let help = match nearest(name, functions::FUNCTIONS.iter().map(|function| function.signature().name)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`postern functions` prints the functions that there are".to_owned(),
            };
            let message = format!("unknown function `{name}`");
            self.push(ProblemKind::UnknownFunction, call.name_span.clone(), message, Some(help));
            return None;
        };
        let signature = function.signature();
        if signature.name != name {
            self.warn(call.name_span.clone(), format!("`{name}` is spelled `{}`", signature.name), None);
        }
        if !signature.portable {
            let message = format!("Entra does not have `{}`", signature.name);
            let help = "it works in a mapping; do not copy it into Entra".to_owned();
            self.push(ProblemKind::NotPortable, call.name_span.clone(), message, Some(help));
        }
        let misplaced = match signature.place {
            Place::Outermost if at != At::Outermost => {
                Some(("has to be the outermost function", "put the other functions into its arguments"))
            }
            Place::NoCondition if at == At::Condition => {
                Some(("is no condition", "put it around the whole expression"))
            }
            _ => None,
        };
        if let Some((misplaced, help)) = misplaced {
            let message = format!("`{}` {misplaced}", signature.name);
            self.problem(call.name_span.clone(), message, Some(help.to_owned()));
        }
        Some(function)
    }

    /// The arguments without surplus empty ones at the end; reports too few or too many.
    fn slots(
        &mut self,
        signature: &Signature,
        mut written: Vec<Syntax>,
        span: &Range<usize>,
        whole: &Range<usize>,
    ) -> Vec<Syntax> {
        let name = signature.name;
        let known = signature.parameters.len();
        while written.last().is_some_and(|last| last.shape == Shape::Missing) {
            let last = written.len() - 1;
            let kept = signature.parameter(last).is_some_and(|parameter| parameter.role == Role::Branch);
            let fits = last < known || signature.repeat > 0 && (written.len() - known).is_multiple_of(signature.repeat);
            if kept && fits {
                break;
            }
            written.pop();
        }
        let count = written.len();
        if self.is_broken(whole) {
            return written;
        }
        if count < signature.required {
            let missing = signature.parameter(count).map_or("", |parameter| parameter.name);
            let message = format!("`{name}` needs {}, has {count}", arguments(signature.required));
            self.problem(span.clone(), message, Some(format!("`{missing}` is missing: `{}`", signature.usage())));
        } else if count > known && signature.repeat == 0 {
            let message = format!("`{name}` takes at most {}, has {count}", arguments(known));
            self.problem(span.clone(), message, Some(format!("write `{}`", signature.usage())));
        } else if count > known && !(count - known).is_multiple_of(signature.repeat) {
            let message = format!("the last arguments of `{name}` come in pairs");
            self.problem(span.clone(), message, Some(format!("write `{}`", signature.usage())));
        }
        written
    }

    /// True when the text in `span` could not be read, so that counting arguments tells nothing.
    fn is_broken(&self, span: &Range<usize>) -> bool {
        let inside = |problem: &Problem| span.contains(&problem.span.start) && problem.span.start != span.start;
        self.problems.iter().any(|problem| problem.kind == ProblemKind::Syntax && inside(problem))
    }

    fn argument(&mut self, signature: &Signature, index: usize, argument: Syntax, at: At) -> Node {
        let Some(parameter) = signature.parameter(index) else { return self.node(argument, At::Inside) };
        let span = argument.span.clone();
        let (missing, readable) = (argument.shape == Shape::Missing, argument.shape != Shape::Wrong);
        let inside = match parameter.role {
            Role::Branch if matches!(at, At::Outermost | At::Branch) => At::Branch,
            _ if parameter.kind == Kind::Boolean => At::Condition,
            _ => At::Inside,
        };
        let before = self.obstacles();
        let node = match argument.shape {
            Shape::Text(text) if parameter.kind == Kind::Table => self.table(text, &span),
            _ => self.node(argument, inside),
        };
        if missing && !parameter.optional {
            let message = format!("`{}` of `{}` is empty", parameter.name, signature.name);
            self.problem(span, message, Some(format!("write `{}`", signature.usage())));
        } else if !missing && readable && self.obstacles() == before {
            self.kind(signature, parameter, &node, span);
        }
        node
    }

    /// The rows of the table that `text` names; a text with a `=` is the table itself.
    fn table(&mut self, text: String, span: &Range<usize>) -> Node {
        let name = text.trim();
        let value = match self.tables.get(name) {
            Some(rows) => {
                rows.iter().map(|(key, value)| Value::List(vec![key.as_str().into(), value.clone()])).collect()
            }
            None => {
                if !text.contains('=') {
                    let help = match nearest(name, self.tables.keys().map(String::as_str)) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("declare `[lookup.{name}]`, or write the rows: `\"key = value; …\"`"),
                    };
                    self.problem(span.clone(), format!("no table is called `{name}`"), Some(help));
                }
                return Node::Literal(Literal { value: Value::String(text.clone()), text });
            }
        };
        Node::Literal(Literal { value: Value::List(value), text })
    }

    fn kind(&mut self, signature: &Signature, parameter: &Parameter, node: &Node, span: Range<usize>) {
        let given = Kind::of(node);
        let (is, wanted) = (given.name(), parameter.kind.name());
        let message = format!("`{}` of `{}` is {wanted}, not {is}", parameter.name, signature.name);
        let is_literal = matches!(node, Node::Literal(literal) if text::number_of(&literal.value).is_none());
        if !parameter.kind.accepts(given) {
            self.problem(span, message, None);
        } else if parameter.kind == Kind::Number && is_literal {
            // Only a warning: a branch that is never taken may hold it.
            self.warn(span, message, None);
        }
    }

    fn prepare(&mut self, call: &mut Call, spans: &[Range<usize>]) {
        let span_of = |index: usize| spans.get(index).cloned().unwrap_or_default();
        match call.function.prepare(&call.arguments) {
            Ok(prepared) => call.prepared = prepared,
            Err((index, message)) => self.problem(span_of(index), message, None),
        }
        if let Some((index, message)) = call.function.remark(&call.arguments) {
            self.warn(span_of(index), message, None);
        }
    }

    /// A constant that fails will fail on every input; a branch never taken may hold one.
    fn try_constant(&mut self, node: &Node, span: Range<usize>) {
        if !node.is_constant() {
            return;
        }
        let env = Env { now: Timestamp::UNIX_EPOCH, seed: [0; 32], default_domain: None, token: Default::default() };
        if let Err(Stop::Failed(failure)) = node.value(Frame { values: &[], env: &env, text: "", made: &Cell::new(0) })
        {
            let help = format!("the reason: {}", failure.reason);
            self.warn(span, format!("`{}` fails whatever comes in", failure.function), Some(help));
        }
    }

    /// How many problems there are that make further checks pointless.
    fn obstacles(&self) -> usize {
        self.problems.iter().filter(|problem| problem.kind != ProblemKind::NotPortable).count()
    }

    fn problem(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        self.push(ProblemKind::Arguments, span, message.into(), help);
    }

    fn warn(&mut self, span: Range<usize>, message: String, help: Option<String>) {
        self.push(ProblemKind::Warning, span, message, help);
    }

    fn push(&mut self, kind: ProblemKind, span: Range<usize>, message: String, help: Option<String>) {
        self.problems.push(Problem { kind, message, span, help });
    }
}

const fn value_of(number: Number) -> Value {
    match number {
        Number::Integer(whole) => Value::Integer(whole),
        Number::Decimal(number) => Value::Decimal(number),
    }
}

fn arguments(count: usize) -> String {
    if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") }
}
