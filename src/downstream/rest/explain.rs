//! The calls that a plan would cause, values in them, credentials not. Nothing is sent.

use serde_json::{Map, Value as Json};

use super::body::{Parts, Whole};
use super::call::{Call, Then};
use super::kept::Kept;
use super::members::Members;
use super::membership::of_type;
use super::request::Fill;
use super::sequence::{of_fields, taken};
use super::template::{Slot, Texts};
use super::version::SHOWN;
use super::work::Work;
use super::write::changes_fields;
use crate::downstream::AnyPlan;
use crate::plan::{Comparison, InsertPlan, MembersChange, Predicate, SelectPlan, Unique, UpdatePlan};
use crate::record::{FieldName, Member, RecordKey};
use crate::value::Value;

impl Work<'_> {
    /// One line for each call.
    pub(super) fn explain(&self, plan: &AnyPlan<'_>) -> Vec<String> {
        let calls = &self.resource.calls;
        match plan {
            AnyPlan::Insert(plan) => self.explain_insert(plan),
            AnyPlan::Fetch(plan) => [line(calls.read.as_ref(), &self.keyed(&plan.key))]
                .into_iter()
                .chain(self.access.proof_line())
                .collect(),
            AnyPlan::Select(plan) => {
                let lines = self.explain_select(plan);
                let proof = self.access.proof_line().filter(|_| !lines.is_empty());
                lines.into_iter().chain(proof).collect()
            }
            AnyPlan::Update(plan) => self.explain_update(plan),
            AnyPlan::Delete(plan) => {
                let reads = calls.delete.as_ref().is_some_and(|call| call.reads_first || call.sends(Slot::Version));
                let read = reads.then(|| line(calls.read.as_ref(), &self.keyed(&plan.key)));
                let before = calls.steps.delete.iter().map(|call| line(Some(call), &self.keyed(&plan.key)));
                let delete = [line(calls.delete.as_ref(), &self.keyed(&plan.key))];
                read.into_iter().chain(before).chain(delete).collect()
            }
        }
    }

    fn explain_insert(&self, plan: &InsertPlan) -> Vec<String> {
        let mut lines = self.explain_unique(&plan.unique);
        let create = self.resource.calls.create.as_ref();
        if let Some(key) = self.named_key(plan).filter(|_| create.is_some_and(|call| call.reads_first)) {
            lines.push(line(self.resource.calls.read.as_ref(), &self.keyed(&key)));
        }
        lines.push(match self.insert_fill(plan, self.explained_names(&plan.members)) {
            Ok(fill) => line(create, &fill),
            Err(why) => why,
        });
        let new = RecordKey::new("NEW");
        for step in self.create_steps(plan) {
            lines.push(match self.step_fill(step, plan, &new) {
                Ok(fill) => line(Some(step), &fill),
                Err(why) => why,
            });
        }
        if !create.and_then(|call| call.body.as_ref()).is_some_and(|body| body.has(Whole::Members)) {
            let add = MembersChange::Delta { add: plan.members.clone(), remove: Vec::new() };
            lines.extend(self.explain_members(&new, &add));
        }
        if create.is_some_and(|call| call.then == Then::Read) || self.create_steps(plan).next().is_some() {
            lines.push(line(self.resource.calls.read.as_ref(), &self.keyed(&new)));
        }
        lines
    }

    fn explain_select(&self, plan: &SelectPlan) -> Vec<String> {
        let calls = &self.resource.calls;
        match &plan.predicate {
            Predicate::True => {
                let page = calls.list.as_ref().and_then(|call| call.page.as_ref());
                let query = page.map(|page| page.request(plan.offset, plan.limit).query).unwrap_or_default();
                vec![line(calls.list.as_ref(), &Fill { query, ..Fill::default() })]
            }
            Predicate::False => Vec::new(),
            Predicate::Keys(keys) => keys.iter().map(|key| line(calls.read.as_ref(), &self.keyed(key))).collect(),
            Predicate::Compare { field, op: Comparison::Eq, value, .. } => vec![self.explain_find(field, value)],
            _ => vec!["(no call can answer this)".to_owned()],
        }
    }

    fn explain_update(&self, plan: &UpdatePlan) -> Vec<String> {
        let calls = &self.resource.calls;
        let mut lines = self.explain_unique(&plan.unique);
        let steps = &calls.steps.update;
        let own = of_fields(plan, |name| taken(steps).iter().all(|field| field.as_str() != name));
        if changes_fields(&own) {
            let update = calls.update.as_ref();
            let mut present = Json::Object(Map::new());
            if update.is_some_and(|call| self.needs_present(call, &own)) {
                lines.push(line(calls.read.as_ref(), &self.keyed(&plan.key)));
                present["…"] = AS_READ.into();
                self.resource.fields.show_lists(&own.set, &AS_READ.into(), &mut present);
            }
            lines.push(match self.update_fill(&own, present) {
                Ok(fill) => line(update, &fill),
                Err(why) => why,
            });
        }
        let made: Vec<_> = steps.iter().filter(|step| step.is_for_change(plan)).collect();
        for step in &made {
            let mut present = Json::Object(Map::new());
            self.resource.fields.show_lists(&plan.whole, &AS_READ.into(), &mut present);
            self.resource.fields.show_lists(&plan.set, &AS_READ.into(), &mut present);
            lines.push(match self.update_step_fill(step, plan, &plan.key, &present) {
                Ok(fill) => line(Some(step), &fill),
                Err(why) => why,
            });
        }
        lines.extend(self.explain_members(&plan.key, &plan.members));
        if !made.is_empty() || calls.update.as_ref().is_some_and(|call| call.then == Then::Read) {
            lines.push(line(calls.read.as_ref(), &self.keyed(&plan.key)));
        }
        lines
    }

    fn explain_members(&self, key: &RecordKey, change: &MembersChange) -> Vec<String> {
        let each = self.resource.members.iter();
        each.flat_map(|members| self.explain_type(key, members, &of_type(change, members))).collect()
    }

    fn explain_type(&self, key: &RecordKey, members: &Members, change: &MembersChange) -> Vec<String> {
        let each = |call: Option<&Call>, some: &[Member]| -> Vec<String> {
            some.iter().flat_map(|member| self.explain_member(call, key, members, member)).collect()
        };
        if let Some(kept) = &members.kept {
            return self.explain_kept(key, members, kept, change);
        }
        match change {
            MembersChange::None => Vec::new(),
            MembersChange::Delta { add, remove } if members.add.is_some() && members.remove.is_some() => {
                [each(members.add.as_ref(), add), each(members.remove.as_ref(), remove)].concat()
            }
            MembersChange::Delta { add: all, .. } | MembersChange::Replace(all) => {
                let read = line(self.resource.calls.read.as_ref(), &self.keyed(key));
                let mut fill = self.keyed(key);
                fill.parts.members = self.explained_names(all);
                match (&members.replace, change) {
                    (Some(replace), MembersChange::Replace(_)) if !replace.sends(Slot::Version) => {
                        vec![line(Some(replace), &fill)]
                    }
                    (Some(replace), _) => vec![read, line(Some(replace), &fill)],
                    (None, _) => [vec![read], each(members.add.as_ref(), all)].concat(),
                }
            }
        }
    }

    /// The call for one member, after the read of its record that tells its name.
    fn explain_member(&self, call: Option<&Call>, key: &RecordKey, members: &Members, member: &Member) -> Vec<String> {
        let name = explained_name(members, &member.key);
        let line_of_call = line(call, &self.member_fill(key, members, (&member.key, &name)));
        let reads = members.naming.as_ref().is_some_and(|naming| naming.field().is_some())
            && call.is_some_and(|call| call.sends(Slot::Member));
        let read = self.on(&members.resource).ok().filter(|_| reads);
        let read = read.map(|work| line(work.resource.calls.read.as_ref(), &work.keyed(&member.key)));
        let version = call.filter(|call| call.sends(Slot::Version));
        let version = version.map(|_| line(self.resource.calls.read.as_ref(), &self.keyed(key)));
        read.into_iter().chain(version).chain([line_of_call]).collect()
    }

    /// The reads and writes of the members' own records.
    fn explain_kept(&self, key: &RecordKey, members: &Members, kept: &Kept, change: &MembersChange) -> Vec<String> {
        let (none, nobody) = (Vec::new(), Vec::new());
        let (joining, leaving) = match change {
            MembersChange::None => return none,
            MembersChange::Delta { add, remove } => (add, remove),
            MembersChange::Replace(all) => (all, &nobody),
        };
        let Ok(work) = self.on(&members.resource) else { return none };
        let calls = &work.resource.calls;
        let mut lines = vec![line(self.resource.calls.read.as_ref(), &self.keyed(key))];
        for member in joining.iter().chain(leaving) {
            let value = Json::from("(as it was read, and changed)");
            let fill = work.kept_fill(kept, &member.key, Json::Object(Map::new()), value);
            lines.push(line(calls.read.as_ref(), &work.keyed(&member.key)));
            lines.push(line(calls.update.as_ref(), &fill));
        }
        lines
    }

    fn explained_names(&self, all: &[Member]) -> Json {
        let each = self.resource.members.iter();
        each.flat_map(|members| {
            let own = all.iter().filter(|member| member.resource == members.resource);
            own.map(|member| explained_name(members, &member.key))
        })
        .collect()
    }

    fn explain_unique(&self, unique: &[Unique]) -> Vec<String> {
        let asked = unique.iter().filter(|unique| self.resource.calls.find.iter().any(|(f, _)| *f == unique.field));
        asked.map(|unique| self.explain_find(&unique.field, &unique.value)).collect()
    }

    fn explain_find(&self, field: &FieldName, value: &Value) -> String {
        let call = self.resource.calls.find.iter().find(|(have, _)| have == field).map(|(_, call)| call);
        let sent = call.map_or_else(|| value.clone(), |call| call.letters.apply(value));
        let text = sent.to_text();
        let mut fill = Fill { texts: Texts { value: Some(&text), ..Texts::default() }, ..Fill::default() };
        fill.parts.value = sent.to_serde();
        fill.query =
            call.and_then(|call| call.page.as_ref()).map(|page| page.request(0, u64::MAX).query).unwrap_or_default();
        line(call, &fill)
    }
}

/// What is not known before it is read.
const AS_READ: &str = "(as it was read)";

/// What a member is called; `NAME` where only the member's own record tells.
fn explained_name(members: &Members, key: &RecordKey) -> Json {
    match &members.naming {
        None => members.key_json(key.as_str()),
        Some(naming) if naming.field().is_none() => naming.spell(key.as_str()).into(),
        Some(naming) => naming.spell("NAME").into(),
    }
}

fn line(call: Option<&Call>, fill: &Fill<'_>) -> String {
    let with_version;
    let fill = match call {
        Some(call) if call.sends(Slot::Version) && fill.parts.version == Json::Null => {
            let parts = Parts { version: SHOWN.into(), ..fill.parts.clone() };
            with_version = Fill { texts: fill.texts, parts, query: fill.query.clone(), instead: fill.instead.clone() };
            &with_version
        }
        _ => fill,
    };
    match call.map(|call| call.outgoing(fill)) {
        Some(Ok(outgoing)) => outgoing.to_line(),
        Some(Err(_)) => "(nothing is sent: a value cannot stand in its place)".to_owned(),
        None => "(the mapping has no such call)".to_owned(),
    }
}
