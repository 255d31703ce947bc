//! Lists that several requests want at the same moment are walked once, and, where the mapping says
//! `list_cache`, for some seconds after.
//!
//! A list is known by the number of changes that there were when it was asked for. Whoever asks after
//! a change through the gateway asks for another list, so that a walk that was under way during the
//! change, and may have missed it, answers nobody who could expect to see it. What is looked up before
//! a change (a unique value, the record itself) never comes from here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::future::Cache;

use super::call::Call;
use super::request::Fill;
use super::walk::Found;
use super::work::Work;
use crate::downstream::DownstreamError;

/// The lists of one application.
#[derive(Debug)]
pub(super) struct Lists {
    walks: Cache<Asked, Arc<Found>>,
    changes: AtomicU64,
}

/// Which part of which list, after how many changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    resource: Arc<str>,
    offset: u64,
    limit: u64,
    changes: u64,
}

/// A change that is being made; its end, however it ends, is the end of what was listed before.
#[derive(Debug)]
pub(super) struct Change<'a>(&'a Lists);

impl Lists {
    /// Lists that are kept for a time; without one each is forgotten with its walk.
    pub(super) fn new(kept: Duration) -> Self {
        let size = |_: &Asked, found: &Arc<Found>| u32::try_from(found.documents.len() + 1).unwrap_or(u32::MAX);
        let walks = Cache::builder().max_capacity(MOST).weigher(size).time_to_live(kept).build();
        Self { walks, changes: AtomicU64::new(0) }
    }

    /// Notes a change.
    pub(super) const fn change(&self) -> Change<'_> {
        Change(self)
    }

    /// A part of the list of a resource.
    pub(super) async fn walk(
        &self,
        work: &Work<'_>,
        call: &Call,
        offset: u64,
        limit: u64,
    ) -> Result<Arc<Found>, DownstreamError> {
        let changes = self.changes.load(Ordering::Acquire);
        let asked = Asked { resource: Arc::clone(&work.resource.name), offset, limit, changes };
        let walk = async { work.walk(call, &Fill::default(), offset, limit).await.map(Arc::new) };
        self.walks.try_get_with(asked, walk).await.map_err(|error: Arc<DownstreamError>| (*error).clone())
    }
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        self.0.changes.fetch_add(1, Ordering::AcqRel);
    }
}

/// Most documents that are kept, of all lists together: some ten megabytes.
const MOST: u64 = 20_000;
