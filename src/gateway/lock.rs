//! One change at a time for each unique value, and for each record that is read to be changed: two
//! requests that create the same person at once must not both find the name free, and of two that
//! change one person the second must see what the first has done. Other gateways and the application
//! itself are not held; constraints and version columns are the guard there.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use tokio::sync::{Mutex, MutexGuard};

use crate::plan::Unique;
use crate::record::RecordKey;

/// More stripes than requests in flight, so that strangers seldom wait for each other.
const STRIPES: usize = 2048;

/// Striped locks, apart for values and records: whoever holds a record may come to hold values too.
#[derive(Debug)]
pub(super) struct Locks {
    values: Vec<Mutex<()>>,
    records: Vec<Mutex<()>>,
}

impl Default for Locks {
    fn default() -> Self {
        let stripes = || (0..STRIPES).map(|_| Mutex::new(())).collect();
        Self { values: stripes(), records: stripes() }
    }
}

impl Locks {
    /// Holds one record, from before it is read until after it is written.
    pub(super) async fn hold_record(&self, resource: &str, key: &RecordKey) -> MutexGuard<'_, ()> {
        self.records[stripe(&(resource, key.as_str()))].lock().await
    }

    /// Holds the locks of all these values, in one order for everybody, so that nobody deadlocks.
    pub(super) async fn hold(&self, resource: &str, unique: &[Unique]) -> Vec<MutexGuard<'_, ()>> {
        let mut stripes: Vec<usize> = unique
            .iter()
            .map(|unique| stripe(&(resource, &unique.field, unique.value.to_text().to_lowercase())))
            .collect();
        stripes.sort_unstable();
        stripes.dedup();
        let mut held = Vec::with_capacity(stripes.len());
        for at in stripes {
            held.push(self.values[at].lock().await);
        }
        held
    }
}

fn stripe(of: &impl Hash) -> usize {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    usize::try_from(hasher.finish() % STRIPES as u64).unwrap_or_default()
}
