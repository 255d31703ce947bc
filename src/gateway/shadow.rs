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
use super::{Call, Failure, acknowledged};

/// Puts what the client sent in place of what is read, record by record.
pub(super) async fn show(call: &Call<'_>, records: &[Record], found: &mut [Stored]) -> Result<(), Failure> {
    if !rules(call).any(|_| true) && !acknowledged::applies(call) {
        return Ok(());
    }
    let keys: Vec<RecordKey> = records.iter().map(|record| record.key.clone()).collect();
    let shadows = call.correlations().shadows_of(call.resource(), &keys).await?;
    for ((record, stored), shadows) in records.iter().zip(found).zip(shadows) {
        acknowledged::show(call, &shadows, stored);
        for shadow in shadows {
            let Some(rule) = rules(call).find(|rule| rule.slot.to_string() == *shadow.attribute) else { continue };
            if stored_text(rule, &record.fields) == shadow.stored {
                rule.slot.put(shadow.sent.clone(), &mut stored.raw);
                rule.slot.put(shadow.sent, &mut stored.shown);
            }
        }
    }
    Ok(())
}

/// Remembers what was sent where it is not what is read back.
pub(super) async fn remember(
    call: &Call<'_>,
    key: &RecordKey,
    sent: &Resource,
    stored: &Fields,
) -> Result<(), Failure> {
    let mut shadows = Vec::new();
    for rule in rules(call) {
        let value = rule.slot.value_in(sent);
        let text = stored_text(rule, stored);
        if value != Value::Null && value.to_text() != text {
            shadows.push(Shadow { attribute: rule.slot.to_string().into(), sent: value, stored: text });
        }
    }
    let known = call.correlations().shadows_of(call.resource(), std::slice::from_ref(key)).await?;
    shadows.extend(known.iter().flat_map(|known| acknowledged::kept(call, known)).cloned());
    if known.first().is_some_and(|known| *known != shadows) {
        call.correlations().set_shadows(call.resource(), key, &shadows).await?;
    }
    Ok(())
}

fn rules<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a Rule> {
    call.mapping.rules.iter().filter(|rule| rule.shadow && rule.list.is_none())
}

fn stored_text(rule: &Rule, fields: &Fields) -> String {
    rule.field.as_ref().map(|field| fields.get(field).to_text()).unwrap_or_default()
}
