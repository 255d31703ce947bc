//! One group in a cycle: found or made, renamed, deleted. Its members come later.

use std::sync::Arc;

use super::changes::changes;
use super::cycle::{Cycle, Done};
use super::dialect::new_object;
use super::directory::Group;
use super::errors::Failure;
use super::evaluate::{Occasion, evaluate};
use super::job::Job;
use super::matching::find;
use super::report::{Kind, Outcome};

impl Job {
    pub(super) async fn group(&mut self, cycle: &mut Cycle<'_>, group: &Group) -> Result<Done, Failure> {
        let table = Arc::clone(&self.table);
        let id = group.object_id.as_str();
        let assigned = cycle.directory.is_assigned(id, table.scope);
        let link = self.state(Kind::Group, id).link.clone();
        let resource = match (link, assigned) {
            (None, false) => return Ok(Done::nothing(Outcome::Skipped)),
            // A group has nothing to be disabled by.
            (Some(_), false) if table.skip_out_of_scope_deletions => return Ok(Done::nothing(Outcome::Skipped)),
            (Some(link), false) => return self.delete(Kind::Group, id, &link).await,
            (Some(link), true) => self.read(Kind::Group, id, &link).await?,
            (None, true) => {
                let env = self.env();
                let found = find(&mut self.wire, Kind::Group, &table.groups, &group.attributes, &env).await?;
                let Some(resource) = found else { return self.new_group(group).await };
                self.link_to(Kind::Group, id, &resource)?;
                resource
            }
        };
        let env = self.env();
        let Some(wanted) = evaluate(table.groups.iter(), &group.attributes, Occasion::Update, &env)? else {
            return Ok(Done::nothing(Outcome::Skipped));
        };
        let sent = self.send_changes(cycle, Kind::Group, id, &changes(&wanted, &resource)).await?;
        let outcome = if sent.is_empty() { Outcome::Unchanged } else { Outcome::Updated };
        Ok(Done { outcome, sent })
    }

    async fn new_group(&mut self, group: &Group) -> Result<Done, Failure> {
        let table = Arc::clone(&self.table);
        let env = self.env();
        let Some(wanted) = evaluate(table.groups.iter(), &group.attributes, Occasion::Create, &env)? else {
            return Ok(Done::nothing(Outcome::Skipped));
        };
        let sent = wanted.values.iter().map(|(row, _)| row.target.to_string()).collect();
        self.create(Kind::Group, &group.object_id, new_object(Kind::Group, &wanted)).await?;
        Ok(Done { outcome: Outcome::Created, sent })
    }
}
