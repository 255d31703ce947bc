//! SCIM `id` ↔ record key ↔ `externalId`.
//!
//! An id is the record's key, sealed ([`Seal`]): it is computed, so there is nothing to lose. The
//! store keeps what cannot be computed: the client's externalId where the application has no field
//! for it, the marks of records made by halves, and the exceptions (a key that was given to another record, a record whose key changed).

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::record::RecordKey;
use crate::scim::{ExternalId, ResourceId};
use crate::value::Value;

mod cached;
mod seal;
mod sqlite;

pub use cached::{CacheSettings, Cached};
pub use seal::{Identity, Seal};
pub use sqlite::Sqlite;

/// A failure of the store.
#[derive(Debug, Clone, thiserror::Error)]
#[error("correlation store: {0}")]
pub struct CorrelationError(pub String);

/// What the store knows of one record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Link {
    /// The client's own id.
    pub external_id: Option<ExternalId>,
    /// What the SCIM id seals, when it is not simply the key in its first life.
    pub identity: Option<Identity>,
    /// What the client sent where the application stores another form of it.
    pub shadows: Vec<Shadow>,
}

/// A value as the client sent it, for as long as the application holds what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shadow {
    /// The attribute, as its rule names it.
    pub attribute: Arc<str>,
    /// What the client sent.
    pub sent: Value,
    /// What the application stored, as text.
    pub stored: String,
}

/// Where a store finds a link: tenant and resource type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The tenant's name.
    pub tenant: Arc<str>,
    /// The resource type's name.
    pub resource: Arc<str>,
}

/// A store of links. Every method touches one tenant and one resource type.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// The links of some records; records without one are not in the answer.
    async fn links(&self, scope: &Scope, keys: &[RecordKey]) -> Result<HashMap<RecordKey, Link>, CorrelationError>;

    /// The key of the record that has this identity by exception; `None` when no exception says so.
    async fn key_of(&self, scope: &Scope, identity: &Identity) -> Result<Option<RecordKey>, CorrelationError>;

    /// The records to which the client gave this id.
    async fn with_external_id(&self, scope: &Scope, id: &ExternalId) -> Result<Vec<RecordKey>, CorrelationError>;

    /// Remembers (or forgets) the client's id for a record.
    async fn set_external_id(
        &self,
        scope: &Scope,
        key: &RecordKey,
        id: Option<&ExternalId>,
    ) -> Result<(), CorrelationError>;

    /// Gives up the id of a record: whoever holds the key from now on has another.
    async fn retire(&self, scope: &Scope, key: &RecordKey) -> Result<(), CorrelationError>;

    /// A record's key changed: id and externalId go with it.
    async fn rename(&self, scope: &Scope, from: &RecordKey, to: &RecordKey) -> Result<(), CorrelationError>;

    /// Replaces the shadows of a record.
    async fn set_shadows(&self, scope: &Scope, key: &RecordKey, shadows: &[Shadow]) -> Result<(), CorrelationError>;

    /// Marks a record as made by halves, or as whole again.
    async fn set_unfinished(&self, scope: &Scope, key: &RecordKey, unfinished: bool) -> Result<(), CorrelationError>;

    /// True for a record that is marked as made by halves.
    async fn is_unfinished(&self, scope: &Scope, key: &RecordKey) -> Result<bool, CorrelationError>;

    /// How many exceptions there are: with none, ids need not be looked up.
    async fn exceptions(&self) -> Result<u64, CorrelationError>;
}

/// What the gateway asks of the correlation, for one tenant.
#[async_trait]
pub trait Correlations: Send + Sync + std::fmt::Debug {
    /// The ids of some records, in the same order.
    async fn ids_of(&self, resource: &Arc<str>, keys: &[RecordKey]) -> Result<Vec<ResourceId>, CorrelationError>;

    /// Seals a text for a client to carry; `about` must be the same to open it again.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    fn seal_text(&self, about: &str, text: &str) -> Result<String, CorrelationError>;

    /// The sealed text; `None` for anything that this tenant did not seal with the same `about`.
    fn open_text(&self, about: &str, sealed: &str) -> Option<String>;

    /// The key behind an id; `None` for an id that was never given out, or was given up.
    async fn key_of(&self, resource: &Arc<str>, id: &ResourceId) -> Result<Option<RecordKey>, CorrelationError>;

    /// The clients' ids of some records, in the same order.
    async fn external_ids_of(
        &self,
        resource: &Arc<str>,
        keys: &[RecordKey],
    ) -> Result<Vec<Option<ExternalId>>, CorrelationError>;

    /// The records to which the client gave this id.
    async fn with_external_id(&self, resource: &Arc<str>, id: &ExternalId) -> Result<Vec<RecordKey>, CorrelationError>;

    /// Remembers (or forgets) the client's id for a record.
    async fn set_external_id(
        &self,
        resource: &Arc<str>,
        key: &RecordKey,
        id: Option<&ExternalId>,
    ) -> Result<(), CorrelationError>;

    /// The shadows of some records, in the same order.
    async fn shadows_of(&self, resource: &Arc<str>, keys: &[RecordKey]) -> Result<Vec<Vec<Shadow>>, CorrelationError>;

    /// Replaces the shadows of a record.
    async fn set_shadows(
        &self,
        resource: &Arc<str>,
        key: &RecordKey,
        shadows: &[Shadow],
    ) -> Result<(), CorrelationError>;

    /// Marks a record as made by halves, or as whole again.
    async fn set_unfinished(
        &self,
        resource: &Arc<str>,
        key: &RecordKey,
        unfinished: bool,
    ) -> Result<(), CorrelationError>;

    /// True for a record that is marked as made by halves.
    async fn is_unfinished(&self, resource: &Arc<str>, key: &RecordKey) -> Result<bool, CorrelationError>;

    /// Gives up the id of a record that is gone.
    async fn retire(&self, resource: &Arc<str>, key: &RecordKey) -> Result<(), CorrelationError>;

    /// A record's key changed.
    async fn rename(&self, resource: &Arc<str>, from: &RecordKey, to: &RecordKey) -> Result<(), CorrelationError>;
}
