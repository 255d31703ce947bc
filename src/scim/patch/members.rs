//! Operations on `members` that say by themselves what is to be done, whatever the group holds.
//!
//! They can be sent to the application as links to make and to cut, without reading a list of
//! 200,000 members and without losing what another client does at the same time.

use crate::scim::{CompareOp, Filter};
use crate::value::Value;

use super::{PatchOp, PatchOperation};

/// A change of a group's members, by their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberChange {
    /// Make these members; who is one stays one.
    Add(Vec<String>),
    /// Let these go; who is none stays none.
    Remove(Vec<String>),
    /// Let all go.
    Clear,
    /// Make exactly these the members.
    Replace(Vec<String>),
}

/// What `operation` does to the members, when it is about `members` alone and can be said without
/// reading them: values by id, or a filter that is `value eq "…"`, also several joined by `or`.
#[must_use]
pub fn member_change(operation: &PatchOperation) -> Option<MemberChange> {
    let target = &operation.target;
    if !target.path.is("members") {
        return None;
    }
    match (operation.op, &target.filter) {
        (PatchOp::Add, None) => ids(&operation.value).map(MemberChange::Add),
        (PatchOp::Replace, None) => ids(&operation.value).map(MemberChange::Replace),
        (PatchOp::Remove, None) => Some(MemberChange::Clear),
        (PatchOp::Remove, Some(filter)) => named_by(filter).map(MemberChange::Remove),
        _ => None,
    }
}

fn ids(value: &Value) -> Option<Vec<String>> {
    let id = |member: &Value| member.as_object()?.get("value")?.as_str().map(str::to_owned);
    value.elements().iter().map(id).collect()
}

/// The ids that a filter of nothing but `value eq "…"`, joined by `or`, asks for.
pub(super) fn named_by(filter: &Filter) -> Option<Vec<String>> {
    match filter {
        Filter::Compare { path, op: CompareOp::Eq, value }
            if path.sub.as_deref() == Some("value") && path.case_exact =>
        {
            value.as_str().map(|id| vec![id.to_owned()])
        }
        Filter::Or(parts) => parts.iter().map(named_by).collect::<Option<Vec<_>>>().map(|ids| ids.concat()),
        _ => None,
    }
}
