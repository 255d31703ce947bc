//! JSON + schema → `Resource`: the only way from a client's body to a resource.
//!
//! What comes out has canonical names in the order of the schema, values of the schema's types, and
//! no element twice. PUT has the same rules; what it may not change is known only beside the stored
//! resource, see `check_immutable`.

mod value;

use crate::value::{Object, Value};

use super::path::excerpt;
use super::resource::is_common;
use super::{
    Attribute, ExternalId, LONGEST_OPEN_NAME, MOST_OPEN, Meta, Mutability, Resource, ResourceType, Schema, ScimError,
    common_attributes,
};

pub(super) use value::{identity, is_primary, is_reference_set};

use value::{Conform, MOST_UNKNOWN, Nulls};

/// Checks the body of POST or PUT against the schemas of `kind`.
///
/// Names become canonical, readOnly attributes are dropped (RFC 7644 §3.3), nulls and empty lists
/// mean absent; what the schemas do not know is dropped and named in the second result.
///
/// # Errors
/// 400 `invalidSyntax` for what is no resource, `invalidValue` for a missing required attribute
/// or a value of the wrong kind, naming the attribute.
pub fn conform(body: &Value, kind: &ResourceType) -> Result<(Resource, Vec<String>), ScimError> {
    let Value::Object(body) = body else {
        return Err(ScimError::invalid_syntax("the body must be a JSON object"));
    };
    check_schemas(body, &kind.schema.id)?;
    let mut unknown = Vec::new();
    let mut attributes = conform_members(body, &kind.schema, kind, &mut unknown)?;
    for extension in &kind.extensions {
        let urn = &extension.schema.id;
        let members = match body.get(urn) {
            Some(Value::Object(members)) => conform_members(members, &extension.schema, kind, &mut unknown)?,
            None | Some(Value::Null) => Object::new(),
            Some(_) => return Err(ScimError::invalid_value(format!("`{urn}` must be an object"))),
        };
        if !members.is_empty() {
            attributes.set(&**urn, members);
        }
    }
    check_extensions(&attributes, kind)?;
    check_open(&attributes, None, kind)?;
    check_required(&attributes, &kind.schema)?;
    unknown.truncate(MOST_UNKNOWN);
    Ok((Resource { attributes, external_id: external_id(body)?, id: None, meta: Meta::default() }, unknown))
}

/// Checks a replacement (PUT) against what is stored: an immutable attribute that has a value keeps
/// it (RFC 7644 §3.5.1). Left out, it is as good as repeated.
///
/// # Errors
/// 400 `mutability` naming the attribute.
pub fn check_immutable(replacement: &Resource, stored: &Resource, kind: &ResourceType) -> Result<(), ScimError> {
    for schema in kind.schemas() {
        let of = |resource: &Resource, name: &str| {
            let base = schema.id == kind.schema.id;
            let extension = resource.attributes.get(&schema.id).and_then(Value::as_object);
            let holder = if base { Some(&resource.attributes) } else { extension };
            holder.and_then(|holder| holder.get(name)).cloned().unwrap_or_default()
        };
        for attribute in schema.attributes.iter().filter(|attribute| attribute.mutability == Mutability::Immutable) {
            let (new, old) = (of(replacement, &attribute.name), of(stored, &attribute.name));
            if !new.is_unassigned() && !old.is_unassigned() && identity(&new, attribute) != identity(&old, attribute) {
                return Err(ScimError::mutability(format!("`{}` cannot be changed once it is set", attribute.name)));
            }
        }
    }
    Ok(())
}

/// Checks one attribute's value (also a single element of a multi-valued attribute).
///
/// # Errors
/// 400 `invalidValue` naming the attribute.
pub fn conform_attribute(value: &Value, attribute: &Attribute) -> Result<Value, ScimError> {
    Conform { nulls: Nulls::Drop }.attribute(value, attribute, &attribute.name, &mut Vec::new())
}

/// The same for the value of a PATCH operation, where a null inside a complex value is an order to
/// clear that part.
pub(super) fn conform_change(
    value: &Value,
    attribute: &Attribute,
    name: &str,
    unknown: &mut Vec<String>,
) -> Result<Value, ScimError> {
    Conform { nulls: Nulls::Keep }.attribute(value, attribute, name, unknown)
}

fn check_schemas(body: &Object, base: &str) -> Result<(), ScimError> {
    let listed = body.get("schemas").and_then(Value::as_list).unwrap_or_default();
    if listed.iter().filter_map(Value::as_str).any(|urn| urn.eq_ignore_ascii_case(base)) {
        return Ok(());
    }
    Err(ScimError::invalid_value(format!("`schemas` must be a list that has `{base}`")))
}

fn external_id(body: &Object) -> Result<Option<ExternalId>, ScimError> {
    let Some(attribute) = common_attributes().iter().find(|common| &*common.name == "externalId") else {
        return Ok(None);
    };
    let value = conform_attribute(body.get("externalId").unwrap_or(&Value::Null), attribute)?;
    Ok(value.as_str().filter(|text| !text.is_empty()).map(ExternalId::new))
}

fn conform_members(
    body: &Object,
    schema: &Schema,
    kind: &ResourceType,
    unknown: &mut Vec<String>,
) -> Result<Object, ScimError> {
    let is_base = schema.id == kind.schema.id;
    let prefix = if is_base { String::new() } else { format!("{}:", schema.id) };
    let conform = Conform { nulls: Nulls::Drop };
    let mut attributes = Object::new();
    for attribute in schema.attributes.iter().filter(|attribute| attribute.mutability != Mutability::ReadOnly) {
        let Some(value) = body.get(&attribute.name) else { continue };
        let name = format!("{prefix}{}", attribute.name);
        let value = conform.whole(value, attribute, &name, unknown)?;
        if !value.is_unassigned() {
            attributes.set(&*attribute.name, value);
        }
    }
    for (name, value) in body.iter().filter(|(name, _)| schema.attribute(name).is_none()) {
        let known = if is_base { is_common(name) || kind.schema_of(name).is_some() } else { name == "schemas" };
        if known {
            continue;
        }
        let full = format!("{prefix}{}", excerpt(name));
        match schema.open_attribute(name) {
            _ if !schema.open => unknown.push(full),
            Some(attribute) => {
                let value = conform.attribute(value, &attribute, &full, unknown)?;
                if !value.is_unassigned() {
                    attributes.set(name, value);
                }
            }
            None => return Err(bad_open_name(&full, schema)),
        }
    }
    Ok(attributes)
}

pub(super) fn bad_open_name(name: &str, schema: &Schema) -> ScimError {
    let wanted = if schema.any_name {
        "no control characters, no blank at either end"
    } else {
        "a letter, then letters, digits, `-` and `_`"
    };
    ScimError::invalid_value(format!(
        "`{name}` cannot be the name of an attribute: {wanted}, at most {LONGEST_OPEN_NAME}"
    ))
}

/// An open schema takes so many attributes of one resource; what an application has beyond that
/// may stay.
///
/// # Errors
/// 400 `invalidValue` naming the schema, when there are too many and more than before.
pub(super) fn check_open(attributes: &Object, before: Option<&Object>, kind: &ResourceType) -> Result<(), ScimError> {
    for schema in kind.schemas().filter(|schema| schema.open) {
        let count = |attributes: &Object| {
            let members = attributes.get(&schema.id).and_then(Value::as_object);
            members.map_or(0, |members| members.iter().filter(|(name, _)| schema.attribute(name).is_none()).count())
        };
        let many = count(attributes);
        if many > MOST_OPEN && many > before.map_or(0, count) {
            return Err(ScimError::invalid_value(format!("`{}` takes at most {MOST_OPEN} attributes", schema.id)));
        }
    }
    Ok(())
}

/// An extension that is required is there, and what is there has what it requires.
pub(super) fn check_extensions(attributes: &Object, kind: &ResourceType) -> Result<(), ScimError> {
    for extension in &kind.extensions {
        let urn = &extension.schema.id;
        match attributes.get(urn).and_then(Value::as_object) {
            Some(members) => check_required(members, &extension.schema)?,
            None if extension.required => return Err(ScimError::invalid_value(format!("`{urn}` is required"))),
            None => (),
        }
    }
    Ok(())
}

fn check_required(attributes: &Object, schema: &Schema) -> Result<(), ScimError> {
    let missing = |attribute: &&Attribute| {
        let value = attributes.get(&attribute.name);
        attribute.required && value.is_none_or(|value| value.is_unassigned() || value.as_str() == Some(""))
    };
    match schema.attributes.iter().find(missing) {
        Some(attribute) => Err(ScimError::invalid_value(format!("`{}` is required", attribute.name))),
        None => Ok(()),
    }
}
