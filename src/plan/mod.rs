//! What the application is asked to do, decided before anything is done.
//!
//! Plans speak of records, fields and keys (insert, fetch, select, update, delete), SCIM speaks of
//! resources (create, get, query, replace, patch, delete): a reader always sees on which side of
//! the plan one stands. They hold no SCIM type.

use std::sync::Arc;

use crate::record::{FieldName, Fields, Member, RecordKey};
use crate::value::{Object, Value};

mod capabilities;
mod create;
mod member_filter;
mod predicate;
mod query;
mod update;

pub use capabilities::{Capabilities, Membership, Searchable};
pub use create::create;
pub use predicate::Resolved;
pub use query::{DEFAULT_PAGE, MAX_PAGE, QueryPlan, Source, query};
pub use update::{Update, update};

/// Which records.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// Every one in the resource's scope.
    True,
    /// None.
    False,
    /// All of these; at least two.
    And(Vec<Self>),
    /// One of these; at least two.
    Or(Vec<Self>),
    /// Those for which this is not true; what is unknown (null) counts as not true.
    Not(Box<Self>),
    /// A field compares with a value; false for a null field, except `Eq Null`.
    Compare {
        /// The field; inside `AnyElement` the field of the list's element.
        field: FieldName,
        /// How.
        op: Comparison,
        /// With what, in the SCIM attribute's type; the driver converts to the column's.
        value: Value,
        /// Whether case matters, for text.
        case: Case,
    },
    /// The field is neither null nor an empty text.
    Present(FieldName),
    /// The record's key is one of these.
    Keys(Vec<RecordKey>),
    /// One and the same element of the list fulfils the predicate.
    AnyElement {
        /// The list.
        list: FieldName,
        /// On the fields of the element.
        predicate: Box<Self>,
    },
    /// The record has one of these as a member.
    HasMember(Vec<Member>),
    /// The record has some member of one of these resource types.
    HasMemberOf(Vec<Arc<str>>),
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// equal
    Eq,
    /// not equal: also true for a null field
    Ne,
    /// contains
    Contains,
    /// starts with
    StartsWith,
    /// ends with
    EndsWith,
    /// greater
    Gt,
    /// greater or equal
    Ge,
    /// less
    Lt,
    /// less or equal
    Le,
}

/// Whether case matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Case {
    /// `A` and `a` differ.
    Exact,
    /// `A` and `a` are the same.
    Ignored,
}

/// A value that only one record may hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Unique {
    /// The field that holds it.
    pub field: FieldName,
    /// The value.
    pub value: Value,
    /// Whether case matters.
    pub case: Case,
}

/// What beyond the fields is wanted of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Want {
    /// Its members.
    pub members: bool,
    /// The groups that it is a member of.
    pub groups: bool,
}

/// `NAME` of `{token.NAME}`, and its value.
pub type TokenValues = Arc<[(String, Value)]>;

/// Make a record.
#[derive(Debug, Clone, PartialEq)]
pub struct InsertPlan {
    /// The resource's name in the mapping.
    pub resource: Arc<str>,
    /// Every field that gets a value, lists included.
    pub fields: Fields,
    /// What no other record may hold already.
    pub unique: Vec<Unique>,
    /// The members to begin with.
    pub members: Vec<Member>,
    /// What is known of the token of the request, for statements of the mapping's own.
    pub token: TokenValues,
}

/// Read records by key.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchPlan {
    /// The resource's name in the mapping.
    pub resource: Arc<str>,
    /// The key.
    pub key: RecordKey,
    /// What is wanted beyond the fields.
    pub want: Want,
}

/// Read a page of records.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectPlan {
    /// The resource's name in the mapping.
    pub resource: Arc<str>,
    /// Which records.
    pub predicate: Predicate,
    /// The order; by key where it says nothing, and where two are equal.
    pub sort: Option<Sort>,
    /// Only records whose key comes after this one, without a sort. The page then tells no total.
    pub after: Option<RecordKey>,
    /// How many to pass over.
    pub offset: u64,
    /// How many to give at most.
    pub limit: u64,
    /// What is wanted beyond the fields.
    pub want: Want,
}

/// An order.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// By this field; records without it come last, or first from large to small.
    pub field: FieldName,
    /// From large to small.
    pub descending: bool,
    /// Whether case matters.
    pub case: Case,
}

/// Change a record.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdatePlan {
    /// The resource's name in the mapping.
    pub resource: Arc<str>,
    /// The record.
    pub key: RecordKey,
    /// The fields that change, with their new values (`Null` clears).
    pub set: Fields,
    /// The whole record as it should be afterwards, for applications that take only that, and for
    /// the values of a related row that has to be made first.
    pub whole: Fields,
    /// Fields that hold an object of which only some members change: an object of those, null for
    /// one that goes. All others stay as they are.
    pub merge: Fields,
    /// The lists that change.
    pub lists: Vec<ListChange>,
    /// What happens to the members.
    pub members: MembersChange,
    /// What no other record may hold already, of the fields that change.
    pub unique: Vec<Unique>,
    /// True when the change enables what was disabled, false when it disables; else nothing.
    pub enables: Option<bool>,
    /// The version that the record must still have, when the application keeps one.
    pub expected_version: Option<String>,
    /// What is known of the token of the request, for statements of the mapping's own.
    pub token: TokenValues,
}

/// How a list of related rows or elements changes.
#[derive(Debug, Clone, PartialEq)]
pub struct ListChange {
    /// The list.
    pub list: FieldName,
    /// Elements that go, as they were.
    pub remove: Vec<Object>,
    /// Elements that come.
    pub add: Vec<Object>,
    /// All elements afterwards.
    pub all: Vec<Object>,
}

/// How the members change.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum MembersChange {
    /// Not at all.
    #[default]
    None,
    /// Some come, some go; one who is there already and one who is not there are no errors.
    Delta {
        /// Those that come.
        add: Vec<Member>,
        /// Those that go.
        remove: Vec<Member>,
    },
    /// Exactly these remain.
    Replace(Vec<Member>),
}

/// Delete a record, with its related rows and memberships.
#[derive(Debug, Clone, PartialEq)]
pub struct DeletePlan {
    /// The resource's name in the mapping.
    pub resource: Arc<str>,
    /// The record.
    pub key: RecordKey,
    /// What is known of the token of the request, for statements of the mapping's own.
    pub token: TokenValues,
}
