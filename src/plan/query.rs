//! A query → a page to select, and what is left for the gateway to do with it.

use std::sync::Arc;

use crate::expr::Env;
use crate::mapping::{Read, ResourceMapping};
use crate::record::RecordKey;
use crate::scim::{AttributePath, Filter, Query, ScimError, SortOrder};

use super::create::case_of;
use super::predicate::{Resolved, Translation, acknowledged, and};
use super::{Capabilities, Comparison, Predicate, Searchable, SelectPlan, Sort, Want};

/// Largest page.
pub const MAX_PAGE: u64 = 1000;
/// The size of a page when the client names none: such a client does not know of pages, and would
/// take what is missing from a small one for deleted.
pub const DEFAULT_PAGE: u64 = MAX_PAGE;

/// A query, split between the application and the gateway.
#[derive(Debug, Clone)]
pub struct QueryPlan {
    /// Where the records come from.
    pub source: Source,
    /// The part of the filter that the gateway evaluates.
    pub residual: Option<Filter>,
    /// The order that the gateway makes.
    pub sort: Option<(AttributePath, SortOrder)>,
    /// The page that the client gets: how many to pass over, how many to give.
    pub window: (u64, u64),
}

/// Where the records of a query come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// Nothing can fulfil the filter.
    Nothing,
    /// One select. With a residual or an order of our own it reads up to the scan limit.
    Select(SelectPlan),
    /// The records with these keys, one by one: the application cannot search by key.
    Keys(Vec<RecordKey>),
}

/// Plans a query.
///
/// # Errors
/// 400 `invalidFilter` when the application keeps nothing that could answer it.
pub fn query(
    mapping: &ResourceMapping,
    query: &Query,
    capabilities: &Capabilities,
    resolved: &Resolved,
    want: Want,
    env: &Env,
) -> Result<QueryPlan, ScimError> {
    let translation = Translation { mapping, resolved, env };
    let (predicate, residual) = split(&translation, query.filter.as_ref(), capabilities)?;
    let pushed_sort = query.sort.as_ref().and_then(|(path, order)| sort(mapping, path, *order, capabilities));
    let own_sort = query.sort.clone().filter(|_| pushed_sort.is_none());
    let window = (query.paging.start_index - 1, query.paging.count.unwrap_or(DEFAULT_PAGE).min(MAX_PAGE));
    let whole = residual.is_some() || own_sort.is_some();
    let (offset, limit) = if whole { (0, capabilities.scan_limit + 1) } else { window };
    let source = match (predicate, &capabilities.searchable) {
        (Predicate::False, _) => Source::Nothing,
        (Predicate::Keys(keys), Searchable::Equal(_)) => Source::Keys(keys),
        (predicate, _) => Source::Select(SelectPlan {
            resource: Arc::clone(&mapping.kind.name),
            predicate,
            sort: pushed_sort,
            after: None,
            offset,
            limit,
            want,
        }),
    };
    Ok(QueryPlan { source, residual, sort: own_sort, window })
}

/// Splits a filter into what the application answers and what is left.
fn split(
    translation: &Translation<'_>,
    filter: Option<&Filter>,
    capabilities: &Capabilities,
) -> Result<(Predicate, Option<Filter>), ScimError> {
    let Some(filter) = filter else { return Ok((Predicate::True, None)) };
    let parts: &[Filter] = match filter {
        Filter::And(parts) => parts,
        one => std::slice::from_ref(one),
    };
    let mut pushed = Vec::new();
    let mut left = Vec::new();
    for part in parts {
        match translation.wide(part)? {
            Some(predicate) if can_answer(capabilities, &predicate, pushed.is_empty()) => pushed.push(predicate),
            _ => left.push(part.clone()),
        }
    }
    let residual = match left.len() {
        0 => None,
        1 => left.pop(),
        _ => Some(Filter::And(left)),
    };
    Ok((and(pushed), residual))
}

fn can_answer(capabilities: &Capabilities, predicate: &Predicate, first: bool) -> bool {
    match (&capabilities.searchable, predicate) {
        (Searchable::Everything, _) | (_, Predicate::True | Predicate::False) => true,
        (Searchable::Equal(_), Predicate::Keys(_)) => first,
        // An application that is asked for a text with a null character fails rather than finds nothing.
        (Searchable::Equal(fields), Predicate::Compare { field, op: Comparison::Eq, value, .. }) => {
            first && fields.contains(field) && !value.as_str().is_some_and(|text| text.contains('\0'))
        }
        (Searchable::Equal(_), _) => false,
    }
}

fn sort(
    mapping: &ResourceMapping,
    path: &AttributePath,
    order: SortOrder,
    capabilities: &Capabilities,
) -> Option<Sort> {
    if !capabilities.sort || acknowledged(mapping, path) {
        return None;
    }
    let rule = mapping
        .rules
        .iter()
        .find(|rule| rule.slot.path == *path && rule.list.is_none() && rule.slot.selector.is_none())?;
    match (&rule.read, &rule.field) {
        // The order of what is stored says nothing of the order of what is shown.
        (Read::Direct, Some(field)) if rule.lookup.is_none() => {
            Some(Sort { field: field.clone(), descending: order == SortOrder::Descending, case: case_of(rule) })
        }
        _ => None,
    }
}
