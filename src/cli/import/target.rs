//! `targetAttributeName` → the key of a rule and a guess at its field. Pure.

use crate::scim::{AttributeType, ResourceType, SchemaExtension, enterprise_user, group, urn, user};

/// What a target attribute comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A rule for one value.
    One {
        /// The path.
        key: String,
        /// The value is the id of another resource.
        references: bool,
    },
    /// A rule for all values of a list in one field.
    Several {
        /// The path of the values.
        key: String,
    },
    /// An attribute of a schema of the application's own.
    Own {
        /// The schema.
        urn: String,
        /// The attribute's name.
        name: String,
    },
    /// The members of a group.
    Members,
    /// Nothing to write a rule for, and why.
    Nothing(&'static str),
}

/// What to do about the attribute `name`, as Entra writes it.
pub(super) fn target(name: &str, resource: &str) -> Target {
    // Entra selects by a flag as if it were a text.
    let name = name.trim().replace("\"True\"]", "true]").replace("\"False\"]", "false]");
    match (resource, name.as_str()) {
        ("Group", "members") => return Target::Members,
        (_, "id") => return Target::Nothing("the gateway makes the ids; take the mapping out in Entra"),
        (_, "externalId") => {
            return Target::Nothing("the gateway keeps it; with a column for it write a rule: externalId = \"column\"");
        }
        (_, "groups") => {
            return Target::Nothing("it follows from the members of groups; take the mapping out in Entra");
        }
        _ => (),
    }
    if let Some((schema, attribute)) = split_urn(&name) {
        return of_schema(schema, attribute, &name);
    }
    let kind = kind(resource);
    let (head, rest) = name.split_at(name.find(['[', '.']).unwrap_or(name.len()));
    let Some(attribute) = kind.attribute(head) else { return Target::One { key: name, references: false } };
    let whole = attribute.kind == AttributeType::Complex && rest.is_empty();
    match (attribute.multi_valued, whole) {
        (true, true) if attribute.sub_attribute("value").is_some() => Target::Several { key: format!("{head}.value") },
        (_, true) => Target::Nothing("it has parts; map each of them in Entra, such as `name.familyName`"),
        (true, false) if !rest.starts_with('[') => Target::Several { key: name },
        _ => Target::One { key: name, references: false },
    }
}

fn of_schema(schema: &str, attribute: &str, whole: &str) -> Target {
    if schema.eq_ignore_ascii_case(urn::USER) || schema.eq_ignore_ascii_case(urn::GROUP) {
        return target(attribute, schema.rsplit(':').next().unwrap_or_default());
    }
    if !schema.eq_ignore_ascii_case(urn::ENTERPRISE_USER) {
        return Target::Own { urn: schema.to_owned(), name: attribute.to_owned() };
    }
    match attribute {
        "manager" | "manager.value" => Target::One { key: format!("{schema}:manager.value"), references: true },
        _ => Target::One { key: whole.to_owned(), references: false },
    }
}

/// `urn:…:User` and `department`.
fn split_urn(name: &str) -> Option<(&str, &str)> {
    let is_urn = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
    name.rsplit_once(':').filter(|(schema, attribute)| is_urn && schema.len() > 4 && !attribute.is_empty())
}

fn kind(resource: &str) -> ResourceType {
    let schema = if resource == "Group" { group() } else { user() };
    let extensions = vec![SchemaExtension { schema: enterprise_user(), required: false }];
    ResourceType { name: resource.into(), endpoint: String::new(), description: String::new(), schema, extensions }
}

/// A column for the path: `phoneNumbers[type eq "mobile"].value` is `phone_numbers_mobile`.
pub(super) fn column(key: &str) -> String {
    let path = split_urn(key).map_or(key, |(_, attribute)| attribute);
    let path = path.strip_suffix(".value").unwrap_or(path);
    let path = path.strip_prefix("name.").unwrap_or(path);
    let mut words = String::new();
    for word in path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !NO_WORDS.contains(word)) {
        if !words.is_empty() {
            words.push('_');
        }
        let mut before = '_';
        for c in word.chars() {
            if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
                words.push('_');
            }
            words.push(c.to_ascii_lowercase());
            before = c;
        }
    }
    if words.is_empty() { "column".to_owned() } else { words }
}

/// What of a path names nothing.
const NO_WORDS: [&str; 5] = ["", "type", "eq", "true", "false"];
