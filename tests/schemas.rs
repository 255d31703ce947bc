//! The resource types that tests of SCIM use: User with its enterprise extension, and Group; Device
//! has one attribute of every type.

use std::sync::Arc;

use postern::scim::{
    Attribute, AttributeType, Mutability, ResourceType, ResourceTypes, Returned, Schema, SchemaExtension,
    enterprise_user, group, user,
};
use postern::value::{JsonLimits, Object, Value};

pub(crate) fn types() -> ResourceTypes {
    let kind = |name: &str, schema, extensions| {
        let (endpoint, description) = (format!("/{name}s"), String::new());
        Arc::new(ResourceType { name: name.into(), endpoint, description, schema, extensions })
    };
    let enterprise = SchemaExtension { schema: enterprise_user(), required: false };
    let bag = SchemaExtension { schema: Arc::new(bag()), required: false };
    let types = vec![
        kind("User", user(), vec![enterprise]),
        kind("Group", group(), Vec::new()),
        kind("Device", Arc::new(device()), vec![bag]),
    ];
    ResourceTypes { types }
}

pub(crate) fn kind(name: &str) -> Arc<ResourceType> {
    types().named(name).unwrap_or_else(|| panic!("no resource type {name}")).clone()
}

pub(crate) fn json(text: &str) -> Value {
    Value::from_json(text.as_bytes(), &JsonLimits::default()).unwrap_or_else(|problem| panic!("{problem}: {text}"))
}

/// The same value with members sorted by name, lists sorted, and `false` for what is not primary
/// left out: what RFC 7643 does not tell apart.
pub(crate) fn unordered(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut members: Vec<(String, Value)> = object
                .iter()
                .filter(|(name, value)| {
                    !value.is_unassigned() && (*name, *value) != ("primary", &Value::Boolean(false))
                })
                .map(|(name, value)| (name.to_owned(), unordered(value)))
                .collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(members.into_iter().collect::<Object>())
        }
        Value::List(items) => {
            let mut items: Vec<Value> = items.iter().map(unordered).collect();
            items.sort_by_key(Value::to_json);
            Value::List(items)
        }
        other => other.clone(),
    }
}

fn device() -> Schema {
    let of = |name: &str, kind| Attribute::new(name, kind, "");
    let attributes = vec![
        Attribute { required: true, ..of("serial", AttributeType::String) },
        of("level", AttributeType::Integer),
        of("load", AttributeType::Decimal),
        of("seen", AttributeType::DateTime),
        of("locked", AttributeType::Boolean),
        of("key", AttributeType::Binary),
        Attribute { multi_valued: true, ..of("tags", AttributeType::String) },
        Attribute { mutability: Mutability::Immutable, ..of("model", AttributeType::String) },
        Attribute { returned: Returned::Request, ..of("notes", AttributeType::String) },
    ];
    Schema {
        id: "urn:example:2.0:Device".into(),
        name: "Device".to_owned(),
        description: String::new(),
        attributes,
        open: false,
        any_name: false,
    }
}

fn bag() -> Schema {
    Schema {
        id: "urn:example:2.0:Device:bag".into(),
        name: "Bag".to_owned(),
        description: String::new(),
        attributes: Vec::new(),
        open: true,
        any_name: false,
    }
}
