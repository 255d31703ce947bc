//! One person in a cycle: found or made, compared, changed, disabled, deleted. References come later.

use std::sync::Arc;

use crate::rehearse::Sending;
use crate::value::{Object as Resource, Value};

use super::changes::{Change, changes};
use super::cycle::{Cycle, Done};
use super::dialect::{new_object, patch};
use super::directory::Person;
use super::errors::Failure;
use super::evaluate::{Occasion, attributes_of, candidates, evaluate, is_out};
use super::job::Job;
use super::matching::{address, find, first_free, reading};
use super::report::{Kind, Outcome};
use super::table::{MappingTable, Row};

impl Job {
    pub(super) async fn person(&mut self, cycle: &mut Cycle<'_>, person: &Person) -> Result<Done, Failure> {
        let table = Arc::clone(&self.table);
        let id = person.object_id.as_str();
        let out = is_out(person, cycle.directory, &table);
        let state = self.state(Kind::User, id);
        state.left = out && !person.soft_deleted;
        let Some(link) = state.link.clone() else {
            return if out { Ok(Done::nothing(Outcome::Skipped)) } else { self.new_person(cycle, person).await };
        };
        if out && table.skip_out_of_scope_deletions && !person.soft_deleted {
            return Ok(Done::nothing(Outcome::Skipped));
        }
        if out && !table.disables() {
            return self.delete(Kind::User, id, &link).await;
        }
        let resource = self.read(Kind::User, id, &link).await?;
        self.update_person(cycle, person, resource).await
    }

    /// Somebody without a link: found at the other end, or made there.
    async fn new_person(&mut self, cycle: &mut Cycle<'_>, person: &Person) -> Result<Done, Failure> {
        let table = Arc::clone(&self.table);
        let (env, attributes) = (self.env(), attributes_of(person, cycle.directory, &table));
        let found = find(&mut self.wire, Kind::User, &table.users, &attributes, &env).await?;
        if let Some(resource) = found {
            self.link_to(Kind::User, &person.object_id, &resource)?;
            return self.update_person(cycle, person, resource).await;
        }
        if !person.is_enabled() {
            return Ok(Done::nothing(Outcome::Skipped));
        }
        let Some(mut wanted) = evaluate(table.users.iter(), &attributes, Occasion::Create, &env)? else {
            return Ok(Done::nothing(Outcome::Skipped));
        };
        for (row, value) in &mut wanted.values {
            let candidates = candidates(row, &attributes, &env)?;
            if let Some(free) = first_free(&mut self.wire, row, candidates).await? {
                *value = free;
            }
        }
        let sent = wanted.values.iter().map(|(row, _)| row.target.to_string()).collect();
        let body = new_object(Kind::User, &wanted);
        let made = self.create(Kind::User, &person.object_id, body).await?;
        cycle.read.insert((Kind::User, person.object_id.clone()), made);
        Ok(Done { outcome: Outcome::Created, sent })
    }

    /// Sends what differs from what was read.
    async fn update_person(
        &mut self,
        cycle: &mut Cycle<'_>,
        person: &Person,
        resource: Resource,
    ) -> Result<Done, Failure> {
        let table = Arc::clone(&self.table);
        let attributes = attributes_of(person, cycle.directory, &table);
        // Of whoever is out of scope nothing more is told than that.
        let only_active = is_out(person, cycle.directory, &table);
        let rows = table.users.iter().filter(|row| !only_active || row.disables());
        let Some(wanted) = evaluate(rows, &attributes, Occasion::Update, &self.env())? else {
            return Ok(Done::nothing(Outcome::Skipped));
        };
        let changes = changes(&wanted, &resource);
        cycle.read.insert((Kind::User, person.object_id.clone()), resource);
        let disabled = changes.iter().any(says_no);
        let sent = self.send_changes(cycle, Kind::User, &person.object_id, &changes).await?;
        let outcome = match (sent.is_empty(), disabled) {
            (true, _) => Outcome::Unchanged,
            (false, true) => Outcome::Disabled,
            (false, false) => Outcome::Updated,
        };
        Ok(Done { outcome, sent })
    }

    /// One PATCH, where there is something to say.
    pub(super) async fn send_changes(
        &mut self,
        cycle: &Cycle<'_>,
        kind: Kind,
        id: &str,
        changes: &[Change],
    ) -> Result<Vec<String>, Failure> {
        let Some(link) = self.state(kind, id).link.clone().filter(|_| !changes.is_empty()) else {
            return Ok(Vec::new());
        };
        let sending = Sending::with("PATCH", address(kind, &link), patch(cycle.flavour, changes));
        let answer = self.wire.send("update", &sending).await;
        if answer.is_success() {
            return Ok(changes.iter().map(|change| change.target().to_string()).collect());
        }
        Err(self.noting_a_lost_link(kind, id, Failure::of(&answer)))
    }

    /// Reads a linked object. Whoever is not there any more loses the link, and is looked for again.
    pub(super) async fn read(&mut self, kind: Kind, id: &str, link: &str) -> Result<Resource, Failure> {
        let answer = self.wire.send("read", &Sending::get(reading(kind, link))).await;
        if answer.status() != Some(200) {
            return Err(self.noting_a_lost_link(kind, id, Failure::of(&answer)));
        }
        let resource = answer.object().cloned();
        resource.ok_or_else(|| Failure::incompatible(&answer, "the answer is no resource"))
    }

    fn noting_a_lost_link(&mut self, kind: Kind, id: &str, failure: Failure) -> Failure {
        if failure.code == "InvalidAnchor" {
            let state = self.state(kind, id);
            state.link = None;
            state.members.clear();
        }
        failure
    }

    /// Makes an object and keeps its id.
    pub(super) async fn create(&mut self, kind: Kind, id: &str, body: Value) -> Result<Resource, Failure> {
        let answer = self.wire.send("create", &Sending::with("POST", kind.endpoint(), body)).await;
        if !answer.is_success() {
            let failure = Failure::of(&answer);
            return Err(if answer.status() == Some(404) { Failure::not_scim(&answer) } else { failure });
        }
        let resource = answer.object().cloned();
        let resource = resource.ok_or_else(|| Failure::incompatible(&answer, "the answer is no resource"))?;
        self.link_to(kind, id, &resource)?;
        Ok(resource)
    }

    pub(super) fn link_to(&mut self, kind: Kind, id: &str, resource: &Resource) -> Result<(), Failure> {
        let target = resource.get("id").and_then(Value::as_str).filter(|target| !target.is_empty());
        let Some(target) = target else {
            let detail = "the resource has no `id`".to_owned();
            let code = "SystemForCrossDomainIdentityManagementServiceIncompatible";
            return Err(Failure { code, detail, status: None, stops: false });
        };
        self.state(kind, id).link = Some(target.to_owned());
        Ok(())
    }

    /// Somebody who is no longer in the directory.
    pub(super) async fn remove(&mut self, kind: Kind, id: &str) -> Result<Done, Failure> {
        let deletes = self.table.deletes;
        let state = self.state(kind, id);
        let Some(link) = state.link.clone() else { return Ok(Done::nothing(Outcome::Skipped)) };
        // Who was unassigned before is none of Entra's business any more.
        if state.left || !deletes {
            state.link = None;
            return Ok(Done::nothing(Outcome::Skipped));
        }
        self.delete(kind, id, &link).await
    }

    pub(super) async fn delete(&mut self, kind: Kind, id: &str, link: &str) -> Result<Done, Failure> {
        if !self.table.deletes {
            return Ok(Done::nothing(Outcome::Skipped));
        }
        let answer = self.wire.send("delete", &Sending::delete(address(kind, link))).await;
        if !answer.is_success() && answer.status() != Some(404) {
            return Err(Failure::of(&answer));
        }
        let state = self.state(kind, id);
        state.link = None;
        state.members.clear();
        state.waits = false;
        Ok(Done::nothing(Outcome::Deleted))
    }
}

impl MappingTable {
    /// The rows that hold the ids of others.
    pub(super) fn references_of_users(&self) -> impl Iterator<Item = &Row> {
        self.users.iter().filter(|row| row.is_reference())
    }
}

/// `active` becomes false.
fn says_no(change: &Change) -> bool {
    matches!(change, Change::Set { target, value, .. } if target.is_active() && value.to_text().eq_ignore_ascii_case("false"))
}
