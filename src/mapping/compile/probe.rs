//! Tries a rule's expression and its inverse on the values that its attribute can have.
//!
//! An expression does not know the types of its references; a rule does. Where the values can be
//! counted (true and false, `one_of`) all of them are tried, elsewhere some.

use jiff::Timestamp;

use crate::expr::{Env, Inverse, Outcome};
use crate::scim::AttributeType;
use crate::value::Value;

use super::super::{Computed, Rule, convert, is_text};

/// The inverse with what the rule knows of its attribute.
pub(super) fn known(rule: &Rule, computed: &Computed, inverse: Inverse) -> Inverse {
    let [slot] = computed.slots.as_slice() else { return inverse };
    let kind = slot.path.kind;
    let is_listed = kind == AttributeType::Boolean || *slot == rule.slot && !rule.one_of.is_empty();
    let inverse = inverse.knowing(!is_text(kind), is_listed);
    if !inverse.is_exact() || computed.expression.uses_time_or_randomness() {
        return inverse;
    }
    match examples(rule, kind).iter().find_map(|value| lost(computed, &inverse, value, kind)) {
        Some(reason) => inverse.losing(&reason),
        None => inverse,
    }
}

/// True when an expression over `active` alone gives for no value what it gives for false: a client that
/// does not speak of `active` means an account that can be used.
pub(super) fn disables_the_silent(computed: &Computed) -> bool {
    if computed.slots.len() != 1 || computed.expression.uses_time_or_randomness() {
        return false;
    }
    let [silent, disabled, enabled] = [Value::Null, false.into(), true.into()].map(|value| of(computed, &value));
    silent.as_ref().is_some_and(|silent| !silent.is_unassigned()) && silent == disabled && silent != enabled
}

/// What an expression over one attribute makes of a value; none where it fails or nothing flows.
fn of(computed: &Computed, value: &Value) -> Option<Value> {
    let env = Env { now: Timestamp::UNIX_EPOCH, seed: [0; 32], default_domain: None, token: Default::default() };
    match computed.expression.eval(std::slice::from_ref(value), &env) {
        Ok(Outcome::Value(given)) => Some(given),
        _ => None,
    }
}

fn examples(rule: &Rule, kind: AttributeType) -> Vec<Value> {
    match kind {
        AttributeType::Boolean => vec![true.into(), false.into()],
        AttributeType::Integer => [0, -1, 1_234_567].map(Value::Integer).into(),
        AttributeType::Decimal => vec![Value::Decimal(0.5)],
        AttributeType::DateTime => [1_000_000_000_000, 1_234_567_890_123]
            .into_iter()
            .filter_map(|at| Timestamp::from_millisecond(at).ok())
            .map(Value::DateTime)
            .collect(),
        _ => rule.one_of.iter().map(|word| word.as_str().into()).collect(),
    }
}

/// How `value` fails to come back. One that the expression refuses is not stored and not lost.
fn lost(computed: &Computed, inverse: &Inverse, value: &Value, kind: AttributeType) -> Option<String> {
    let stored = of(computed, value)?;
    let back = inverse.solve(&stored).unwrap_or_default().into_iter().next().map(|(_, back)| convert(back, kind));
    match back.filter(|back| *back != Value::Null) {
        Some(back) if back == *value => None,
        Some(back) => Some(format!("`{}` comes back as `{}`", value.to_text(), back.to_text())),
        None => Some(format!("`{}` does not come back", value.to_text())),
    }
}
