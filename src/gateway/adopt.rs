//! Taking over an account that was there before the client: only where the mapping says
//! `adopt = true`, only by its matching attributes in their order, and only when exactly one
//! account fits.
//!
//! What an account was matched by is not changed in the same step, and an account that the client
//! knows under another externalId is not taken: whoever can create must not be able to steal.

use std::sync::Arc;

use crate::mapping::{Apply, Late, Rule};
use crate::observe::Outcome;
use crate::plan::{Case, Comparison, InsertPlan, MembersChange, Predicate, Searchable, SelectPlan};
use crate::record::FieldName;
use crate::scim::{Response, ScimError};
use crate::value::{Object, Value};

use super::assemble::{self, Stored};
use super::write::{self, Wanted};
use super::{Call, Failure, Trace};

/// The one account that fits; `None` when there is none.
pub(super) async fn find(call: &Call<'_>, plan: &InsertPlan) -> Result<Option<Stored>, Failure> {
    let mut rules: Vec<&Rule> = call.mapping.rules.iter().filter(|rule| rule.matching.is_some()).collect();
    rules.sort_by_key(|rule| rule.matching);
    for rule in rules {
        let Some(field) = rule.field.as_ref().filter(|field| can_search(call, field)) else { continue };
        let value = plan.fields.get(field);
        if value.is_unassigned() || value.as_str() == Some("") {
            continue;
        }
        let equal = |rule: &Rule, field: &FieldName| {
            let case = if rule.case_exact { Case::Exact } else { Case::Ignored };
            Predicate::Compare { field: field.clone(), op: Comparison::Eq, value: value.clone(), case }
        };
        let others = call.mapping.rules.iter().filter(|other| rule.also.contains(&other.slot));
        let mut predicates = vec![equal(rule, field)];
        predicates.extend(others.filter_map(|other| Some(equal(other, other.field.as_ref()?))));
        let predicate = match predicates.len() {
            1 => predicates.remove(0),
            _ => Predicate::Or(predicates),
        };
        let want = assemble::want(call);
        let select = SelectPlan {
            resource: Arc::clone(call.resource()),
            predicate,
            sort: None,
            after: None,
            offset: 0,
            limit: 2,
            want,
        };
        let page = call.downstream().select(&select).await?;
        match page.records.len() {
            0 => {}
            1 => return Ok(assemble::all(call, page.records).await?.pop()),
            _ => {
                let detail = format!("`{}` fits more than one account", rule.slot);
                return Err(ScimError::uniqueness(detail).into());
            }
        }
    }
    Ok(None)
}

fn can_search(call: &Call<'_>, field: &FieldName) -> bool {
    match &call.downstream().capabilities(call.resource()).searchable {
        Searchable::Everything => true,
        Searchable::Equal(fields) => fields.contains(field),
    }
}

/// Makes the account what the client wants it to be, save what it was matched by.
pub(super) async fn adopt(
    call: &Call<'_>,
    before: Stored,
    mut after: Wanted,
    trace: &mut Trace,
) -> Result<Response, Failure> {
    if before.raw.external_id.is_some() && before.raw.external_id != after.resource.external_id {
        return Err(ScimError::uniqueness("the account is known under another `externalId`").into());
    }
    keep_unnamed(&before.raw.attributes, &mut after.resource.attributes);
    for rule in &call.mapping.rules {
        let had = rule.slot.value_in(&before.raw);
        // What is written once is the account's own already, and no reason to refuse it.
        if rule.apply == Apply::Create && (rule.late == Late::Refused || had != Value::Null) {
            rule.slot.put(had, &mut after.resource);
            continue;
        }
        if rule.matching.is_none() {
            continue;
        }
        // Whoever was found by another field gets the name that the client knows.
        if had != Value::Null && (rule.also.is_empty() || is_same(rule, &had, &rule.slot.value_in(&after.resource))) {
            rule.slot.put(had, &mut after.resource);
        }
    }
    let written = write::write(call, &before, &after, MembersChange::None, trace).await?;
    trace.outcome = Some(Outcome::Adopted);
    match write::answer(call, written, Some(before), trace).await? {
        Response::Found(entity) => Ok(Response::Created(entity)),
        other => Ok(other),
    }
}

fn is_same(rule: &Rule, had: &Value, wanted: &Value) -> bool {
    match (had.as_str(), wanted.as_str()) {
        (Some(had), Some(wanted)) if !rule.case_exact => had.to_lowercase() == wanted.to_lowercase(),
        _ => had == wanted,
    }
}

/// What the client does not name stays as it is: it cannot know of it.
fn keep_unnamed(before: &Object, after: &mut Object) {
    for (name, had) in before.iter() {
        match (had, after.entry(name)) {
            (Value::Object(had), Value::Object(wanted)) => keep_unnamed(had, wanted),
            (had, wanted) if wanted.is_unassigned() => *wanted = had.clone(),
            _ => {}
        }
    }
}
