//! `Replace`: text, or what a pattern matches, replaced.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::Undone;
use crate::expr::node::{Node, Prepared};
use crate::expr::pattern::{Failed, Pattern};
use crate::expr::template::Template;
use crate::expr::text::Text;
use crate::value::Value;

pub(super) struct Replace;

impl Function for Replace {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        match Mode::of(|index| !arguments.is_missing(index)).map_err(|reason| arguments.fail(reason))? {
            Mode::Literal => literal(arguments, 0, REPLACEMENT),
            Mode::Template => template(arguments),
            Mode::Pattern => pattern(arguments, None),
            Mode::Group => {
                let group = arguments.text(GROUP)?.unwrap_or_default();
                pattern(arguments, Some(&group))
            }
            Mode::Other => other(arguments),
        }
    }

    fn prepare(&self, arguments: &[Node]) -> Result<Prepared, (usize, String)> {
        match arguments.get(PATTERN).and_then(Node::literal_text) {
            Some(pattern) => Pattern::new(pattern)
                .map(|pattern| Prepared::Pattern(Box::new(pattern)))
                .map_err(|reason| (PATTERN, reason)),
            None => Ok(Prepared::Nothing),
        }
    }

    fn remark(&self, arguments: &[Node]) -> Option<(usize, String)> {
        let given = |index: usize| !matches!(arguments.get(index), None | Some(Node::Missing));
        Mode::of(given).err().map(|reason| (0, format!("`Replace` fails whatever comes in: {reason}")))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let given = |index: usize| !matches!(arguments.get(index), None | Some(Node::Missing));
        if !matches!(Mode::of(given), Ok(Mode::Template)) {
            return Err(
                "`Replace` can be undone with `oldValue` and `template` only: what was replaced is lost".to_owned()
            );
        }
        match (arguments[OLD].literal_text(), arguments[TEMPLATE].literal_text()) {
            (Some(mark), Some(template)) if !mark.is_empty() => {
                Template::of_text(template, mark, &arguments[0]).map(Template::into_undone)
            }
            _ => Err("`oldValue` and `template` of `Replace` are no constants".to_owned()),
        }
    }
}

const OLD: usize = 1;
const PATTERN: usize = 2;
const GROUP: usize = 3;
const REPLACEMENT: usize = 4;
const OTHER: usize = 5;
const TEMPLATE: usize = 6;

/// Which of the five replacements is meant; the arguments that are there decide.
enum Mode {
    Literal,
    Template,
    Pattern,
    Group,
    Other,
}

impl Mode {
    fn of(given: impl Fn(usize) -> bool) -> Result<Self, &'static str> {
        match (given(OLD), given(PATTERN), given(GROUP)) {
            (true, true, _) => Err("`oldValue` and `regexPattern` exclude each other"),
            (true, false, _) if given(TEMPLATE) => Ok(Self::Template),
            (true, false, _) if given(REPLACEMENT) => Ok(Self::Literal),
            (false, true, true) if given(OTHER) => Ok(Self::Other),
            (false, true, true) if given(REPLACEMENT) => Ok(Self::Group),
            (false, true, false) if given(REPLACEMENT) => Ok(Self::Pattern),
            (false, false, _) => Err("neither `oldValue` nor `regexPattern` is given"),
            _ => Err("nothing to put in the place is given"),
        }
    }
}

/// Every `oldValue` in the text of one argument by the text of another.
fn literal(arguments: &Arguments<'_>, within: usize, by: usize) -> Result<Value, Stop> {
    let Some(source) = arguments.text(within)? else { return Ok(Value::Null) };
    let (old, new) = (arguments.text(OLD)?.unwrap_or_default(), arguments.text(by)?.unwrap_or_default());
    if old.is_empty() {
        return Err(arguments.fail_at(OLD, "is empty"));
    }
    let mut result = Text::new(arguments.function());
    for (i, piece) in source.split(&*old).enumerate() {
        if i > 0 {
            result.push(&new)?;
        }
        result.push(piece)?;
    }
    Ok(result.into_value())
}

fn template(arguments: &Arguments<'_>) -> Result<Value, Stop> {
    match arguments.text(0)? {
        Some(_) => literal(arguments, TEMPLATE, 0),
        None => Ok(Value::Null),
    }
}

fn pattern(arguments: &Arguments<'_>, group: Option<&str>) -> Result<Value, Stop> {
    let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
    let replacement = arguments.text(REPLACEMENT)?.unwrap_or_default();
    let mut result = Text::new(arguments.function());
    with_pattern(arguments, |pattern| match group {
        None => pattern.replace(&source, &replacement, &mut result),
        Some(group) => pattern.replace_group(&source, group, &replacement, &mut result),
    })?;
    Ok(result.into_value())
}

/// The source when there is one, else what the group matches in the other attribute.
fn other(arguments: &Arguments<'_>) -> Result<Value, Stop> {
    if let Some(source) = arguments.text(0)?.filter(|source| !source.is_empty()) {
        return Ok(Value::String(source.into_owned()));
    }
    let Some(other) = arguments.text(OTHER)? else { return Ok(Value::Null) };
    let group = arguments.text(GROUP)?.unwrap_or_default();
    with_pattern(arguments, |pattern| {
        if !pattern.has_group(&group) {
            return Err(Failed::from("the pattern has no such group"));
        }
        Ok(Value::from(pattern.first(&other, &group)?.unwrap_or_default()))
    })
}

/// Runs `work` with the pattern, which was built at the start when it is a constant.
fn with_pattern<T>(arguments: &Arguments<'_>, work: impl FnOnce(&Pattern) -> Result<T, Failed>) -> Result<T, Stop> {
    let worked = match arguments.prepared() {
        Prepared::Pattern(pattern) => work(pattern),
        _ => match Pattern::new(&arguments.text(PATTERN)?.unwrap_or_default()) {
            Ok(pattern) => work(&pattern),
            Err(reason) => Err(Failed::Pattern(reason)),
        },
    };
    worked.map_err(|failed| match failed {
        Failed::Pattern(reason) => arguments.fail(reason),
        Failed::Stopped(stop) => stop,
    })
}

static SIGNATURE: Signature = Signature {
    name: "Replace",
    summary: "Replaces, case-sensitively. With `oldValue` and `replacementValue`: that text in the source. \
              With `oldValue` and `template`: that text in the template, by the source. With `regexPattern` \
              and `replacementValue` (`$1`, `${name}`): what the pattern matches; with `regexGroupName` too: \
              only what that group matches. With `replacementAttributeName`: the source when there is one, \
              else what the group matches in that attribute. Patterns are those of .NET.",
    parameters: &[
        Parameter::new("source", Kind::Text),
        Parameter::new("oldValue", Kind::Text).optional(),
        Parameter::new("regexPattern", Kind::Text).optional(),
        Parameter::new("regexGroupName", Kind::Text).optional(),
        Parameter::new("replacementValue", Kind::Text).optional(),
        Parameter::new("replacementAttributeName", Kind::Any).optional(),
        Parameter::new("template", Kind::Text).optional(),
    ],
    required: 2,
    each: true,
    lost: "what was replaced is lost",
    examples: &[
        Example {
            expression: r#"Replace([phone], , "[()\\s-]+", , "", , )"#,
            given: r#"{"phone": "+1 (555) 123-4567"}"#,
            gives: r#""+15551234567""#,
        },
        Example {
            expression: r#"Replace([login], "{login}", , , , , "{login}@example.com")"#,
            given: r#"{"login": "ann"}"#,
            gives: r#""ann@example.com""#,
        },
        Example {
            expression: r#"Replace([mail], , "(?<suffix>@.*)", "suffix", "", , )"#,
            given: r#"{"mail": "ann@example.com"}"#,
            gives: r#""ann""#,
        },
    ],
    ..Signature::PLAIN
};
