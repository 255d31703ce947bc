//! What the readers of the mapping's tables need beside the table they read.

use std::path::Path;

use crate::value::Value;

/// The surroundings of a mapping.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// The folder that relative paths start from.
    pub(super) folder: &'a Path,
    /// The tenant's variables, for `{tenant.NAME}`.
    pub(super) variables: &'a [(String, Value)],
    /// The credentials that bodies can name: `NAME` of `{credential.NAME}`, empty for `{credential}`.
    pub(super) credentials: &'a [String],
}
