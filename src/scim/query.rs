//! A query and its answer (RFC 7644 §3.4.2).

use std::cmp::Ordering;

use crate::value::{Object, Value};

use super::compare::order;
use super::conform::is_primary;
use super::filter::values_of;
use super::{AttributePath, Filter, Projection, urn};

/// A checked query.
#[derive(Debug, Clone)]
pub struct Query {
    /// Which resources.
    pub filter: Option<Filter>,
    /// In which order.
    pub sort: Option<(AttributePath, SortOrder)>,
    /// Which part of them.
    pub paging: Paging,
    /// The cursor as sent: empty for the first page, `None` when pages go by index (RFC 9865).
    pub cursor: Option<String>,
    /// Which attributes.
    pub projection: Projection,
}

/// Ascending or descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortOrder {
    /// The default.
    Ascending,
    /// `sortOrder=descending`.
    Descending,
}

impl SortOrder {
    /// The order of two complete resources by what `path` leads to (RFC 7644 §3.4.2.3): a list by
    /// its primary element, or else its first; what has no value comes last ascending and first
    /// descending.
    #[must_use]
    pub fn compare(self, path: &AttributePath, a: &Object, b: &Object) -> Ordering {
        let ascending = match (sort_key(path, a), sort_key(path, b)) {
            (Some(a), Some(b)) => order(a, b, path.case_exact).unwrap_or(Ordering::Equal),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        if self == Self::Ascending { ascending } else { ascending.reverse() }
    }
}

fn sort_key<'v>(path: &AttributePath, resource: &'v Object) -> Option<&'v Value> {
    let whole = AttributePath { sub: None, ..path.clone() };
    let elements = values_of(resource, &whole);
    let sub = |element: &'v Value| match (path.sub.as_deref(), element) {
        (Some(sub), Value::Object(parts)) => parts.get(sub),
        (Some(_), _) => None,
        (None, simple) => Some(simple),
    };
    let primary = elements.iter().find(|element| is_primary(element));
    primary.or_else(|| elements.first()).and_then(|element| sub(element)).filter(|value| !value.is_unassigned())
}

/// The window of a list (RFC 7644 §3.4.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// From 1; what is below 1 was read as 1.
    pub start_index: u64,
    /// At most as many; what is below 0 was read as 0; `None` when the client named none.
    pub count: Option<u64>,
}

/// A list response.
#[derive(Debug, Clone)]
pub struct ListResponse {
    /// How many there are in all.
    pub total_results: u64,
    /// The first one's number.
    pub start_index: u64,
    /// In place of `startIndex`, for a list by cursor: the cursor of the next page, if there is one.
    pub cursor: Option<Option<String>>,
    /// The resources of this page, complete JSON.
    pub resources: Vec<Object>,
}

impl ListResponse {
    /// The message body.
    #[must_use]
    pub fn into_object(self) -> Object {
        let mut body = Object::new();
        body.set("schemas", Value::List(vec![urn::LIST_RESPONSE.into()]));
        body.set("totalResults", number(self.total_results));
        match self.cursor {
            None => body.set("startIndex", number(self.start_index)),
            Some(Some(next)) => body.set("nextCursor", next),
            Some(None) => (),
        }
        body.set("itemsPerPage", number(self.resources.len() as u64));
        body.set("Resources", Value::List(self.resources.into_iter().map(Value::Object).collect()));
        body
    }
}

fn number(count: u64) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
