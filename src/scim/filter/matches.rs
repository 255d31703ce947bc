//! Does a resource fulfil a filter? (RFC 7644 §3.4.2.2)
//!
//! A comparison with a list holds when it holds for one of the values. `ne` is the opposite of
//! `eq`, so `title ne "Guide"` also holds without a title, and `emails ne "x"` when no address is
//! `x`. The RFC can be read otherwise; this reading makes `a ne b` and `not (a eq b)` one thing,
//! here and in the application. `eq null` means not present. An order exists only between values
//! that are there. An element without `primary` is one that is not primary (RFC 7643 §2.4).

use std::cmp::Ordering;

use crate::scim::compare::order;
use crate::scim::conform::is_primary;
use crate::scim::{AttributePath, AttributeType, CompareOp, Filter};
use crate::value::{Object, Value, prepared};

impl Filter {
    /// True when the complete resource (from `Resource::to_object`, or the same as JSON) fulfils
    /// the filter. As deep as the filter is nested, which its parser bounds.
    #[must_use]
    pub fn matches(&self, resource: &Object) -> bool {
        self.holds(&|path| values_of(resource, path))
    }

    /// True when an element of a multi-valued attribute fulfils what stands in the brackets of a
    /// value path.
    #[must_use]
    pub fn matches_element(&self, element: &Value) -> bool {
        self.holds(&|path| {
            let part = path.sub.as_deref().map_or(Some(element), |sub| element.as_object().and_then(|o| o.get(sub)));
            part.map(Value::elements).unwrap_or_default().iter().collect()
        })
    }

    fn holds<'v>(&self, values: &dyn Fn(&AttributePath) -> Vec<&'v Value>) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(values)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(values)),
            Self::Not(part) => !part.holds(values),
            Self::Present(path) => values(path).into_iter().any(is_present),
            Self::Compare { path, op: op @ (CompareOp::Eq | CompareOp::Ne), value: Value::Boolean(false) }
                if path.is_primary() =>
            {
                let whole = AttributePath { sub: None, ..path.clone() };
                let some = values(&whole).into_iter().any(|element| !is_primary(element));
                some == (*op == CompareOp::Eq)
            }
            Self::Compare { path, op, value } => compare(&values(path), path, *op, value),
            Self::Element { path, filter } => values(path).into_iter().any(|element| filter.matches_element(element)),
        }
    }
}

/// RFC 7644 table 3: `pr` wants a non-empty value, or a complex one with a non-empty part.
fn is_present(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Object(object) => object.iter().any(|(_, part)| part.elements().iter().any(is_present)),
        other => !other.is_unassigned(),
    }
}

fn compare(values: &[&Value], path: &AttributePath, op: CompareOp, wanted: &Value) -> bool {
    if op == CompareOp::Ne {
        return !compare(values, path, CompareOp::Eq, wanted);
    }
    if *wanted == Value::Null {
        return !values.iter().any(|value| is_present(value));
    }
    values.iter().any(|have| holds_for(have, path, op, wanted))
}

fn holds_for(have: &Value, path: &AttributePath, op: CompareOp, wanted: &Value) -> bool {
    if let (CompareOp::Co | CompareOp::Sw | CompareOp::Ew, Value::String(have), Value::String(wanted)) =
        (op, have, wanted)
    {
        return if path.case_exact {
            has_part(have, op, wanted)
        } else {
            has_part(&prepared(have), op, &prepared(wanted))
        };
    }
    let Some(order) = order(have, wanted, path.case_exact) else { return false };
    match op {
        CompareOp::Eq => order == Ordering::Equal,
        CompareOp::Gt => order == Ordering::Greater,
        CompareOp::Ge => order != Ordering::Less,
        CompareOp::Lt => order == Ordering::Less,
        CompareOp::Le => order != Ordering::Greater,
        CompareOp::Ne | CompareOp::Co | CompareOp::Sw | CompareOp::Ew => false,
    }
}

fn has_part(have: &str, op: CompareOp, wanted: &str) -> bool {
    match op {
        CompareOp::Co => have.contains(wanted),
        CompareOp::Sw => have.starts_with(wanted),
        _ => have.ends_with(wanted),
    }
}

/// The values that a path leads to in a complete resource.
pub(crate) fn values_of<'v>(resource: &'v Object, path: &AttributePath) -> Vec<&'v Value> {
    let holder = match path.schema.as_deref() {
        Some(urn) => resource.get(urn).and_then(Value::as_object),
        None => Some(resource),
    };
    let elements = holder.and_then(|holder| holder.get(&path.attribute)).map(Value::elements).unwrap_or_default();
    let Some(sub) = path.sub.as_deref() else { return elements.iter().collect() };
    let part = |element: &'v Value| match element {
        Value::Object(object) => object.get(sub).map(Value::elements).unwrap_or_default(),
        // A list of plain values where the schema has objects: the value is its own `value`.
        plain if sub == "value" && path.kind != AttributeType::Complex => std::slice::from_ref(plain),
        _ => &[],
    };
    elements.iter().flat_map(part).collect()
}
