//! What refers to other objects: managers and members, once both ends are there.
//!
//! A manager is compared with what was read. Members are never read: Entra sends the difference to
//! what it sent before.

use std::sync::Arc;

use crate::rehearse::Sending;
use crate::value::Value;

use super::changes::value_of;
use super::cycle::Cycle;
use super::dialect::{members, reference};
use super::errors::Failure;
use super::evaluate::{is_empty, is_out};
use super::job::{Job, Key};
use super::matching::address;
use super::report::Kind;
use super::table::{Row, Source};

impl Job {
    /// The managers (and whatever else refers) of a person; gives the targets that were sent.
    pub(super) async fn references_of_person(
        &mut self,
        cycle: &mut Cycle<'_>,
        key: &Key,
    ) -> Result<Vec<String>, Failure> {
        let table = Arc::clone(&self.table);
        let mut sent = Vec::new();
        let Some(person) = cycle.directory.person(&key.1) else { return Ok(sent) };
        let Some(link) = self.link_of(key).filter(|_| !is_out(person, cycle.directory, &table)) else {
            return Ok(sent);
        };
        let mut waits = false;
        for row in table.references_of_users() {
            let Source::Reference(name) = &row.source else { continue };
            let other = person.attributes.get(name).filter(|other| !is_empty(other)).map(Value::to_text);
            let wanted = other.as_ref().and_then(|other| self.link_of(&(Kind::User, other.clone())));
            if let (Some(other), None) = (&other, &wanted) {
                waits = true;
                self.note_waiting(cycle, key, other);
                continue;
            }
            if self.send_reference(cycle, key, &link, row, wanted.as_deref()).await? {
                sent.push(row.target.to_string());
            }
        }
        self.state(Kind::User, &key.1).waits = waits;
        Ok(sent)
    }

    /// True when something was sent.
    async fn send_reference(
        &mut self,
        cycle: &mut Cycle<'_>,
        key: &Key,
        link: &str,
        row: &Row,
        wanted: Option<&str>,
    ) -> Result<bool, Failure> {
        if !cycle.read.contains_key(key) {
            let resource = self.read(key.0, &key.1, link).await?;
            cycle.read.insert(key.clone(), resource);
        }
        let read = cycle.read.get(key).map(|resource| value_of(row.target.read(resource)).to_text());
        if read.unwrap_or_default() == wanted.unwrap_or_default() {
            return Ok(false);
        }
        let body = reference(cycle.flavour, row.target.as_str(), wanted);
        let answer = self.wire.send("reference", &Sending::with("PATCH", address(key.0, link), body)).await;
        if answer.is_success() { Ok(true) } else { Err(Failure::of(&answer)) }
    }

    /// A reference to somebody in scope who is not there yet is worth telling.
    fn note_waiting(&self, cycle: &mut Cycle<'_>, key: &Key, other: &str) {
        let directory = cycle.directory;
        let awaited = match directory.person(other) {
            Some(person) => !is_out(person, directory, &self.table) && person.is_enabled(),
            None => directory.group(other).is_some() && directory.is_assigned(other, self.table.scope),
        };
        if awaited {
            cycle.report.waiting.push((key.1.clone(), other.to_owned()));
        }
    }

    /// The members of a group; gives the targets that were sent.
    pub(super) async fn members_of_group(&mut self, cycle: &mut Cycle<'_>, key: &Key) -> Result<Vec<String>, Failure> {
        let table = Arc::clone(&self.table);
        let group = cycle.directory.group(&key.1);
        let row = table.groups.iter().find(|row| row.is_reference());
        let (Some(group), Some(row), Some(link)) = (group, row, self.link_of(key)) else { return Ok(Vec::new()) };
        let before = self.state(key.0, &key.1).members.clone();
        let (mut added, mut waits) = (Vec::new(), false);
        for member in group.members.iter().filter(|member| !before.contains(*member)) {
            match self.link_of_member(member) {
                None => {
                    waits = true;
                    self.note_waiting(cycle, key, member);
                }
                // Who is out of scope is not sent.
                Some(_) if cycle.directory.person(member).is_some_and(|one| is_out(one, cycle.directory, &table)) => {
                    waits = true;
                }
                Some(id) => added.push((member.clone(), id)),
            }
        }
        let gone: Vec<String> = before.iter().filter(|member| !group.members.contains(member)).cloned().collect();
        let removed: Vec<(String, String)> =
            gone.iter().filter_map(|member| Some((member.clone(), self.link_of_member(member)?))).collect();
        self.state(key.0, &key.1).waits = waits;
        let ids = |list: &[(String, String)]| list.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>();
        for body in members(cycle.flavour, &ids(&added), &ids(&removed)) {
            let answer = self.wire.send("members", &Sending::with("PATCH", address(key.0, &link), body)).await;
            if !answer.is_success() {
                return Err(Failure::of(&answer));
            }
        }
        let state = self.state(key.0, &key.1);
        state.members.extend(added.iter().map(|(member, _)| member.clone()));
        gone.iter().for_each(|member| _ = state.members.remove(member));
        let changed = !added.is_empty() || !removed.is_empty();
        Ok(if changed { vec![row.target.to_string()] } else { Vec::new() })
    }

    /// A member is a person or a group.
    fn link_of_member(&self, id: &str) -> Option<String> {
        let of = |kind| self.link_of(&(kind, id.to_owned()));
        of(Kind::User).or_else(|| of(Kind::Group))
    }
}
