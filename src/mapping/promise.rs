//! What a mapping does with each field, in words that a driver can compare with the application.

use jiff::Timestamp;

use super::{FieldRule, ResourceMapping, Rule, Write};
use crate::expr::{Env, Outcome};
use crate::record::{FieldPromise, Given};
use crate::scim::AttributeType;
use crate::value::Value;

impl ResourceMapping {
    /// What is done with each field, a field of two rules twice.
    #[must_use]
    pub fn promises(&self) -> Vec<FieldPromise> {
        let open = self.open.iter().flat_map(super::OpenRule::promises);
        self.rules.iter().filter_map(of_rule).chain(open).chain(self.fields.iter().map(of_field)).collect()
    }
}

fn of_rule(rule: &Rule) -> Option<FieldPromise> {
    let field = rule.field.clone()?;
    let kind = rule.slot.path.kind;
    let text = matches!(kind, AttributeType::String | AttributeType::Reference);
    let whole = rule.slot.path.sub.is_some() || kind != AttributeType::Complex;
    let direct = matches!(rule.write, Write::Direct) && rule.is_stored_as_said() && whole;
    let any_text = direct && text && rule.one_of.is_empty();
    let mut examples = examples_of_write(&rule.write);
    if direct {
        examples.extend(examples_of_kind(kind));
        examples.extend(rule.one_of.iter().map(|word| Value::from(word.as_str())));
    }
    examples.extend(rule.default.clone());
    let sure = rule.default.is_some() || rule.required;
    Some(FieldPromise {
        field,
        list: rule.list.clone(),
        label: rule.slot.to_string().into(),
        given: match given(&rule.write) {
            Given::Perhaps if sure => Given::Always,
            given => given,
        },
        examples,
        any_text,
        max_length: rule.max_length,
        unique: rule.unique,
        matching: rule.matching.is_some(),
        ignores_case: !rule.case_exact,
    })
}

fn of_field(rule: &FieldRule) -> FieldPromise {
    FieldPromise {
        field: rule.field.clone(),
        list: None,
        label: rule.field.as_str().into(),
        given: given(&rule.write),
        examples: examples_of_write(&rule.write),
        any_text: false,
        max_length: None,
        unique: false,
        matching: false,
        ignores_case: false,
    }
}

/// Whether there is a value when the client sends nothing. Which one does not matter, so any
/// moment and any seed will do.
fn given(write: &Write) -> Given {
    match write {
        Write::Never | Write::Constant(Value::Null) => Given::Never,
        Write::Constant(_) | Write::OfToken(_) => Given::Always,
        Write::Direct => Given::Perhaps,
        Write::Expression(computed) => {
            let env =
                Env { now: Timestamp::UNIX_EPOCH, seed: [0; 32], default_domain: None, token: Default::default() };
            let nothing = vec![Value::Null; computed.slots.len()];
            match computed.expression.eval(&nothing, &env) {
                Ok(Outcome::Value(value)) if value != Value::Null => Given::Always,
                _ => Given::Perhaps,
            }
        }
    }
}

fn examples_of_write(write: &Write) -> Vec<Value> {
    match write {
        Write::Constant(value) => vec![value.clone()],
        _ => Vec::new(),
    }
}

fn examples_of_kind(kind: AttributeType) -> Vec<Value> {
    match kind {
        AttributeType::Boolean => vec![Value::Boolean(true), Value::Boolean(false)],
        AttributeType::Integer => vec![Value::Integer(1)],
        AttributeType::Decimal => vec![Value::Decimal(1.5)],
        AttributeType::DateTime => vec![Value::DateTime(Timestamp::UNIX_EPOCH)],
        AttributeType::String | AttributeType::Binary | AttributeType::Reference | AttributeType::Complex => Vec::new(),
    }
}
