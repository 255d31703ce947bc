//! A query and its answer (RFC 7644 §3.4.2).

use crate::value::{Object, Value};

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
        body.set("startIndex", number(self.start_index));
        body.set("itemsPerPage", number(self.resources.len() as u64));
        body.set("Resources", Value::List(self.resources.into_iter().map(Value::Object).collect()));
        body
    }
}

fn number(count: u64) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
