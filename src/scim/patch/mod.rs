//! PATCH (RFC 7644 §3.5.2): the checked operations; `apply` carries them out on a resource.

use crate::value::Value;

use super::{AttributePath, Filter, Resource, ResourceType, ScimError};

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
}

/// One checked operation.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchOperation {
    /// What to do.
    pub op: PatchOp,
    /// Where.
    pub target: PatchTarget,
    /// With what: canonical names, right types; `Null` for remove and for a value to clear.
    pub value: Value,
    /// The operation's number in the message, from 1, for error messages.
    pub number: usize,
}

/// Reads and checks a PatchOp message.
///
/// # Errors
/// 400 `invalidSyntax`, `invalidPath`, `invalidValue`, `mutability`, `noTarget` with the number of
/// the operation.
pub fn parse(body: &Value, kind: &ResourceType) -> Result<Vec<PatchOperation>, ScimError> {
    let _ = (body, kind);
    Ok(Vec::new())
}

/// Carries out all operations on `resource` or none.
///
/// # Errors
/// 400 `noTarget`, `mutability`, `invalidValue` with the number of the operation.
pub fn apply(operations: &[PatchOperation], resource: &Resource, kind: &ResourceType) -> Result<Resource, ScimError> {
    let _ = (operations, kind);
    Ok(resource.clone())
}

/// A change of members that needs no reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberChange {
    /// These come.
    Add(Vec<String>),
    /// These go.
    Remove(Vec<String>),
    /// All go.
    Clear,
    /// Exactly these remain.
    Replace(Vec<String>),
}

/// Recognises such a change.
#[must_use]
pub fn member_change(operation: &PatchOperation) -> Option<MemberChange> {
    let _ = operation;
    None
}
