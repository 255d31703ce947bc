//! Attribute paths: `name.familyName`, `urn:…:User:department` (RFC 7644 §3.10), resolved against a
//! resource type so that nobody downstream of the parser needs the schema again.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::diagnostic::nearest;

use super::core_schemas::common_attributes;
use super::{ANY, Attribute, AttributeType, Leniency, Mutability, ResourceType, Returned, Schema};

/// A path that names an attribute or a sub-attribute that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributePath {
    /// The extension's URN; `None` for the base schema and the common attributes.
    pub schema: Option<Arc<str>>,
    /// The attribute, as the schema spells it.
    pub attribute: Arc<str>,
    /// The sub-attribute, as the schema spells it.
    pub sub: Option<Arc<str>>,
    /// The type of what the path ends at.
    pub kind: AttributeType,
    /// Whether case matters in what the path ends at.
    pub case_exact: bool,
    /// True when the attribute (not the sub-attribute) is a list.
    pub multi_valued: bool,
    /// The mutability of what the path ends at; readOnly when its parent is.
    pub mutability: Mutability,
    /// The returnability of what the path ends at; never when its parent is.
    pub returned: Returned,
    /// True when what the path ends at is required.
    pub required: bool,
}

/// Why a path could not be resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathProblem {
    /// Not `attr`, `attr.sub` or `urn:attr.sub`.
    #[error("`{0}` is not an attribute path")]
    Malformed(String),
    /// The schemas have no such attribute.
    #[error("`{path}` is not an attribute of {resource_type}{}", did_you_mean(near.as_deref()))]
    Unknown {
        /// The path as written, at most 100 characters of it.
        path: String,
        /// The resource type's name.
        resource_type: String,
        /// A near miss.
        near: Option<String>,
    },
}

/// `; did you mean `name`?`, or nothing.
pub(super) fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

impl AttributePath {
    /// Resolves `text` against the base schema, the extensions and the common attributes. The
    /// longest known schema URN wins, so the dots inside `2.0` separate nothing; names without case.
    ///
    /// # Errors
    /// When the text is no path or names nothing.
    pub fn parse(text: &str, kind: &ResourceType) -> Result<Self, PathProblem> {
        let (schema, rest) = split_urn(text, kind);
        let malformed = || PathProblem::Malformed(excerpt(text));
        if text.len() > LONGEST || rest.is_empty() {
            return Err(malformed());
        }
        if let Some(path) = schema.and_then(|schema| Self::of_any_name(schema, rest)) {
            return Ok(path);
        }
        // What still holds a colon names a schema that this resource type does not have.
        if rest.contains(':') {
            return Err(unknown(text, kind, None));
        }
        let (name, sub) = rest.split_once('.').map_or((rest, None), |(name, sub)| (name, Some(sub)));
        if !is_name(name) || !sub.is_none_or(is_name) {
            return Err(malformed());
        }
        let extension = schema.filter(|schema| schema.id != kind.schema.id);
        let Some(attribute) = find(name, extension, kind) else {
            return Err(unknown(text, kind, nearest(name, names(extension, kind))));
        };
        let path = Self::of(extension.map(|schema| &**schema), &attribute);
        let Some(sub) = sub else { return Ok(path) };
        path.with_sub(sub, &attribute).ok_or_else(|| {
            let names = attribute.sub_attributes.iter().map(|sub| &*sub.name);
            let near = nearest(sub, names).map(|near| format!("{name}.{near}"));
            unknown(text, kind, near.as_deref())
        })
    }

    /// A name that a customer has chosen may hold what else separates the parts of a path. Listed
    /// attributes go before.
    fn of_any_name(schema: &Schema, name: &str) -> Option<Self> {
        let first = name.split('.').next().unwrap_or(name);
        let listed = schema.attribute(first).is_some_and(|listed| first == name || !listed.sub_attributes.is_empty());
        if listed || !schema.any_name {
            return None;
        }
        schema.open_attribute(name).map(|attribute| Self::of(Some(schema), &attribute))
    }

    /// The same; an extension's attribute is also found without its URN when only one extension
    /// has it.
    ///
    /// # Errors
    /// When the text is no path or names nothing.
    pub fn parse_unqualified(text: &str, kind: &ResourceType) -> Result<Self, PathProblem> {
        Self::parse(text, kind).or_else(|problem| {
            let of = |urn: &str| Self::parse(&format!("{urn}:{text}"), kind).ok();
            let mut found = kind.extensions.iter().filter_map(|extension| of(&extension.schema.id));
            found.next().filter(|_| found.next().is_none()).ok_or(problem)
        })
    }

    /// One of the two, as `leniency` has it.
    pub(super) fn parse_with(text: &str, kind: &ResourceType, leniency: &Leniency) -> Result<Self, PathProblem> {
        if leniency.bare_extension_names { Self::parse_unqualified(text, kind) } else { Self::parse(text, kind) }
    }

    /// The path to an attribute; `extension` is `None` for the base schema.
    pub(super) fn of(extension: Option<&Schema>, attribute: &Attribute) -> Self {
        Self {
            schema: extension.map(|schema| schema.id.clone()),
            attribute: attribute.name.clone(),
            sub: None,
            kind: attribute.kind,
            case_exact: attribute.case_exact,
            multi_valued: attribute.multi_valued,
            mutability: attribute.mutability,
            returned: attribute.returned,
            required: attribute.required,
        }
    }

    /// The path to a part of the attribute that this path ends at.
    pub(super) fn with_sub(&self, name: &str, attribute: &Attribute) -> Option<Self> {
        let sub = attribute.sub_attribute(name)?;
        let read_only = self.mutability == Mutability::ReadOnly;
        let never = self.returned == Returned::Never;
        Some(Self {
            schema: self.schema.clone(),
            attribute: self.attribute.clone(),
            sub: Some(sub.name.clone()),
            kind: sub.kind,
            case_exact: sub.case_exact,
            multi_valued: self.multi_valued,
            mutability: if read_only { Mutability::ReadOnly } else { sub.mutability },
            returned: if never { Returned::Never } else { sub.returned },
            required: sub.required,
        })
    }

    /// True for the `primary` of a list's elements (RFC 7643 §2.4).
    #[must_use]
    pub fn is_primary(&self) -> bool {
        self.multi_valued && self.kind == AttributeType::Boolean && self.sub.as_deref() == Some("primary")
    }

    /// The path of the whole attribute, without the sub-attribute.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.sub.is_none()
    }

    /// True for a path to `attribute` of the base schema or the common attributes.
    #[must_use]
    pub fn is(&self, attribute: &str) -> bool {
        self.schema.is_none() && self.sub.is_none() && &*self.attribute == attribute
    }

    /// True when both are about the same attribute, whatever the sub-attribute. Clients spell the
    /// names of an open schema as they like.
    #[must_use]
    pub fn same_attribute(&self, other: &Self) -> bool {
        self.schema == other.schema && self.attribute.eq_ignore_ascii_case(&other.attribute)
    }

    /// The path to every attribute of an open schema that it does not list.
    #[must_use]
    pub fn any_of(schema: &Schema) -> Self {
        Self::of(Some(schema), &Attribute { open: true, ..Attribute::new(ANY, AttributeType::String, "") })
    }

    /// True for what [`AttributePath::any_of`] gives.
    #[must_use]
    pub fn is_any(&self) -> bool {
        &*self.attribute == ANY
    }

    /// The definition of the whole attribute in the schemas of `kind`.
    #[must_use]
    pub fn definition<'k>(&self, kind: &'k ResourceType) -> Option<Cow<'k, Attribute>> {
        let extension = self.schema.as_deref().map(|urn| kind.schema_of(urn));
        match extension {
            Some(None) => None,
            Some(Some(extension)) => find(&self.attribute, Some(extension), kind),
            None => find(&self.attribute, None, kind),
        }
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}:")?;
        }
        f.write_str(&self.attribute)?;
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

/// Splits the longest known schema URN off the front of a path.
pub(super) fn split_urn<'k, 't>(text: &'t str, kind: &'k ResourceType) -> (Option<&'k Arc<Schema>>, &'t str) {
    let begins = |schema: &&Arc<Schema>| {
        let urn = &*schema.id;
        text.as_bytes().get(urn.len()) == Some(&b':')
            && text.get(..urn.len()).is_some_and(|start| start.eq_ignore_ascii_case(urn))
    };
    match kind.schemas().filter(begins).max_by_key(|schema| schema.id.len()) {
        Some(schema) => (Some(schema), &text[schema.id.len() + 1..]),
        None => (None, text),
    }
}

/// `ATTRNAME` of RFC 7643 §2.1, and `$ref`.
pub(super) fn is_name(text: &str) -> bool {
    let text = text.strip_prefix('$').unwrap_or(text);
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// At most 100 characters of what a client wrote.
pub(super) fn excerpt(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}

/// An attribute of an extension, or else of the base schema and the common ones. In a bag of open
/// keys every name is an attribute: text, as the client spells it.
fn find<'k>(name: &str, extension: Option<&'k Arc<Schema>>, kind: &'k ResourceType) -> Option<Cow<'k, Attribute>> {
    let schema = extension.unwrap_or(&kind.schema);
    let common = || {
        let found = common_attributes().iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name));
        found.filter(|_| extension.is_none())
    };
    let listed = schema.attribute(name).or_else(common).map(Cow::Borrowed);
    listed.or_else(|| schema.open_attribute(name).map(Cow::Owned))
}

fn names<'k>(extension: Option<&'k Arc<Schema>>, kind: &'k ResourceType) -> impl Iterator<Item = &'k str> {
    let common = common_attributes().iter().filter(move |_| extension.is_none());
    extension.unwrap_or(&kind.schema).attributes.iter().chain(common).map(|attribute| &*attribute.name)
}

fn unknown(text: &str, kind: &ResourceType, near: Option<&str>) -> PathProblem {
    let near = near.map(str::to_owned);
    PathProblem::Unknown { path: excerpt(text), resource_type: kind.name.to_string(), near }
}

/// Longer than any URN with an attribute and a sub-attribute; bounds the search for a near miss.
const LONGEST: usize = 512;
