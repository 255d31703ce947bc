//! `AppRoleAssignments`: the names of the roles assigned to a user.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

use super::role::roles;

pub(super) struct AppRoleAssignments;

impl Function for AppRoleAssignments {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let roles = roles(arguments)?;
        Ok(roles.map_or(Value::Null, |roles| Value::List(roles.into_iter().map(|role| role.value).collect())))
    }
}

static SIGNATURE: Signature = Signature {
    name: "AppRoleAssignments",
    summary: "Gives the values of the roles that are assigned to the user.",
    parameters: &[Parameter::new("appRoleAssignments", Kind::Roles)],
    required: 1,
    result: Kind::List,
    lost: "the identifiers of the assignments are lost",
    examples: &[Example {
        expression: "AppRoleAssignments([appRoleAssignments])",
        given: r#"{"appRoleAssignments": [{"value": "admin", "displayName": "Administrator"}]}"#,
        gives: r#"["admin"]"#,
    }],
    ..Signature::PLAIN
};
