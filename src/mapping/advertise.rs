//! The schemas as discovery tells them: only what is mapped, with what a client can really do.

use std::sync::Arc;

use crate::scim::{
    Attribute, LONGEST_OPEN_NAME, LONGEST_OPEN_VALUE, MOST_OPEN, Mutability, ResourceType, ResourceTypes, Schema,
    SchemaExtension,
};

use super::{Mapping, OpenRule, ResourceMapping, Rule};

mod narrow;

use narrow::{cut_attribute, is_required};

impl Mapping {
    /// The resource types as discovery tells them. `tells_groups` says whether the application can
    /// tell the groups of a resource.
    #[must_use]
    pub fn advertised(&self, tells_groups: &dyn Fn(&str) -> bool) -> ResourceTypes {
        let types = self.resources.iter().map(|resource| {
            let groups = tells_groups(&resource.kind.name)
                && self.resources.iter().any(|other| other.members.contains(&resource.kind.name));
            Arc::new(advertise(resource, groups))
        });
        ResourceTypes { types: types.collect() }
    }
}

fn advertise(mapping: &ResourceMapping, groups: bool) -> ResourceType {
    let kind = &mapping.kind;
    let extensions = kind.extensions.iter().filter_map(|extension| {
        let schema = cut(mapping, &extension.schema, Some(&extension.schema.id), false);
        (!schema.attributes.is_empty() || schema.open).then(|| SchemaExtension {
            schema: Arc::new(schema),
            required: extension.required || needs(mapping, extension),
        })
    });
    ResourceType {
        name: Arc::clone(&kind.name),
        endpoint: kind.endpoint.clone(),
        description: kind.description.clone(),
        schema: Arc::new(cut(mapping, &kind.schema, None, groups)),
        extensions: extensions.collect(),
    }
}

/// A rule may require what its schema does not: without the extension the value would be missing.
fn needs(mapping: &ResourceMapping, extension: &SchemaExtension) -> bool {
    let mut own = mapping.rules.iter().filter(|rule| rule.slot.path.schema.as_ref() == Some(&extension.schema.id));
    own.any(|rule| rule.list.is_none() && is_required(rule))
}

fn cut(mapping: &ResourceMapping, schema: &Schema, urn: Option<&Arc<str>>, groups: bool) -> Schema {
    let attributes = schema.attributes.iter().filter_map(|attribute| {
        let about = |rule: &&Rule| rule.slot.path.schema.as_ref() == urn && rule.slot.path.attribute == attribute.name;
        let rules: Vec<&Rule> = mapping.rules.iter().filter(about).collect();
        match &*attribute.name {
            "members" if mapping.has_members() => Some(members(attribute, mapping)),
            "groups" => groups.then(|| attribute.clone()),
            _ => (!rules.is_empty()).then(|| cut_attribute(attribute, &rules)),
        }
    });
    let mut attributes: Vec<Attribute> = attributes.collect();
    let open = urn.and_then(|urn| mapping.open.iter().find(|rule| rule.schema == *urn));
    attributes.extend(named_by_rules(mapping, schema));
    let description = match open {
        Some(rule) => described(schema, rule),
        None => schema.description.clone(),
    };
    Schema { attributes, open: open.is_some(), description, ..schema.clone() }
}

/// Attributes of an open schema that it does not list, and that have rules of their own.
fn named_by_rules(mapping: &ResourceMapping, schema: &Schema) -> Vec<Attribute> {
    let mut found: Vec<Attribute> = Vec::new();
    let of_schema = |rule: &&Rule| rule.slot.path.schema.as_ref() == Some(&schema.id);
    for rule in mapping.rules.iter().filter(of_schema) {
        if let Some(attribute) = schema.open_attribute(&rule.slot.path.attribute) {
            found.push(cut_attribute(&attribute, &[rule]));
        }
    }
    found
}

/// A schema has no word for attributes whose names nobody knows beforehand, so its description says it.
fn described(schema: &Schema, rule: &OpenRule) -> String {
    let how = match (rule.writes, rule.reads) {
        (true, true) => "",
        (true, false) => " They are written and never returned.",
        (false, _) => " They are read-only.",
    };
    let most = rule.max_length.unwrap_or(LONGEST_OPEN_VALUE as u64).min(LONGEST_OPEN_VALUE as u64);
    let names = if schema.any_name {
        format!("any other name of at most {LONGEST_OPEN_NAME} characters")
    } else {
        format!("any other name of letters, digits, `-` and `_` (at most {LONGEST_OPEN_NAME}, a letter first)")
    };
    let open = format!(
        "Open: {names} is an attribute \
         of type string; up to {MOST_OPEN} for each resource, each of at most {most} characters.{how}"
    );
    if schema.description.is_empty() { open } else { format!("{} {open}", schema.description) }
}

/// Members of the types that the mapping names; what they are called is the application's to say.
fn members(attribute: &Attribute, mapping: &ResourceMapping) -> Attribute {
    let mut told = attribute.clone();
    let types: Vec<String> = mapping.members.iter().map(ToString::to_string).collect();
    for sub in &mut told.sub_attributes {
        match &*sub.name {
            "$ref" => sub.reference_types.clone_from(&types),
            "type" => sub.canonical_values.clone_from(&types),
            "display" => sub.mutability = Mutability::ReadOnly,
            _ => {}
        }
    }
    told
}
