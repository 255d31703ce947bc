//! Text to tokens: strings, references, numbers, words and signs, each with its place.
//!
//! Notes every problem and goes on, so that one run shows all of them.

use std::ops::Range;

use super::{Problem, ProblemKind};

/// One token.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) sign: Sign,
    pub(super) span: Range<usize>,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sign {
    Open,
    Close,
    Comma,
    Operator(Operator),
    /// A string, its escapes undone.
    Text(String),
    /// A number; the digits are the token's own text.
    Number(Number),
    /// What stands between brackets, trimmed.
    Reference(String),
    Word(String),
    /// Something that was reported already and may stand for an operand.
    Wrong,
}

/// The six comparisons of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A number as written: whole, or with a fraction (or too large for 64 bits).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Integer(i64),
    Decimal(f64),
}

/// Cuts `text` into tokens.
pub(super) fn tokens(text: &str, problems: &mut Vec<Problem>) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, problems };
    let mut found = Vec::new();
    loop {
        lexer.skip_blanks();
        let start = lexer.at;
        let Some(first) = lexer.peek() else { return found };
        let sign = lexer.sign(first);
        found.push(Token { sign, span: start..lexer.at });
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    problems: &'a mut Vec<Problem>,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &str {
        let start = self.at;
        let rest = &self.text[start..];
        self.at += rest.find(|c| !keep(c)).unwrap_or(rest.len());
        &self.text[start..self.at]
    }

    fn sign(&mut self, first: char) -> Sign {
        match first {
            '(' => self.single(Sign::Open),
            ')' => self.single(Sign::Close),
            ',' => self.single(Sign::Comma),
            '"' => self.string(&['"']),
            '\u{201c}' | '\u{201d}' | '\u{201e}' => self.typographic_string(),
            '[' => self.reference(),
            '<' | '>' | '=' | '!' => self.operator(),
            '&' => self.hexadecimal(),
            c if c.is_ascii_digit() || c == '-' => self.number(),
            c if c.is_alphabetic() || c == '_' => {
                Sign::Word(self.take_while(|c| c.is_alphanumeric() || c == '_').to_owned())
            }
            '\'' => self.single_quoted(),
            other => self.stray(other),
        }
    }

    fn single(&mut self, sign: Sign) -> Sign {
        self.at += 1;
        sign
    }

    /// A string up to one of `closers`. `\"` and `\\` are the only escapes; any other backslash
    /// stands for itself, as in the patterns that Microsoft prints (`"\+"`).
    fn string(&mut self, closers: &[char]) -> Sign {
        let start = self.at;
        self.at += self.peek().map_or(0, char::len_utf8);
        let mut held = String::new();
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            if closers.contains(&c) {
                return Sign::Text(held);
            }
            match (c, self.peek()) {
                ('\\', Some(next)) if next == '\\' || closers.contains(&next) => {
                    self.at += next.len_utf8();
                    held.push(next);
                }
                _ => held.push(c),
            }
        }
        self.problem(start..self.at, "the string is not closed", Some("end it with `\"`; a quote inside is `\\\"`"));
        Sign::Wrong
    }

    fn typographic_string(&mut self) -> Sign {
        let start = self.at;
        let sign = self.string(&['\u{201c}', '\u{201d}']);
        self.problems.push(Problem {
            kind: ProblemKind::Warning,
            message: "the string stands in typographic quotes".to_owned(),
            span: start..self.at,
            help: Some("use straight quotes: `\"`".to_owned()),
        });
        sign
    }

    fn single_quoted(&mut self) -> Sign {
        let start = self.at;
        let rest = &self.text[start + 1..];
        self.at = rest.find('\'').map_or(self.text.len(), |end| start + end + 2);
        self.problem(start..self.at, "a string stands in double quotes", Some("write `\"` instead of `'`"));
        Sign::Wrong
    }

    /// A reference: brackets are counted and quoted text is skipped, so that a SCIM path with a
    /// filter (`[emails[type eq "work"].value]`) is one name.
    fn reference(&mut self) -> Sign {
        let start = self.at;
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        for (offset, c) in self.text[start..].char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' if depth > 1 => quoted = !quoted,
                _ if quoted => (),
                '[' => depth += 1,
                ']' if depth == 1 => {
                    self.at = start + offset + 1;
                    return self.named(start);
                }
                ']' => depth -= 1,
                '"' | ',' | '(' | ')' if depth == 1 => break,
                _ => (),
            }
        }
        self.take_while(|c| !matches!(c, ',' | ')'));
        self.problem(start..self.at, "the reference is not closed", Some("end it with `]`"));
        Sign::Wrong
    }

    fn named(&mut self, start: usize) -> Sign {
        let name = self.text[start + 1..self.at - 1].trim();
        if name.is_empty() || name.contains(char::is_control) {
            self.problem(start..self.at, "the reference names nothing", Some("write `[userName]`"));
            return Sign::Wrong;
        }
        Sign::Reference(name.to_owned())
    }

    fn operator(&mut self) -> Sign {
        let start = self.at;
        let operator = match self.take_while(|c| matches!(c, '<' | '>' | '=' | '!')) {
            "=" => Operator::Equal,
            "<>" => Operator::NotEqual,
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            other => {
                let (right, meant) =
                    if other.starts_with('!') { ("<>", Operator::NotEqual) } else { ("=", Operator::Equal) };
                let message = format!("`{other}` is no comparison");
                let help = format!("write `{right}`; there are `=`, `<>`, `<`, `<=`, `>`, `>=`");
                self.problem(start..self.at, message, Some(&help));
                meant
            }
        };
        Sign::Operator(operator)
    }

    fn hexadecimal(&mut self) -> Sign {
        let start = self.at;
        let rest = &self.text[start + 1..];
        if !rest.starts_with(['H', 'h']) {
            return self.stray('&');
        }
        self.at += 2;
        let digits = self.take_while(|c| c.is_ascii_alphanumeric());
        match i64::from_str_radix(digits, 16) {
            Ok(number) => Sign::Number(Number::Integer(number)),
            Err(_) => {
                self.problem(
                    start..self.at,
                    "not a hexadecimal number",
                    Some("write `&H` and at most 16 digits: `&HF7`"),
                );
                Sign::Wrong
            }
        }
    }

    fn number(&mut self) -> Sign {
        let start = self.at;
        self.at += 1;
        self.take_while(|c| c.is_ascii_alphanumeric() || c == '.');
        let digits = &self.text[start..self.at];
        let plain = digits.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let number = match digits.parse() {
            Ok(whole) => Some(Number::Integer(whole)),
            Err(_) => digits.parse().ok().map(Number::Decimal),
        };
        match number.filter(|_| plain && !digits.ends_with(['.', '-'])) {
            Some(number) => Sign::Number(number),
            None => {
                self.problem(
                    start..self.at,
                    "not a number",
                    Some("write `42`, `-10`, `42.5` or `&HF7`; text in quotes"),
                );
                Sign::Wrong
            }
        }
    }

    fn stray(&mut self, c: char) -> Sign {
        let start = self.at;
        self.take_while(|next| next == c);
        let help = match c {
            '&' | '|' if self.at - start > 1 => "nest `IIF` for a second condition",
            '&' | '+' => "to put texts together, write `Join` or `Append`",
            ']' => "a reference begins with `[`",
            ';' => "arguments are parted by `,`",
            _ => "text stands in double quotes",
        };
        self.problem(start..self.at, "this sign has no meaning here", Some(help));
        Sign::Wrong
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
