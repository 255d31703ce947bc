//! One change at a time for each record that is read to be changed: of two that change one person the
//! second must see what the first has done. Other gateways and the application itself are not held.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use tokio::sync::{Mutex, MutexGuard};

use crate::record::RecordKey;

/// Striped locks. Those of one set never wait for those of another.
#[derive(Debug)]
pub struct Stripes(Vec<Mutex<()>>);

impl Default for Stripes {
    fn default() -> Self {
        Self((0..STRIPES).map(|_| Mutex::new(())).collect())
    }
}

impl Stripes {
    /// Holds one record, from before it is read until after it is written. Whoever holds one takes no
    /// second of the same set.
    pub async fn hold_record(&self, resource: &str, key: &RecordKey) -> MutexGuard<'_, ()> {
        self.hold(Self::stripe(&(resource, key.as_str()))).await
    }

    /// The stripe of a thing.
    #[must_use]
    pub fn stripe(of: &impl Hash) -> usize {
        let mut hasher = DefaultHasher::new();
        of.hash(&mut hasher);
        usize::try_from(hasher.finish() % STRIPES as u64).unwrap_or_default()
    }

    /// Holds a stripe. Whoever holds several takes them in their order, so that nobody deadlocks.
    pub async fn hold(&self, stripe: usize) -> MutexGuard<'_, ()> {
        self.0[stripe % STRIPES].lock().await
    }
}

/// More than requests in flight, so that strangers seldom wait for each other.
const STRIPES: usize = 2048;
