//! User, Group, EnterpriseUser (RFC 7643 §4, §8.7) and the common attributes, as data.
//!
//! Each is built once. Where RFC 7643 contradicts itself the choice is named beside the attribute.

use std::sync::{Arc, LazyLock};

use super::{Attribute, AttributeType, Mutability, Returned, Schema, Uniqueness, urn};

mod group;
mod user;

static USER: LazyLock<Arc<Schema>> = LazyLock::new(|| Arc::new(user::core()));
static GROUP: LazyLock<Arc<Schema>> = LazyLock::new(|| Arc::new(group::core()));
static ENTERPRISE_USER: LazyLock<Arc<Schema>> = LazyLock::new(|| Arc::new(user::enterprise()));
static COMMON: LazyLock<Vec<Attribute>> = LazyLock::new(common);

/// The core User schema, whole.
#[must_use]
pub fn user() -> Arc<Schema> {
    USER.clone()
}

/// The core Group schema, whole.
#[must_use]
pub fn group() -> Arc<Schema> {
    GROUP.clone()
}

/// The enterprise User extension, whole.
#[must_use]
pub fn enterprise_user() -> Arc<Schema> {
    ENTERPRISE_USER.clone()
}

/// All three.
#[must_use]
pub fn core_schemas() -> Vec<Arc<Schema>> {
    vec![user(), group(), enterprise_user()]
}

/// `schemas`, `id`, `externalId` and `meta`: what every resource has beside its schema (RFC 7643
/// §3.1). They are in no schema and so not in /Schemas.
#[must_use]
pub fn common_attributes() -> &'static [Attribute] {
    &COMMON
}

fn common() -> Vec<Attribute> {
    let meta = vec![
        text("resourceType", "name of the resource's type").exact().read_only(),
        of(AttributeType::DateTime, "created", "when the resource was made").read_only(),
        of(AttributeType::DateTime, "lastModified", "when the resource was last changed").read_only(),
        of(AttributeType::Reference, "location", "address of the resource").read_only(),
        text("version", "ETag of the resource").exact().read_only(),
    ];
    vec![
        Attribute { returned: Returned::Always, ..of(AttributeType::Reference, "schemas", "URNs of the schemas used") }
            .many(),
        Attribute {
            returned: Returned::Always,
            uniqueness: Uniqueness::Server,
            ..text("id", "identifier given by the server").exact().read_only()
        },
        text("externalId", "identifier given by the client").exact(),
        complex("meta", "data about the resource", meta).read_only(),
    ]
}

fn schema(id: &str, name: &str, description: &str, attributes: Vec<Attribute>) -> Schema {
    Schema {
        id: id.into(),
        name: name.to_owned(),
        description: description.to_owned(),
        attributes,
        open: false,
        any_name: false,
    }
}

fn of(kind: AttributeType, name: &str, description: &str) -> Attribute {
    Attribute::new(name, kind, description)
}

fn text(name: &str, description: &str) -> Attribute {
    of(AttributeType::String, name, description)
}

fn complex(name: &str, description: &str, sub_attributes: Vec<Attribute>) -> Attribute {
    Attribute { sub_attributes, ..of(AttributeType::Complex, name, description) }
}

/// A reference to resources (`User`) or to the world (`external`, `uri`).
fn reference(name: &str, description: &str, types: &[&str]) -> Attribute {
    let reference_types = types.iter().map(|&word| word.to_owned()).collect();
    Attribute { reference_types, ..of(AttributeType::Reference, name, description) }
}

/// `type` with the words that RFC 7643 suggests.
fn kind_of(words: &[&str]) -> Attribute {
    let canonical_values = words.iter().map(|&word| word.to_owned()).collect();
    Attribute { canonical_values, ..text("type", "what the value is for") }
}

/// A list of `value`, `display`, `type`, `primary` (RFC 7643 §2.4).
fn plural(name: &str, description: &str, value: Attribute, words: &[&str]) -> Attribute {
    let parts = vec![
        value,
        text("display", "name of the value for people"),
        kind_of(words),
        of(AttributeType::Boolean, "primary", "true for the preferred value, at most once"),
    ];
    complex(name, description, parts).many()
}

impl Attribute {
    fn many(self) -> Self {
        Self { multi_valued: true, ..self }
    }

    fn exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    fn read_only(self) -> Self {
        Self { mutability: Mutability::ReadOnly, ..self }
    }

    fn immutable(self) -> Self {
        Self { mutability: Mutability::Immutable, ..self }
    }

    fn required(self) -> Self {
        Self { required: true, ..self }
    }
}
