//! After reading: what is stored → what clients see; and the same for `explain`, which asks nobody.

use std::collections::{BTreeMap, BTreeSet};

use crate::downstream::AnyPlan;
use crate::mapping::{Lookup, Missing};
use crate::plan::Resolved;
use crate::scim::{Filter, Resource, ScimError};
use crate::value::Value;

use super::super::assemble::Stored;
use super::super::explain::secret;
use super::super::{Call, Failure};
use super::stored::Words;
use super::{Way, plan, predicate, stored};

/// A stored value and the word that stands for it.
#[derive(Debug, Clone)]
pub(in super::super) struct Name {
    /// The number of the rule.
    rule: usize,
    pub(super) stored: Value,
    /// None where no row has the value, so that it is not shown.
    shown: Option<String>,
}

impl Name {
    /// True when the rule's attribute shows this word for it.
    pub(super) fn shows(&self, rule: usize, word: &str) -> bool {
        self.rule == rule && self.shown.as_deref() == Some(word)
    }

    /// True for a value that is there and cannot be shown.
    pub(super) fn hides(&self, rule: usize, stored: &Value) -> bool {
        self.rule == rule && self.shown.is_none() && self.stored == *stored
    }
}

/// Replaces what is stored, in all resources of a page at once.
///
/// # Errors
/// 500 where a stored value has two names.
pub(in super::super) async fn replace(call: &Call<'_>, found: &mut [Stored]) -> Result<(), Failure> {
    let mut wanted: BTreeMap<&str, (&Lookup, BTreeSet<String>)> = BTreeMap::new();
    for (_, rule, lookup) in call.mapping.looked_up() {
        let attribute = rule.slot.to_string();
        let texts = found.iter().flat_map(|stored| {
            let texts = call.mapping.values_of(rule, &stored.raw).into_iter().map(|value| value.to_text());
            texts.filter(|text| said(&stored.words, &attribute, text).is_none()).collect::<Vec<_>>()
        });
        wanted.entry(&lookup.name).or_insert_with(|| (lookup, BTreeSet::new())).1.extend(texts);
    }
    for (name, (lookup, values)) in wanted {
        let rows = call.gateway.lookups.ask(call.downstream(), lookup, Way::Back, values).await?;
        for (at, rule, _) in call.mapping.looked_up().filter(|(_, _, lookup)| &*lookup.name == name) {
            let mut ambiguous = false;
            let attribute = rule.slot.to_string();
            for record in found.iter_mut() {
                let Stored { shown, names, words, .. } = record;
                call.mapping.replace_values(rule, shown, &mut |value| {
                    if let Some(word) = said(words, &attribute, &value.to_text()) {
                        names.push(Name { rule: at, stored: value.clone(), shown: Some(word.to_owned()) });
                        return Some(word.into());
                    }
                    let row = rows.get(&value.to_text()).map(|row| &**row);
                    ambiguous |= row.is_some_and(|row| row.len() > 1);
                    let word = match (row.and_then(<[Value]>::first), lookup.missing) {
                        (Some(word), _) => Some(word.to_text()),
                        (None, Missing::Keep) => Some(value.to_text()),
                        (None, Missing::Reject) => None,
                    };
                    names.push(Name { rule: at, stored: value.clone(), shown: word.clone() });
                    word.map(Value::String)
                });
            }
            if ambiguous {
                stored::report_ambiguous(call, rule, lookup);
                let detail = format!("`{}`: the application has two names for one value", rule.slot);
                return Err(ScimError::new(500, detail).into());
            }
        }
    }
    Ok(())
}

/// What the client itself said for a stored value.
fn said<'a>(words: &'a Words, attribute: &str, stored: &str) -> Option<&'a str> {
    let (_, word) = words.get(attribute)?.iter().find(|(have, _)| have == stored)?;
    Some(word)
}

/// What would be asked for a resource's words; something that nobody takes for a stored value stands
/// in their place.
pub(in super::super) fn explain(call: &Call<'_>, resource: &mut Resource) -> Vec<String> {
    let mut lines = Vec::new();
    for (_, rule, lookup) in call.mapping.looked_up() {
        let mut words = Vec::new();
        let hidden = secret::is_secret(&rule.slot.path, call.mapping);
        call.mapping.replace_values(rule, resource, &mut |value| {
            words.push(if hidden { secret::HIDDEN.to_owned() } else { value.to_text() });
            Some(placeholder(lookup))
        });
        if !words.is_empty() {
            lines.push(format!("`{}` is looked up, unless the answer is known:", rule.slot));
            lines.extend(asked(call, lookup, Way::Forth, &words));
            if lookup.accept_key {
                lines.push("and where it is no word, as what is stored:".to_owned());
                lines.extend(asked(call, lookup, Way::Key, &words));
            }
        }
    }
    lines
}

/// What is asked for the names of what was read, whose stored values are not known here.
pub(in super::super) fn explain_names(call: &Call<'_>) -> Vec<String> {
    let lookups: BTreeMap<&str, &Lookup> = call.mapping.looked_up().map(|(_, _, one)| (&*one.name, &**one)).collect();
    let each = lookups.values().flat_map(|lookup| {
        let line = format!("then the names in [{}] of all that was read, unless they are known:", lookup.resource);
        std::iter::once(line).chain(asked(call, lookup, Way::Back, &["(stored)".to_owned()]))
    });
    each.collect()
}

/// The same for the words of a filter.
pub(in super::super) fn explain_filter(call: &Call<'_>, filter: &Filter, resolved: &mut Resolved) -> Vec<String> {
    let mut lines = Vec::new();
    for (lookup, words) in stored::words_of(call, filter) {
        lines.push(format!("looked up in [{}], unless the answer is known:", lookup.resource));
        lines.extend(asked(call, lookup, Way::Forth, &words.iter().cloned().collect::<Vec<_>>()));
        for word in words {
            resolved.stored.insert((lookup.name.clone(), word), vec![placeholder(lookup)]);
        }
    }
    lines
}

fn placeholder(lookup: &Lookup) -> Value {
    format!("(what {} gives)", lookup.name).as_str().into()
}

fn asked(call: &Call<'_>, lookup: &Lookup, way: Way, words: &[String]) -> Vec<String> {
    let fields = &call.downstream().capabilities(&lookup.resource).searchable;
    let plans: Vec<_> = match fields {
        crate::plan::Searchable::Everything => vec![plan(lookup, predicate(lookup, way, words))],
        crate::plan::Searchable::Equal(fields) if fields.contains(&lookup.from) => {
            words.chunks(1).map(|word| plan(lookup, predicate(lookup, way, word))).collect()
        }
        crate::plan::Searchable::Equal(_) => vec![plan(lookup, crate::plan::Predicate::True)],
    };
    plans.iter().flat_map(|plan| call.downstream().explain(&AnyPlan::Select(plan))).collect()
}
