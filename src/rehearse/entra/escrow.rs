//! An object that failed is tried again: with the next cycles, after 6, 12 and 24 hours, then daily,
//! for 28 days. Pure; the clock is the job's.

use jiff::{SignedDuration, Timestamp};

/// How an object's failures stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Escrow {
    first: Timestamp,
    next: Timestamp,
    failures: u32,
}

/// How often the very next cycle tries again.
const AT_ONCE: u32 = 3;
/// What is waited after that; the last one again and again.
const STEPS: [i64; 3] = [6, 12, 24];
/// When Entra gives up.
const LONGEST: SignedDuration = SignedDuration::from_hours(28 * 24);

impl Escrow {
    /// After one more failure.
    pub(super) fn after(before: Option<&Self>, now: Timestamp) -> Self {
        let failures = before.map_or(0, |before| before.failures) + 1;
        let hours = match failures.checked_sub(AT_ONCE) {
            None | Some(0) => 0,
            Some(later) => STEPS[(later as usize - 1).min(STEPS.len() - 1)],
        };
        let next = now.checked_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX);
        Self { first: before.map_or(now, |before| before.first), next, failures }
    }

    /// True when it is to be tried now.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        now >= self.next && !self.is_given_up(now)
    }

    /// True when it is tried no more until its source changes, or the job starts anew.
    pub(super) fn is_given_up(&self, now: Timestamp) -> bool {
        now.duration_since(self.first) > LONGEST
    }
}
