//! Tokens to syntax tree, by recursive descent over the grammar of [`super`].
//!
//! A problem inside an argument ends that argument only; the ones behind it are still read.

use std::ops::Range;

use super::ast::{Call, Shape, Syntax};
use super::lex::{Number, Operator, Sign, Token, tokens};
use super::{Problem, ProblemKind};

/// Longest text of an expression, in characters: Entra's own limit.
pub(super) const MAX_CHARACTERS: usize = 10_000;

/// Deepest nesting of calls. Documented expressions need eight.
pub(super) const MAX_DEPTH: usize = 64;

/// Reads a whole expression. With errors in `problems`, the tree is only good for finding more.
pub(super) fn parse(text: &str, problems: &mut Vec<Problem>) -> Syntax {
    let whole = 0..text.len();
    if text.len() > MAX_CHARACTERS && text.chars().count() > MAX_CHARACTERS {
        let message = format!("the expression is longer than {MAX_CHARACTERS} characters");
        problems.push(Problem { kind: ProblemKind::Syntax, message, span: whole.clone(), help: None });
        return Syntax { shape: Shape::Wrong, span: whole };
    }
    let tokens = tokens(text, problems);
    let mut parser = Parser { text, tokens, at: 0, depth: 0, problems };
    if parser.tokens.is_empty() {
        parser.problem(whole.clone(), "the expression is empty", Some("write `[attribute]`, `\"text\"` or a function"));
        return Syntax { shape: Shape::Wrong, span: whole };
    }
    let syntax = parser.argument();
    if let Some(rest) = parser.tokens.get(parser.at) {
        let span = rest.span.start..text.trim_end().len();
        parser.trailing(span);
    }
    syntax
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    problems: &'a mut Vec<Problem>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Sign> {
        self.tokens.get(self.at).map(|token| &token.sign)
    }

    /// Where the next token is, or the end of the text.
    fn here(&self) -> Range<usize> {
        let end = self.text.trim_end().len();
        self.tokens.get(self.at).map_or(end..end, |token| token.span.clone())
    }

    fn argument(&mut self) -> Syntax {
        let left = self.operand();
        let Some(operator) = self.operator() else { return left };
        let right = self.operand();
        if self.operator().is_some() {
            let span = self.tokens[self.at - 1].span.clone();
            self.problem(span, "one comparison at a time", Some("nest `IIF` for a second condition"));
            self.operand();
        }
        let span = left.span.start..right.span.end;
        Syntax { shape: Shape::Comparison(Box::new(left), operator, Box::new(right)), span }
    }

    fn operator(&mut self) -> Option<Operator> {
        let Some(Sign::Operator(operator)) = self.peek() else { return None };
        let operator = *operator;
        self.at += 1;
        Some(operator)
    }

    fn operand(&mut self) -> Syntax {
        let span = self.here();
        let Some(sign) = self.peek().cloned() else {
            self.problem(span.clone(), "something is missing at the end", None);
            return Syntax { shape: Shape::Wrong, span };
        };
        let shape = match sign {
            Sign::Text(text) => Shape::Text(text),
            Sign::Number(number) => Shape::Number(number, self.digits(number, &span)),
            Sign::Reference(name) => Shape::Reference(name),
            Sign::Wrong => Shape::Wrong,
            Sign::Word(word) => return self.word(word, span),
            Sign::Open => return self.group(span),
            Sign::Close | Sign::Comma | Sign::Operator(_) => {
                self.problem(
                    span.clone(),
                    "a value is missing here",
                    Some("write `[attribute]`, `\"text\"` or a function"),
                );
                return Syntax { shape: Shape::Wrong, span };
            }
        };
        self.at += 1;
        Syntax { shape, span }
    }

    /// Parentheses without a function: reported and skipped.
    fn group(&mut self, span: Range<usize>) -> Syntax {
        let start = span.start;
        self.problem(span, "parentheses belong to a function", Some("leave them out; nest functions instead"));
        self.skip_call();
        Syntax { shape: Shape::Wrong, span: start..self.tokens[self.at - 1].span.end }
    }

    /// A number's text: as written, `&H` in decimal.
    fn digits(&self, number: Number, span: &Range<usize>) -> String {
        match (&self.text[span.clone()], number) {
            (written, Number::Integer(value)) if written.starts_with('&') => value.to_string(),
            (written, _) => written.to_owned(),
        }
    }

    fn word(&mut self, name: String, name_span: Range<usize>) -> Syntax {
        self.at += 1;
        if self.peek() != Some(&Sign::Open) {
            return Syntax { shape: Shape::Word(name), span: name_span };
        }
        let start = name_span.start;
        if self.depth == MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} functions inside each other");
            self.problem(name_span, message, None);
            self.skip_call();
            return Syntax { shape: Shape::Wrong, span: start..self.here().start };
        }
        self.depth += 1;
        self.at += 1;
        let arguments = self.arguments(start);
        self.depth -= 1;
        let end = self.tokens[self.at - 1].span.end;
        Syntax { shape: Shape::Call(Call { name, name_span, arguments }), span: start..end }
    }

    /// The arguments up to the closing parenthesis, which is taken too.
    fn arguments(&mut self, start: usize) -> Vec<Syntax> {
        let mut arguments = Vec::new();
        loop {
            let place = self.here();
            let empty = matches!(self.peek(), None | Some(Sign::Comma | Sign::Close));
            arguments.push(if empty {
                Syntax { shape: Shape::Missing, span: place.start..place.start }
            } else {
                self.argument()
            });
            self.expect_end_of_argument();
            self.at += 1;
            match self.tokens.get(self.at - 1).map(|token| &token.sign) {
                Some(Sign::Comma) => (),
                Some(_) => return arguments,
                None => {
                    self.at -= 1;
                    let end = self.here().end;
                    // An open string or reference has swallowed the parenthesis.
                    if !self.problems.iter().any(|problem| problem.span.end == end) {
                        self.problem(start..end, "the parenthesis is not closed", Some("end the arguments with `)`"));
                    }
                    return arguments;
                }
            }
        }
    }

    /// Reports what stands between an argument and the next comma or parenthesis, and skips it.
    fn expect_end_of_argument(&mut self) {
        if matches!(self.peek(), None | Some(Sign::Comma | Sign::Close)) {
            return;
        }
        let span = self.here();
        let logic = match self.peek() {
            Some(Sign::Word(word)) => ["AND", "OR", "NOT"].iter().any(|logic| word.eq_ignore_ascii_case(logic)),
            _ => false,
        };
        if logic {
            self.problem(span, "conditions are not combined by words", Some("nest `IIF`: `IIF(a, IIF(b, x, y), y)`"));
        } else if self.peek() != Some(&Sign::Wrong) {
            self.problem(span, "a comma is missing here", Some("part the arguments by `,`"));
        }
        self.skip_argument();
    }

    fn skip_argument(&mut self) {
        let mut open = 0_usize;
        while let Some(sign) = self.peek() {
            match sign {
                Sign::Open => open += 1,
                Sign::Close if open == 0 => return,
                Sign::Close => open -= 1,
                Sign::Comma if open == 0 => return,
                _ => (),
            }
            self.at += 1;
        }
    }

    /// Skips `( … )`, however deep.
    fn skip_call(&mut self) {
        let mut open = 0_usize;
        while let Some(sign) = self.peek() {
            match sign {
                Sign::Open => open += 1,
                Sign::Close => open -= 1,
                _ => (),
            }
            self.at += 1;
            if open == 0 {
                return;
            }
        }
    }

    fn trailing(&mut self, span: Range<usize>) {
        let known = self.problems.iter().any(|problem| problem.span.start == span.start);
        match self.peek() {
            Some(Sign::Close) if !known => self.problem(span, "a parenthesis too many", None),
            Some(sign) if !known && *sign != Sign::Wrong => {
                let help = "to put texts together, write `Join` or `Append`";
                self.problem(span, "the expression ends before this", Some(help));
            }
            _ => (),
        }
    }

    fn problem(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<&str>) {
        self.problems.push(Problem {
            kind: ProblemKind::Syntax,
            message: message.into(),
            span,
            help: help.map(str::to_owned),
        });
    }
}
