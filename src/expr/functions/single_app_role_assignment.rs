//! `SingleAppRoleAssignment`: the one role of a user.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

use super::role::roles;

pub(super) struct SingleAppRoleAssignment;

impl Function for SingleAppRoleAssignment {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        Ok(roles(arguments)?.unwrap_or_default().into_iter().next().map_or(Value::Null, |role| role.value))
    }
}

static SIGNATURE: Signature = Signature {
    name: "SingleAppRoleAssignment",
    summary: "Gives the value of the role that is assigned to the user; of several, the first.",
    parameters: &[Parameter::new("appRoleAssignments", Kind::Roles)],
    required: 1,
    lost: "the other roles are lost",
    examples: &[Example {
        expression: "SingleAppRoleAssignment([appRoleAssignments])",
        given: r#"{"appRoleAssignments": [{"value": "admin", "displayName": "Administrator"}]}"#,
        gives: r#""admin""#,
    }],
    ..Signature::PLAIN
};
