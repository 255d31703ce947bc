//! When a whole job is stopped: bad credentials or no SCIM at once, else so many failures that the
//! endpoint must be at fault. Pure.

use jiff::{SignedDuration, Timestamp};

use super::errors::Failure;

/// A job in quarantine: one cycle a day, and switched off after four weeks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    /// Why, for the administrator.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// When the next cycle may take place.
    pub next: Timestamp,
}

/// What a cycle came to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) tried: usize,
    pub(super) failed: usize,
    /// Of these, references.
    pub(super) failed_references: usize,
}

/// From so many failures on the share is looked at.
const MANY: usize = 5_000;
/// So many stop a job whatever the share.
const TOO_MANY: usize = 40_000;
/// The same, references counted.
const TOO_MANY_WITH_REFERENCES: usize = 60_000;
const DAY: SignedDuration = SignedDuration::from_hours(24);
const DISABLED: SignedDuration = SignedDuration::from_hours(28 * 24);

impl Quarantine {
    /// For one failure that stops the job, after what was before.
    pub(super) fn of(failure: &Failure, before: Option<&Self>, now: Timestamp) -> Self {
        Self::new(format!("{}: {}", failure.code, failure.detail), before, now)
    }

    /// For the failures of a whole cycle.
    pub(super) fn by(tally: Tally, before: Option<&Self>, now: Timestamp) -> Option<Self> {
        let own = tally.failed - tally.failed_references;
        let share = tally.failed * 10 > tally.tried * 4;
        let stopped = (tally.failed >= MANY && share) || own > TOO_MANY || tally.failed > TOO_MANY_WITH_REFERENCES;
        let reason = || format!("{} of {} objects failed", tally.failed, tally.tried);
        stopped.then(|| Self::new(reason(), before, now))
    }

    fn new(reason: String, before: Option<&Self>, now: Timestamp) -> Self {
        let next = now.checked_add(DAY).unwrap_or(Timestamp::MAX);
        Self { reason, since: before.map_or(now, |before| before.since), next }
    }

    /// True when a cycle may take place.
    pub(super) fn lets_through(&self, now: Timestamp) -> bool {
        now >= self.next && !self.is_disabled(now)
    }

    /// True after four weeks: an administrator has to start the job anew.
    #[must_use]
    pub fn is_disabled(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) > DISABLED
    }
}
