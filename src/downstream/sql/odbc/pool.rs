//! Connections through a driver, in the pool that other engines use too. What blocks runs on threads
//! that may, and each thread has a connection of its own, so that there are never more than connections.

use std::sync::Arc;
use std::time::{Duration, Instant};

use deadpool::managed::{Manager, Metrics, Object, RecycleError, RecycleResult};
use jiff::tz::TimeZone;
use odbc_api::{Connection, ConnectionOptions, environment};
use tokio::sync::Mutex;

use super::super::config::Limits;
use super::super::fault::Fault;
use super::address::{Place, sets};
use super::fault::{connect_fault, fault};
use super::language::{Circumstances, Language, language};
use super::run::leave;
use super::unavailable;
use crate::downstream::{DownstreamError, ErrorKind};

/// How long a connection may have been idle without being asked whether it is still there.
const TRUSTED: Duration = Duration::from_secs(15);

/// How long a connection is used: a server that was failed over is found again in time.
const LIFETIME: Duration = Duration::from_secs(1800);

/// Makes connections.
pub(super) struct Connections {
    string: Arc<str>,
    pub(super) language: &'static Language,
    limits: Limits,
    zone: TimeZone,
    /// One at a time: there are drivers that do not survive two.
    door: Arc<Mutex<()>>,
}

/// One connection; none while it is away on another thread.
pub(super) struct Link {
    pub(super) connection: Option<Connection<'static>>,
    /// True where every value goes as a text of no type, whatever the dialect: so PostgreSQL's driver is
    /// told least wrong.
    pub(super) untyped: bool,
}

/// A connection on its way through a thread: it goes back to the pool only from whoever gets it back.
pub(super) struct Away(Option<Object<Connections>>);

impl Away {
    pub(super) fn new(object: Object<Connections>) -> Self {
        Self(Some(object))
    }

    pub(super) fn back(mut self) -> Option<Object<Connections>> {
        self.0.take()
    }

    pub(super) fn connection(&self) -> Option<(&Connection<'static>, bool)> {
        let link: &Link = self.0.as_ref()?;
        link.connection.as_ref().map(|connection| (connection, link.untyped))
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        self.0.take().map(Object::take).into_iter().for_each(close);
    }
}

/// Closes a connection, which may block.
pub(super) fn close(link: Link) {
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn_blocking(move || drop(link))),
        Err(_) => drop(link),
    }
}

impl Connections {
    pub(super) fn new(place: &Place, limits: Limits, zone: TimeZone) -> Self {
        let mut string = place.string.clone();
        // A row that is found counts for one that is changed: `FOUND_ROWS` of MySQL's and MariaDB's drivers.
        if ["mysql", "mariadb"].contains(&place.dialect) && !sets(&string, "OPTION") {
            string.push_str(";OPTION=2");
        }
        Self { string: string.into(), language: language(place.dialect), limits, zone, door: Arc::default() }
    }
}

impl Manager for Connections {
    type Type = Link;
    type Error = Fault;

    async fn create(&self) -> Result<Link, Fault> {
        let door = tokio::time::timeout(self.limits.acquire, Arc::clone(&self.door).lock_owned()).await;
        let door = door.map_err(|_| unavailable("ODBC: others were connecting for too long"))?;
        let (string, language) = (Arc::clone(&self.string), self.language);
        let (limits, zone) = (self.limits.clone(), self.zone.clone());
        let opened = tokio::task::spawn_blocking(move || {
            let opened = open(&string, language, &limits, &zone);
            drop(door);
            opened
        });
        let patience = self.limits.connect.saturating_mul(2);
        let opened = tokio::time::timeout(patience, opened).await;
        let opened = opened.map_err(|_| unavailable("ODBC: connecting took too long"))?;
        opened.map_err(|_| Fault::garbage("an ODBC thread failed"))?
    }

    async fn recycle(&self, link: &mut Link, metrics: &Metrics) -> RecycleResult<Fault> {
        if metrics.created.elapsed() > LIFETIME {
            return Err(RecycleError::message("old"));
        }
        let since: Instant = metrics.recycled.unwrap_or(metrics.created);
        if since.elapsed() > TRUSTED {
            let connection = link.connection.take().ok_or_else(|| RecycleError::message("away"))?;
            let language = self.language;
            let asked = tokio::task::spawn_blocking(move || {
                let alive = is_alive(&connection, language);
                (connection, alive)
            });
            let (connection, alive) = asked.await.map_err(|_| RecycleError::message("an ODBC thread failed"))?;
            link.connection = Some(connection);
            alive.map_err(RecycleError::Backend)?;
        }
        Ok(())
    }

    fn detach(&self, _: &mut Link) {}
}

/// Asks for a sign of life.
pub(super) fn is_alive(connection: &Connection<'_>, language: &Language) -> Result<(), Fault> {
    let asked = connection.execute(language.alive, (), None);
    asked.map(leave).map_err(|error| fault(language, &error, ""))
}

/// Opens a connection and makes sure that it is to a database of the language.
fn open(string: &str, language: &'static Language, limits: &Limits, zone: &TimeZone) -> Result<Link, Fault> {
    let environment = environment().map_err(|_| unavailable("ODBC: the driver manager cannot be used"))?;
    let patience = u32::try_from(limits.connect.as_secs().max(1)).ok();
    let with = |login_timeout_sec| {
        let options = ConnectionOptions { login_timeout_sec, ..ConnectionOptions::default() };
        environment.connect_with_connection_string(string, options)
    };
    let connection = with(patience).map_err(|error| connect_fault(&error, string))?;
    let product = connection.database_management_system_name().unwrap_or_default();
    if let Some(right) = language.contradicted(&product) {
        let detail = format!(
            "ODBC: the database calls itself `{}`, and the mapping says `dialect = \"{}\"`: write `dialect = \"{right}\"`",
            product.escape_default(),
            language.name
        );
        return Err(DownstreamError::new(ErrorKind::Garbage, detail).into());
    }
    let circumstances = Circumstances { limits, zone, product: &product };
    for text in (language.session)(&circumstances) {
        connection.execute(&text, (), None).map(leave).map_err(|error| fault(language, &error, ""))?;
    }
    let untyped = product.eq_ignore_ascii_case("postgresql");
    Ok(Link { connection: Some(connection), untyped })
}
