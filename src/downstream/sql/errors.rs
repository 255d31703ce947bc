//! `[[X.errors]]`: what an error means that the application's own triggers and procedures raise, by its
//! SQLSTATE, its number, a part of its message, or several of these.
//!
//! The first rule that fits counts. The message itself goes nowhere.

use super::fault::{Fault, Refusal, Said};
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table, nearest};
use crate::downstream::{DownstreamError, ErrorKind, Told, told};
use crate::record::RecordShape;

/// One rule.
#[derive(Debug)]
pub(super) struct Rule {
    states: Vec<String>,
    numbers: Vec<i64>,
    /// A part of the message, in small letters.
    part: Option<String>,
    means: ErrorKind,
}

impl Rule {
    /// Reads the rules of a resource and notes every problem in them.
    pub(super) fn read_all(node: Option<&Node>, shape: &RecordShape, problems: &mut Problems) -> Vec<Self> {
        let Some(node) = node else { return Vec::new() };
        let what = format!("[[{}.errors]]", shape.resource);
        let NodeValue::Array(items) = &node.value else {
            let message = format!("`errors` is {}", node.kind());
            problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).label(format!("write {what}")));
            return Vec::new();
        };
        items.iter().filter_map(|item| Self::read(item, &what, shape, problems)).collect()
    }

    fn read(node: &Node, what: &str, shape: &RecordShape, problems: &mut Problems) -> Option<Self> {
        let table = Table::open(node, what, problems)?;
        let states = states(&table, problems);
        let numbers = numbers(&table, problems);
        let part = table.string("matches", problems).map(|(text, _)| text.to_lowercase());
        let label = told::attribute(&table, shape, problems);
        let means = means(&table, label, problems);
        if ["sqlstate", "number", "matches"].into_iter().all(|key| table.node(key).is_none()) {
            let help = "a rule names a `sqlstate`, a `number`, what the message `matches`, or several of them";
            table.missing("sqlstate", help, problems);
        }
        table.finish(problems);
        Some(Self { states, numbers, part, means: means? })
    }

    fn fits(&self, said: &Said) -> bool {
        (self.states.is_empty() || self.states.iter().any(|state| state.eq_ignore_ascii_case(&said.state)))
            && (self.numbers.is_empty() || self.numbers.contains(&said.number))
            && self.part.as_ref().is_none_or(|part| said.message.to_lowercase().contains(part))
    }
}

/// The fault by the first rule that fits it; else as it is.
pub(super) fn judged(fault: Fault, rules: &[Rule]) -> Fault {
    let (said, detail) = match &fault {
        Fault::Raised(said, detail) => (Some(said), detail),
        Fault::Refused(Refusal { said, detail, .. }) => (said.as_ref(), detail),
        _ => return fault,
    };
    let Some(rule) = said.and_then(|said| rules.iter().find(|rule| rule.fits(said))) else { return fault };
    DownstreamError::new(rule.means.clone(), format!("{detail}: by a rule of `errors`")).into()
}

/// `means`, or what the client is told as `answer`.
fn means(table: &Table<'_>, label: Option<String>, problems: &mut Problems) -> Option<ErrorKind> {
    let answer = table.node("answer");
    let word = table.string("means", problems);
    match (word, answer) {
        (None, Some(answer)) => Told::read(answer, problems).map(ErrorKind::Told),
        (Some(_), Some(_)) => {
            let message = "an error has a meaning, or an answer of its own";
            problems.push(
                Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of("answer"), message)
                    .help("leave `means` or `answer` out"),
            );
            None
        }
        (None, None) => {
            if table.node("means").is_none() {
                let help = "what the error means, `means = \"uniqueness\"`, or what the client is told, \
                            `answer = { status = 422, detail = \"…\" }`";
                table.missing("means", help, problems);
            }
            None
        }
        (Some((word, span)), None) => {
            let found = MEANS.iter().find(|(name, _)| *name == word).map(|(_, means)| means(label));
            if found.is_none() {
                let names = || MEANS.iter().map(|(name, _)| *name);
                let problem = Diagnostic::error(Code::BAD_CALL, span, format!("`{word}` is no meaning of an error"));
                problems.push(match nearest(word, names()) {
                    Some(near) => problem.help(format!("did you mean `{near}`?")),
                    None => problem.help(format!("meanings: {}", names().collect::<Vec<_>>().join(", "))),
                });
            }
            found
        }
    }
}

type Means = fn(Option<String>) -> ErrorKind;

const MEANS: &[(&str, Means)] = &[
    ("uniqueness", |label| ErrorKind::Uniqueness { label }),
    ("invalid", |label| ErrorKind::Invalid { label, reason: "was refused by the application".to_owned() }),
    ("retry", |_| ErrorKind::Unavailable { retry_after: Some(std::time::Duration::from_secs(1)) }),
    ("unavailable", |_| ErrorKind::Unavailable { retry_after: None }),
];

fn states(table: &Table<'_>, problems: &mut Problems) -> Vec<String> {
    let mut found = Vec::new();
    for node in one_or_many(table, "sqlstate") {
        match node.as_str() {
            Some(state) if state.len() == 5 && state.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                found.push(state.to_owned());
            }
            _ => problems.push(
                Diagnostic::error(Code::BAD_CALL, &node.span, "`sqlstate` holds something else than an SQLSTATE")
                    .label("expected five letters and digits in quotation marks"),
            ),
        }
    }
    found
}

fn numbers(table: &Table<'_>, problems: &mut Problems) -> Vec<i64> {
    let mut found = Vec::new();
    for node in one_or_many(table, "number") {
        match node.value {
            NodeValue::Integer(number) => found.push(number),
            _ => problems.push(
                Diagnostic::error(Code::BAD_CALL, &node.span, "`number` holds something else than a number")
                    .label("expected the number that the database gives the error"),
            ),
        }
    }
    found
}

fn one_or_many<'t>(table: &Table<'t>, key: &str) -> Vec<&'t Node> {
    match table.node(key) {
        None => Vec::new(),
        Some(node) => match &node.value {
            NodeValue::Array(items) => items.iter().collect(),
            _ => vec![node],
        },
    }
}
