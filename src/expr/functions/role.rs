//! Entra's role assignments, as the four functions over them read them.

use crate::expr::eval::Stop;
use crate::expr::function::Arguments;
use crate::value::{Object, Value};

/// What Entra sends as a role's type.
const TYPE: &str = "WindowsAzureActiveDirectoryRole";

/// One assigned role.
pub(super) struct Role {
    pub(super) value: Value,
    display: Value,
}

/// The roles in the only argument, none for null. A plain text is a role of that name.
pub(super) fn roles(arguments: &Arguments<'_>) -> Result<Option<Vec<Role>>, Stop> {
    let assignments = arguments.value(0)?;
    if *assignments == Value::Null {
        return Ok(None);
    }
    let role = |assignment: &Value| match assignment {
        Value::Object(members) => {
            let value = members.get("value").cloned().unwrap_or_default();
            let display = members.get("display").or_else(|| members.get("displayName"));
            Ok(Role { display: display.unwrap_or(&value).clone(), value })
        }
        Value::String(_) => Ok(Role { value: assignment.clone(), display: assignment.clone() }),
        _ => Err(arguments.fail_at(0, "no role assignments")),
    };
    assignments.elements().iter().map(role).collect::<Result<_, _>>().map(Some)
}

/// The roles as SCIM's complex values.
pub(super) fn complex(arguments: &Arguments<'_>) -> Result<Value, Stop> {
    let object = |role: Role| {
        let mut object = Object::new();
        object.set("primary", false);
        object.set("type", TYPE);
        object.set("display", role.display);
        object.set("value", role.value);
        Value::Object(object)
    };
    let roles = roles(arguments)?;
    Ok(roles.map_or(Value::Null, |roles| Value::List(roles.into_iter().map(object).collect())))
}
