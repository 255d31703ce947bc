//! GET of a list (RFC 7644 §3.4.2): what the application answers, and what is left for us.

use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::{self, FetchPlan, QueryPlan, Source};
use crate::record::{Record, RecordKey};
use crate::scim::cursor::Position;
use crate::scim::{ListResponse, Query, Response};
use crate::value::Object;

use super::assemble::Stored;
use super::{Call, Failure, assemble, cursor, lookup, resolve, walk};

pub(super) async fn query(call: &Call<'_>, query: &Query) -> Result<Response, Failure> {
    let mut resolved = resolve::filter(call, query.filter.as_ref()).await?;
    if let Some(filter) = &query.filter {
        lookup::stored::of_filter(call, filter, &mut resolved).await?;
    }
    let capabilities = call.downstream().capabilities(call.resource());
    let mut want = assemble::want(call);
    let mut plan = plan::query(call.mapping, query, capabilities, &resolved, want, &call.env)?;
    if let Some(residual) = &plan.residual {
        want.members |= call.mapping.has_members() && residual.mentions("members");
        want.groups |= capabilities.groups && residual.mentions("groups");
    }
    if let Source::Select(select) = &mut plan.source {
        select.want = want;
    }
    if query.cursor.is_some() {
        return by_cursor(call, query, plan, want).await;
    }
    let step = if cursor::goes_by_key(call, &plan) { Some(walk::step(call, query, &mut plan).await) } else { None };
    let (found, mut total) = page(call, &plan, capabilities.scan_limit, want).await?;
    if let Some(step) = step {
        let full = found.len() as u64 == plan.window.1;
        let last = found.last().filter(|_| full).map(|last| last.key.clone());
        total = step.end(call, &plan, total, found.len() as u64, last).await?;
    }
    let resources = entities(call, &found);
    let start_index = query.paging.start_index;
    Ok(Response::List(ListResponse { total_results: total, start_index, cursor: None, resources }))
}

fn entities(call: &Call<'_>, found: &[Stored]) -> Vec<Object> {
    found.iter().map(|stored| assemble::entity(call, &stored.shown).body).collect()
}

/// A page of a list that goes on where the former ended (RFC 9865).
async fn by_cursor(call: &Call<'_>, query: &Query, mut plan: QueryPlan, want: plan::Want) -> Result<Response, Failure> {
    let now = call.env.now.as_second();
    let begin = cursor::position(call.gateway, call.resource(), query, now)?;
    let by_key = cursor::goes_by_key(call, &plan);
    cursor::begin(&mut plan, begin.as_ref(), by_key)?;
    let scan_limit = call.downstream().capabilities(call.resource()).scan_limit;
    let (mut found, counted) = page(call, &plan, scan_limit, want).await?;
    let total = if let Some(Position::After { total, .. }) = &begin { *total } else { counted };
    let size = usize::try_from(plan.window.1).unwrap_or(usize::MAX);
    let more = found.len() > size;
    found.truncate(size);
    let end = plan.window.0 + found.len() as u64;
    let more = if by_key { more } else { end < total };
    let next = match found.last() {
        _ if !more => None,
        Some(last) if by_key => Some(Position::After { key: last.key.to_string(), total }),
        Some(_) => Some(Position::Offset(end)),
        // Of a page of none the next one is the same place again (RFC 9865 §2: `count=0` asks for
        // the total alone).
        None if size == 0 => Some(begin.unwrap_or(Position::Offset(end))),
        None => None,
    };
    let seal = |position| cursor::sealed(call.gateway, call.resource(), query, position, now);
    let cursor = Some(next.map(seal).transpose()?);
    Ok(Response::List(ListResponse { total_results: total, start_index: 1, cursor, resources: entities(call, &found) }))
}

/// Moves the window of a query that goes on where the resources of other types ended.
pub(super) fn continue_page(query: &mut Query, before: Option<&ListResponse>) {
    let Some(before) = before else { return };
    let given = before.resources.len() as u64;
    let count = query.paging.count.unwrap_or(plan::DEFAULT_PAGE).min(plan::MAX_PAGE);
    query.paging.start_index = query.paging.start_index.saturating_sub(before.total_results).max(1);
    query.paging.count = Some(count.saturating_sub(given));
}

/// Two parts of one list.
pub(super) fn joined(before: Option<ListResponse>, mut more: ListResponse) -> ListResponse {
    let Some(mut all) = before else { return more };
    all.total_results += more.total_results;
    all.resources.append(&mut more.resources);
    all
}

async fn page(
    call: &Call<'_>,
    plan: &QueryPlan,
    scan_limit: u64,
    want: plan::Want,
) -> Result<(Vec<Stored>, u64), Failure> {
    let (records, total) = match &plan.source {
        Source::Nothing => return Ok((Vec::new(), 0)),
        Source::Select(select) => {
            let page = call.downstream().select(select).await?;
            (page.records, page.total)
        }
        Source::Keys(keys) => (by_keys(call, keys, want).await?, 0),
    };
    let whole = plan.residual.is_some() || plan.sort.is_some();
    let chosen_by_key = matches!(plan.source, Source::Keys(_));
    if whole && records.len() as u64 > scan_limit {
        let detail = format!("more than {scan_limit} records would have to be read");
        return Err(DownstreamError::new(ErrorKind::TooMany, detail).into());
    }
    let found = assemble::all(call, records).await?;
    if !whole && !chosen_by_key {
        return Ok((found, total));
    }
    Ok(ourselves(call, plan, found))
}

async fn by_keys(call: &Call<'_>, keys: &[RecordKey], want: plan::Want) -> Result<Vec<Record>, Failure> {
    let mut found = Vec::new();
    for key in keys {
        let plan = FetchPlan { resource: call.resource().clone(), key: key.clone(), want };
        found.extend(call.downstream().fetch(&plan).await?);
    }
    Ok(found)
}

/// Filters, orders and cuts what was read.
fn ourselves(call: &Call<'_>, plan: &QueryPlan, found: Vec<Stored>) -> (Vec<Stored>, u64) {
    let complete = |stored: &Stored| stored.shown.to_object(&call.mapping.kind, &call.gateway.parts.base_url);
    let fulfils = |stored: &Stored| plan.residual.as_ref().is_none_or(|filter| filter.matches(&complete(stored)));
    let mut chosen: Vec<Stored> = found.into_iter().filter(fulfils).collect();
    if let Some((path, order)) = &plan.sort {
        let mut keyed: Vec<(Object, Stored)> = chosen.into_iter().map(|one| (complete(&one), one)).collect();
        keyed.sort_by(|(a, _), (b, _)| order.compare(path, a, b));
        chosen = keyed.into_iter().map(|(_, one)| one).collect();
    }
    let total = chosen.len() as u64;
    let (offset, limit) = plan.window;
    let cut = chosen.into_iter().skip(as_size(offset)).take(as_size(limit)).collect();
    (cut, total)
}

fn as_size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
