//! What a token may do: with which resource types, and how much with them.
//!
//! Every operation is looked at by itself, those of a bulk request, too. Discovery is open to every
//! token: whoever may read a resource must be able to learn what it looks like.

use std::sync::Arc;

use crate::scim::{Operation, Request, ScimError};

pub use crate::mapping::Access;

/// What a token may do; everything where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    /// The endpoints of the resource types, without a slash: `Users`. All of them when none.
    pub scope: Option<Arc<[Arc<str>]>>,
    /// How much.
    pub access: Access,
}

impl Permissions {
    /// Takes what may not be seen out of a query over everything, and refuses what may not be done.
    ///
    /// # Errors
    /// 403 that says what the token lacks.
    pub(super) fn apply(&self, request: &mut Request) -> Result<(), ScimError> {
        if let Operation::QueryAll(queries) = &mut request.operation {
            let asked = queries.len();
            queries.retain(|query| self.covers(&query.operation));
            return if queries.is_empty() && asked > 0 { Err(out_of_scope("any resource")) } else { Ok(()) };
        }
        if !self.covers(&request.operation) {
            let name = request.operation.kind().map_or("resource", |kind| &kind.name);
            return Err(out_of_scope(name));
        }
        match (self.access, &request.operation) {
            (Access::Read, operation) if operation.is_change() => {
                Err(ScimError::new(403, "this token may read and change nothing"))
            }
            (Access::NoDelete, Operation::Delete(..)) => Err(ScimError::new(403, "this token may delete nothing")),
            _ => Ok(()),
        }
    }

    fn covers(&self, operation: &Operation) -> bool {
        let (Some(scope), Some(kind)) = (&self.scope, operation.kind()) else { return true };
        scope.iter().any(|endpoint| **endpoint == *kind.endpoint.trim_start_matches('/'))
    }
}

fn out_of_scope(what: &str) -> ScimError {
    ScimError::new(
        403,
        format!("this token is not for {what}; its scope in the configuration of the gateway says for what"),
    )
}
