//! A provisioning job: its links, its clock, and the walk of a cycle.
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
use crate::value::Object as Resource;

use super::directory::{Directory, Group, Person};
use super::errors::Failure;
use super::escrow::Escrow;
use super::matching::{listed, query};
use super::quarantine::{Quarantine, Tally};
use super::report::{Kind, Object, Outcome, Report};
use super::table::{Flavour, MappingTable, by_precedence};

/// A job that provisions a directory to one endpoint.
#[derive(Debug)]
pub struct Job {
    pub(super) wire: Wire,
    pub(super) table: Arc<MappingTable>,
    flavour: Flavour,
    pub(super) now: Timestamp,
    pub(super) states: BTreeMap<Key, State>,
    quarantine: Option<Quarantine>,
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
    source: Option<String>,
    escrow: Option<Escrow>,
    /// It refers to an object that is not there yet.
    pub(super) waits: bool,
    /// It was unassigned when it was last looked at.
    pub(super) left: bool,
}

/// One walk.
pub(super) struct Cycle<'d> {
    pub(super) directory: &'d Directory,
    pub(super) flavour: Flavour,
    /// What was read of objects, or answered to their creation.
    pub(super) read: BTreeMap<Key, Resource>,
    /// Objects that went well so far and may have references.
    touched: Vec<Key>,
    tally: Tally,
    pub(super) report: Report,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject<'d> {
    Person(&'d Person),
    Group(&'d Group),
    /// Linked, and no longer in the directory.
    Gone(Kind),
}

/// What was done with an object.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) outcome: Outcome,
    pub(super) sent: Vec<String>,
}

/// The job goes no further.
pub(super) struct Stopped;

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

    async fn walk(&mut self, cycle: &mut Cycle<'_>) -> Result<(), Stopped> {
        let directory = cycle.directory;
        let mut all: Vec<(Key, Subject<'_>)> = Vec::new();
        for person in &directory.people {
            all.push(((Kind::User, person.object_id.clone()), Subject::Person(person)));
        }
        all.extend(self.gone(Kind::User, directory));
        if !self.table.groups.is_empty() {
            for group in &directory.groups {
                all.push(((Kind::Group, group.object_id.clone()), Subject::Group(group)));
            }
            all.extend(self.gone(Kind::Group, directory));
        }
        for (key, subject) in all {
            if self.is_due(&key, &self.fingerprint(subject, directory)) {
                self.one(cycle, subject, &key).await?;
            }
        }
        let waiting = self.states.iter().filter(|(_, state)| state.waits).map(|(key, _)| key.clone());
        let waiting: Vec<Key> = waiting.filter(|key| !cycle.touched.contains(key)).collect();
        cycle.touched.extend(waiting);
        self.references(cycle).await
    }

    fn gone<'d>(&self, kind: Kind, directory: &Directory) -> Vec<(Key, Subject<'d>)> {
        let there = |id: &str| match kind {
            Kind::User => directory.person(id).is_some(),
            Kind::Group => directory.group(id).is_some(),
        };
        let linked = self.states.iter().filter(|((of, id), state)| *of == kind && state.link.is_some() && !there(id));
        linked.map(|(key, _)| (key.clone(), Subject::Gone(kind))).collect()
    }

    fn is_due(&self, key: &Key, source: &str) -> bool {
        self.states.get(key).is_none_or(|state| {
            state.source.as_deref() != Some(source)
                || state.escrow.as_ref().is_some_and(|escrow| escrow.is_due(self.now))
        })
    }

    /// Everything of a source that a change of makes a difference.
    fn fingerprint(&self, subject: Subject<'_>, directory: &Directory) -> String {
        let assigned = |id: &str| directory.is_assigned(id, self.table.scope);
        match subject {
            Subject::Person(person) => {
                format!("{} {} {:?}", assigned(&person.object_id), person.soft_deleted, person.attributes)
            }
            Subject::Group(group) => {
                format!("{} {:?} {:?}", assigned(&group.object_id), group.members, group.attributes)
            }
            Subject::Gone(_) => "gone".to_owned(),
        }
    }

    /// One object without its references.
    async fn one(&mut self, cycle: &mut Cycle<'_>, subject: Subject<'_>, key: &Key) -> Result<(), Stopped> {
        let source = self.fingerprint(subject, cycle.directory);
        let done = match subject {
            Subject::Person(person) => self.person(cycle, person).await,
            Subject::Group(group) => self.group(cycle, group).await,
            Subject::Gone(kind) => self.remove(kind, &key.1).await,
        };
        self.states.entry(key.clone()).or_default().source = Some(source);
        match done {
            Ok(done) => {
                self.went_well(cycle, key, done);
                Ok(())
            }
            Err(failure) => self.failed(cycle, key, failure, false),
        }
    }

    fn went_well(&mut self, cycle: &mut Cycle<'_>, key: &Key, done: Done) {
        let state = self.states.entry(key.clone()).or_default();
        state.escrow = None;
        let target = state.link.clone();
        if target.is_some() {
            cycle.touched.push(key.clone());
        }
        if done.outcome != Outcome::Skipped {
            cycle.tally.tried += 1;
        }
        let Done { outcome, sent } = done;
        cycle.report.objects.push(Object { kind: key.0, source: key.1.clone(), target, outcome, failure: None, sent });
    }

    /// Notes a failure; stops where the whole job is to stop.
    pub(super) fn failed(
        &mut self,
        cycle: &mut Cycle<'_>,
        key: &Key,
        failure: Failure,
        reference: bool,
    ) -> Result<(), Stopped> {
        let state = self.states.entry(key.clone()).or_default();
        state.escrow = Some(Escrow::after(state.escrow.as_ref(), self.now));
        let target = state.link.clone();
        cycle.tally.tried += usize::from(!reference);
        cycle.tally.failed += 1;
        cycle.tally.failed_references += usize::from(reference);
        let stops = failure.stops;
        if stops {
            self.quarantine = Some(Quarantine::of(&failure, self.quarantine.as_ref(), self.now));
        }
        cycle.report.objects.push(Object {
            kind: key.0,
            source: key.1.clone(),
            target,
            outcome: Outcome::Escrowed,
            failure: Some(failure),
            sent: Vec::new(),
        });
        if stops { Err(Stopped) } else { Ok(()) }
    }

    /// The references of all that went well, and of those that wait.
    async fn references(&mut self, cycle: &mut Cycle<'_>) -> Result<(), Stopped> {
        for key in std::mem::take(&mut cycle.touched) {
            let sent = match key.0 {
                Kind::User => self.references_of_person(cycle, &key).await,
                Kind::Group => self.members_of_group(cycle, &key).await,
            };
            match sent {
                Ok(sent) => cycle.report.also_sent(&key, sent),
                Err(failure) => self.failed(cycle, &key, failure, true)?,
            }
        }
        Ok(())
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

impl<'d> Cycle<'d> {
    fn new(directory: &'d Directory, flavour: Flavour) -> Self {
        let (read, touched, tally, report) = Default::default();
        Self { directory, flavour, read, touched, tally, report }
    }
}

impl Subject<'_> {
    const fn kind(self) -> Kind {
        match self {
            Self::Person(_) => Kind::User,
            Self::Group(_) => Kind::Group,
            Self::Gone(kind) => kind,
        }
    }
}

impl Done {
    /// Nothing was sent.
    pub(super) const fn nothing(outcome: Outcome) -> Self {
        Self { outcome, sent: Vec::new() }
    }
}

impl Report {
    /// References that were sent make a difference of what went without one.
    fn also_sent(&mut self, key: &Key, sent: Vec<String>) {
        if sent.is_empty() {
            return;
        }
        let found = self.objects.iter_mut().rev().find(|object| object.kind == key.0 && object.source == key.1);
        match found {
            Some(object) => {
                if matches!(object.outcome, Outcome::Unchanged | Outcome::Skipped) {
                    object.outcome = Outcome::Updated;
                }
                object.sent.extend(sent);
            }
            None => self.objects.push(Object {
                kind: key.0,
                source: key.1.clone(),
                target: None,
                outcome: Outcome::Updated,
                failure: None,
                sent,
            }),
        }
    }
}
