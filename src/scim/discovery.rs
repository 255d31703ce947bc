//! The discovery documents (RFC 7644 §4): made from the mapping's resource types.

use std::borrow::Cow;

use crate::value::{Object, Value};

use super::cursor::CURSOR_TIMEOUT;
use super::{Attribute, ListResponse, ResourceType, ResourceTypes, Schema, ScimError, urn};

/// Which document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discovery {
    /// GET /ServiceProviderConfig
    ServiceProviderConfig,
    /// GET /ResourceTypes
    ResourceTypes,
    /// GET /ResourceTypes/{name}
    ResourceType(String),
    /// GET /Schemas
    Schemas,
    /// GET /Schemas/{urn}
    Schema(String),
}

/// What this server can do, as /ServiceProviderConfig tells it.
#[derive(Debug, Clone)]
pub struct Features {
    /// Largest page.
    pub max_results: u64,
    /// The size of a page when the client names none.
    pub default_page: u64,
    /// True when versions are answered and `If-Match` is honoured.
    pub etag: bool,
    /// True when `sortBy` is honoured.
    pub sort: bool,
    /// True when `password` is mapped.
    pub change_password: bool,
    /// Operations of one bulk request; 0 when bulk is off.
    pub bulk_operations: u64,
    /// Bytes of one bulk request.
    pub bulk_bytes: u64,
}

impl Discovery {
    /// The document; `base_url` ends without a slash.
    ///
    /// # Errors
    /// 404 for a schema or resource type that is not there.
    pub fn document(&self, types: &ResourceTypes, features: &Features, base_url: &str) -> Result<Object, ScimError> {
        match self {
            Self::ServiceProviderConfig => Ok(service_provider_config(features, base_url)),
            Self::ResourceTypes => {
                Ok(list(types.types.iter().map(|kind| resource_type_document(kind, base_url)).collect()))
            }
            Self::ResourceType(name) => types
                .named(name)
                .map(|kind| resource_type_document(kind, base_url))
                .ok_or_else(|| ScimError::not_found("there is no such resource type")),
            Self::Schemas => Ok(list(schemas(types).into_iter().map(|s| schema_document(&s, base_url)).collect())),
            Self::Schema(urn) => schemas(types)
                .into_iter()
                .find(|schema| schema.id.eq_ignore_ascii_case(urn))
                .map(|schema| schema_document(&schema, base_url))
                .ok_or_else(|| ScimError::not_found("there is no such schema")),
        }
    }
}

/// Every schema once, with the attributes that any resource type has of it: types may share one.
fn schemas(types: &ResourceTypes) -> Vec<Cow<'_, Schema>> {
    let mut found: Vec<Cow<'_, Schema>> = Vec::new();
    for schema in types.types.iter().flat_map(|kind| kind.schemas()) {
        let Some(have) = found.iter_mut().find(|have| have.id == schema.id) else {
            found.push(Cow::Borrowed(schema));
            continue;
        };
        if schema.open && !have.open {
            let told = have.to_mut();
            (told.open, told.description) = (true, schema.description.clone());
        }
        for attribute in &schema.attributes {
            if have.attribute(&attribute.name).is_none() {
                have.to_mut().attributes.push(attribute.clone());
            }
        }
    }
    found
}

fn list(resources: Vec<Object>) -> Object {
    ListResponse { total_results: resources.len() as u64, start_index: 1, cursor: None, resources }.into_object()
}

fn service_provider_config(features: &Features, base_url: &str) -> Object {
    let mut bulk = supported(features.bulk_operations > 0);
    // With bulk off the number means nothing, but clients are known to cut their PATCH messages by
    // it, and 0 stops them.
    bulk.set("maxOperations", number(if features.bulk_operations > 0 { features.bulk_operations } else { 1000 }));
    bulk.set("maxPayloadSize", number(features.bulk_bytes));
    let mut filter = supported(true);
    filter.set("maxResults", number(features.max_results));

    let mut document = Object::new();
    document.set("schemas", Value::List(vec![urn::SERVICE_PROVIDER_CONFIG.into()]));
    document.set("patch", supported(true));
    document.set("bulk", bulk);
    document.set("filter", filter);
    document.set("changePassword", supported(features.change_password));
    document.set("sort", supported(features.sort));
    document.set("etag", supported(features.etag));
    document.set("pagination", pagination(features));
    document.set("authenticationSchemes", Value::List(vec![Value::Object(bearer())]));
    document.set("meta", meta("ServiceProviderConfig", format!("{base_url}/ServiceProviderConfig")));
    document
}

fn supported(yes: bool) -> Object {
    [("supported", yes)].into_iter().collect()
}

/// RFC 9865 §4.
fn pagination(features: &Features) -> Object {
    let mut pagination = Object::new();
    pagination.set("cursor", true);
    pagination.set("index", true);
    pagination.set("defaultPaginationMethod", "index");
    pagination.set("defaultPageSize", number(features.default_page));
    pagination.set("maxPageSize", number(features.max_results));
    pagination.set("cursorTimeout", Value::Integer(CURSOR_TIMEOUT));
    pagination
}

fn bearer() -> Object {
    let mut scheme = Object::new();
    scheme.set("type", "oauthbearertoken");
    scheme.set("name", "OAuth Bearer Token");
    scheme.set("description", "A bearer token in the header Authorization");
    scheme.set("specUri", "https://www.rfc-editor.org/info/rfc6750");
    scheme.set("primary", true);
    scheme
}

fn resource_type_document(kind: &ResourceType, base_url: &str) -> Object {
    let extension = |extension: &super::SchemaExtension| {
        let mut object = Object::new();
        object.set("schema", &*extension.schema.id);
        object.set("required", extension.required);
        Value::Object(object)
    };
    let mut document = Object::new();
    document.set("schemas", Value::List(vec![urn::RESOURCE_TYPE.into()]));
    document.set("id", &*kind.name);
    document.set("name", &*kind.name);
    document.set("description", kind.description.as_str());
    document.set("endpoint", kind.endpoint.as_str());
    document.set("schema", &*kind.schema.id);
    document.set("schemaExtensions", Value::List(kind.extensions.iter().map(extension).collect()));
    document.set("meta", meta("ResourceType", format!("{base_url}/ResourceTypes/{}", kind.name)));
    document
}

fn schema_document(schema: &Schema, base_url: &str) -> Object {
    let mut document = Object::new();
    document.set("schemas", Value::List(vec![urn::SCHEMA.into()]));
    document.set("id", &*schema.id);
    document.set("name", schema.name.as_str());
    document.set("description", schema.description.as_str());
    document.set("attributes", attributes(&schema.attributes));
    document.set("meta", meta("Schema", format!("{base_url}/Schemas/{}", schema.id)));
    document
}

/// As deep as schemas are: attributes and their parts.
fn attributes(attributes: &[Attribute]) -> Value {
    Value::List(attributes.iter().map(|attribute| Value::Object(definition(attribute))).collect())
}

/// RFC 7643 §7. What does not apply to a type is left out: complex attributes have no case.
fn definition(attribute: &Attribute) -> Object {
    let mut object = Object::new();
    object.set("name", &*attribute.name);
    object.set("type", attribute.kind.as_str());
    object.set("multiValued", attribute.multi_valued);
    object.set("description", attribute.description.as_str());
    object.set("required", attribute.required);
    if !attribute.canonical_values.is_empty() {
        object.set("canonicalValues", words(&attribute.canonical_values));
    }
    if attribute.sub_attributes.is_empty() {
        object.set("caseExact", attribute.case_exact);
    }
    object.set("mutability", attribute.mutability.as_str());
    object.set("returned", attribute.returned.as_str());
    object.set("uniqueness", attribute.uniqueness.as_str());
    if !attribute.reference_types.is_empty() {
        object.set("referenceTypes", words(&attribute.reference_types));
    }
    if !attribute.sub_attributes.is_empty() {
        object.set("subAttributes", attributes(&attribute.sub_attributes));
    }
    object
}

fn words(words: &[String]) -> Value {
    Value::List(words.iter().map(|word| Value::from(word.as_str())).collect())
}

fn meta(resource_type: &str, location: String) -> Object {
    let mut meta = Object::new();
    meta.set("resourceType", resource_type);
    meta.set("location", location);
    meta
}

fn number(count: u64) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
