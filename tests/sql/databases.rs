//! Fresh databases to try the driver on.

use mysql_async::prelude::Queryable as _;

use super::*;

/// A database that a case has for itself.
#[allow(async_fn_in_trait, reason = "only these tests call it")]
pub(crate) trait Database: Sized {
    const KIND: &'static str;

    /// A database with this schema.
    async fn fresh(schema: &str) -> Self;

    /// True where statements read as those that are kept for the kind.
    const EXPLAINED: bool = true;

    /// Cases that are not for it: what their names contain, as `application: name`.
    const LEFT_OUT: &[&str] = &[];

    /// Its address, for the mapping.
    fn url(&self) -> String;

    /// What else `[downstream]` says.
    fn further(&self) -> &'static str {
        ""
    }

    /// The rows that SQL gives, every value as text.
    async fn rows(&self, sql: &str) -> Json;

    /// Leaves nothing behind.
    async fn finish(self) {}
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

fn unique_name() -> String {
    format!("postern_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// A temporary file, deleted when the case is over.
pub(crate) struct Sqlite(PathBuf);

impl Sqlite {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Database for Sqlite {
    const KIND: &'static str = "sqlite";

    async fn fresh(schema: &str) -> Self {
        let path = std::env::temp_dir().join(unique_name()).with_extension("db");
        rusqlite::Connection::open(&path).unwrap().execute_batch(schema).unwrap();
        Self(path)
    }

    fn url(&self) -> String {
        format!("sqlite:{}", self.0.display())
    }

    async fn rows(&self, sql: &str) -> Json {
        let connection = rusqlite::Connection::open(&self.0).unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..columns)
                .map(|i| {
                    Ok(match row.get::<_, rusqlite::types::Value>(i)? {
                        rusqlite::types::Value::Null => Json::Null,
                        rusqlite::types::Value::Integer(i) => i.to_string().into(),
                        rusqlite::types::Value::Real(d) => d.to_string().into(),
                        rusqlite::types::Value::Text(text) => text.into(),
                        rusqlite::types::Value::Blob(_) => "(bytes)".into(),
                    })
                })
                .collect::<rusqlite::Result<Json>>()
        });
        rows.unwrap().map(Result::unwrap).collect()
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A schema of its own in the test server's database.
pub(crate) struct Postgres {
    client: tokio_postgres::Client,
    schema: String,
}

impl Database for Postgres {
    const KIND: &'static str = "postgres";

    async fn fresh(schema: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(&server(), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let name = unique_name();
        client.batch_execute(&format!("CREATE SCHEMA {name}; SET search_path = {name}; {schema}")).await.unwrap();
        Self { client, schema: name }
    }

    fn url(&self) -> String {
        let server = server();
        let separator = if server.contains('?') { '&' } else { '?' };
        format!("{server}{separator}options=-c%20search_path%3D{0}&application_name={0}", self.schema)
    }

    async fn rows(&self, sql: &str) -> Json {
        let messages = self.client.simple_query(sql).await.unwrap();
        let rows = messages.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|i| row.get(i).map_or(Json::Null, Json::from)).collect::<Json>())
            }
            _ => None,
        });
        rows.collect()
    }

    async fn finish(self) {
        self.client.batch_execute(&format!("DROP SCHEMA {} CASCADE", self.schema)).await.unwrap();
    }
}

impl Postgres {
    /// The name under which its sessions are found.
    pub(super) fn schema(&self) -> &str {
        &self.schema
    }
}

/// The address of the test server.
pub(crate) fn server() -> String {
    std::env::var("POSTERN_TEST_POSTGRES").expect("POSTERN_TEST_POSTGRES names the test server")
}

/// A database of its own on the MariaDB test server. `mysql://` makes the driver do without what only
/// MariaDB has, `mariadb://` makes it use that.
pub(crate) struct MariaDb<const AS_MYSQL: bool> {
    connection: tokio::sync::Mutex<mysql_async::Conn>,
    name: String,
}

impl<const AS_MYSQL: bool> Database for MariaDb<AS_MYSQL> {
    const KIND: &'static str = "mysql";

    async fn fresh(schema: &str) -> Self {
        let name = unique_name();
        let mut connection = mysql_async::Conn::from_url(mariadb_server()).await.unwrap();
        connection.query_drop(format!("CREATE DATABASE {name}; USE {name}")).await.unwrap();
        connection.query_drop(schema).await.unwrap();
        Self { connection: tokio::sync::Mutex::new(connection), name }
    }

    fn url(&self) -> String {
        let server = mariadb_server();
        let (server, _) = server.rsplit_once('/').unwrap();
        let server = if AS_MYSQL { server.to_owned() } else { server.replace("mysql:", "mariadb:") };
        format!("{server}/{}", self.name)
    }

    async fn rows(&self, sql: &str) -> Json {
        let rows: Vec<mysql_async::Row> = self.connection.lock().await.query(sql).await.unwrap();
        let rows = rows.into_iter().map(|row| {
            let text = |value| mysql_async::from_value::<Option<String>>(value).map_or(Json::Null, Json::from);
            row.unwrap().into_iter().map(text).collect::<Json>()
        });
        rows.collect()
    }

    async fn finish(self) {
        self.connection.into_inner().query_drop(format!("DROP DATABASE {}", self.name)).await.unwrap();
    }
}

/// The address of the MariaDB test server, with a database that is there.
pub(super) fn mariadb_server() -> String {
    std::env::var("POSTERN_TEST_MARIADB").expect("POSTERN_TEST_MARIADB names the test server")
}
