//! What the client sent, where the application stores another form of it.
//!
//! A client that reads back another value than it sent sends it again at every cycle, for ever. So
//! a rule with `shadow = true` keeps the value that was accepted beside what became of it in the
//! application, and answers the former as long as the application holds the latter. When somebody
//! else has changed it there, the truth wins.

use crate::correlation::Shadow;
use crate::mapping::Rule;
use crate::record::{Fields, Record, RecordKey};
use crate::scim::Resource;
use crate::value::Value;

use super::assemble::Stored;
use super::lookup::stored::Words;
use super::open::{self, Originals};
use super::{Call, Failure, acknowledged};

/// Puts what the client sent in place of what is read, record by record.
pub(super) async fn show(call: &Call<'_>, records: &[Record], found: &mut [Stored]) -> Result<(), Failure> {
    if !keeps_any(call) && !acknowledged::applies(call) {
        return Ok(());
    }
    let keys: Vec<RecordKey> = records.iter().map(|record| record.key.clone()).collect();
    let shadows = call.correlations().shadows_of(call.resource(), &keys).await?;
    for ((record, stored), shadows) in records.iter().zip(found).zip(shadows) {
        acknowledged::show(call, &shadows, stored);
        for shadow in shadows {
            if words_rules(call).any(|rule| rule.slot.to_string() == *shadow.attribute) {
                stored.words.insert(shadow.attribute, pairs_of(&shadow.sent));
                continue;
            }
            if let Some(rule) = open::rules(call).find(|rule| rule.label() == *shadow.attribute) {
                open::show(rule, &shadow, stored);
                continue;
            }
            let Some(rule) = rules(call).find(|rule| rule.slot.to_string() == *shadow.attribute) else { continue };
            if stored_text(rule, &record.fields) == shadow.stored {
                rule.slot.put(shadow.sent.clone(), &mut stored.raw);
                rule.slot.put(shadow.sent, &mut stored.shown);
            }
        }
    }
    Ok(())
}

/// What of a change is remembered.
pub(super) struct Sent<'a> {
    /// The resource, with words as they are stored.
    pub(super) resource: &'a Resource,
    /// What the client said for them.
    pub(super) words: &'a Words,
    /// What JSON values it sent for attributes that are stored as text.
    pub(super) originals: &'a Originals,
}

/// Remembers what was sent where it is not what is read back; true when that was news. `stored` is
/// None where nothing had to change in the application: then only other words for the same are new.
pub(super) async fn remember(
    call: &Call<'_>,
    key: &RecordKey,
    sent: &Sent<'_>,
    stored: Option<&Fields>,
) -> Result<bool, Failure> {
    if !keeps_any(call) {
        return Ok(false);
    }
    let known = call.correlations().shadows_of(call.resource(), std::slice::from_ref(key)).await?;
    let known = known.first().map(Vec::as_slice).unwrap_or_default();
    let mut shadows: Vec<Shadow> = match stored {
        Some(stored) => rules(call).filter_map(|rule| shadow(rule, sent.resource, stored)).collect(),
        None => {
            let own = |shadow: &&Shadow| !is_of_several(call, shadow) && !acknowledged::is_kept(call, shadow);
            known.iter().filter(own).cloned().collect()
        }
    };
    shadows.extend(words_rules(call).filter_map(|rule| words(call, rule, sent, known)));
    let originals = (sent.resource, sent.originals);
    shadows.extend(open::rules(call).filter_map(|rule| open::remembered(rule, originals, stored, known)));
    shadows.extend(acknowledged::kept(call, known).cloned());
    shadows.sort_by(|one, other| one.attribute.cmp(&other.attribute));
    let is_news = *known != shadows;
    if is_news {
        call.correlations().set_shadows(call.resource(), key, &shadows).await?;
    }
    Ok(is_news)
}

fn shadow(rule: &Rule, sent: &Resource, stored: &Fields) -> Option<Shadow> {
    let (sent, stored) = (rule.slot.value_in(sent), stored_text(rule, stored));
    let differs = sent != Value::Null && sent.to_text() != stored;
    differs.then(|| Shadow { attribute: rule.slot.to_string().into(), sent, stored })
}

/// What was said now for the values that a rule is about, and what was said before for the others.
fn words(call: &Call<'_>, rule: &Rule, sent: &Sent<'_>, known: &[Shadow]) -> Option<Shadow> {
    let attribute = rule.slot.to_string();
    let now = sent.words.get(attribute.as_str()).cloned().unwrap_or_default();
    let before = known.iter().find(|shadow| *shadow.attribute == *attribute);
    let before = before.map(|shadow| pairs_of(&shadow.sent)).unwrap_or_default();
    let mut pairs: Vec<(String, String)> = Vec::new();
    for value in call.mapping.values_of(rule, sent.resource) {
        let text = value.to_text();
        let said = now.iter().chain(&before).find(|(stored, _)| *stored == text);
        pairs.extend(said.filter(|pair| !pairs.contains(pair)).cloned().into_iter().collect::<Vec<_>>());
    }
    let pair = |(stored, word): (String, String)| Value::List(vec![stored.into(), word.into()]);
    let sent: Vec<Value> = pairs.into_iter().map(pair).collect();
    let none = sent.is_empty();
    (!none).then(|| Shadow { attribute: attribute.into(), sent: Value::List(sent), stored: String::new() })
}

/// The words of a rule as they are kept: `[["7", "Sales"]]`.
fn pairs_of(sent: &Value) -> Vec<(String, String)> {
    let pair = |pair: &Value| match pair.elements() {
        [stored, word] => Some((stored.to_text(), word.to_text())),
        _ => None,
    };
    sent.elements().iter().filter_map(pair).collect()
}

fn keeps_any(call: &Call<'_>) -> bool {
    rules(call).chain(words_rules(call)).next().is_some() || open::rules(call).next().is_some()
}

/// True for what is kept of each of several values.
fn is_of_several(call: &Call<'_>, shadow: &Shadow) -> bool {
    words_rules(call).any(|rule| rule.slot.to_string() == *shadow.attribute)
        || open::rules(call).any(|rule| rule.label() == *shadow.attribute)
}

fn rules<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a Rule> {
    call.mapping.rules.iter().filter(|rule| rule.shadow && rule.list.is_none() && rule.lookup.is_none())
}

/// The rules whose values the application translates; each value of a list has a word of its own.
fn words_rules<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a Rule> {
    call.mapping.rules.iter().filter(|rule| rule.shadow && rule.lookup.is_some())
}

fn stored_text(rule: &Rule, fields: &Fields) -> String {
    rule.field.as_ref().map(|field| fields.get(field).to_text()).unwrap_or_default()
}
