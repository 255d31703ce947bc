//! `emails[type eq "work"].value`: where the value of a row stands in a resource. Pure.
//!
//! Read as Entra reads its target attributes, not as the RFC reads paths: the schema of an attribute
//! is what stands before the *last* colon, a key of an open schema may hold blanks and dots, and a
//! flag is selected as if it were a text (`primary eq "True"`).

use std::fmt;

use crate::scim::{AttributePath, AttributeType, ResourceType, SchemaExtension, enterprise_user, group, urn, user};
use crate::value::{Object, Value};

/// A place in a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    text: String,
    /// The extension's URN.
    schema: Option<String>,
    attribute: String,
    selector: Option<Selector>,
    sub: Option<String>,
    boolean: bool,
}

/// `[type eq "work"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Selector {
    sub: String,
    literal: String,
}

impl Target {
    /// Reads a target of the resource type `User` or `Group`; `None` when it names nothing.
    #[must_use]
    pub fn parse(text: &str, resource: &str) -> Option<Self> {
        let text = text.trim();
        let (schema, rest) = split_urn(text);
        let dotted = schema.is_none_or(|schema| schema.eq_ignore_ascii_case(urn::ENTERPRISE_USER));
        let (attribute, selector, sub) = if dotted { parts(rest)? } else { (rest, None, None) };
        if attribute.trim().is_empty() || text.chars().any(char::is_control) {
            return None;
        }
        let target = Self {
            text: text.to_owned(),
            schema: schema.map(str::to_owned),
            attribute: attribute.to_owned(),
            selector,
            sub: sub.map(str::to_owned),
            boolean: false,
        };
        Some(Self { boolean: target.type_in(resource) == Some(AttributeType::Boolean), ..target })
    }

    /// The target as it was written, and as filters and PATCH paths have it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// True when the schemas say that it is `true` or `false`.
    #[must_use]
    pub const fn is_boolean(&self) -> bool {
        self.boolean
    }

    /// True for `active`.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.schema.is_none() && self.sub.is_none() && self.attribute.eq_ignore_ascii_case("active")
    }

    /// True when one element of a list is selected.
    #[must_use]
    pub const fn selects(&self) -> bool {
        self.selector.is_some()
    }

    /// True for an attribute at the top of the core schema.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.schema.is_none() && self.selector.is_none() && self.sub.is_none()
    }

    /// The attribute's own name, without schema and parts.
    #[must_use]
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// The extension that it belongs to.
    #[must_use]
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// The value that a resource has here; `Null` where there is none.
    #[must_use]
    pub fn read<'r>(&self, resource: &'r Object) -> &'r Value {
        static NULL: Value = Value::Null;
        let holder = match &self.schema {
            Some(schema) => resource.get(schema).and_then(Value::as_object),
            None => Some(resource),
        };
        let Some(value) = holder.and_then(|holder| holder.get(&self.attribute)) else { return &NULL };
        let element = match &self.selector {
            Some(selector) => value.elements().iter().find(|element| selector.selects(element)),
            None => Some(value),
        };
        let part = |element: &'r Value| match &self.sub {
            Some(sub) => element.as_object().and_then(|element| element.get(sub)),
            None => Some(element),
        };
        element.and_then(part).unwrap_or(&NULL)
    }

    /// Puts a value here, into the body of a new resource.
    pub fn write(&self, body: &mut Object, value: Value) {
        let holder = match &self.schema {
            Some(schema) => body.entry(schema).object_or_insert(),
            None => body,
        };
        let at = holder.entry(&self.attribute);
        let element = match &self.selector {
            Some(selector) => selector.element(at.list_or_insert(), &self.attribute),
            None => at,
        };
        match &self.sub {
            Some(sub) => element.object_or_insert().set(sub.as_str(), value),
            None => *element = value,
        }
    }

    fn type_in(&self, resource: &str) -> Option<AttributeType> {
        let schema = if resource == "Group" { group() } else { user() };
        let extensions = vec![SchemaExtension { schema: enterprise_user(), required: false }];
        let kind = ResourceType {
            name: resource.into(),
            endpoint: String::new(),
            description: String::new(),
            schema,
            extensions,
        };
        let sub = self.sub.as_ref().map(|sub| format!(".{sub}")).unwrap_or_default();
        let schema = self.schema.as_ref().map(|schema| format!("{schema}:")).unwrap_or_default();
        AttributePath::parse(&format!("{schema}{}{sub}", self.attribute), &kind).ok().map(|path| path.kind)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Selector {
    fn selects(&self, element: &Value) -> bool {
        let part = element.as_object().and_then(|element| element.get(&self.sub));
        part.is_some_and(|part| part.to_text().eq_ignore_ascii_case(&self.literal))
    }

    /// The element that is selected, made where there is none.
    fn element<'l>(&self, list: &'l mut Vec<Value>, attribute: &str) -> &'l mut Value {
        let at = list.iter().position(|element| self.selects(element)).unwrap_or_else(|| {
            let mut element = Object::new();
            // Entra's first address is the one that mail goes to.
            if attribute.eq_ignore_ascii_case("emails") && self.literal.eq_ignore_ascii_case("work") {
                element.set("primary", true);
            }
            element.set(self.sub.as_str(), self.value());
            list.push(Value::Object(element));
            list.len() - 1
        });
        &mut list[at]
    }

    fn value(&self) -> Value {
        match self.literal.to_ascii_lowercase().as_str() {
            "true" if self.sub.eq_ignore_ascii_case("primary") => Value::Boolean(true),
            "false" if self.sub.eq_ignore_ascii_case("primary") => Value::Boolean(false),
            _ => Value::from(self.literal.as_str()),
        }
    }
}

/// The schema of an extension and what stands behind it. The core schemas are no extensions.
fn split_urn(text: &str) -> (Option<&str>, &str) {
    if !text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:")) {
        return (None, text);
    }
    let (schema, rest) = text.rsplit_once(':').unwrap_or(("", text));
    let core = schema.eq_ignore_ascii_case(urn::USER) || schema.eq_ignore_ascii_case(urn::GROUP);
    if core { (None, rest) } else { (Some(schema), rest) }
}

/// `emails`, `[type eq "work"]`, `value`.
fn parts(text: &str) -> Option<(&str, Option<Selector>, Option<&str>)> {
    let end = text.find(['[', '.']).unwrap_or(text.len());
    let (attribute, mut rest) = text.split_at(end);
    let mut selector = None;
    if let Some(inside) = rest.strip_prefix('[') {
        let (inside, after) = inside.split_once(']')?;
        let (sub, literal) = inside.split_once(" eq ")?;
        let literal = literal.trim().trim_matches('"');
        selector = Some(Selector { sub: sub.trim().to_owned(), literal: literal.to_owned() });
        rest = after;
    }
    let sub = match rest {
        "" => None,
        _ => Some(rest.strip_prefix('.').filter(|sub| !sub.is_empty())?),
    };
    Some((attribute, selector, sub))
}
