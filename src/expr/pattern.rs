//! .NET's regular expressions on a backtracking engine: dialect, match loop and replacement.
//!
//! Differences that are levelled here: `\<` is a plain `<`, `[a-z-[aeiou]]` subtracts, `[` in a class is
//! plain, `$` also matches before a final line break, an empty match may follow a match, `$2x` is group
//! 2 then `x`, and named groups are numbered behind the others.

use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};

use super::eval::Stop;
use super::text::Text;

/// The groups of one match.
type Captures<'t> = fancy_regex::Captures<'t, str>;

/// Steps back that one match may take; catastrophic patterns end here.
const BACKTRACK_LIMIT: usize = 100_000;

/// The same for each match after the first ones, so that many matches do not take many times as long.
const LATER_BACKTRACK_LIMIT: usize = 1_000;

/// How many the first ones are.
const FIRST_MATCHES: usize = 100;

/// Most matches in one text. Each may look through all of it.
const MAX_MATCHES: usize = 10_000;

/// Longest text that a pattern looks through, in bytes; the longest string of a request.
const MAX_SEARCHED: usize = 64 * 1024;

/// Longest pattern, in bytes; one that is no constant comes out of a request.
const MAX_PATTERN: usize = 10_000;

/// Largest compiled size of a part of a pattern, in bytes.
const SIZE_LIMIT: usize = 1 << 20;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    regex: Regex,
    /// The same with fewer steps, and what it is made of when it is needed.
    later: OnceLock<Option<Regex>>,
    translated: String,
    /// For each of .NET's group numbers the engine's.
    numbers: Vec<usize>,
}

impl Pattern {
    /// Compiles a .NET pattern.
    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        if pattern.len() > MAX_PATTERN {
            return Err("the pattern is longer than 10,000 bytes".to_owned());
        }
        let translated = translated(pattern);
        let regex = built(&translated, BACKTRACK_LIMIT).ok_or("the pattern is no regular expression")?;
        let names: Vec<_> = regex.capture_names().collect();
        let (named, plain): (Vec<_>, Vec<_>) = (0..names.len()).partition(|number| names[*number].is_some());
        Ok(Self { regex, later: OnceLock::new(), translated, numbers: plain.into_iter().chain(named).collect() })
    }

    /// True when the pattern has a group of this name or number.
    pub(super) fn has_group(&self, group: &str) -> bool {
        self.group(group).is_some()
    }

    /// The text of `group` in the first match.
    pub(super) fn first<'t>(&self, text: &'t str, group: &str) -> Result<Option<&'t str>, String> {
        let (Some(captures), Some(group)) = (self.captures(text, 0, 0)?, self.group(group)) else { return Ok(None) };
        Ok(captures.get(group).map(|found| found.as_str()))
    }

    /// Replaces every match by `replacement`, in which `$1`, `${name}`, `$0` and `$$` are expanded.
    pub(super) fn replace(&self, text: &str, replacement: &str, result: &mut Text) -> Result<(), Failed> {
        let mut copied = 0;
        self.each_match(text, |captures, start, end| {
            result.push(&text[copied..start])?;
            copied = end;
            self.expand(captures, replacement, text, result)
        })?;
        Ok(result.push(&text[copied..])?)
    }

    /// Replaces, in every match, what `group` matched by `replacement`, as it is.
    pub(super) fn replace_group(
        &self,
        text: &str,
        group: &str,
        replacement: &str,
        result: &mut Text,
    ) -> Result<(), Failed> {
        let group = self.group(group).ok_or("the pattern has no such group")?;
        let mut copied = 0;
        self.each_match(text, |captures, _, _| {
            if let Some(found) = captures.get(group).filter(|found| found.start() >= copied) {
                result.push(&text[copied..found.start()])?;
                result.push(replacement)?;
                copied = found.end();
            }
            Ok(())
        })?;
        Ok(result.push(&text[copied..])?)
    }

    /// .NET's loop: after a match the next one is looked for at its end, an empty one included.
    fn each_match(
        &self,
        text: &str,
        mut visit: impl FnMut(&Captures<'_>, usize, usize) -> Result<(), Stop>,
    ) -> Result<(), Failed> {
        let (mut at, mut matches) = (0, 0);
        while let Some(captures) = self.captures(text, at, matches)? {
            matches += 1;
            let Some((start, end)) = captures.get(0).map(|whole| (whole.start(), whole.end())) else { break };
            visit(&captures, start, end)?;
            if end > start {
                at = end;
                continue;
            }
            match text[end..].chars().next() {
                Some(c) => at = end + c.len_utf8(),
                None => break,
            }
        }
        Ok(())
    }

    /// The first match from `at` on; there were so many before it.
    fn captures<'t>(&self, text: &'t str, at: usize, before: usize) -> Result<Option<Captures<'t>>, String> {
        if before == MAX_MATCHES {
            return Err("the pattern matches more than 10,000 times".to_owned());
        }
        if text.len() > MAX_SEARCHED {
            return Err("the text is longer than a pattern may look through (64 KiB)".to_owned());
        }
        let later = || self.later.get_or_init(|| built(&self.translated, LATER_BACKTRACK_LIMIT)).as_ref();
        let regex = if before < FIRST_MATCHES { Some(&self.regex) } else { later() };
        let found = regex.unwrap_or(&self.regex).captures_from_pos(text, at);
        found.map_err(|_| "the pattern takes too many steps on this text".to_owned())
    }

    fn group(&self, group: &str) -> Option<usize> {
        let named = self.regex.capture_names().position(|name| name == Some(group));
        named.or_else(|| self.numbers.get(group.parse::<usize>().ok()?).copied())
    }

    fn expand(&self, captures: &Captures<'_>, replacement: &str, text: &str, result: &mut Text) -> Result<(), Stop> {
        let mut rest = replacement;
        while let Some(at) = rest.find('$') {
            result.push(&rest[..at])?;
            rest = &rest[at..];
            let (group, behind) = match self.substitution(rest) {
                Substitution::Group(group, behind) => (group, behind),
                Substitution::Plain(plain, behind) => {
                    result.push(plain)?;
                    rest = behind;
                    continue;
                }
                Substitution::Input(part, behind) => {
                    let whole = captures.get(0).map_or((0, 0), |whole| (whole.start(), whole.end()));
                    result.push(match part {
                        Input::Before => &text[..whole.0],
                        Input::Behind => &text[whole.1..],
                        Input::Whole => text,
                    })?;
                    rest = behind;
                    continue;
                }
            };
            result.push(captures.get(group).map_or("", |found| found.as_str()))?;
            rest = behind;
        }
        result.push(rest)
    }

    /// What a `$` at the beginning of `rest` stands for, and what is behind it.
    fn substitution<'r>(&self, rest: &'r str) -> Substitution<'r> {
        let behind = &rest[1..];
        if let Some((group, name_end)) = behind.strip_prefix('{').and_then(|inner| {
            let (name, _) = inner.split_once('}')?;
            Some((self.group(name)?, name.len() + 2))
        }) {
            return Substitution::Group(group, &behind[name_end..]);
        }
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(group) = (digits > 0).then(|| self.group(&behind[..digits])).flatten() {
            return Substitution::Group(group, &behind[digits..]);
        }
        match behind.bytes().next() {
            Some(b'$') => Substitution::Plain("$", &behind[1..]),
            Some(b'&') => Substitution::Group(0, &behind[1..]),
            Some(b'+') => Substitution::Group(self.numbers.last().copied().unwrap_or(0), &behind[1..]),
            Some(b'`') => Substitution::Input(Input::Before, &behind[1..]),
            Some(b'\'') => Substitution::Input(Input::Behind, &behind[1..]),
            Some(b'_') => Substitution::Input(Input::Whole, &behind[1..]),
            _ => Substitution::Plain("$", behind),
        }
    }
}

/// What a `$…` in a replacement stands for, and what is behind it.
enum Substitution<'r> {
    Group(usize, &'r str),
    Plain(&'static str, &'r str),
    Input(Input, &'r str),
}

/// A part of the text in which matches are looked for.
enum Input {
    Before,
    Behind,
    Whole,
}

/// Why a replacement failed: the pattern itself, or what it fed.
pub(super) enum Failed {
    Pattern(String),
    Stopped(Stop),
}

impl From<String> for Failed {
    fn from(reason: String) -> Self {
        Self::Pattern(reason)
    }
}

impl From<&str> for Failed {
    fn from(reason: &str) -> Self {
        Self::Pattern(reason.to_owned())
    }
}

impl From<Stop> for Failed {
    fn from(stop: Stop) -> Self {
        Self::Stopped(stop)
    }
}

fn built(translated: &str, backtrack_limit: usize) -> Option<Regex> {
    RegexBuilder::new(translated).backtrack_limit(backtrack_limit).delegate_size_limit(SIZE_LIMIT).build().ok()
}

/// The pattern in the engine's dialect.
fn translated(pattern: &str) -> String {
    let multiline = pattern.contains("(?m") || pattern.contains("(?im") || pattern.contains("(?sm");
    let explicit = pattern.starts_with("(?n)");
    let pattern = if explicit { &pattern["(?n)".len()..] } else { pattern };
    let mut result = String::with_capacity(pattern.len() + 8);
    let mut class = 0_usize;
    let mut letters = pattern.char_indices();
    while let Some((at, c)) = letters.next() {
        let behind = &pattern[at + c.len_utf8()..];
        match c {
            '\\' => {
                let next = letters.next().map(|(_, next)| next);
                match next {
                    Some(angle @ ('<' | '>')) => result.push(angle),
                    Some(next) => result.extend(['\\', next]),
                    None => result.push('\\'),
                }
            }
            '[' if class == 0 => {
                class = 1;
                result.push('[');
                if behind.starts_with('^') {
                    letters.next();
                    result.push('^');
                }
                // A `]` right at the beginning is a member of the class.
                if behind.strip_prefix('^').unwrap_or(behind).starts_with(']') {
                    letters.next();
                    result.push_str("\\]");
                }
            }
            '-' if class > 0 && behind.starts_with('[') && !behind.starts_with("[:") => {
                letters.next();
                class += 1;
                result.push_str("--[");
            }
            '[' => result.push_str("\\["),
            ']' if class > 0 => {
                class -= 1;
                result.push(']');
            }
            '&' | '~' if class > 0 => result.extend(['\\', c]),
            '$' if class == 0 && !multiline => result.push_str("(?=\\n?\\z)"),
            '(' if class == 0 && explicit && !behind.starts_with('?') => result.push_str("(?:"),
            _ => result.push(c),
        }
    }
    result
}
