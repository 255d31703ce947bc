//! The store in a SQLite file: one process, durable against loss of power (`synchronous = FULL`).

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::record::RecordKey;
use crate::scim::ExternalId;
use crate::value::{JsonLimits, Value};

use super::{CorrelationError, Identity, Link, Scope, Shadow, Store};

#[cfg(test)]
mod tests;
mod writer;

use writer::Writer;

/// What the store's tables are made with; `user_version` counts changes.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS seal (one INTEGER PRIMARY KEY CHECK (one = 1), key BLOB NOT NULL,
        generation INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE IF NOT EXISTS link (
        tenant TEXT NOT NULL, resource TEXT NOT NULL, key TEXT NOT NULL,
        external_id TEXT, origin TEXT, generation INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (tenant, resource, key)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS link_external_id ON link (tenant, resource, external_id) WHERE external_id IS NOT NULL;
    CREATE UNIQUE INDEX IF NOT EXISTS link_identity ON link (tenant, resource, origin, generation) WHERE origin IS NOT NULL;
    CREATE TABLE IF NOT EXISTS shadow (
        tenant TEXT NOT NULL, resource TEXT NOT NULL, key TEXT NOT NULL, attribute TEXT NOT NULL,
        sent TEXT NOT NULL, stored TEXT NOT NULL,
        PRIMARY KEY (tenant, resource, key, attribute)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS unfinished (
        tenant TEXT NOT NULL, resource TEXT NOT NULL, key TEXT NOT NULL,
        PRIMARY KEY (tenant, resource, key)
    ) WITHOUT ROWID;
    PRAGMA user_version = 2;";

/// A SQLite file with one connection for reading and one for writing.
#[derive(Debug)]
pub struct Sqlite {
    reader: Mutex<Connection>,
    writer: Arc<Writer>,
    master: [u8; 32],
}

impl Sqlite {
    /// Opens or makes the file; makes the sealing key when the file is new.
    ///
    /// # Errors
    /// When the file cannot be opened, made or read.
    pub fn open(path: &Path) -> Result<Self, CorrelationError> {
        let writer = connect(path)?;
        writer.execute_batch(SCHEMA).map_err(problem)?;
        let master = master_key(&writer)?;
        let reader = connect(path)?;
        Ok(Self { reader: Mutex::new(reader), writer: Arc::new(Writer::new(writer)), master })
    }

    /// The master key of all seals.
    #[must_use]
    pub const fn master(&self) -> &[u8; 32] {
        &self.master
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A write waits for the disk: it runs where waiting stops nobody.
    async fn write(
        &self,
        change: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
    ) -> Result<(), CorrelationError> {
        writer::write(&self.writer, Box::new(change)).await
    }
}

fn connect(path: &Path) -> Result<Connection, CorrelationError> {
    let connection = Connection::open(path).map_err(problem)?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(problem)?;
    connection.pragma_update(None, "journal_mode", "wal").map_err(problem)?;
    connection.pragma_update(None, "synchronous", "full").map_err(problem)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

fn master_key(connection: &Connection) -> Result<[u8; 32], CorrelationError> {
    let mut fresh = [0; 32];
    aws_lc_rs::rand::fill(&mut fresh).map_err(|_| CorrelationError("no random bytes to be had".to_owned()))?;
    // Two processes that start at once: the first one's key stays.
    connection.execute("INSERT OR IGNORE INTO seal (one, key) VALUES (1, ?1)", params![&fresh[..]]).map_err(problem)?;
    let kept: Vec<u8> = connection.query_row("SELECT key FROM seal", [], |row| row.get(0)).map_err(problem)?;
    kept.try_into().map_err(|_| CorrelationError("the sealing key in the store has a wrong length".to_owned()))
}

fn problem(error: rusqlite::Error) -> CorrelationError {
    CorrelationError(error.to_string())
}

fn link_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<(RecordKey, Link)> {
    let key: String = row.get(0)?;
    let external_id: Option<String> = row.get(1)?;
    let origin: Option<String> = row.get(2)?;
    let generation: u32 = row.get(3)?;
    let identity = origin.map(|origin| Identity { origin: RecordKey::new(&origin), generation });
    let external_id = external_id.as_deref().map(ExternalId::new);
    Ok((RecordKey::new(&key), Link { external_id, identity, shadows: Vec::new() }))
}

const SHADOWS: &str = "SELECT key, attribute, sent, stored FROM shadow
     WHERE tenant = ?1 AND resource = ?2 AND key IN (SELECT value FROM json_each(?3))";

fn shadow_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<(RecordKey, Shadow)> {
    let (key, attribute, sent): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let sent = Value::from_json(sent.as_bytes(), &JsonLimits::default()).unwrap_or_default();
    Ok((RecordKey::new(&key), Shadow { attribute: attribute.into(), sent, stored: row.get(3)? }))
}

fn forget_shadows(change: &Connection, scope: &Scope, key: &str) -> rusqlite::Result<usize> {
    change.execute(
        "DELETE FROM shadow WHERE tenant = ?1 AND resource = ?2 AND key = ?3",
        params![&*scope.tenant, &*scope.resource, key],
    )
}

#[async_trait]
impl Store for Sqlite {
    async fn links(&self, scope: &Scope, keys: &[RecordKey]) -> Result<HashMap<RecordKey, Link>, CorrelationError> {
        let list = serde_json::to_string(&keys.iter().map(RecordKey::as_str).collect::<Vec<_>>())
            .map_err(|error| CorrelationError(error.to_string()))?;
        let connection = self.reader();
        let mut statement = connection
            .prepare_cached(
                "SELECT key, external_id, origin, generation FROM link
                 WHERE tenant = ?1 AND resource = ?2 AND key IN (SELECT value FROM json_each(?3))",
            )
            .map_err(problem)?;
        let wanted = params![&*scope.tenant, &*scope.resource, list];
        let rows = statement.query_map(wanted, link_of).map_err(problem)?;
        let mut links: HashMap<RecordKey, Link> = rows.collect::<Result<_, _>>().map_err(problem)?;
        let mut statement = connection.prepare_cached(SHADOWS).map_err(problem)?;
        let rows = statement.query_map(wanted, shadow_of).map_err(problem)?;
        for row in rows {
            let (key, shadow) = row.map_err(problem)?;
            links.entry(key).or_default().shadows.push(shadow);
        }
        Ok(links)
    }

    async fn key_of(&self, scope: &Scope, identity: &Identity) -> Result<Option<RecordKey>, CorrelationError> {
        let connection = self.reader();
        let mut statement = connection
            .prepare_cached(
                "SELECT key FROM link WHERE tenant = ?1 AND resource = ?2 AND origin = ?3 AND generation = ?4",
            )
            .map_err(problem)?;
        let wanted = params![&*scope.tenant, &*scope.resource, identity.origin.as_str(), identity.generation];
        let found: Option<String> = statement.query_row(wanted, |row| row.get(0)).optional().map_err(problem)?;
        Ok(found.as_deref().map(RecordKey::new))
    }

    async fn with_external_id(&self, scope: &Scope, id: &ExternalId) -> Result<Vec<RecordKey>, CorrelationError> {
        let connection = self.reader();
        let mut statement = connection
            .prepare_cached(
                "SELECT key FROM link WHERE tenant = ?1 AND resource = ?2 AND external_id = ?3 ORDER BY key",
            )
            .map_err(problem)?;
        let rows = statement
            .query_map(params![&*scope.tenant, &*scope.resource, id.as_str()], |row| row.get::<_, String>(0))
            .map_err(problem)?;
        rows.map(|key| key.map(|key| RecordKey::new(&key))).collect::<Result<_, _>>().map_err(problem)
    }

    async fn set_external_id(
        &self,
        scope: &Scope,
        key: &RecordKey,
        id: Option<&ExternalId>,
    ) -> Result<(), CorrelationError> {
        let (scope, key, id) = (scope.clone(), key.clone(), id.map(|id| id.as_str().to_owned()));
        self.write(move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO link (tenant, resource, key, external_id) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (tenant, resource, key) DO UPDATE SET external_id = excluded.external_id",
                )?
                .execute(params![&*scope.tenant, &*scope.resource, key.as_str(), id])?;
            Ok(())
        })
        .await
    }

    async fn retire(&self, scope: &Scope, key: &RecordKey) -> Result<(), CorrelationError> {
        let (scope, key) = (scope.clone(), key.clone());
        self.write(move |change| {
            new_life(change, &scope, &key)?;
            mark(change, &scope, &key, false)?;
            forget_shadows(change, &scope, key.as_str()).map(|_| ())
        })
        .await
    }

    async fn rename(&self, scope: &Scope, from: &RecordKey, to: &RecordKey) -> Result<(), CorrelationError> {
        let (scope, from, to) = (scope.clone(), from.clone(), to.clone());
        self.write(move |change| {
            let kept = change
                .query_row(
                    "SELECT key, external_id, origin, generation FROM link WHERE tenant = ?1 AND resource = ?2 AND key = ?3",
                    params![&*scope.tenant, &*scope.resource, from.as_str()],
                    link_of,
                )
                .optional()?
                .map_or_else(Link::default, |(_, link)| link);
            new_life(change, &scope, &from)?;
            forget_shadows(change, &scope, to.as_str())?;
            change.execute(
                "UPDATE shadow SET key = ?4 WHERE tenant = ?1 AND resource = ?2 AND key = ?3",
                params![&*scope.tenant, &*scope.resource, from.as_str(), to.as_str()],
            )?;
            change.execute(
                "UPDATE OR REPLACE unfinished SET key = ?4 WHERE tenant = ?1 AND resource = ?2 AND key = ?3",
                params![&*scope.tenant, &*scope.resource, from.as_str(), to.as_str()],
            )?;
            let identity = kept.identity.unwrap_or_else(|| Identity::first(&from));
            change.execute(
                "INSERT OR REPLACE INTO link (tenant, resource, key, external_id, origin, generation)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    &*scope.tenant,
                    &*scope.resource,
                    to.as_str(),
                    kept.external_id.as_ref().map(ExternalId::as_str),
                    identity.origin.as_str(),
                    identity.generation
                ],
            )?;
            Ok(())
        })
        .await
    }

    async fn set_shadows(&self, scope: &Scope, key: &RecordKey, shadows: &[Shadow]) -> Result<(), CorrelationError> {
        let (scope, key, shadows) = (scope.clone(), key.clone(), shadows.to_vec());
        self.write(move |change| {
            forget_shadows(change, &scope, key.as_str())?;
            for shadow in &shadows {
                change.execute(
                    "INSERT INTO shadow (tenant, resource, key, attribute, sent, stored) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![
                        &*scope.tenant,
                        &*scope.resource,
                        key.as_str(),
                        &*shadow.attribute,
                        shadow.sent.to_json(),
                        shadow.stored
                    ],
                )?;
            }
            Ok(())
        })
        .await
    }

    async fn set_unfinished(&self, scope: &Scope, key: &RecordKey, unfinished: bool) -> Result<(), CorrelationError> {
        let (scope, key) = (scope.clone(), key.clone());
        self.write(move |change| mark(change, &scope, &key, unfinished)).await
    }

    async fn is_unfinished(&self, scope: &Scope, key: &RecordKey) -> Result<bool, CorrelationError> {
        self.reader()
            .query_row(
                "SELECT 1 FROM unfinished WHERE tenant = ?1 AND resource = ?2 AND key = ?3",
                params![&*scope.tenant, &*scope.resource, key.as_str()],
                |_| Ok(()),
            )
            .optional()
            .map(|found| found.is_some())
            .map_err(problem)
    }

    async fn exceptions(&self) -> Result<u64, CorrelationError> {
        let connection = self.reader();
        let count: i64 = connection
            .query_row("SELECT count(*) FROM link WHERE origin IS NOT NULL", [], |row| row.get(0))
            .map_err(problem)?;
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

/// Marks a record as made by halves, or as whole.
fn mark(change: &Connection, scope: &Scope, key: &RecordKey, unfinished: bool) -> rusqlite::Result<()> {
    let statement = match unfinished {
        true => "INSERT OR IGNORE INTO unfinished (tenant, resource, key) VALUES (?1, ?2, ?3)",
        false => "DELETE FROM unfinished WHERE tenant = ?1 AND resource = ?2 AND key = ?3",
    };
    change.execute(statement, params![&*scope.tenant, &*scope.resource, key.as_str()]).map(drop)
}

/// Whoever holds the key from now on is somebody else.
fn new_life(change: &Connection, scope: &Scope, key: &RecordKey) -> rusqlite::Result<()> {
    let generation: u32 =
        change.query_row("UPDATE seal SET generation = generation + 1 RETURNING generation", [], |row| row.get(0))?;
    change.execute(
        "INSERT OR REPLACE INTO link (tenant, resource, key, external_id, origin, generation)
         VALUES (?1, ?2, ?3, NULL, ?3, ?4)",
        params![&*scope.tenant, &*scope.resource, key.as_str(), generation],
    )?;
    Ok(())
}
