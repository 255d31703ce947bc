//! Lists that a client sends as one text, because its own mapping does not cut it: `"a, b"`. Where a
//! rule says what separates the values, they are taken apart before the request is parsed, and the
//! operator is told, since the client's mapping is what wants repair.
//!
//! Sent:   {"folders": "a, b"}  or  {"roles": [{"value": "a, b"}]}
//! Meant:  {"folders": ["a", "b"]}  or  {"roles": [{"value": "a"}, {"value": "b"}]}

use std::sync::Arc;

use crate::mapping::ResourceMapping;
use crate::observe::{Observation, Observer as _};
use crate::quirks::each_value;
use crate::scim::{Attribute, RawRequest};
use crate::value::{Object, Value};

use super::Gateway;

impl Gateway {
    /// Takes apart what the rules say.
    pub(super) fn split(&self, raw: &mut RawRequest) {
        let types = &self.parts.mapping.types;
        let kind = raw.path.first().and_then(|endpoint| types.at_endpoint(endpoint));
        let Some(mapping) = kind.and_then(|kind| self.parts.mapping.resource(&kind.name)) else { return };
        let rules = splits(mapping);
        if rules.is_empty() {
            return;
        }
        each_value(raw, types, &mut |attribute, value| {
            let Some((_, separator)) = rules.iter().find(|(split, _)| split == attribute) else { return };
            if taken_apart(value, separator) {
                self.parts.observers.observe(&Observation::ListSplit {
                    tenant: Arc::clone(&self.parts.tenant),
                    resource_type: Arc::clone(&mapping.kind.name),
                    attribute: attribute.name.to_string(),
                });
            }
        });
    }
}

/// The attributes whose values are separated, and by what.
fn splits(mapping: &ResourceMapping) -> Vec<(Attribute, &str)> {
    let split = mapping.rules.iter().filter_map(|rule| {
        let attribute = rule.slot.path.definition(&mapping.kind)?.into_owned();
        Some((attribute, rule.split.as_deref()?))
    });
    split.collect()
}

/// True when some text held several values.
fn taken_apart(value: &mut Value, separator: &str) -> bool {
    if value.is_unassigned() || value.as_str() == Some("") {
        return false;
    }
    let elements = match std::mem::take(value) {
        Value::List(elements) => elements,
        one => vec![one],
    };
    let cuts: usize = elements.iter().filter_map(text_of).map(|text| text.matches(separator).count()).sum();
    // What is too much for a list stays one text, which nobody takes for several: cut short, it would be lost.
    let several = cuts > 0 && cuts + elements.len() <= MOST;
    *value = Value::List(if several { parts(elements, separator) } else { elements });
    several
}

/// Trimmed, without what is empty or there already.
fn parts(elements: Vec<Value>, separator: &str) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for element in elements {
        let Some(text) = text_of(&element).map(str::to_owned) else {
            found.push(element);
            continue;
        };
        for part in text.split(separator).map(str::trim).filter(|part| !part.is_empty()) {
            let part = with_text(&element, part);
            if !found.contains(&part) {
                found.push(part);
            }
        }
    }
    found
}

fn text_of(element: &Value) -> Option<&str> {
    match element {
        Value::Object(object) => object.get("value")?.as_str(),
        other => other.as_str(),
    }
}

fn with_text(element: &Value, text: &str) -> Value {
    match element {
        Value::Object(object) => {
            let mut object: Object = object.clone();
            object.set("value", text);
            object.into()
        }
        _ => text.into(),
    }
}

/// Most values of a list that comes as text.
const MOST: usize = 1000;

#[cfg(test)]
mod tests {
    use super::{MOST, taken_apart};
    use crate::value::Value;

    #[test]
    fn what_is_too_much_for_a_list_is_not_cut_short() {
        let text = |parts: usize| (0..parts).map(|part| part.to_string()).collect::<Vec<_>>().join(",");
        let mut most = Value::from(text(MOST));
        assert!(taken_apart(&mut most, ","));
        assert_eq!(most.elements().len(), MOST);
        let mut more = Value::from(text(MOST + 1));
        assert!(!taken_apart(&mut more, ","));
        assert_eq!(more.elements(), [Value::from(text(MOST + 1))]);
    }
}
