//! A group that users' records call by its name gets another one: those records follow, since they
//! would name a group that is nobody's.
//!
//! Who is in it is read before the change, while the former name still tells. A record that no longer
//! has that name when its turn comes is left alone: some applications do all of this themselves.

use serde_json::Value as Json;

use super::keep::Step;
use super::kept::Kept;
use super::members::Members;
use super::work::Work;
use crate::downstream::DownstreamError;
use crate::plan::UpdatePlan;
use crate::record::{Member, RecordKey};

/// Members of one type whose records have to follow.
pub(super) struct Followers<'w> {
    members: &'w Members,
    kept: &'w Kept,
    former: Json,
    present: Vec<Member>,
}

impl Work<'_> {
    /// Whose records call the group by what the plan changes.
    pub(super) async fn followers(&self, plan: &UpdatePlan) -> Result<Vec<Followers<'_>>, DownstreamError> {
        let mut all = Vec::new();
        for members in &self.resource.members {
            let Some(kept) = &members.kept else { continue };
            let named = kept.naming.as_ref().and_then(|naming| naming.field());
            if !plan.set.iter().any(|(field, _)| named == Some(field)) {
                continue;
            }
            let Some(document) = self.document(&plan.key).await? else { continue };
            let former = self.group_called(kept, &plan.key, &document)?;
            let present = self.kept_members(&plan.key, members, kept, &document).await?;
            all.push(Followers { members, kept, former, present });
        }
        Ok(all)
    }

    /// Writes the group's new name to the records that have the former one.
    pub(super) async fn follow(&self, key: &RecordKey, all: Vec<Followers<'_>>) -> Result<(), DownstreamError> {
        for Followers { members, kept, former, present } in all {
            let Some(document) = self.document(key).await? else { return Ok(()) };
            let name = self.group_called(kept, key, &document)?;
            if name != former {
                self.write_kept(members, kept, Step::Rename(&former, &name), present).await?;
            }
        }
        Ok(())
    }
}
