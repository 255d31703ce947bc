//! `Lookup`: a table of keys and values, by its name or written as one text. Ours, not Entra's.

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
        match rows.get(&*key) {
            Some(value) => Ok(value.clone()),
            None => Ok(arguments.value(2)?.into_owned()),
        }
    }

    fn prepare(&self, arguments: &[Node]) -> Result<Prepared, (usize, String)> {
        let rows = rows(&arguments[0]).map_err(|reason| (0, reason))?;
        Ok(Prepared::Table(rows.into_iter().collect()))
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        let rows = rows(&arguments[0])?;
        let literal = |value: Value| Node::Literal(Literal { text: value.to_text(), value });
        let nodes: Vec<_> = rows.into_iter().map(|(key, value)| (literal(key.into()), literal(value))).collect();
        let cases: Vec<_> = nodes.iter().map(|(key, value)| (key, value)).collect();
        switch::undone_cases(&arguments[1], arguments.get(2).unwrap_or(&Node::Missing), &cases)
    }
}

/// The rows of a table that was found by its name, or of one that stands in the text.
fn rows(table: &Node) -> Result<Vec<(String, Value)>, String> {
    match table {
        Node::Literal(Literal { value: Value::List(rows), .. }) => Ok(rows.iter().filter_map(row).collect()),
        Node::Literal(literal) => written(&literal.text),
        _ => Err("the table is no constant".to_owned()),
    }
}

fn row(row: &Value) -> Option<(String, Value)> {
    match row.as_list()? {
        [key, value] => Some((key.to_text(), value.clone())),
        _ => None,
    }
}

/// `key = value`, the rows apart by `;` or line breaks.
fn written(text: &str) -> Result<Vec<(String, Value)>, String> {
    let mut seen = HashSet::new();
    let lines = text.split([';', '\n']).map(str::trim).filter(|line| !line.is_empty());
    let mut rows = Vec::new();
    for line in lines {
        let (key, value) = line.split_once('=').ok_or_else(|| format!("the row `{line}` is no `key = value`"))?;
        let (key, value) = (key.trim(), value.trim());
        if !seen.insert(key) {
            return Err(format!("two rows have the key `{key}`"));
        }
        rows.push((key.to_owned(), value.into()));
    }
    if rows.is_empty() { Err("the table has no row".to_owned()) } else { Ok(rows) }
}

static SIGNATURE: Signature = Signature {
    name: "Lookup",
    summary: "Finds the key in a table and gives its value, else the default, else null; case matters. The table is \
              the name of a `[lookup.NAME]` of the mapping, or a constant of rows `key = value`, with `;` or line breaks \
              between them. It does what a long `Switch` does, in a form that can be pasted from a list.",
    parameters: &[
        Parameter::new("table", Kind::Table),
        Parameter::new("key", Kind::Text),
        Parameter::new("defaultValue", Kind::Any).optional(),
    ],
    required: 2,
    result: Kind::Any,
    each: true,
    each_at: 1,
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
