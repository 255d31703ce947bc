//! One expression of a mapping on the values of one resource, and what a client is told when it gives
//! nothing to write.

use crate::expr::{Env, Outcome};
use crate::mapping::{Computed, Slot};
use crate::scim::ScimError;
use crate::value::Value;

use super::Moment;

/// Why an expression gave nothing to write.
pub(super) enum Fault {
    /// It says that the whole resource is not for the application.
    Refused,
    /// What is wrong with the values that it was given.
    Failed(String),
}

impl Fault {
    /// Names the attribute that the expression is of.
    pub(super) fn of_attribute(self, label: &str) -> ScimError {
        ScimError::invalid_value(match self {
            Self::Refused => format!("`{label}` says that this one is not to be provisioned"),
            Self::Failed(why) => format!("`{label}` cannot be computed: {why}"),
        })
    }

    /// Names the attributes that the field is made of: a client knows nothing of fields.
    pub(super) fn of_field(self, computed: &Computed) -> ScimError {
        let slots: Vec<String> = computed.slots.iter().map(|slot| format!("`{slot}`")).collect();
        let made = if slots.is_empty() { String::new() } else { format!(" of {}", slots.join(", ")) };
        ScimError::invalid_value(match self {
            Self::Refused => format!("what is made{made} says that this one is not to be provisioned"),
            Self::Failed(why) => format!("what is made{made} cannot be computed: {why}"),
        })
    }
}

/// `None` when the expression says that the attribute does not flow.
pub(super) fn evaluate(
    computed: &Computed,
    candidate: usize,
    value_of: impl Fn(&Slot) -> Value,
    label: &str,
    moment: Moment<'_>,
    env: &Env,
) -> Result<Option<Value>, Fault> {
    let values: Vec<Value> = computed.slots.iter().map(value_of).collect();
    // Two fields with the same `Guid()` must not get the same id.
    let own = computed.expression.uses_time_or_randomness().then(|| env.for_target(label));
    match computed.expression.eval_candidate(candidate, &values, own.as_ref().unwrap_or(env)) {
        Ok(Outcome::Value(value)) => Ok(Some(value)),
        Ok(Outcome::IgnoreObject) if !matches!(moment, Moment::Stored) => Err(Fault::Refused),
        Ok(Outcome::IgnoreAttribute | Outcome::IgnoreObject) => Ok(None),
        Err(_) if matches!(moment, Moment::Stored) => Ok(Some(Value::Null)),
        Err(error) => Err(Fault::Failed(error.to_string())),
    }
}
