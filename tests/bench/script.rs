//! The statements that the gateway issues for an operation, as the bare client issues them: read
//! from `postern explain`, with places for what differs from turn to turn.

use std::path::Path;

use postern::diagnostic::{Document, Problems, SourceFile};
use postern::downstream::{AnyPlan, Binding, Downstream, bind};
use postern::mapping;
use postern::plan::{FetchPlan, MembersChange, UpdatePlan, Want};
use postern::record::{FieldName, Fields, RecordKey};
use postern::value::Value;

use crate::Result;
use crate::operation::{Operation, People, Person, Subject};
use crate::process::Postern;

/// One operation's statements in order.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) operation: Operation,
    pub(crate) steps: Vec<Step>,
}

/// What a round trip is for.
#[derive(Debug)]
pub(crate) enum Step {
    Begin,
    /// Statements that need not wait for each other.
    Together(Vec<Statement>),
    /// Statements, of which the last one's first column is the key that later ones speak of.
    Finding(Vec<Statement>),
    Commit,
}

/// A statement and what is bound to it.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) text: String,
    pub(crate) parameters: Vec<Parameter>,
}

/// What is bound at one place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Parameter {
    Null,
    Boolean(bool),
    Integer(i64),
    Text(String),
    /// A text that contains this turn's word where the example's stood.
    Word(String),
    /// The key of this turn's person.
    Key,
    /// The key of this turn's team.
    Team,
    /// The key that [`Step::Finding`] found.
    Found,
    /// All keys that it found.
    AllFound,
    List(Vec<Self>),
}

/// Stands in an explained text for the word of a turn.
const EXAMPLE: &str = "exampleword";
/// What `explain` writes for a key that only the database can tell.
const UNKNOWN_KEY: &str = "(key)";

impl Script {
    /// The statements of an operation, asked of the gateway and of its driver.
    pub(crate) fn of(operation: Operation, postern: &Postern, people: &People) -> Result<Self> {
        let subject = people.example(operation, EXAMPLE);
        let read = |lines: Vec<String>| -> Result<Vec<Statement>> {
            lines.iter().filter(|line| is_statement(line)).map(|line| statement(line, &subject)).collect()
        };
        let explained = || read(postern.explain(&operation.asked(&subject))?);
        let steps = match operation {
            Operation::Get => vec![Step::Together(explained()?)],
            Operation::Filter | Operation::Page => {
                let mut first = explained()?;
                let rest = first.split_off(1);
                vec![Step::Finding(first), Step::Together(rest)]
            }
            Operation::Post => {
                let mut first = explained()?;
                let insert = first.iter().position(|statement| statement.text.starts_with("INSERT"));
                let rest = first.split_off(insert.ok_or("explain shows no INSERT")? + 1);
                vec![Step::Begin, Step::Finding(first), Step::Together(rest), Step::Commit]
            }
            Operation::Patch => {
                let application = driver(postern.folder())?;
                vec![
                    Step::Together(read(application.explain(&AnyPlan::Fetch(&fetch(subject.person))))?),
                    Step::Begin,
                    Step::Together(read(application.explain(&AnyPlan::Update(&update(subject.person))))?),
                    Step::Commit,
                ]
            }
            Operation::Member => vec![Step::Begin, Step::Together(explained()?), Step::Commit],
        };
        Ok(Self { operation, steps })
    }

    /// How many statements it takes, BEGIN and COMMIT not counted.
    pub(crate) fn statements(&self) -> usize {
        let count = |step: &Step| match step {
            Step::Together(statements) | Step::Finding(statements) => statements.len(),
            Step::Begin | Step::Commit => 0,
        };
        self.steps.iter().map(count).sum()
    }
}

/// The gateway's own driver, to explain what the command line does not.
fn driver(folder: &Path) -> Result<std::sync::Arc<dyn Downstream>> {
    let text = std::fs::read_to_string(folder.join("mapping.toml"))?;
    let mut problems = Problems::new();
    let file = SourceFile::new("mapping.toml", text);
    let document = Document::parse(&file, &mut problems).ok_or("the mapping is no TOML")?;
    let mapping = mapping::compile(document, &[], &mut problems).ok_or("the mapping does not compile")?;
    let downstream = mapping.document.root.get("downstream").ok_or("the mapping has no [downstream]")?;
    let binding = Binding { downstream, resources: mapping.shapes(), folder, variables: &[] };
    bind(&binding, &mut problems).ok_or_else(|| "the mapping does not bind".into())
}

/// What a change begins with.
fn fetch(person: &Person) -> FetchPlan {
    FetchPlan {
        resource: "User".into(),
        key: RecordKey::new(&person.key.to_string()),
        want: Want { members: false, groups: true },
    }
}

/// What the gateway plans for [`Operation::Patch`]. The groups, which it shows, it read before.
fn update(person: &Person) -> UpdatePlan {
    let mut set = Fields::new();
    set.set(&FieldName::new("job_title"), Value::from(EXAMPLE));
    set.set(&FieldName::new("changed_at"), Value::from("2026-01-01T00:00:00Z"));
    UpdatePlan {
        resource: "User".into(),
        key: RecordKey::new(&person.key.to_string()),
        whole: set.clone(),
        set,
        merge: Fields::new(),
        lists: Vec::new(),
        members: MembersChange::None,
        unique: Vec::new(),
        enables: None,
        expected_version: None,
        token: Default::default(),
    }
}

fn is_statement(line: &str) -> bool {
    ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|word| line.starts_with(word))
}

/// `SELECT … WHERE a = ?1  -- ?1 = 'x'`
fn statement(line: &str, subject: &Subject<'_>) -> Result<Statement> {
    let (text, bound) = line.split_once("  -- ").unwrap_or((line, ""));
    let mut parameters = Vec::new();
    let mut rest = bound;
    while let Some((_, literal)) = rest.split_once(" = ") {
        let (parameter, after) = literal_of(literal)?;
        parameters.push(place(parameter, subject));
        rest = after;
    }
    Ok(Statement { text: text.to_owned(), parameters })
}

/// A literal, and what stands behind it.
fn literal_of(text: &str) -> Result<(Parameter, &str)> {
    if let Some(mut rest) = text.strip_prefix('{') {
        let mut items = Vec::new();
        while !rest.starts_with('}') {
            let (item, after) = literal_of(rest.trim_start_matches(", "))?;
            items.push(item);
            rest = after;
        }
        return Ok((Parameter::List(items), &rest[1..]));
    }
    if let Some(quoted) = text.strip_prefix('\'') {
        let end = end_of_quoted(quoted).ok_or_else(|| format!("no end of text: {text}"))?;
        return Ok((Parameter::Text(quoted[..end].replace("''", "'")), &quoted[end + 1..]));
    }
    let end = text.find([',', '}']).unwrap_or(text.len());
    let parameter = match &text[..end] {
        "null" => Parameter::Null,
        "true" => Parameter::Boolean(true),
        "false" => Parameter::Boolean(false),
        number => Parameter::Integer(number.parse()?),
    };
    Ok((parameter, &text[end..]))
}

/// Where the quote stands that ends a text; two of them are one within it.
fn end_of_quoted(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text[at..].find('\'')?;
        if !text[at + 1..].starts_with('\'') {
            return Some(at);
        }
        at += 2;
    }
}

/// A literal of the example becomes a place for the same thing of other turns.
fn place(parameter: Parameter, subject: &Subject<'_>) -> Parameter {
    let Subject { person, team, word } = subject;
    match parameter {
        Parameter::List(items) => match &*items {
            [Parameter::Text(text)] if text == UNKNOWN_KEY => Parameter::AllFound,
            _ => Parameter::List(items.into_iter().map(|item| place(item, subject)).collect()),
        },
        Parameter::Text(text) if text == UNKNOWN_KEY => Parameter::Found,
        Parameter::Text(text) if text == person.key.to_string() => Parameter::Key,
        Parameter::Text(text) if text == team.key.to_string() => Parameter::Team,
        Parameter::Text(text) if !word.is_empty() && text.contains(word) => {
            Parameter::Word(text.replace(word, EXAMPLE))
        }
        other => other,
    }
}

impl Parameter {
    /// The text of [`Parameter::Word`] in a turn.
    pub(crate) fn filled(text: &str, word: &str) -> String {
        text.replace(EXAMPLE, word)
    }
}
