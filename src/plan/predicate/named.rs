//! Filters on the attributes of an open schema, whose names are the client's and travel as values.

use crate::mapping::{Bag, OpenRule};
use crate::plan::{Case, Comparison, Predicate};
use crate::record::FieldName;
use crate::scim::{AttributePath, CompareOp, Filter};
use crate::value::Value;

use super::{comparison, not};

/// A filter on an attribute that the client has named: the application can be asked for rows of
/// names and values; members of an object are left to the gateway.
pub(super) fn named(rule: &OpenRule, path: &AttributePath, filter: &Filter) -> Option<Predicate> {
    let Bag::Rows { list, name, value } = &rule.bag else { return None };
    let case = Case::Ignored;
    let compare = |field: &FieldName, op, value: &Value| Predicate::Compare {
        field: field.clone(),
        op,
        value: value.clone(),
        case,
    };
    let own = compare(name, Comparison::Eq, &Value::from(&*path.attribute));
    let there = Predicate::Present(value.clone());
    let any = |parts: Vec<Predicate>| {
        let predicate = Box::new(Predicate::And(parts));
        Predicate::AnyElement { list: list.clone(), predicate }
    };
    match filter {
        Filter::Present(_) => Some(any(vec![own, there])),
        Filter::Compare { op: CompareOp::Ne, value: wanted, .. } if wanted.as_str() != Some("") => {
            Some(not(any(vec![own, compare(value, Comparison::Eq, wanted)])))
        }
        // An empty text is read as no value; what it compares with is left to the gateway.
        Filter::Compare { value: wanted, .. } if wanted.as_str() == Some("") => None,
        Filter::Compare { op, value: wanted, .. } => {
            Some(any(vec![own, there, compare(value, comparison(*op), wanted)]))
        }
        _ => None,
    }
}
