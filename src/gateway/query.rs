//! GET of a list (RFC 7644 §3.4.2): what the application answers, and what is left for us.

use std::cmp::Ordering;

use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::{self, FetchPlan, QueryPlan, Source};
use crate::record::{Record, RecordKey};
use crate::scim::{AttributePath, ListResponse, Query, Resource, Response, SortOrder};
use crate::value::{Object, Value};

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
        chosen.sort_by_cached_key(|resource| SortKey(sort_value(path, &complete(resource))));
        if *order == SortOrder::Descending {
            chosen.reverse();
        }
    }
    let total = chosen.len() as u64;
    let (offset, limit) = plan.window;
    let cut = chosen.into_iter().skip(as_size(offset)).take(as_size(limit)).collect();
    (cut, total)
}

fn as_size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The value that a resource is ordered by; of several the primary one, else the first
/// (RFC 7644 §3.4.2.3).
fn sort_value(path: &AttributePath, resource: &Object) -> Value {
    let top = match &path.schema {
        Some(schema) => resource.get(schema).and_then(Value::as_object).and_then(|inner| inner.get(&path.attribute)),
        None => resource.get(&path.attribute),
    };
    let Some(value) = top else { return Value::Null };
    let one = match value {
        Value::List(items) => {
            let primary =
                |item: &&Value| item.as_object().and_then(|item| item.get("primary")) == Some(&Value::Boolean(true));
            items.iter().find(primary).or_else(|| items.first())
        }
        single => Some(single),
    };
    let sub = path.sub.as_deref().unwrap_or("value");
    match one {
        Some(Value::Object(object)) => object.get(sub).cloned().unwrap_or_default(),
        Some(value) => value.clone(),
        None => Value::Null,
    }
}

struct SortKey(Value);

impl SortKey {
    fn rank(&self) -> (bool, Option<i64>, String) {
        match &self.0 {
            Value::Null => (true, None, String::new()),
            Value::Integer(i) => (false, Some(*i), String::new()),
            other => (false, None, other.to_text().to_lowercase()),
        }
    }
}

impl PartialEq for SortKey {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for SortKey {}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}
