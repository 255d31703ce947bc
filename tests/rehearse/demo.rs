//! The demo as a process: stopped, started again, its database looked into.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use postern::rehearse::Endpoint;
use rusqlite::Connection;

use crate::e2e::{Folder, Process, free_address, wait_until_ready};

pub(super) const TOKEN: &str = "pst_for-rehearsals-on-loopback-only-0000";

pub(super) struct Demo {
    pub(super) folder: Folder,
    listen: SocketAddr,
    admin: SocketAddr,
    process: Option<Process>,
}

impl Demo {
    pub(super) async fn start(name: &str) -> Self {
        let folder = Folder::new(name);
        let (listen, admin) = (free_address(), free_address());
        let mut demo = Self { folder, listen, admin, process: None };
        let (at, admin_at) = (listen.to_string(), admin.to_string());
        demo.run(&["demo", "--listen", &at, "--admin", &admin_at, "--token", TOKEN]).await;
        demo
    }

    async fn run(&mut self, arguments: &[&str]) {
        let mut process = Process::start(&self.folder.0, arguments, &[]);
        wait_until_ready(self.admin, &mut process, &self.folder.0).await;
        self.process = Some(process);
    }

    pub(super) fn stop(&mut self) {
        self.process.take().unwrap().stop();
    }

    pub(super) async fn start_again(&mut self) {
        self.run(&["serve", "--config", "postern-demo/postern.toml"]).await;
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.file("postern-demo").join(name)
    }

    pub(super) fn url(&self) -> String {
        format!("https://localhost:{}/scim/v2/", self.listen.port())
    }

    /// The endpoint, and the right token.
    pub(super) fn endpoint(&self) -> Endpoint {
        self.endpoint_with(TOKEN)
    }

    pub(super) fn endpoint_with(&self, token: &str) -> Endpoint {
        let endpoint = Endpoint::new(&self.url()).unwrap().at(self.listen).bearer(token).unwrap();
        endpoint.trusting(&fs::read(self.file("ca.pem")).unwrap()).unwrap()
    }

    pub(super) fn database(&self) -> Connection {
        Connection::open(self.file("application.db")).unwrap()
    }

    /// One value of the application's own database, as text; nothing where there is no row.
    pub(super) fn stored(&self, sql: &str) -> Option<String> {
        let one = self.database().query_row(sql, [], |row| row.get::<_, rusqlite::types::Value>(0));
        match one {
            Ok(rusqlite::types::Value::Integer(i)) => Some(i.to_string()),
            Ok(rusqlite::types::Value::Text(text)) => Some(text),
            Ok(_) | Err(rusqlite::Error::QueryReturnedNoRows) => None,
            Err(error) => panic!("{sql}: {error}"),
        }
    }
}
