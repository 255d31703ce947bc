//! `AssertiveAppRoleAssignmentsComplex`: the roles assigned to a user as SCIM roles.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

use super::role::complex;

pub(super) struct AssertiveAppRoleAssignmentsComplex;

impl Function for AssertiveAppRoleAssignmentsComplex {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        complex(arguments)
    }
}

static SIGNATURE: Signature = Signature {
    name: "AssertiveAppRoleAssignmentsComplex",
    summary: "Gives the roles that are assigned to the user, each with primary, type, display and value. Entra \
              sends their changes as a whole.",
    parameters: &[Parameter::new("appRoleAssignments", Kind::Roles)],
    required: 1,
    result: Kind::List,
    lost: "the identifiers of the assignments are lost",
    examples: &[Example {
        expression: "AssertiveAppRoleAssignmentsComplex([appRoleAssignments])",
        given: r#"{"appRoleAssignments": [{"value": "admin", "displayName": "Administrator"}]}"#,
        gives: r#"[{"primary": false, "type": "WindowsAzureActiveDirectoryRole", "display": "Administrator", "value": "admin"}]"#,
    }],
    ..Signature::PLAIN
};
