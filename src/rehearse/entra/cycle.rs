//! A cycle's walk: who is due, what became of each, references at the end.

use std::collections::BTreeMap;

use crate::value::Object as Resource;

use super::directory::{Directory, Group, Person};
use super::errors::Failure;
use super::escrow::Escrow;
use super::job::{Job, Key};
use super::quarantine::{Quarantine, Tally};
use super::report::{Kind, Object, Outcome, Report};
use super::table::Flavour;

/// One walk.
pub(super) struct Cycle<'d> {
    pub(super) directory: &'d Directory,
    pub(super) flavour: Flavour,
    /// What was read of objects, or answered to their creation.
    pub(super) read: BTreeMap<Key, Resource>,
    /// Objects that went well so far and may have references.
    touched: Vec<Key>,
    pub(super) tally: Tally,
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

impl Job {
    pub(super) async fn walk(&mut self, cycle: &mut Cycle<'_>) -> Result<(), Stopped> {
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
    pub(super) async fn one(&mut self, cycle: &mut Cycle<'_>, subject: Subject<'_>, key: &Key) -> Result<(), Stopped> {
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
    pub(super) async fn references(&mut self, cycle: &mut Cycle<'_>) -> Result<(), Stopped> {
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
}

impl<'d> Cycle<'d> {
    pub(super) fn new(directory: &'d Directory, flavour: Flavour) -> Self {
        let (read, touched, tally, report) = Default::default();
        Self { directory, flavour, read, touched, tally, report }
    }
}

impl Subject<'_> {
    pub(super) const fn kind(self) -> Kind {
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
