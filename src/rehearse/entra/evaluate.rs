//! The values that a person or a group should have at the other end: each row's expression over the
//! attributes of the source. Pure.

use crate::expr::{Env, Expression, Outcome};
use crate::value::{Object, Value};

use super::directory::{Directory, Person};
use super::errors::Failure;
use super::table::{Apply, MappingTable, Row, Source};

/// The values that are wanted, each with its row.
#[derive(Debug)]
pub(super) struct Wanted<'t> {
    pub(super) values: Vec<(&'t Row, Value)>,
}

/// A new object, or one that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    Create,
    Update,
}

/// Whether a person left: unassigned, disabled, or in the bin.
pub(super) fn is_soft_deleted(person: &Person, directory: &Directory, table: &MappingTable) -> bool {
    is_out(person, directory, table) || !person.is_enabled()
}

/// Whether a person is out of scope: unassigned, or in the bin.
pub(super) fn is_out(person: &Person, directory: &Directory, table: &MappingTable) -> bool {
    person.soft_deleted || !directory.is_assigned(&person.object_id, table.scope)
}

/// The attributes of a person, the derived ones included.
pub(super) fn attributes_of(person: &Person, directory: &Directory, table: &MappingTable) -> Object {
    let mut attributes = person.attributes.clone();
    attributes.set("IsSoftDeleted", is_soft_deleted(person, directory, table));
    if attributes.get("accountEnabled").is_none() {
        attributes.set("accountEnabled", true);
    }
    attributes
}

/// Evaluates the rows that flow; `None` when the whole object does not (`IgnoreObjectFlow`).
///
/// # Errors
/// When an expression cannot work on these attributes.
pub(super) fn evaluate<'t>(
    rows: impl Iterator<Item = &'t Row>,
    attributes: &Object,
    occasion: Occasion,
    env: &Env,
) -> Result<Option<Wanted<'t>>, Failure> {
    let mut values = Vec::new();
    for row in rows {
        let Source::Value(expression) = &row.source else { continue };
        // A value that was chosen among candidates is chosen once.
        let once = row.apply == Apply::Create || expression.candidates() > 1;
        if occasion == Occasion::Update && once {
            continue;
        }
        let outcome = value(expression, attributes, &env.for_target(row.target.as_str()));
        let outcome = outcome.map_err(|reason| Failure::expression(row.target.as_str(), &reason))?;
        let value = match outcome {
            Outcome::IgnoreObject => return Ok(None),
            Outcome::IgnoreAttribute => continue,
            Outcome::Value(value) => value,
        };
        let default = row.default.as_ref().filter(|_| occasion == Occasion::Create && is_empty(&value));
        let value = default.cloned().unwrap_or(value);
        values.push((row, as_typed(row, value)));
    }
    Ok(Some(Wanted { values }))
}

/// The candidates of a row that selects a unique value, with values; none of any other row.
pub(super) fn candidates(row: &Row, attributes: &Object, env: &Env) -> Result<Vec<Value>, Failure> {
    let Source::Value(expression) = &row.source else { return Ok(Vec::new()) };
    let count = if expression.candidates() > 1 { expression.candidates() } else { 0 };
    let values = given(expression, attributes);
    let env = env.for_target(row.target.as_str());
    let mut found = Vec::new();
    for index in 0..count {
        match expression.eval_candidate(index, &values, &env) {
            Ok(Outcome::Value(value)) if !is_empty(&value) => found.push(as_typed(row, value)),
            Ok(_) => (),
            Err(error) => return Err(Failure::expression(row.target.as_str(), &error.to_string())),
        }
    }
    Ok(found)
}

/// The value of one row, for a match.
pub(super) fn matching_value(row: &Row, attributes: &Object, env: &Env) -> Result<Value, Failure> {
    let Source::Value(expression) = &row.source else { return Ok(Value::Null) };
    match value(expression, attributes, &env.for_target(row.target.as_str())) {
        Ok(Outcome::Value(value)) => Ok(value),
        Ok(Outcome::IgnoreAttribute | Outcome::IgnoreObject) => Ok(Value::Null),
        Err(reason) => Err(Failure::expression(row.target.as_str(), &reason)),
    }
}

fn value(expression: &Expression, attributes: &Object, env: &Env) -> Result<Outcome, String> {
    expression.eval(&given(expression, attributes), env).map_err(|error| error.to_string())
}

/// What stands for the references of an expression.
fn given(expression: &Expression, attributes: &Object) -> Vec<Value> {
    let value = |name: &str| attributes.get(name).cloned().unwrap_or_default();
    expression.references().iter().map(|reference| value(&reference.name)).collect()
}

/// Entra's types: what the schemas call a boolean is one, and what takes a list is one.
fn as_typed(row: &Row, value: Value) -> Value {
    match value {
        Value::String(text) if row.target.is_boolean() && text.eq_ignore_ascii_case("true") => Value::Boolean(true),
        Value::String(text) if row.target.is_boolean() && text.eq_ignore_ascii_case("false") => Value::Boolean(false),
        Value::Null => Value::Null,
        Value::List(items) => Value::List(items),
        Value::DateTime(_) => Value::String(value.to_text()),
        other if row.multi => Value::List(vec![other]),
        other => other,
    }
}

/// True for null, an empty text, and an empty list.
pub(super) fn is_empty(value: &Value) -> bool {
    value.is_unassigned() || value.as_str() == Some("")
}
