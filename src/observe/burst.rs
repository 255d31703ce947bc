//! Bursts of the same complaint: the first few are told, the rest is counted.
//!
//! An application that is down would otherwise fill a disk with the same line. Exact numbers are in
//! the metrics; the log only has to say that it goes on.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How many lines of one kind are told in one [`WINDOW`].
const TOLD: u64 = 5;
const WINDOW: Duration = Duration::from_secs(10);

/// The kinds of complaints seen. Kinds come from closed sets, so the map stays small.
#[derive(Debug, Default)]
pub(super) struct Bursts(HashMap<String, Burst>);

#[derive(Debug)]
struct Burst {
    since: Instant,
    seen: u64,
}

impl Bursts {
    /// None when the line is not to be told; otherwise how many were not told before it.
    pub(super) fn admit(&mut self, kind: String, now: Instant) -> Option<u64> {
        let burst = self.0.entry(kind).or_insert(Burst { since: now, seen: 0 });
        let untold = burst.seen.saturating_sub(TOLD);
        if now.duration_since(burst.since) >= WINDOW {
            *burst = Burst { since: now, seen: 1 };
            return Some(untold);
        }
        burst.seen += 1;
        (burst.seen <= TOLD).then_some(0)
    }
}
