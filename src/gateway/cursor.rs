//! Cursors (RFC 9865): where a page begins, and the cursor of the page after it.

use crate::plan::{QueryPlan, Source};
use crate::record::RecordKey;
use crate::scim::cursor::{CURSOR_TIMEOUT, Cursor, Position, expired_cursor, fingerprint, invalid_cursor};
use crate::scim::{ListResponse, Operation, Query, Request};

use super::{Call, Failure, Gateway};

/// Stands for every resource type at once; no type is called so.
const ALL: &str = "*";

/// Opens the cursor of a query; `None` for the first page, and for a query by index.
pub(super) fn position(
    gateway: &Gateway,
    resource: &str,
    query: &Query,
    now: i64,
) -> Result<Option<Position>, Failure> {
    let Some(sealed) = query.cursor.as_deref().filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
    let text = gateway.parts.correlations.open_text(&fingerprint(resource, query), sealed);
    let cursor = text.and_then(|text| Cursor::from_text(&text)).ok_or_else(invalid_cursor)?;
    if cursor.expires < now {
        return Err(expired_cursor().into());
    }
    Ok(Some(cursor.position))
}

/// Seals the cursor of the next page.
pub(super) fn sealed(
    gateway: &Gateway,
    resource: &str,
    query: &Query,
    position: Position,
    now: i64,
) -> Result<String, Failure> {
    let cursor = Cursor { position, expires: now + CURSOR_TIMEOUT };
    Ok(gateway.parts.correlations.seal_text(&fingerprint(resource, query), &cursor.to_text())?)
}

/// Where the application itself can go on after a record: nothing is left for us to filter or sort.
pub(super) fn goes_by_key(call: &Call<'_>, plan: &QueryPlan) -> bool {
    let whole = plan.residual.is_some() || plan.sort.is_some();
    let by_key = call.downstream().capabilities(call.resource()).keyset;
    by_key && !whole && matches!(&plan.source, Source::Select(select) if select.sort.is_none())
}

/// Lets a plan begin at a position, and read one record more than asked for: whether there is one
/// says whether there is another page.
pub(super) fn begin(plan: &mut QueryPlan, position: Option<&Position>, by_key: bool) -> Result<(), Failure> {
    let after = match position {
        Some(Position::After { key, .. }) if by_key => Some(RecordKey::new(key)),
        Some(Position::After { .. }) => return Err(invalid_cursor().into()),
        Some(Position::Offset(offset)) => {
            plan.window.0 = *offset;
            None
        }
        None => None,
    };
    let own = plan.residual.is_some() || plan.sort.is_some();
    if let Source::Select(select) = &mut plan.source
        && !own
    {
        select.offset = plan.window.0;
        select.limit = plan.window.1 + u64::from(by_key);
        select.after = after;
    }
    Ok(())
}

/// How many of all resource types' resources a list by cursor passes over; `None` for one by index.
pub(super) fn offset(gateway: &Gateway, queries: &[Request], now: i64) -> Result<Option<u64>, Failure> {
    let Some(query) = first(queries).filter(|query| query.cursor.is_some()) else { return Ok(None) };
    match position(gateway, ALL, query, now)? {
        None => Ok(Some(0)),
        Some(Position::Offset(offset)) => Ok(Some(offset)),
        Some(Position::After { .. }) => Err(invalid_cursor().into()),
    }
}

/// The cursor after a page of all resource types' resources.
pub(super) fn after(
    gateway: &Gateway,
    queries: &[Request],
    begin: u64,
    page: &ListResponse,
    now: i64,
) -> Result<Option<String>, Failure> {
    let end = begin + page.resources.len() as u64;
    match first(queries) {
        Some(query) if end < page.total_results && (end > begin || query.paging.count == Some(0)) => {
            sealed(gateway, ALL, query, Position::Offset(end), now).map(Some)
        }
        _ => Ok(None),
    }
}

fn first(queries: &[Request]) -> Option<&Query> {
    match &queries.first()?.operation {
        Operation::Query(_, query) => Some(query),
        _ => None,
    }
}
