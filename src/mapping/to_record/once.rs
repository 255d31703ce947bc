//! A change of what is written only when a resource is made (RFC 7643 §7, `immutable`): refused where
//! it would give another value, and never answered as if it had been done.
//!
//! What a client gave and nobody shows again cannot be compared; such a value is left out.

use crate::expr::Env;
use crate::mapping::{Late, Rule, Write};
use crate::scim::{Resource, ScimError};
use crate::value::Value;

use super::Moment;
use super::evaluate::evaluate;

/// True when the value is still to be written: nothing was there before (RFC 7644 §3.5.1).
///
/// # Errors
/// 400 `mutability` naming the attribute.
pub(super) fn may_write(
    rule: &Rule,
    before: &Resource,
    after: &Resource,
    moment: Moment<'_>,
    env: &Env,
) -> Result<bool, ScimError> {
    let own = match &rule.write {
        Write::Direct => true,
        Write::Expression(computed) => computed.slots.contains(&rule.slot),
        Write::Never | Write::Constant(_) | Write::OfToken(_) => false,
    };
    if rule.late == Late::Ignored || !own || rule.is_never_shown() {
        return Ok(false);
    }
    let (had, wanted) = (rule.slot.value_in(before), rule.slot.value_in(after));
    if is_nothing(&had) && !is_nothing(&wanted) && rule.late == Late::Filled {
        return Ok(true);
    }
    if is_same(rule, &had, &wanted) || stores_the_same(rule, before, wanted, moment, env) {
        return Ok(false);
    }
    Err(ScimError::mutability(format!("`{}` cannot be changed once it is set", rule.slot)))
}

fn is_nothing(value: &Value) -> bool {
    value.is_unassigned() || value.as_str() == Some("")
}

fn is_same(rule: &Rule, had: &Value, wanted: &Value) -> bool {
    match (had.as_str(), wanted.as_str()) {
        _ if had == wanted || is_nothing(had) && is_nothing(wanted) => true,
        (Some(had), Some(wanted)) => !rule.case_exact && had.to_lowercase() == wanted.to_lowercase(),
        _ => false,
    }
}

/// Another word for what the field holds.
fn stores_the_same(rule: &Rule, before: &Resource, wanted: Value, moment: Moment<'_>, env: &Env) -> bool {
    let Write::Expression(computed) = &rule.write else { return false };
    let mut otherwise = before.clone();
    rule.slot.put(wanted, &mut otherwise);
    let label = rule.slot.to_string();
    let written = |resource: &Resource| evaluate(computed, 0, |slot| slot.value_in(resource), &label, moment, env).ok();
    written(before).is_some_and(|had| Some(had) == written(&otherwise))
}
