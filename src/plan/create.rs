//! POST: a resource → the record to insert.

use std::sync::Arc;

use crate::expr::Env;
use crate::mapping::{Chosen, Moment, ResourceMapping, Rule, to_record};
use crate::record::{Fields, Member};
use crate::scim::{Resource, ScimError};
use crate::value::Value;

use super::{Case, InsertPlan, Unique};

/// Plans the record for a new resource whose members are already keys, with these candidates of
/// `SelectUniqueValue`.
///
/// # Errors
/// 400 `invalidValue` naming the attribute.
pub fn create(
    mapping: &ResourceMapping,
    resource: &Resource,
    members: Vec<Member>,
    chosen: &Chosen,
    env: &Env,
) -> Result<InsertPlan, ScimError> {
    let fields = to_record(mapping, resource, Moment::Create(chosen), env)?;
    let unique = unique(mapping, &fields);
    Ok(InsertPlan { resource: Arc::clone(&mapping.kind.name), fields, unique, members, token: Arc::clone(&env.token) })
}

/// The values among `fields` that no other record may hold.
pub(super) fn unique(mapping: &ResourceMapping, fields: &Fields) -> Vec<Unique> {
    let unique = mapping.rules.iter().filter(|rule| rule.unique && rule.list.is_none());
    unique
        .filter_map(|rule| {
            let field = rule.field.as_ref()?;
            let value = fields.get(field).clone();
            let empty = value == Value::Null || value.as_str() == Some("");
            (!empty).then(|| Unique { field: field.clone(), value, case: case_of(rule) })
        })
        .collect()
}

pub(super) const fn case_of(rule: &Rule) -> Case {
    if rule.case_exact || rule.lookup.is_some() { Case::Exact } else { Case::Ignored }
}
