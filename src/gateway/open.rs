//! The attributes of open schemas: what is stored of them is text, whatever JSON value was sent.
//! Where the rule says `shadow = true` the value is kept beside what came of it, and answered as long
//! as the application holds that.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::correlation::Shadow;
use crate::mapping::OpenRule;
use crate::record::Fields;
use crate::scim::Resource;
use crate::value::Value;

use super::Call;
use super::assemble::Stored;

/// What a client sent, by the rule and by the attribute's name.
pub(super) type Originals = BTreeMap<Arc<str>, Vec<(String, Value)>>;

/// Makes text of every value that is not listed, and gives what it was. What `before` showed in the
/// same way stays as it is stored.
pub(super) fn as_text(call: &Call<'_>, resource: &mut Resource, before: Option<&Stored>) -> Originals {
    let mut originals = Originals::new();
    for schema in call.mapping.kind.schemas().filter(|schema| schema.open) {
        let Some(Value::Object(members)) = resource.attributes.get_mut(&schema.id) else { continue };
        let rule = rules(call).find(|rule| rule.schema == schema.id);
        let unlisted = members.iter_mut().filter(|(name, _)| schema.attribute(name).is_none());
        for (name, value) in unlisted.filter(|(_, value)| !value.is_unassigned()) {
            let known = before.filter(|before| member(&before.shown, &schema.id, name) == Some(&*value));
            let stored = known.and_then(|before| member(&before.raw, &schema.id, name)).cloned();
            let original = std::mem::replace(value, stored.unwrap_or_else(|| Value::String(value.to_text())));
            if let Some(rule) = rule.filter(|rule| rule.keeps(name)) {
                originals.entry(rule.label().into()).or_default().push((name.to_owned(), original));
            }
        }
    }
    originals
}

fn member<'a>(resource: &'a Resource, schema: &str, name: &str) -> Option<&'a Value> {
    resource.attributes.get(schema)?.as_object()?.get(name)
}

/// The rules that keep what was sent.
pub(super) fn rules<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a OpenRule> {
    call.mapping.open.iter().filter(|rule| rule.shadow)
}

/// Puts what was sent in place of the texts that came of it.
pub(super) fn show(rule: &OpenRule, shadow: &Shadow, stored: &mut Stored) {
    for (name, sent, text) in triples(&shadow.sent) {
        let holds = member(&stored.raw, &rule.schema, &name).is_some_and(|have| is_from(&have.to_text(), &sent, &text));
        if holds && let Some(Value::Object(members)) = stored.shown.attributes.get_mut(&rule.schema) {
            members.set(name, sent);
        }
    }
}

/// Applications spell truth values in their own way: `True`.
fn is_from(have: &str, sent: &Value, text: &str) -> bool {
    have == text || (matches!(sent, Value::Boolean(_)) && have.eq_ignore_ascii_case(text))
}

/// What is remembered of a rule's attributes; `stored` are the fields after the write, None where
/// nothing had to change.
pub(super) fn remembered(
    rule: &OpenRule,
    (resource, originals): (&Resource, &Originals),
    stored: Option<&Fields>,
    known: &[Shadow],
) -> Option<Shadow> {
    let label: Arc<str> = rule.label().into();
    let texts = stored.map_or_else(|| rule.attributes_of(resource), |fields| rule.texts(fields));
    let before = known.iter().find(|shadow| shadow.attribute == label);
    let before = before.map(|shadow| triples(&shadow.sent)).unwrap_or_default();
    let now = originals.get(&label).map(Vec::as_slice).unwrap_or_default();
    let mut kept: Vec<Value> = Vec::new();
    for (name, text) in texts.iter() {
        let text = text.to_text();
        let same = |have: &str| have.eq_ignore_ascii_case(name);
        let sent = now.iter().find(|(have, _)| same(have)).map(|(_, sent)| sent);
        let earlier = || before.iter().find(|(have, sent, of)| same(have) && is_from(&text, sent, of));
        if let Some(sent) =
            sent.or_else(|| earlier().map(|(_, sent, _)| sent)).filter(|sent| **sent != Value::String(text.clone()))
        {
            kept.push(Value::List(vec![name.into(), sent.clone(), text.into()]));
        }
    }
    let some = !kept.is_empty();
    some.then(|| Shadow { attribute: label, sent: Value::List(kept), stored: String::new() })
}

/// As they are kept: `[["remote", true, "True"]]`.
fn triples(sent: &Value) -> Vec<(String, Value, String)> {
    let triple = |triple: &Value| match triple.elements() {
        [name, sent, text] => Some((name.to_text(), sent.clone(), text.to_text())),
        _ => None,
    };
    sent.elements().iter().filter_map(triple).collect()
}
