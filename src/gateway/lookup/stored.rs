//! Before writing and searching: what clients say → what is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::mapping::{Lookup, Missing, Rule};
use crate::observe::{Observation, Observer as _};
use crate::plan::Resolved;
use crate::scim::{Filter, Resource, ScimError};
use crate::value::Value;

use super::super::assemble::Stored;
use super::super::{Call, Failure};
use super::Found;

/// The words that each lookup is asked for.
type Wanted<'a> = BTreeMap<&'a str, (&'a Lookup, BTreeSet<String>)>;

/// What a client said for each stored value, by the attribute of a rule that keeps it.
pub(in super::super) type Words = BTreeMap<Arc<str>, Vec<(String, String)>>;

/// Replaces the words of a resource, and gives those that are kept beside what came of them. What `before` was shown by the same word stays as it was stored,
/// and what it could not show is not taken away.
///
/// # Errors
/// 400 naming the attribute whose word has no row, 409 where it has several.
pub(in super::super) async fn replace(
    call: &Call<'_>,
    resource: &mut Resource,
    before: Option<&Stored>,
) -> Result<Words, Failure> {
    let mut wanted = Wanted::new();
    let mut said = Words::new();
    for (at, rule, lookup) in call.mapping.looked_up() {
        let words = call.mapping.values_of(rule, resource).into_iter().map(|value| value.to_text());
        let unknown = words.filter(|word| known(before, at, word).is_none());
        wanted.entry(&lookup.name).or_insert_with(|| (lookup, BTreeSet::new())).1.extend(unknown);
    }
    let found = ask(call, wanted).await?;
    for (at, rule, lookup) in call.mapping.looked_up() {
        let mut refused = None;
        let none = Found::new();
        let rows = found.get(&*lookup.name).unwrap_or(&none);
        let mut pairs = Vec::new();
        call.mapping.replace_values(rule, resource, &mut |value| {
            let word = value.to_text();
            let stored = known(before, at, &word).unwrap_or_else(|| {
                stored(call, (rule, lookup), &word, rows).unwrap_or_else(|error| {
                    refused.get_or_insert(error);
                    Value::Null
                })
            });
            pairs.push((stored.to_text(), word));
            Some(stored)
        });
        if let Some(error) = refused {
            return Err(error.into());
        }
        if rule.shadow {
            said.insert(rule.slot.to_string().into(), pairs);
        }
        if lookup.accept_key {
            call.mapping.drop_repeated(rule, resource);
        }
        if let Some(before) = before {
            let is_hidden = |value: &Value| before.names.iter().any(|name| name.hides(at, value));
            call.mapping.keep_values(rule, &before.raw, resource, &is_hidden);
        }
    }
    Ok(said)
}

/// What a word stands for in the application.
fn stored(call: &Call<'_>, (rule, lookup): (&Rule, &Lookup), word: &str, rows: &Found) -> Result<Value, ScimError> {
    match (rows.get(word).map(|row| &**row), lookup.missing) {
        (Some([one]), _) => Ok(one.clone()),
        (Some([_, _, ..]), _) => {
            report_ambiguous(call, rule, lookup);
            let detail = format!("`{}`: the application has more than one `{}`", rule.slot, excerpt(word));
            Err(ScimError::new(409, detail))
        }
        (Some([]) | None, Missing::Keep) => Ok(word.into()),
        (Some([]) | None, Missing::Reject) => {
            let detail = format!("`{}`: the application has no `{}`", rule.slot, excerpt(word));
            Err(ScimError::invalid_value(detail))
        }
    }
}

/// Tells the operator that two rows stand for the same.
pub(super) fn report_ambiguous(call: &Call<'_>, rule: &Rule, lookup: &Lookup) {
    call.gateway.parts.observers.observe(&Observation::LookupAmbiguous {
        tenant: Arc::clone(&call.gateway.parts.tenant),
        lookup: Arc::clone(&lookup.name),
        attribute: rule.slot.to_string(),
    });
}

/// What a resource had under the same word.
fn known(before: Option<&Stored>, rule: usize, word: &str) -> Option<Value> {
    before?.names.iter().find(|name| name.shows(rule, word)).map(|name| name.stored.clone())
}

/// The words of a filter, for the plan.
///
/// # Errors
/// The application could not be asked.
pub(in super::super) async fn of_filter(
    call: &Call<'_>,
    filter: &Filter,
    resolved: &mut Resolved,
) -> Result<(), Failure> {
    for (lookup, words) in words_of(call, filter) {
        let mut rows = call.gateway.lookups.understand(call.downstream(), lookup, words.clone()).await?;
        for word in words {
            let stored = match (rows.remove(&word), lookup.missing) {
                (Some(row), _) => row.to_vec(),
                (None, Missing::Keep) => vec![word.as_str().into()],
                (None, Missing::Reject) => Vec::new(),
            };
            resolved.stored.insert((Arc::clone(&lookup.name), word), stored);
        }
    }
    Ok(())
}

/// The words of a filter that lookups are asked for.
pub(super) fn words_of<'a>(call: &'a Call<'_>, filter: &Filter) -> Vec<(&'a Lookup, BTreeSet<String>)> {
    let mut wanted = Wanted::new();
    collect(call, filter, &mut wanted);
    wanted.into_values().collect()
}

/// Filters are bounded in depth and length when they are parsed.
fn collect<'a>(call: &'a Call<'_>, filter: &Filter, wanted: &mut Wanted<'a>) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|part| collect(call, part, wanted)),
        Filter::Not(inner) | Filter::Element { filter: inner, .. } => collect(call, inner, wanted),
        Filter::Present(_) => {}
        Filter::Compare { path, value, .. } => {
            let Some(word) = value.as_str().filter(|word| !word.is_empty()) else { return };
            let about = |rule: &Rule| {
                rule.slot.path.same_attribute(path) && (path.sub.is_none() || rule.slot.path.sub == path.sub)
            };
            for (_, _, lookup) in call.mapping.looked_up().filter(|(_, rule, _)| about(rule)) {
                let words = &mut wanted.entry(&lookup.name).or_insert_with(|| (lookup, BTreeSet::new())).1;
                words.insert(word.to_owned());
            }
        }
    }
}

async fn ask<'a>(call: &Call<'_>, wanted: Wanted<'a>) -> Result<BTreeMap<&'a str, Found>, Failure> {
    let mut found = BTreeMap::new();
    for (name, (lookup, words)) in wanted {
        let rows = call.gateway.lookups.understand(call.downstream(), lookup, words).await?;
        found.insert(name, rows);
    }
    Ok(found)
}

/// A client's word in a message: short, and without what would break the line.
fn excerpt(word: &str) -> String {
    let mut shown: String = word.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if word.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Most characters of a word in a message.
const LONGEST: usize = 64;
