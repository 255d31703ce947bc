//! `Switch`: a table of keys and values.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::{Concerns, Found, Loss, Undo, Undone, undone};
use crate::expr::node::Node;
use crate::expr::text;
use crate::value::Value;

pub(super) struct Switch;

impl Function for Switch {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let source = arguments.text(0)?.unwrap_or_default();
        for key in (2..arguments.len()).step_by(2) {
            if arguments.text(key)?.unwrap_or_default() == source {
                return Ok(arguments.value(key + 1)?.into_owned());
            }
        }
        Ok(arguments.value(1)?.into_owned())
    }

    fn remark(&self, arguments: &[Node]) -> Option<(usize, String)> {
        let mut seen = HashSet::new();
        let keys = arguments.iter().enumerate().skip(2).step_by(2);
        let twice = keys.filter_map(|(at, key)| Some((at, key.literal_text()?))).find(|(_, key)| !seen.insert(*key))?;
        Some((twice.0, format!("the key `{}` was there before; the first one wins", twice.1)))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let cases: Vec<_> = arguments[2..].chunks_exact(2).map(|pair| (&pair[0], &pair[1])).collect();
        undone_cases(&arguments[0], &arguments[1], &cases)
    }
}

/// The way back through a table: from the value to its key.
pub(super) fn undone_cases(source: &Node, default: &Node, cases: &[(&Node, &Node)]) -> Result<Undone, String> {
    let inner = undone(source)?;
    let mut table = Table { keys: HashMap::new(), default: Fallback::Nothing, inner: inner.step };
    let (mut losses, mut seen) = (inner.losses, HashSet::new());
    let concerns = if matches!(source, Node::Reference(_)) { Concerns::Open } else { Concerns::All };
    for (key, value) in cases {
        let key = key.literal_text().ok_or("a key is no constant")?;
        if matches!(value, Node::Word(_)) {
            // Nothing flows for this key, so no value leads back to it.
            continue;
        }
        let value = constant(value).ok_or("a value is no constant")?;
        if !seen.insert(key) {
            continue;
        }
        if table.keys.insert(value.clone(), key.to_owned()).is_some() {
            return Err(format!("two keys give the same value `{value}`"));
        }
    }
    if let Some(loss) = table.take_default(source, default)? {
        losses.push(Loss { reason: loss, concerns: Concerns::All });
    }
    if matches!(default, Node::Missing | Node::Word(_)) {
        losses.push(Loss { reason: "what is no key is not stored".to_owned(), concerns });
    }
    Ok(Undone { step: Arc::new(table), losses })
}

/// The text of a constant; nothing at all counts as the empty text.
fn constant(node: &Node) -> Option<String> {
    match node {
        Node::Missing => Some(String::new()),
        node => node.literal_text().map(str::to_owned),
    }
}

#[derive(Debug)]
struct Table {
    /// The key of each value, as texts: `3` in a column of numbers is the `"3"` of the expression.
    keys: HashMap<String, String>,
    default: Fallback,
    inner: Arc<dyn Undo>,
}

/// What no key matches.
#[derive(Debug)]
enum Fallback {
    /// There is no default: such a value has no origin.
    Nothing,
    /// A default that several sources lead to.
    Several,
    /// The only other truth of a source that is true or false.
    Opposite(&'static str, String),
    /// The source itself passes through.
    Source,
}

impl Table {
    /// Takes the default in; gives what it makes ambiguous.
    fn take_default(&mut self, source: &Node, default: &Node) -> Result<Option<String>, String> {
        if let (Node::Reference(source), Node::Reference(default)) = (source, default)
            && source == default
        {
            self.default = Fallback::Source;
            return Ok(Some("a source that equals one of the values comes back as that value's key".to_owned()));
        }
        if matches!(default, Node::Missing | Node::Word(_)) {
            return Ok(None);
        }
        let Some(text) = constant(default) else {
            return Err("the default is no constant".to_owned());
        };
        if self.keys.contains_key(&text) {
            return Ok(Some(format!("the default `{text}` is also the value of a key; reading gives that key")));
        }
        if let Some(opposite) = self.opposite() {
            let loss = format!("the default `{text}` is read as `{opposite}`");
            self.default = Fallback::Opposite(opposite, text);
            return Ok(Some(loss));
        }
        self.default = Fallback::Several;
        Ok(Some(format!("the default `{text}` does not tell what it stands for")))
    }

    /// With `True` as the only key the default stands for `False`, and the other way round.
    fn opposite(&self) -> Option<&'static str> {
        let mut keys = self.keys.values().map(String::as_str);
        match (keys.next(), keys.next()) {
            (Some("True"), None) => Some("False"),
            (Some("False"), None) => Some("True"),
            _ => None,
        }
    }
}

impl Undo for Table {
    fn undo(&self, value: &Value, found: &mut Found) -> Result<(), String> {
        let text = text::to_text(Cow::Borrowed(value))?.unwrap_or_default();
        if let Some(key) = self.keys.get(&*text) {
            let source = if key.is_empty() { Value::Null } else { key.as_str().into() };
            return self.inner.undo(&source, found);
        }
        match &self.default {
            Fallback::Source => self.inner.undo(value, found),
            Fallback::Opposite(opposite, default) if *default == text => self.inner.undo(&(*opposite).into(), found),
            Fallback::Several => Err("no key gives this value, so several sources may have given it".to_owned()),
            Fallback::Nothing | Fallback::Opposite(..) => Err("no key gives this value".to_owned()),
        }
    }
}

static SIGNATURE: Signature = Signature {
    name: "Switch",
    summary: "Compares the source with the keys, as text, and gives the value of the first that is equal, else the \
              default. Null counts as the empty text. Only the value that is taken is evaluated; it may be \
              `IgnoreAttributeFlow` or `IgnoreObjectFlow`.",
    parameters: &[
        Parameter::new("source", Kind::Any),
        Parameter::new("defaultValue", Kind::Any).branch(),
        Parameter::new("key", Kind::Any).optional(),
        Parameter::new("value", Kind::Any).branch(),
    ],
    required: 4,
    repeat: 2,
    result: Kind::Any,
    examples: &[
        Example {
            expression: r#"Switch([active], , "True", "1", "False", "3")"#,
            given: r#"{"active": true}"#,
            gives: r#""1""#,
        },
        Example {
            expression: r#"Switch([state], "unknown", "NSW", "Sydney", "QLD", "Brisbane")"#,
            given: "{}",
            gives: r#""unknown""#,
        },
    ],
    ..Signature::PLAIN
};
