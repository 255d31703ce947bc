//! Entra's whole repertoire, played for an administrator: each act is followed by a restart, with
//! which nothing may be sent.

use std::sync::Arc;

use crate::rehearse::{Act, Endpoint, EndpointProblem, Rehearsal, Sending, Watch, Wire};
use crate::value::Value;

use super::directory::Directory;
use super::evaluate::{attributes_of, matching_value};
use super::matching::query;
use super::table::{Flavour, MappingTable, by_precedence};
use super::{Job, Kind, Report, judge};

/// Plays with the first two people and the first group of a directory.
///
/// # Errors
/// When the endpoint cannot be used.
pub async fn play(
    endpoint: &Endpoint,
    table: MappingTable,
    directory: Directory,
    flavours: &[Flavour],
    watch: Option<Arc<dyn Watch>>,
    keep: bool,
) -> Result<Rehearsal, EndpointProblem> {
    let first = flavours.first().copied();
    let mut job = Job::new(endpoint, table, first)?;
    if let Some(watch) = &watch {
        job.watched_by(Arc::clone(watch));
    }
    let mut stage = Stage { job, directory, rehearsal: Rehearsal::default(), dialect: String::new() };
    if stage.opens().await {
        for (round, flavour) in flavours.iter().enumerate() {
            stage.job.change_flavour(*flavour);
            stage.dialect = format!(" ({})", flavour.as_str());
            stage.updates(round + 2).await;
            stage.references().await;
            stage.leaving().await;
            stage.groups().await;
        }
        stage.dialect.clear();
        stage.another_job().await;
        stage.on_demand().await;
        if !keep {
            stage.endings().await;
        }
    }
    let Stage { job, mut rehearsal, .. } = stage;
    let mut wire = job.wire;
    // Somebody who looks goes on looking.
    rehearsal.sweep(&mut wire, keep).await;
    Ok(rehearsal)
}

struct Stage {
    job: Job,
    directory: Directory,
    rehearsal: Rehearsal,
    /// The dialect of the acts, where they are played in more than one.
    dialect: String,
}

impl Stage {
    /// Connection, first cycle, second cycle, a page of everybody; false when there is no going on.
    async fn opens(&mut self) -> bool {
        let tested = self.job.test_connection().await;
        self.note("connection test", &tested, false);
        if tested.refused.is_some() {
            return false;
        }
        self.cycle("initial cycle").await;
        if self.job.quarantine().is_some() && !self.goes_on_without_groups().await {
            return false;
        }
        let discovery = discover(&mut self.job.wire).await;
        self.rehearsal.acts.push(discovery);
        true
    }

    /// Where nobody provisions groups, everything else can still be played.
    async fn goes_on_without_groups(&mut self) -> bool {
        let of_groups = |act: &Act| act.exchanges.last().is_some_and(|last| last.path.starts_with("/Groups"));
        if self.job.table.groups.is_empty() || !self.rehearsal.acts.last().is_some_and(of_groups) {
            return false;
        }
        let users_alone = MappingTable { groups: Vec::new(), ..(*self.job.table).clone() };
        self.job.change_table(users_alone);
        self.cycle("initial cycle without groups").await;
        self.job.quarantine().is_none()
    }

    async fn updates(&mut self, number: usize) {
        self.first(&[
            ("displayName", &format!("Kim Ito-{number}")),
            ("givenName", &format!("Kimiko {number}")),
            ("surname", &format!("Ito-{number}")),
            ("jobTitle", &format!("Engineer {number}")),
            ("department", &format!("Rehearsals {number}")),
            ("companyName", &format!("Example Works {number}")),
            ("telephoneNumber", &format!("+44 20 7946 030{number}")),
            ("mobile", &format!("+44 7700 90030{number}")),
            ("streetAddress", &format!("{number} Example Street")),
        ]);
        self.cycle("changed attributes").await;
        let renamed = self.name_of_first().map(|name| name.replacen('@', ".renamed@", 1));
        if let Some(name) = renamed {
            self.first(&[("userPrincipalName", &name), ("mail", &name)]);
            self.cycle("another user name and address").await;
        }
    }

    async fn references(&mut self) {
        if self.job.table.references_of_users().next().is_none() {
            return;
        }
        let other = self.directory.people.get(1).map(|other| other.object_id.clone()).unwrap_or_default();
        let third = self.directory.people.get(2).map(|third| third.object_id.clone());
        self.first(&[("manager", third.as_deref().unwrap_or(&other))]);
        self.cycle("another manager").await;
        self.first(&[("manager", "")]);
        self.cycle("no manager").await;
    }

    async fn leaving(&mut self) {
        if let Some(kim) = self.directory.people.first_mut() {
            kim.attributes.set("accountEnabled", false);
            self.cycle("disabled").await;
            self.still_found().await;
        }
        if let Some(kim) = self.directory.people.first_mut() {
            kim.attributes.set("accountEnabled", true);
            self.cycle("enabled again").await;
        }
        let Some(last) = self.directory.people.last().map(|last| last.object_id.clone()) else { return };
        self.directory.unassign(&last);
        self.cycle("unassigned").await;
        self.directory.assign(&last);
        self.cycle("assigned again").await;
    }

    /// Somebody who is disabled has to be found: who comes back would be made a second time.
    async fn still_found(&mut self) {
        let table = Arc::clone(&self.job.table);
        let (Some(kim), Some(row)) = (self.directory.people.first(), by_precedence(&table.users).first().copied())
        else {
            return;
        };
        // Who was refused from the start is not there to be found, and that has been told.
        if self.job.link(&kim.object_id).is_none() {
            return;
        }
        let attributes = attributes_of(kim, &self.directory, &table);
        let Ok(value) = matching_value(row, &attributes, &self.job.env()) else { return };
        let path = query(Kind::User, row.target.as_str(), &value.to_text());
        let answer = self.job.wire.send("match", &Sending::get(path)).await;
        let findings = judge::found_though_disabled(&answer, row.target.as_str()).into_iter().collect();
        let exchanges = self.job.wire.take_exchanges();
        let name = format!("disabled{}: looked for", self.dialect);
        self.rehearsal.acts.push(Act { name, exchanges, objects: Vec::new(), findings });
    }

    /// A job that is set up anew knows nobody, and has to find everybody.
    async fn another_job(&mut self) {
        self.job.restart_full();
        let report = self.job.cycle(&self.directory).await;
        let mut findings = judge::findings(&report, false);
        findings.extend(judge::made_again(&report));
        self.rehearsal.acts.push(Act { findings, ..Act::of("a job set up anew", &report) });
    }

    async fn groups(&mut self) {
        if self.job.table.groups.is_empty() || self.directory.groups.is_empty() {
            return;
        }
        let people: Vec<String> = self.directory.people.iter().map(|person| person.object_id.clone()).collect();
        let group = &mut self.directory.groups[0];
        if let Some(other) = people.iter().find(|id| !group.members.contains(id)) {
            group.members.push(other.clone());
            self.cycle("a member more").await;
        }
        let group = &mut self.directory.groups[0];
        if !group.members.is_empty() {
            group.members.remove(0);
        }
        self.cycle("a member less").await;
        let group = &mut self.directory.groups[0];
        let name = group.attributes.get("displayName").map(Value::to_text).unwrap_or_default();
        group.attributes.set("displayName", format!("{name}-renamed"));
        self.cycle("a group renamed").await;
    }

    async fn on_demand(&mut self) {
        let Some(id) = self.directory.people.first().map(|first| first.object_id.clone()) else { return };
        self.first(&[("jobTitle", "On demand")]);
        let report = self.job.on_demand(&self.directory, &id).await;
        self.note("on demand", &report, false);
    }

    /// Everything ends, as it does in production: groups are deleted, people first put into the bin.
    async fn endings(&mut self) {
        if !self.job.table.groups.is_empty() && !self.directory.groups.is_empty() {
            let id = self.directory.groups[0].object_id.clone();
            self.directory.remove(&id);
            self.cycle("a group deleted").await;
        }
        self.directory.people.iter_mut().for_each(|person| person.soft_deleted = true);
        self.cycle("soft delete").await;
        let ids: Vec<String> = self.directory.people.iter().map(|person| person.object_id.clone()).collect();
        ids.iter().for_each(|id| self.directory.remove(id));
        let report = self.job.cycle(&self.directory).await;
        self.note("hard delete", &report, false);
    }

    /// A cycle, and after a restart another one that may send nothing.
    async fn cycle(&mut self, name: &str) {
        let name = format!("{name}{}", self.dialect);
        let report = self.job.cycle(&self.directory).await;
        self.note(&name, &report, false);
        self.job.restart();
        let again = self.job.cycle(&self.directory).await;
        self.note(&format!("{name}: once more, after a restart"), &again, true);
    }

    fn note(&mut self, name: &str, report: &Report, settled: bool) {
        let mut act = Act::of(name, report);
        act.findings = judge::findings(report, settled);
        self.rehearsal.acts.push(act);
    }

    fn first(&mut self, attributes: &[(&str, &str)]) {
        if let Some(person) = self.directory.people.first_mut() {
            attributes.iter().for_each(|(name, value)| person.attributes.set(*name, *value));
        }
    }

    fn name_of_first(&self) -> Option<String> {
        self.directory.people.first()?.attributes.get("userPrincipalName").map(Value::to_text)
    }
}

/// What account discovery does: everybody, page by page. One page is enough to see how they are told.
async fn discover(wire: &mut Wire) -> Act {
    let answer = wire.send("account discovery", &Sending::get("/Users?startIndex=2&count=1")).await;
    let findings = judge::page(&answer, 2, 1).into_iter().collect();
    let exchanges = wire.take_exchanges();
    Act { name: "account discovery".to_owned(), exchanges, objects: Vec::new(), findings }
}
