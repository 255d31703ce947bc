//! Filters on members: who is one, and of which types.

use crate::scim::{AttributePath, CompareOp, Filter};

use super::Predicate;
use super::predicate::{Translation, or};

impl Translation<'_> {
    /// Records with the member that has this id.
    pub(super) fn has_member(&self, id: &str) -> Predicate {
        match self.resolved.members.get(id) {
            Some(members) if !members.is_empty() => Predicate::HasMember(members.clone()),
            _ => Predicate::False,
        }
    }

    /// Records with some member of this type.
    pub(super) fn has_member_of(&self, kind: &str) -> Predicate {
        let kinds = self.mapping.members.iter().filter(|have| have.eq_ignore_ascii_case(kind));
        match kinds.cloned().collect::<Vec<_>>() {
            none if none.is_empty() => Predicate::False,
            kinds => Predicate::HasMemberOf(kinds),
        }
    }

    /// A filter on one member: by its id, by its type, or by both.
    pub(super) fn member_element(&self, path: &AttributePath, filter: &Filter) -> Option<Predicate> {
        if &*path.attribute != "members" {
            return None;
        }
        match filter {
            Filter::Compare { path, op: CompareOp::Eq, value } => {
                let text = value.as_str()?;
                match path.sub.as_deref() {
                    Some("value") => Some(self.has_member(text)),
                    Some("type") => Some(self.has_member_of(text)),
                    _ => None,
                }
            }
            Filter::Or(parts) => {
                let parts: Option<Vec<_>> = parts.iter().map(|part| self.member_element(path, part)).collect();
                parts.map(or)
            }
            Filter::And(parts) => {
                let parts: Option<Vec<_>> = parts.iter().map(|part| self.member_element(path, part)).collect();
                parts.and_then(both)
            }
            _ => None,
        }
    }
}

/// What several predicates on one and the same member come to.
fn both(parts: Vec<Predicate>) -> Option<Predicate> {
    let mut parts = parts.into_iter();
    let first = parts.next()?;
    parts.try_fold(first, |one, other| {
        Some(match (one, other) {
            (Predicate::False, _) | (_, Predicate::False) => Predicate::False,
            (Predicate::HasMember(mut members), Predicate::HasMemberOf(kinds))
            | (Predicate::HasMemberOf(kinds), Predicate::HasMember(mut members)) => {
                members.retain(|member| kinds.contains(&member.resource));
                if members.is_empty() { Predicate::False } else { Predicate::HasMember(members) }
            }
            (one, other) if one == other => one,
            (Predicate::HasMemberOf(_), Predicate::HasMemberOf(_)) => Predicate::False,
            _ => return None,
        })
    })
}
