//! What the schemas say of themselves: RFC 7643 §2.1, §2.2, §2.3, §6 and §7, over the core schemas and
//! over what a tenant shows of them.

use postern::scim::{Attribute, AttributeType, Version, core_schemas};
use postern::value::Value;

use crate::gateway::harness::{Harness, at};

/// Every attribute of the core schemas and every part of one, with its name.
fn attributes() -> Vec<(String, Attribute)> {
    let mut found = Vec::new();
    for schema in core_schemas() {
        for attribute in &schema.attributes {
            found.push((format!("{}:{}", schema.id, attribute.name), attribute.clone()));
            for sub in &attribute.sub_attributes {
                found.push((format!("{}:{}.{}", schema.id, attribute.name, sub.name), sub.clone()));
            }
        }
    }
    found
}

#[test]
fn names_of_attributes_follow_the_grammar() {
    for (name, attribute) in attributes() {
        let of_the_grammar = |c: char| c.is_ascii_alphanumeric() || matches!(c, '$' | '-' | '_');
        assert!(attribute.name.chars().all(of_the_grammar), "{name}");
        assert!(attribute.name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$'), "{name}");
    }
}

#[test]
fn what_is_not_stated_has_the_defaults() {
    let plain = Attribute::new("x", AttributeType::String, "");
    assert!(!plain.required && !plain.case_exact && !plain.multi_valued && plain.canonical_values.is_empty());
    let words = (plain.mutability.as_str(), plain.returned.as_str(), plain.uniqueness.as_str());
    assert_eq!(words, ("readWrite", "default", "none"));
    assert!(Attribute::new("x", AttributeType::Binary, "").case_exact);
    assert!(Attribute::new("x", AttributeType::Reference, "").case_exact);
}

#[test]
fn parts_belong_to_complex_attributes_and_have_no_parts() {
    for (name, attribute) in attributes() {
        let is_complex = attribute.kind == AttributeType::Complex;
        assert_eq!(is_complex, !attribute.sub_attributes.is_empty(), "{name}");
        assert!(attribute.sub_attributes.iter().all(|sub| sub.sub_attributes.is_empty()), "{name}");
    }
}

#[test]
fn references_tell_what_they_may_refer_to() {
    for (name, attribute) in attributes() {
        let is_reference = attribute.kind == AttributeType::Reference;
        assert_eq!(is_reference, !attribute.reference_types.is_empty(), "{name}");
    }
}

#[test]
fn a_version_is_a_weak_tag() {
    assert_eq!(Version::new("a1").to_etag(), "W/\"a1\"");
}

async fn shown(request: &str) -> Vec<Value> {
    let harness = Harness::start().await;
    harness.send(request, None).await.at("Resources").elements().to_vec()
}

fn check_attribute(path: &str, attribute: &Value) {
    for member in ["name", "type", "description", "mutability", "returned", "uniqueness"] {
        let text = at(attribute, member).to_text();
        assert!(!text.is_empty(), "{path}: no {member} in {}", attribute.to_json());
    }
    for member in ["multiValued", "required"] {
        assert!(matches!(at(attribute, member), Value::Boolean(_)), "{path}: {member}");
    }
    let kind = at(attribute, "type").to_text();
    let kinds = ["string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"];
    assert!(kinds.contains(&&*kind), "{path}: {kind}");
    assert_eq!(kind == "complex", !at(attribute, "subAttributes").is_unassigned(), "{path}");
    assert_eq!(kind == "complex", at(attribute, "caseExact").is_unassigned(), "{path}");
    for sub in at(attribute, "subAttributes").elements() {
        check_attribute(&format!("{path}.{}", at(sub, "name").to_text()), sub);
    }
}

#[tokio::test]
async fn a_schema_tells_all_of_each_attribute() {
    let schemas = shown("GET /Schemas").await;
    assert_eq!(schemas.len(), 3);
    for schema in &schemas {
        for member in ["id", "name", "description"] {
            assert!(!at(schema, member).to_text().is_empty(), "{member} of {}", schema.to_json());
        }
        assert!(at(schema, "id").to_text().starts_with("urn:"));
        for attribute in at(schema, "attributes").elements() {
            check_attribute(&at(attribute, "name").to_text(), attribute);
        }
    }
}

#[tokio::test]
async fn a_resource_type_names_schemas_that_are_there() {
    let schemas: Vec<String> = shown("GET /Schemas").await.iter().map(|schema| at(schema, "id").to_text()).collect();
    let types = shown("GET /ResourceTypes").await;
    assert_eq!(types.len(), 2);
    for kind in &types {
        for member in ["id", "name", "description", "endpoint", "schema", "meta.location"] {
            assert!(!at(kind, member).to_text().is_empty(), "{member} of {}", kind.to_json());
        }
        assert!(schemas.contains(&at(kind, "schema").to_text()), "{}", kind.to_json());
        for extension in at(kind, "schemaExtensions").elements() {
            assert!(schemas.contains(&at(extension, "schema").to_text()), "{}", extension.to_json());
            assert!(matches!(at(extension, "required"), Value::Boolean(_)), "{}", extension.to_json());
        }
    }
}

#[tokio::test]
async fn types_of_addresses_are_suggested() {
    let schemas = shown("GET /Schemas").await;
    let attributes = at(&schemas[0], "attributes");
    let emails = attributes.elements().iter().find(|one| at(one, "name").to_text() == "emails");
    let parts = at(emails.unwrap(), "subAttributes");
    let kind = parts.elements().iter().find(|one| at(one, "name").to_text() == "type").unwrap();
    assert_eq!(at(kind, "canonicalValues").to_json(), r#"["work","home","other"]"#);
}
