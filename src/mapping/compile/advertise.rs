//! The schemas as discovery tells them: only what is mapped, with what a client can really do.

use std::sync::Arc;

use crate::scim::{Attribute, Mutability, ResourceType, Returned, Schema, SchemaExtension};

use super::super::{Read, ResourceMapping, Rule, Write};

/// The resource type cut down to the attributes that have a rule.
pub(super) fn advertise(mapping: &ResourceMapping) -> ResourceType {
    let kind = &mapping.kind;
    let extensions = kind.extensions.iter().filter_map(|extension| {
        let schema = cut(mapping, &extension.schema, Some(&extension.schema.id));
        (!schema.attributes.is_empty() || schema.open)
            .then(|| SchemaExtension { schema: Arc::new(schema), required: extension.required })
    });
    ResourceType {
        name: Arc::clone(&kind.name),
        endpoint: kind.endpoint.clone(),
        description: kind.description.clone(),
        schema: Arc::new(cut(mapping, &kind.schema, None)),
        extensions: extensions.collect(),
    }
}

fn cut(mapping: &ResourceMapping, schema: &Schema, urn: Option<&Arc<str>>) -> Schema {
    let attributes = schema.attributes.iter().filter_map(|attribute| {
        let rules: Vec<&Rule> = mapping
            .rules
            .iter()
            .filter(|rule| rule.slot.path.schema.as_ref() == urn && rule.slot.path.attribute == attribute.name)
            .collect();
        let own = match &*attribute.name {
            "members" => mapping.has_members(),
            _ => false,
        };
        if own {
            return Some(attribute.clone());
        }
        (!rules.is_empty()).then(|| cut_attribute(attribute, &rules))
    });
    Schema { attributes: attributes.collect(), ..schema.clone() }
}

fn cut_attribute(attribute: &Attribute, rules: &[&Rule]) -> Attribute {
    let mut told = attribute.clone();
    if rules.iter().all(|rule| rule.slot.path.sub.is_some()) {
        let selected = |name: &str| {
            rules.iter().any(|rule| {
                rule.slot
                    .selector
                    .as_ref()
                    .is_some_and(|selector| selector.equals.iter().any(|(sub, _)| &**sub == name))
            })
        };
        told.sub_attributes.retain_mut(|sub| {
            let about: Vec<&Rule> =
                rules.iter().copied().filter(|rule| rule.slot.path.sub.as_deref() == Some(&*sub.name)).collect();
            narrow(sub, &about);
            !about.is_empty() || selected(&sub.name)
        });
        told.canonical_values = attribute.canonical_values.clone();
    } else {
        narrow(&mut told, rules);
    }
    told.required |= rules.iter().any(|rule| rule.required && rule.slot.path.sub.is_none());
    told
}

/// What no rule writes is readOnly; what no rule reads is never returned.
fn narrow(attribute: &mut Attribute, rules: &[&Rule]) {
    if rules.is_empty() || attribute.mutability == Mutability::ReadOnly {
        return;
    }
    if rules.iter().all(|rule| matches!(rule.write, Write::Never | Write::Constant(_))) {
        attribute.mutability = Mutability::ReadOnly;
    } else if rules.iter().all(|rule| matches!(rule.read, Read::Never)) {
        attribute.mutability = Mutability::WriteOnly;
        attribute.returned = Returned::Never;
    }
}
