//! `Lookup`: a table of keys and values, written as one text. Ours, not Entra's.
//!
//! A table has no name and cannot be shared: it stands in the expression that uses it.

use std::collections::HashSet;

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::invert::Undone;
use crate::expr::node::{Literal, Node, Prepared};
use crate::value::Value;

use super::switch;

pub(super) struct Lookup;

impl Function for Lookup {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Prepared::Table(rows) = arguments.prepared() else { return Ok(Value::Null) };
        let key = arguments.text(1)?.unwrap_or_default();
        match rows.iter().find(|(have, _)| *have == *key) {
            Some((_, value)) => Ok(Value::from(value.as_str())),
            None => Ok(arguments.value(2)?.into_owned()),
        }
    }

    fn prepare(&self, arguments: &[Node]) -> Result<Prepared, (usize, String)> {
        let text = arguments[0].literal_text().ok_or_else(|| (0, "the table is no constant".to_owned()))?;
        rows(text).map(|rows| Prepared::Table(rows.into())).map_err(|reason| (0, reason))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let rows = rows(arguments[0].literal_text().unwrap_or_default())?;
        let nodes: Vec<_> = rows.iter().map(|(key, value)| (literal(key), literal(value))).collect();
        let cases: Vec<_> = nodes.iter().map(|(key, value)| (key, value)).collect();
        switch::undone_cases(&arguments[1], arguments.get(2).unwrap_or(&Node::Missing), &cases)
    }
}

/// `key = value`, the rows apart by `;` or line breaks.
fn rows(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut seen = HashSet::new();
    let lines = text.split([';', '\n']).map(str::trim).filter(|line| !line.is_empty());
    let mut rows = Vec::new();
    for line in lines {
        let (key, value) = line.split_once('=').ok_or_else(|| format!("the row `{line}` is no `key = value`"))?;
        let (key, value) = (key.trim(), value.trim());
        if !seen.insert(key) {
            return Err(format!("two rows have the key `{key}`"));
        }
        rows.push((key.to_owned(), value.to_owned()));
    }
    if rows.is_empty() { Err("the table has no row".to_owned()) } else { Ok(rows) }
}

fn literal(text: &str) -> Node {
    Node::Literal(Literal { value: text.into(), text: text.to_owned() })
}

static SIGNATURE: Signature = Signature {
    name: "Lookup",
    summary: "Finds the key in a table and gives its value, else the default, else null. The table is a constant of \
              rows `key = value`, with `;` or line breaks between them; case matters. It does what a long `Switch` \
              does, in a form that can be pasted from a list.",
    parameters: &[
        Parameter::new("table", Kind::Text),
        Parameter::new("key", Kind::Text),
        Parameter::new("defaultValue", Kind::Any).optional(),
    ],
    required: 2,
    result: Kind::Any,
    portable: false,
    examples: &[
        Example {
            expression: r#"Lookup("Sales = 10; Support = 20", [department])"#,
            given: r#"{"department": "Support"}"#,
            gives: r#""20""#,
        },
        Example { expression: r#"Lookup("Sales = 10", [department], "0")"#, given: "{}", gives: r#""0""# },
    ],
    ..Signature::PLAIN
};
