//! Comparing answers: what is expected is a part of what came.

use serde_json::Value;

/// Where the expected part is not in what came; `None` when it is. Objects may hold more, lists have
/// the same elements in any order.
pub(crate) fn missing(expected: &Value, came: &Value) -> Option<String> {
    match (expected, came) {
        (Value::Object(expected), Value::Object(came)) => expected.iter().find_map(|(name, value)| {
            let inner = missing(value, came.get(name).unwrap_or(&Value::Null));
            inner.map(|inner| format!("`{name}`: {inner}"))
        }),
        (Value::Array(expected), Value::Array(elements)) if expected.len() == elements.len() => {
            let mut left: Vec<&Value> = elements.iter().collect();
            expected.iter().find_map(|value| match left.iter().position(|element| missing(value, element).is_none()) {
                Some(at) => {
                    left.remove(at);
                    None
                }
                None => Some(format!("no element is {value}, but {came}")),
            })
        }
        _ if expected == came => None,
        _ => Some(format!("{expected} was expected, but {came}")),
    }
}

/// Takes out of an answer what two runs cannot have in common: ids, meta, and the run's own name.
pub(super) fn anonymous(value: &Value, run: &str) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| !["id", "meta", "$ref", "groups"].contains(&name.as_str()));
            let is_member = members.contains_key("$ref");
            let kept = kept.filter(|(name, _)| !(is_member && *name == "value"));
            kept.map(|(name, value)| (name.clone(), anonymous(value, run))).collect()
        }
        Value::Array(elements) => {
            let mut all: Vec<Value> = elements.iter().map(|element| anonymous(element, run)).collect();
            all.sort_by_key(Value::to_string);
            Value::Array(all)
        }
        Value::String(text) => Value::String(text.replace(run, "RUN")),
        other => other.clone(),
    }
}

#[test]
fn a_part_is_found_and_a_difference_is_told() {
    let came = serde_json::json!({ "a": 1, "b": [{ "x": 1, "y": 2 }, { "x": 2 }] });
    let part = |text: &str| missing(&serde_json::from_str(text).unwrap(), &came);
    assert_eq!(part(r#"{"b": [{"x": 2}, {"x": 1}]}"#), None);
    assert!(part(r#"{"b": [{"x": 2}]}"#).is_some());
    assert!(part(r#"{"b": [{"x": 2}, {"x": 2}]}"#).is_some());
    assert_eq!(part(r#"{"c": null}"#), None);
    assert_eq!(part(r#"{"a": 2}"#).unwrap(), "`a`: 2 was expected, but 1");
}
