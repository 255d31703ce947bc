//! The legacy applications behind the five mappings, as real processes with real storage: four REST
//! services in Python, each over a SQLite file of its own, and tables in PostgreSQL or MariaDB.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::relay::Relay;
use crate::e2e::Folder;
use crate::e2e::legacy::{self, Legacy};
use crate::sql::{Database as _, MariaDb, Postgres, place, through};

pub(super) enum Application {
    /// By its name, with its files in the folder.
    Rest {
        name: &'static str,
        folder: PathBuf,
        service: Legacy,
    },
    Tables(Tables),
}

/// Tables.
pub(super) struct Tables {
    storage: Storage,
    relay: Relay,
}

enum Storage {
    Postgres(Postgres),
    MariaDb(MariaDb<false>),
}

/// What is compared of the quality application: everything that has a meaning to its people.
const QUALITY: [(&str, &str); 2] = [
    (
        "users",
        "SELECT u.login_name, u.email, u.first_name, u.last_name, u.display_name, \
         CASE WHEN u.enabled THEN 'enabled' ELSE 'disabled' END, u.licence_seat, p.name, \
         CASE WHEN u.password_hash IS NULL THEN 'no password' ELSE 'a password' END, c.login_name, m.login_name \
         FROM ug_users u LEFT JOIN sy_identity_providers p ON p.id = u.saml_provider_id \
         LEFT JOIN ug_users c ON c.user_id = u.created_by LEFT JOIN ug_users m ON m.user_id = u.modified_by \
         ORDER BY u.login_name",
    ),
    (
        "seats",
        "SELECT s.seat, u.login_name FROM lic_seats s LEFT JOIN ug_users u ON u.user_id = s.user_id ORDER BY s.seat",
    ),
];

impl Application {
    /// Starts the REST service, with its files in the folder.
    pub(super) fn service(name: &'static str, folder: &Folder) -> Self {
        Self::Rest { name, folder: folder.0.clone(), service: Legacy::start(name, folder) }
    }

    /// Fresh tables in the server that `tests/run` starts.
    pub(super) async fn tables(kind: &str) -> Self {
        let file = format!("{}/tests/seeds/apps/quality/{kind}.sql", env!("CARGO_MANIFEST_DIR"));
        // `DELIMITER` is the command line client's; the server itself sees where a procedure ends.
        let schema = fs::read_to_string(file).unwrap().replace("DELIMITER //", "").replace("DELIMITER ;", "");
        let schema = schema.replace(" //\n", ";\n");
        let storage = match kind {
            "postgres" => Storage::Postgres(Postgres::fresh(&schema).await),
            _ => Storage::MariaDb(MariaDb::fresh(&schema).await),
        };
        let relay = Relay::to(place(&storage.url())).await;
        Self::Tables(Tables { storage, relay })
    }

    /// What the mapping reads of the environment.
    pub(super) fn environment(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Rest { service, .. } => service.environment(),
            Self::Tables(tables) => vec![("QUALITY_DATABASE_URL", through(&tables.storage.url(), tables.relay.port))],
        }
    }

    /// Ends it as a power cut does.
    pub(super) fn stop(&mut self) {
        match self {
            Self::Rest { service, .. } => service.kill(),
            Self::Tables(tables) => tables.relay.close(),
        }
    }

    pub(super) fn start(&mut self) {
        match self {
            Self::Rest { service, .. } => service.run(),
            Self::Tables(tables) => tables.relay.open(),
        }
    }

    /// The rows that SQL on its own storage gives, every value as text.
    pub(super) async fn rows(&self, sql: &str) -> Value {
        match self {
            Self::Rest { folder, .. } => rows(folder, sql),
            Self::Tables(tables) => tables.storage.rows(sql).await,
        }
    }

    /// All that it holds, in an order that does not change.
    pub(super) async fn dump(&self) -> Value {
        match self {
            Self::Rest { name, folder, .. } => legacy::dump(name, folder),
            Self::Tables(_) => {
                let mut all = Map::new();
                for (name, sql) in QUALITY {
                    // Each database has an order of its own for letters.
                    let mut rows = self.rows(sql).await;
                    rows.as_array_mut().unwrap().sort_by_key(Value::to_string);
                    all.insert(name.to_owned(), rows);
                }
                all.into()
            }
        }
    }

    pub(super) async fn finish(self) {
        match self {
            Self::Rest { .. } => {}
            Self::Tables(Tables { storage: Storage::Postgres(database), .. }) => database.finish().await,
            Self::Tables(Tables { storage: Storage::MariaDb(database), .. }) => database.finish().await,
        }
    }
}

impl Storage {
    fn url(&self) -> String {
        match self {
            Self::Postgres(database) => database.url(),
            Self::MariaDb(database) => database.url(),
        }
    }

    async fn rows(&self, sql: &str) -> Value {
        match self {
            Self::Postgres(database) => database.rows(sql).await,
            Self::MariaDb(database) => database.rows(sql).await,
        }
    }
}

fn rows(folder: &Path, sql: &str) -> Value {
    let connection = rusqlite::Connection::open(legacy::database(folder)).unwrap();
    connection.busy_timeout(Duration::from_secs(10)).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut all = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let values = (0..columns).map(|at| match row.get_unwrap::<_, rusqlite::types::Value>(at) {
            rusqlite::types::Value::Null => Value::Null,
            rusqlite::types::Value::Integer(number) => number.to_string().into(),
            rusqlite::types::Value::Text(text) => text.into(),
            other => json!(format!("{other:?}")),
        });
        all.push(values.collect::<Value>());
    }
    all.into()
}
