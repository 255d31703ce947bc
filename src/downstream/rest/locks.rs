//! One writer at a time for each record that is read to be changed within the driver.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use tokio::sync::{Mutex, MutexGuard};

use crate::record::RecordKey;

/// Striped locks.
#[derive(Debug)]
pub(super) struct Locks(Vec<Mutex<()>>);

impl Default for Locks {
    fn default() -> Self {
        Self((0..STRIPES).map(|_| Mutex::new(())).collect())
    }
}

impl Locks {
    /// Holds one record. Whoever holds one takes no second.
    pub(super) async fn hold(&self, resource: &str, key: &RecordKey) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        (resource, key.as_str()).hash(&mut hasher);
        self.0[usize::try_from(hasher.finish() % STRIPES).unwrap_or_default()].lock().await
    }
}

/// More than records that are changed at once, so that strangers seldom wait for each other.
const STRIPES: u64 = 1024;
