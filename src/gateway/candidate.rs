//! `SelectUniqueValue`: the application is asked for each candidate in turn, and the first that nobody
//! has is taken. Only when a record is made; a field that cannot be searched gets the first.

use std::sync::Arc;

use crate::mapping::Chosen;
use crate::plan::{self, Case, Comparison, InsertPlan, Predicate, Searchable, SelectPlan, Want};
use crate::record::{FieldName, Member};
use crate::scim::{Resource, ScimError};
use crate::value::Value;

use super::{Call, Failure};

/// Plans the record for a new resource.
pub(super) async fn plan(call: &Call<'_>, resource: &Resource, members: &[Member]) -> Result<InsertPlan, Failure> {
    let mut chosen = Chosen::new();
    let make =
        |chosen: &Chosen| call.aside(|| plan::create(call.mapping, resource, members.to_vec(), chosen, &call.env));
    let mut plan = make(&chosen)?;
    for (field, candidates) in call.mapping.selected_fields() {
        for next in 1..=candidates {
            if is_free(call, field, plan.fields.get(field)).await? {
                break;
            }
            if next == candidates {
                return Err(all_taken(call, field).into());
            }
            chosen.insert(field.clone(), next);
            plan = make(&chosen)?;
        }
    }
    Ok(plan)
}

/// Names the attribute; a field that no attribute feeds is the application's own business.
fn all_taken(call: &Call<'_>, field: &FieldName) -> ScimError {
    let rule = call.mapping.rules.iter().find(|rule| rule.field.as_ref() == Some(field));
    ScimError::uniqueness(match rule {
        Some(rule) => format!("every value that `{}` may have is taken", rule.slot),
        None => "every value that the application could be given for this resource is taken".to_owned(),
    })
}

/// A candidate that is null or empty does not count.
async fn is_free(call: &Call<'_>, field: &FieldName, value: &Value) -> Result<bool, Failure> {
    if value.is_unassigned() || value.as_str() == Some("") {
        return Ok(false);
    }
    match &call.downstream().capabilities(call.resource()).searchable {
        Searchable::Equal(fields) if !fields.contains(field) => return Ok(true),
        _ => {}
    }
    let predicate =
        Predicate::Compare { field: field.clone(), op: Comparison::Eq, value: value.clone(), case: Case::Ignored };
    let select = SelectPlan {
        resource: Arc::clone(call.resource()),
        predicate,
        sort: None,
        after: None,
        offset: 0,
        limit: 1,
        want: Want::default(),
    };
    Ok(call.downstream().select(&select).await?.records.is_empty())
}
