//! A provisioning job: its links, its clock, and what may be asked of it. `cycle` walks.
//!
//! An initial cycle takes everybody; an incremental one takes whose source changed, who is in
//! escrow, and whose references wait. Time goes on only when it is told to, so that four weeks of
//! retries take no time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::expr::Env;
use crate::rehearse::{Endpoint, EndpointProblem, Sending, Watch, Wire};

use super::cycle::{Cycle, Subject};
use super::directory::Directory;
use super::errors::Failure;
use super::escrow::Escrow;
use super::matching::{listed, query};
use super::quarantine::Quarantine;
use super::report::{Kind, Report};
use super::table::{Flavour, MappingTable, by_precedence};

/// A job that provisions a directory to one endpoint.
#[derive(Debug)]
pub struct Job {
    pub(super) wire: Wire,
    pub(super) table: Arc<MappingTable>,
    flavour: Flavour,
    pub(super) now: Timestamp,
    pub(super) states: BTreeMap<Key, State>,
    pub(super) quarantine: Option<Quarantine>,
}

/// A kind and an `objectId`.
pub(super) type Key = (Kind, String);

/// What the job knows of one object.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Its id at the other end.
    pub(super) link: Option<String>,
    /// The members that were sent, by their `objectId`.
    pub(super) members: BTreeSet<String>,
    /// The source as it was when it was last looked at.
    pub(super) source: Option<String>,
    pub(super) escrow: Option<Escrow>,
    /// It refers to an object that is not there yet.
    pub(super) waits: bool,
    /// It was unassigned when it was last looked at.
    pub(super) left: bool,
}

/// How many members a group may have that is provisioned on demand.
const ON_DEMAND_MEMBERS: usize = 5;

impl Job {
    /// A job that has not run yet. The flavour is the table's where none is given.
    ///
    /// # Errors
    /// When the endpoint cannot be used.
    pub fn new(endpoint: &Endpoint, table: MappingTable, flavour: Option<Flavour>) -> Result<Self, EndpointProblem> {
        Ok(Self {
            wire: Wire::new(endpoint)?,
            flavour: flavour.unwrap_or(table.flavour),
            table: Arc::new(table),
            now: Timestamp::now(),
            states: BTreeMap::new(),
            quarantine: None,
        })
    }

    /// What "Test connection" does: asks for somebody who cannot be there, and wants an empty list.
    pub async fn test_connection(&mut self) -> Report {
        let mut report = Report::default();
        if let Some(row) = by_precedence(&self.table.users).first() {
            let path = query(Kind::User, row.target.as_str(), &Uuid::new_v4().to_string());
            let answer = self.wire.send("test connection", &Sending::get(path)).await;
            report.refused = match listed(&answer) {
                Ok(found) if found.is_empty() => None,
                Ok(_) => Some(Failure::incompatible(&answer, "somebody was found who cannot be there")),
                Err(failure) => Some(failure),
            };
        }
        self.finish(report)
    }

    /// A cycle: the first one, and the one after a restart, of everybody.
    pub async fn cycle(&mut self, directory: &Directory) -> Report {
        if self.quarantine.as_ref().is_some_and(|quarantine| !quarantine.lets_through(self.now)) {
            return self.finish(Report::default());
        }
        let mut cycle = Cycle::new(directory, self.flavour);
        let stopped = self.walk(&mut cycle).await.is_err();
        if !stopped {
            self.quarantine = Quarantine::by(cycle.tally, self.quarantine.as_ref(), self.now);
        }
        self.finish(cycle.report)
    }

    /// One person, or one group of at most five members, at once. Entra speaks without the flag here,
    /// whatever the tenant URL says.
    pub async fn on_demand(&mut self, directory: &Directory, object_id: &str) -> Report {
        let mut cycle = Cycle::new(directory, Flavour::Classic);
        let subject = match (directory.person(object_id), directory.group(object_id)) {
            (Some(person), _) => Subject::Person(person),
            (None, Some(group)) if group.members.len() <= ON_DEMAND_MEMBERS => Subject::Group(group),
            _ => return self.finish(cycle.report),
        };
        let key = (subject.kind(), object_id.to_owned());
        if self.one(&mut cycle, subject, &key).await.is_ok() {
            let _ = self.references(&mut cycle).await;
        }
        self.finish(cycle.report)
    }

    /// Everybody is looked at again with the next cycle, and a quarantine is lifted; links stay.
    pub fn restart(&mut self) {
        self.quarantine = None;
        for state in self.states.values_mut() {
            (state.source, state.escrow) = (None, None);
        }
    }

    /// The same with the reset scope "Full": links are forgotten as well.
    pub fn restart_full(&mut self) {
        self.quarantine = None;
        self.states.clear();
    }

    /// Lets time pass.
    pub fn advance(&mut self, by: Duration) {
        let by = jiff::SignedDuration::try_from(by).unwrap_or(jiff::SignedDuration::MAX);
        self.now = self.now.checked_add(by).unwrap_or(Timestamp::MAX);
    }

    /// The job's clock.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The quarantine that is on.
    #[must_use]
    pub const fn quarantine(&self) -> Option<&Quarantine> {
        self.quarantine.as_ref()
    }

    /// The id at the other end of the person or group with this `objectId`.
    #[must_use]
    pub fn link(&self, object_id: &str) -> Option<&str> {
        let of = |kind| self.states.get(&(kind, object_id.to_owned()))?.link.as_deref();
        of(Kind::User).or_else(|| of(Kind::Group))
    }

    /// Another address or credential, as an administrator enters one.
    ///
    /// # Errors
    /// When the endpoint cannot be used.
    pub fn change_endpoint(&mut self, endpoint: &Endpoint) -> Result<(), EndpointProblem> {
        self.wire.change_endpoint(endpoint)
    }

    /// Another mapping table, as an administrator saves one: everybody is looked at again.
    pub fn change_table(&mut self, table: MappingTable) {
        self.table = Arc::new(table);
        self.restart();
    }

    /// Another dialect, as behind another tenant URL.
    pub const fn change_flavour(&mut self, flavour: Flavour) {
        self.flavour = flavour;
    }

    /// Lets somebody look at the application after each change.
    pub fn watched_by(&mut self, watch: Arc<dyn Watch>) {
        self.wire.watched_by(watch);
    }

    fn finish(&mut self, mut report: Report) -> Report {
        report.exchanges = self.wire.take_exchanges();
        report.quarantine.clone_from(&self.quarantine);
        let waited = self.wire.take_waited();
        self.advance(waited);
        report
    }

    /// Time and randomness for one object.
    pub(super) fn env(&self) -> Env {
        let mut seed = [0; 32];
        seed[..16].copy_from_slice(Uuid::new_v4().as_bytes());
        seed[16..].copy_from_slice(Uuid::new_v4().as_bytes());
        Env { now: self.now, seed, default_domain: None, token: Vec::new().into() }
    }

    /// The id at the other end of any object.
    pub(super) fn link_of(&self, key: &Key) -> Option<String> {
        self.states.get(key)?.link.clone()
    }

    /// What is known of an object, to change it.
    pub(super) fn state(&mut self, kind: Kind, id: &str) -> &mut State {
        self.states.entry((kind, id.to_owned())).or_default()
    }
}
