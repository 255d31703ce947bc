//! One change at a time for each unique value, and for each record that is read to be changed: two
//! requests that create the same person at once must not both find the name free, and of two that
//! change one person the second must see what the first has done. Other gateways and the application
//! itself are not held; constraints and version columns are the guard there.

use tokio::sync::MutexGuard;

use crate::downstream::Stripes;
use crate::plan::Unique;
use crate::record::RecordKey;

/// Striped locks, apart for values and records: whoever holds a record may come to hold values too.
#[derive(Debug, Default)]
pub(super) struct Locks {
    values: Stripes,
    records: Stripes,
}

impl Locks {
    /// Holds one record, from before it is read until after it is written.
    pub(super) async fn hold_record(&self, resource: &str, key: &RecordKey) -> MutexGuard<'_, ()> {
        self.records.hold_record(resource, key).await
    }

    /// Holds the locks of all these values, in one order for everybody, so that nobody deadlocks.
    pub(super) async fn hold(&self, resource: &str, unique: &[Unique]) -> Vec<MutexGuard<'_, ()>> {
        let stripe =
            |unique: &Unique| Stripes::stripe(&(resource, &unique.field, unique.value.to_text().to_lowercase()));
        let mut stripes: Vec<usize> = unique.iter().map(stripe).collect();
        stripes.sort_unstable();
        stripes.dedup();
        let mut held = Vec::with_capacity(stripes.len());
        for at in stripes {
            held.push(self.values.hold(at).await);
        }
        held
    }
}
