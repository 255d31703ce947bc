//! Finding an object at the other end: by the attributes that match, in their order, one query each.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::expr::Env;
use crate::rehearse::{Answer, Sending, Wire, segment};
use crate::value::{Object, Value};

use super::dialect::quoted;
use super::errors::Failure;
use super::evaluate::{is_empty, matching_value};
use super::report::Kind;
use super::table::{Row, by_precedence};

/// What a browser's form leaves as it is.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b' ');

/// Looks for the object whose attributes these are; `None` when nobody fits.
pub(super) async fn find(
    wire: &mut Wire,
    kind: Kind,
    rows: &[Row],
    attributes: &Object,
    env: &Env,
) -> Result<Option<Object>, Failure> {
    let mut asked = false;
    for row in by_precedence(rows) {
        let value = matching_value(row, attributes, env)?;
        if is_empty(&value) {
            continue;
        }
        asked = true;
        let answer = wire.send("match", &Sending::get(query(kind, row.target.as_str(), &value.to_text()))).await;
        let mut found = listed(&answer)?;
        let total = answer.object().and_then(|list| list.get("totalResults")).and_then(number);
        let count = total.unwrap_or_default().max(i64::try_from(found.len()).unwrap_or(i64::MAX));
        match count {
            0 => (),
            1 if !found.is_empty() => return Ok(found.pop()),
            1 => return Err(Failure::incompatible(&answer, "totalResults is 1, and Resources is empty")),
            several => return Err(Failure::duplicates(row.target.as_str(), several)),
        }
    }
    if asked { Ok(None) } else { Err(Failure::unmatched()) }
}

/// The first of some values that nobody has yet; the last one where all are taken.
pub(super) async fn first_free(wire: &mut Wire, row: &Row, candidates: Vec<Value>) -> Result<Option<Value>, Failure> {
    let mut last = None;
    for value in candidates {
        let path = query(Kind::User, row.target.as_str(), &value.to_text());
        let taken = !listed(&wire.send("unique", &Sending::get(path)).await)?.is_empty();
        last = Some(value);
        if !taken {
            break;
        }
    }
    Ok(last)
}

/// `/Users?filter=userName+eq+%22kim%22`, and no members where nobody wants them.
pub(super) fn query(kind: Kind, target: &str, value: &str) -> String {
    let filter = format!("{target} eq {}", quoted(value));
    let filter = utf8_percent_encode(&filter, FORM).to_string().replace(' ', "+");
    format!("{}?filter={filter}{}", kind.endpoint(), without_members(kind, '&'))
}

/// The address of one object.
pub(super) fn address(kind: Kind, id: &str) -> String {
    format!("{}/{}", kind.endpoint(), segment(id))
}

/// The same, for reading.
pub(super) fn reading(kind: Kind, id: &str) -> String {
    format!("{}{}", address(kind, id), without_members(kind, '?'))
}

fn without_members(kind: Kind, mark: char) -> String {
    match kind {
        Kind::User => String::new(),
        Kind::Group => format!("{mark}excludedAttributes=members"),
    }
}

/// The resources of a list that a query was answered with.
pub(super) fn listed(answer: &Answer) -> Result<Vec<Object>, Failure> {
    if answer.status() == Some(404) {
        return Err(Failure::not_scim(answer));
    }
    if answer.status() != Some(200) {
        return Err(Failure::of(answer));
    }
    let list = answer.object().ok_or_else(|| Failure::incompatible(answer, "a query was not answered with a list"))?;
    if list.get("totalResults").and_then(number).is_none() {
        return Err(Failure::incompatible(answer, "a query was answered without `totalResults`"));
    }
    let resources = list.get("Resources").map(Value::elements).unwrap_or_default();
    Ok(resources.iter().filter_map(|resource| resource.as_object().cloned()).collect())
}

const fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        _ => None,
    }
}
