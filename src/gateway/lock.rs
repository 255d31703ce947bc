//! One change at a time for each unique value: two requests that create the same person at once
//! must not both find the name free. The application's own constraint is the second guard.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use tokio::sync::{Mutex, MutexGuard};

use crate::plan::Unique;

/// More stripes than requests in flight, so that strangers seldom wait for each other.
const STRIPES: usize = 2048;

/// Striped locks.
#[derive(Debug)]
pub(super) struct Locks(Vec<Mutex<()>>);

impl Default for Locks {
    fn default() -> Self {
        Self((0..STRIPES).map(|_| Mutex::new(())).collect())
    }
}

impl Locks {
    /// Holds the locks of all these values, in one order for everybody, so that nobody deadlocks.
    pub(super) async fn hold(&self, resource: &str, unique: &[Unique]) -> Vec<MutexGuard<'_, ()>> {
        let mut stripes: Vec<usize> = unique.iter().map(|unique| stripe(resource, unique)).collect();
        stripes.sort_unstable();
        stripes.dedup();
        let mut held = Vec::with_capacity(stripes.len());
        for at in stripes {
            held.push(self.0[at].lock().await);
        }
        held
    }
}

fn stripe(resource: &str, unique: &Unique) -> usize {
    let mut hasher = DefaultHasher::new();
    (resource, &unique.field, unique.value.to_text().to_lowercase()).hash(&mut hasher);
    usize::try_from(hasher.finish() % STRIPES as u64).unwrap_or_default()
}
