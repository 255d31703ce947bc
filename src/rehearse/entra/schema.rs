//! Microsoft Graph's `synchronizationSchema`, as far as it says what a SCIM endpoint will be sent:
//! `synchronizationRules[].objectMappings[].attributeMappings[]`. Directories, scopes and metadata
//! stay Entra's own business.
//!
//! Facts: <https://learn.microsoft.com/en-us/graph/api/resources/synchronization-synchronizationschema>
//! and the pages of the types below it.

use serde::Deserialize;

/// What all rules map, in the order of the file.
#[derive(Debug, Default)]
pub struct Schema {
    /// One for each kind of object.
    pub objects: Vec<ObjectMapping>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    synchronization_rules: Option<Vec<Rule>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    object_mappings: Option<Vec<ObjectMapping>>,
}

/// One kind of object.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectMapping {
    /// Switched on.
    pub enabled: Option<bool>,
    /// `Add, Update, Delete`
    pub flow_types: Option<String>,
    /// `user`, `group`.
    pub source_object_name: Option<String>,
    /// `User`, or the URN of the core schema.
    pub target_object_name: Option<String>,
    /// What is sent.
    pub attribute_mappings: Option<Vec<AttributeMapping>>,
}

/// One attribute.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttributeMapping {
    /// Sent where the source is empty.
    pub default_value: Option<String>,
    /// `FlowWhenChanged`, `FlowAlways`
    pub flow_behavior: Option<String>,
    /// `Always`, `ObjectAddOnly`, `MultiValueAddOnly`, `ValueAddOnly`, `AttributeAddOnly`
    pub flow_type: Option<String>,
    /// From 1, the lowest first; 0 means that nothing is found by it.
    pub matching_priority: Option<i64>,
    /// Where the value comes from.
    pub source: Option<Source>,
    /// The SCIM attribute.
    pub target_attribute_name: Option<String>,
}

/// Where the value comes from.
#[derive(Debug, Deserialize)]
pub struct Source {
    /// The text of a function, or of an attribute: `[mail]`.
    pub expression: Option<String>,
    /// The attribute, the function, or the constant itself.
    pub name: Option<String>,
    /// `Attribute`, `Constant`, `Function`
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

impl ObjectMapping {
    /// `User` or `Group`, when it is one of them.
    #[must_use]
    pub fn resource(&self) -> Option<&'static str> {
        let name = self.target_object_name.as_deref()?;
        let last = name.rsplit([':', '/', '.']).next()?;
        ["User", "Group"].into_iter().find(|resource| resource.eq_ignore_ascii_case(last))
    }
}

impl Source {
    /// What is sent, in Entra's own words.
    #[must_use]
    pub fn shown(&self) -> String {
        let name = self.name.as_deref().unwrap_or_default();
        match (self.kind.as_deref(), self.expression.as_deref()) {
            (Some("Constant"), _) => format!("always {name:?}"),
            (_, Some(expression)) if !expression.is_empty() => expression.to_owned(),
            _ => format!("[{name}]"),
        }
    }
}

/// The most attribute mappings of a file, ten times as many as SCIM has attributes.
const MOST: usize = 5_000;

/// Reads the file.
///
/// # Errors
/// A sentence that says what the file is instead, or where it stops to be one.
pub fn read(bytes: &[u8]) -> Result<Schema, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let file: File = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => format!("no provisioning schema of Entra: {error}"),
        _ => format!("no JSON: {error}"),
    })?;
    let Some(rules) = file.synchronization_rules else {
        return Err("JSON, but no provisioning schema of Entra: it has no `synchronizationRules`".to_owned());
    };
    let objects: Vec<ObjectMapping> =
        rules.into_iter().flat_map(|rule| rule.object_mappings.unwrap_or_default()).collect();
    if !objects.iter().any(|object| object.resource().is_some()) {
        return Err("none of its `objectMappings` has a target object `User` or `Group`".to_owned());
    }
    let count: usize = objects.iter().filter_map(|object| object.attribute_mappings.as_ref()).map(Vec::len).sum();
    if count > MOST {
        return Err(format!("it has {count} attribute mappings; more than {MOST} are nobody's provisioning schema"));
    }
    Ok(Schema { objects })
}
