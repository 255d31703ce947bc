//! GET of a list (RFC 7644 §3.4.2): what the application answers, and what is left for us.

use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::{self, FetchPlan, QueryPlan, Source};
use crate::record::{Record, RecordKey};
use crate::scim::{ListResponse, Query, Resource, Response};
use crate::value::Object;

use super::{Call, Failure, assemble, resolve};

pub(super) async fn query(call: &Call<'_>, query: &Query) -> Result<Response, Failure> {
    let resolved = resolve::filter(call, query.filter.as_ref()).await?;
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
    let (resources, total) = page(call, &plan, capabilities.scan_limit, want).await?;
    let resources = resources.iter().map(|shown| assemble::entity(call, shown).body).collect();
    Ok(Response::List(ListResponse { total_results: total, start_index: query.paging.start_index, resources }))
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
) -> Result<(Vec<Resource>, u64), Failure> {
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
    let shown: Vec<Resource> = assemble::all(call, records).await?.into_iter().map(|stored| stored.shown).collect();
    if !whole && !chosen_by_key {
        return Ok((shown, total));
    }
    Ok(ourselves(call, plan, shown))
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
fn ourselves(call: &Call<'_>, plan: &QueryPlan, shown: Vec<Resource>) -> (Vec<Resource>, u64) {
    let complete = |resource: &Resource| resource.to_object(&call.mapping.kind, &call.gateway.parts.base_url);
    let fulfils = |resource: &Resource| plan.residual.as_ref().is_none_or(|filter| filter.matches(&complete(resource)));
    let mut chosen: Vec<Resource> = shown.into_iter().filter(fulfils).collect();
    if let Some((path, order)) = &plan.sort {
        let mut keyed: Vec<(Object, Resource)> = chosen.into_iter().map(|one| (complete(&one), one)).collect();
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
