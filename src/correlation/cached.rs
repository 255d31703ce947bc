//! The correlation of one tenant: seal, store, and a cache of links in memory (moka).
//!
//! moka loses an invalidation that lands while the same key is being loaded. So every entry carries
//! the epoch at which its load began; a write moves the epoch on, and an older entry is a miss.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use moka::future::Cache;

use crate::observe::{Observation, Observer, Observers};
use crate::record::RecordKey;
use crate::scim::{ExternalId, ResourceId};

use super::{CorrelationError, Correlations, Identity, Link, Scope, Seal, Shadow, Store};

/// How large the cache may become and how long it may trust an entry.
#[derive(Debug, Clone)]
pub struct CacheSettings {
    /// Most links in memory.
    pub entries: u64,
    /// How long a link is trusted.
    pub time_to_live: Duration,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self { entries: 1_000_000, time_to_live: Duration::from_secs(600) }
    }
}

type CacheKey = (Arc<str>, RecordKey);

/// Seal, store and cache.
#[derive(Debug)]
pub struct Cached {
    tenant: Arc<str>,
    seal: Seal,
    store: Arc<dyn Store>,
    links: Cache<CacheKey, (u64, Arc<Link>)>,
    epochs: Box<[AtomicU64]>,
    hasher: RandomState,
    /// True once some id is not simply its record's key: until then ids need no look-up.
    has_exceptions: AtomicBool,
    observers: Observers,
}

impl Cached {
    /// The correlation of `tenant` over a store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn new(
        tenant: Arc<str>,
        seal: Seal,
        store: Arc<dyn Store>,
        settings: &CacheSettings,
        observers: Observers,
    ) -> Result<Self, CorrelationError> {
        let has_exceptions = AtomicBool::new(store.exceptions().await? > 0);
        let links = Cache::builder().max_capacity(settings.entries).time_to_live(settings.time_to_live).build();
        let epochs = (0..1024).map(|_| AtomicU64::new(0)).collect();
        Ok(Self { tenant, seal, store, links, epochs, hasher: RandomState::new(), has_exceptions, observers })
    }

    fn scope(&self, resource: &Arc<str>) -> Scope {
        Scope { tenant: Arc::clone(&self.tenant), resource: Arc::clone(resource) }
    }

    fn epoch(&self, key: &CacheKey) -> &AtomicU64 {
        let stripes = self.epochs.len() as u64;
        let at = usize::try_from(self.hasher.hash_one(key) % stripes).unwrap_or_default();
        &self.epochs[at]
    }

    fn looked_up(&self, kind: &'static str, hit: bool) {
        self.observers.observe(&Observation::CorrelationLookedUp { tenant: Arc::clone(&self.tenant), kind, hit });
    }

    /// The links of some records, in order; those that the cache does not know in one query.
    async fn links(&self, resource: &Arc<str>, keys: &[RecordKey]) -> Result<Vec<Arc<Link>>, CorrelationError> {
        let mut found: HashMap<RecordKey, Arc<Link>> = HashMap::with_capacity(keys.len());
        let mut missing: Vec<(RecordKey, u64)> = Vec::new();
        for key in keys {
            let at = (Arc::clone(resource), key.clone());
            let epoch = self.epoch(&at).load(Ordering::Acquire);
            match self.links.get(&at).await {
                Some((since, link)) if since == epoch => {
                    found.insert(key.clone(), link);
                }
                _ => missing.push((key.clone(), epoch)),
            }
        }
        self.looked_up("key", missing.is_empty());
        if !missing.is_empty() {
            let wanted: Vec<RecordKey> = missing.iter().map(|(key, _)| key.clone()).collect();
            let mut loaded = self.store.links(&self.scope(resource), &wanted).await?;
            for (key, epoch) in missing {
                let link = Arc::new(loaded.remove(&key).unwrap_or_default());
                self.links.insert((Arc::clone(resource), key.clone()), (epoch, Arc::clone(&link))).await;
                found.insert(key, link);
            }
        }
        Ok(keys.iter().map(|key| found.get(key).cloned().unwrap_or_default()).collect())
    }

    async fn forget(&self, resource: &Arc<str>, key: &RecordKey) {
        let at = (Arc::clone(resource), key.clone());
        self.epoch(&at).fetch_add(1, Ordering::AcqRel);
        self.links.invalidate(&at).await;
    }
}

#[async_trait]
impl Correlations for Cached {
    async fn ids_of(&self, resource: &Arc<str>, keys: &[RecordKey]) -> Result<Vec<ResourceId>, CorrelationError> {
        if !self.has_exceptions.load(Ordering::Acquire) {
            return keys.iter().map(|key| self.seal.seal(resource, &Identity::first(key))).collect();
        }
        let links = self.links(resource, keys).await?;
        let identity = |(link, key): (&Arc<Link>, &RecordKey)| {
            let identity = link.identity.clone().unwrap_or_else(|| Identity::first(key));
            self.seal.seal(resource, &identity)
        };
        links.iter().zip(keys).map(identity).collect()
    }

    fn seal_text(&self, about: &str, text: &str) -> Result<String, CorrelationError> {
        self.seal.seal_text(about, text)
    }

    fn open_text(&self, about: &str, sealed: &str) -> Option<String> {
        self.seal.open_text(about, sealed)
    }

    async fn key_of(&self, resource: &Arc<str>, id: &ResourceId) -> Result<Option<RecordKey>, CorrelationError> {
        let Some(identity) = self.seal.open(resource, id) else { return Ok(None) };
        if !self.has_exceptions.load(Ordering::Acquire) {
            return Ok((identity.generation == 0).then_some(identity.origin));
        }
        if let Some(key) = self.store.key_of(&self.scope(resource), &identity).await? {
            return Ok(Some(key));
        }
        // No exception says who has this identity: it is the key itself, if that is in its first life.
        let link = self.links(resource, std::slice::from_ref(&identity.origin)).await?;
        let first = link.first().is_none_or(|link| link.identity.is_none());
        Ok((first && identity.generation == 0).then_some(identity.origin))
    }

    async fn external_ids_of(
        &self,
        resource: &Arc<str>,
        keys: &[RecordKey],
    ) -> Result<Vec<Option<ExternalId>>, CorrelationError> {
        Ok(self.links(resource, keys).await?.iter().map(|link| link.external_id.clone()).collect())
    }

    async fn with_external_id(&self, resource: &Arc<str>, id: &ExternalId) -> Result<Vec<RecordKey>, CorrelationError> {
        self.looked_up("external_id", false);
        self.store.with_external_id(&self.scope(resource), id).await
    }

    async fn set_external_id(
        &self,
        resource: &Arc<str>,
        key: &RecordKey,
        id: Option<&ExternalId>,
    ) -> Result<(), CorrelationError> {
        let done = self.store.set_external_id(&self.scope(resource), key, id).await;
        self.forget(resource, key).await;
        done
    }

    async fn shadows_of(&self, resource: &Arc<str>, keys: &[RecordKey]) -> Result<Vec<Vec<Shadow>>, CorrelationError> {
        Ok(self.links(resource, keys).await?.iter().map(|link| link.shadows.clone()).collect())
    }

    async fn set_shadows(
        &self,
        resource: &Arc<str>,
        key: &RecordKey,
        shadows: &[Shadow],
    ) -> Result<(), CorrelationError> {
        let done = self.store.set_shadows(&self.scope(resource), key, shadows).await;
        self.forget(resource, key).await;
        done
    }

    async fn set_unfinished(
        &self,
        resource: &Arc<str>,
        key: &RecordKey,
        unfinished: bool,
    ) -> Result<(), CorrelationError> {
        self.store.set_unfinished(&self.scope(resource), key, unfinished).await
    }

    async fn is_unfinished(&self, resource: &Arc<str>, key: &RecordKey) -> Result<bool, CorrelationError> {
        self.store.is_unfinished(&self.scope(resource), key).await
    }

    async fn retire(&self, resource: &Arc<str>, key: &RecordKey) -> Result<(), CorrelationError> {
        // First the flag: a reader in between looks up once too often, never once too little.
        self.has_exceptions.store(true, Ordering::Release);
        let done = self.store.retire(&self.scope(resource), key).await;
        self.forget(resource, key).await;
        done
    }

    async fn rename(&self, resource: &Arc<str>, from: &RecordKey, to: &RecordKey) -> Result<(), CorrelationError> {
        self.has_exceptions.store(true, Ordering::Release);
        let done = self.store.rename(&self.scope(resource), from, to).await;
        self.forget(resource, from).await;
        self.forget(resource, to).await;
        done
    }
}
