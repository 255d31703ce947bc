//! PATCH (RFC 7644 §3.5.2): the checked operations; `apply` carries them out on a resource.

mod apply;
mod members;
mod parse;

use crate::value::Value;

use super::{AttributePath, Filter, Leniency, Resource, ResourceType, ScimError};

pub use members::{MemberChange, member_change};

/// The word of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchOp {
    /// Add a value.
    Add,
    /// Remove a value.
    Remove,
    /// Replace a value.
    Replace,
}

/// What an operation is about. Operations without a path, and those on a whole extension, were
/// taken apart into one operation for each attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchTarget {
    /// The attribute or sub-attribute; the sub-attribute after `]` is `path.sub`.
    pub path: AttributePath,
    /// Which elements of a multi-valued attribute.
    pub filter: Option<Filter>,
    /// True when an element that the filter describes is made if there is none: set only where the
    /// client is known to mean it and the filter is a plain conjunction of `eq`.
    pub create_selected: bool,
}

/// One checked operation.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchOperation {
    /// What to do.
    pub op: PatchOp,
    /// Where.
    pub target: PatchTarget,
    /// With what: canonical names, right types; `Null` for remove and for a value to clear. What is
    /// for a whole list is a list. A complex value may hold `Null` for a part to clear.
    pub value: Value,
    /// The operation's number in the message, from 1, for error messages.
    pub number: usize,
}

/// Reads and checks a PatchOp message. The second result names attributes that no schema has and
/// that were dropped, as `leniency` allows.
///
/// # Errors
/// 400 `invalidSyntax`, `invalidPath`, `invalidFilter`, `invalidValue`, `mutability`, `noTarget` with
/// the number of the operation.
pub fn parse(
    body: &Value,
    kind: &ResourceType,
    leniency: &Leniency,
) -> Result<(Vec<PatchOperation>, Vec<String>), ScimError> {
    parse::parse(body, kind, leniency)
}

/// Carries out all operations on `resource` or none.
///
/// # Errors
/// 400 `noTarget`, `mutability`, `invalidValue` with the number of the operation.
pub fn apply(operations: &[PatchOperation], resource: &Resource, kind: &ResourceType) -> Result<Resource, ScimError> {
    apply::apply(operations, resource, kind)
}
