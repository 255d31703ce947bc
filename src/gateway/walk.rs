//! Lists by index that go on where the page before ended.
//!
//! A client that imports everybody asks for `startIndex` 1, 1001, 2001 … Passing over what it has seen
//! costs more with every page, and a record that goes meanwhile moves the rest up, so that one is
//! never shown. So the last key of a page is kept for a while: the next page begins after it. What is
//! not kept (another process answered, or too long ago) is passed over as ever.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use moka::future::Cache;

use crate::plan::{QueryPlan, SelectPlan, Source};
use crate::record::RecordKey;
use crate::scim::Query;
use crate::scim::cursor::fingerprint;

use super::{Call, Failure};

/// How many ends of pages are kept: those of more clients than a gateway has.
const MOST: u64 = 4096;
/// How long the end of a page is kept.
const KEPT: Duration = Duration::from_secs(600);
/// How long a count is good for; a change through the gateway ends it at once.
const COUNTED: Duration = Duration::from_secs(60);

/// Where pages ended.
#[derive(Debug)]
pub(super) struct Walks {
    ends: Cache<(String, u64), End>,
    changes: AtomicU64,
}

/// The end of a page.
#[derive(Debug, Clone)]
struct End {
    key: RecordKey,
    total: u64,
    counted: Instant,
    /// How many changes there had been.
    changes: u64,
}

impl Default for Walks {
    fn default() -> Self {
        Self { ends: Cache::builder().max_capacity(MOST).time_to_live(KEPT).build(), changes: AtomicU64::new(0) }
    }
}

impl Walks {
    /// Something may have been changed: counts are no longer true.
    pub(super) fn note_change(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
    }
}

/// One page of a walk.
pub(super) struct Step {
    about: String,
    start_index: u64,
    changes: u64,
    /// Where the page before ended.
    before: Option<End>,
}

/// Lets a plan begin where the page before ended. The plan must be one that goes by key.
pub(super) async fn step(call: &Call<'_>, query: &Query, plan: &mut QueryPlan) -> Step {
    let walks = &call.gateway.walks;
    let about = fingerprint(call.resource(), query);
    let start_index = query.paging.start_index;
    let before = if start_index > 1 { walks.ends.get(&(about.clone(), start_index)).await } else { None };
    if let (Some(end), Source::Select(select)) = (&before, &mut plan.source) {
        select.after = Some(end.key.clone());
        select.offset = 0;
    }
    Step { about, start_index, changes: walks.changes.load(Ordering::Relaxed), before }
}

impl Step {
    /// The total, and the end of this page kept for the next one. `told` is what the application told,
    /// which is nothing after a key; `last` is the last record of a page that was full.
    pub(super) async fn end(
        self,
        call: &Call<'_>,
        plan: &QueryPlan,
        told: u64,
        found: u64,
        last: Option<RecordKey>,
    ) -> Result<u64, Failure> {
        let (total, counted) = match &self.before {
            None => (told, Instant::now()),
            Some(end) if end.changes == self.changes && end.counted.elapsed() < COUNTED => (end.total, end.counted),
            Some(_) => (count(call, plan).await?, Instant::now()),
        };
        if let Some(key) = last {
            let end = End { key, total, counted, changes: self.changes };
            call.gateway.walks.ends.insert((self.about, self.start_index + found), end).await;
        }
        Ok(total)
    }
}

async fn count(call: &Call<'_>, plan: &QueryPlan) -> Result<u64, Failure> {
    let Source::Select(select) = &plan.source else { return Ok(0) };
    let select = SelectPlan { after: None, offset: 0, limit: 0, ..select.clone() };
    Ok(call.downstream().select(&select).await?.total)
}
