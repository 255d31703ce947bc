//! What a driver can do by itself for one resource. A plain description: the day it needs code, the
//! planner and the driver have begun to talk behind the plan's back.

use crate::record::FieldName;

/// What a driver can do.
#[derive(Debug, Clone)]
pub struct Capabilities {
    /// Which predicates it answers.
    pub searchable: Searchable,
    /// True when it orders by any field.
    pub sort: bool,
    /// True when a select can go on after a key (`SelectPlan::after`).
    pub keyset: bool,
    /// How members are changed.
    pub membership: Membership,
    /// True when it can tell the groups of a member.
    pub groups: bool,
    /// True when records carry a version wherever they are answered, in lists as well as alone.
    pub version: bool,
    /// True when a new record may stay half made, for `Downstream::complete` to go on with.
    pub resumes: bool,
    /// Most records to read when the gateway has to filter or sort itself.
    pub scan_limit: u64,
}

/// Which predicates a driver answers.
#[derive(Debug, Clone)]
pub enum Searchable {
    /// Every predicate on every field.
    Everything,
    /// `Eq` on each of these fields, one at a time; and everything (`True`).
    Equal(Vec<FieldName>),
}

/// How members are changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// The resource has no members.
    None,
    /// One by one, without reading the others.
    Delta,
    /// Only as a whole list.
    WholeList,
}

impl Capabilities {
    /// True when the application finds the records whose field equals a value.
    #[must_use]
    pub fn finds(&self, field: &FieldName) -> bool {
        match &self.searchable {
            Searchable::Everything => true,
            Searchable::Equal(fields) => fields.contains(field),
        }
    }
}
