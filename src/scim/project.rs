//! `attributes` and `excludedAttributes` (RFC 7644 §3.9) and `returned` (RFC 7643 §7).

use crate::value::{Object, Value};

use super::filter::values_of;
use super::path::split_urn;
use super::{Attribute, AttributePath, Operation, ResourceType, Returned, Schema, common_attributes};

/// What an answer carries.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Projection {
    /// Only these, when there are any.
    pub attributes: Vec<AttributePath>,
    /// Not these.
    pub excluded: Vec<AttributePath>,
    /// These as well, though they are returned on request alone: the change itself set them.
    pub sent: Vec<AttributePath>,
}

impl Projection {
    /// Reads both parameters, each a comma-separated list. Names that no schema has are ignored
    /// (RFC 7644 §3.9 asks for no error).
    #[must_use]
    pub fn parse(attributes: Option<&str>, excluded: Option<&str>, kind: &ResourceType) -> Self {
        let mut wanted = paths(attributes, kind);
        // Who asks for nothing that exists gets the minimum, not everything.
        if wanted.is_empty() && attributes.is_some_and(|names| !names.trim().is_empty()) {
            wanted.extend(AttributePath::parse("id", kind));
        }
        Self { attributes: wanted, excluded: paths(excluded, kind), sent: Vec::new() }
    }

    /// The projection of the answer to a change: what is returned on request is there when the
    /// client sent it (RFC 7643 §7).
    pub(super) fn answering(mut self, operation: &Operation) -> Self {
        match operation {
            Operation::Create(kind, resource) | Operation::Replace(kind, _, resource) => {
                let on_request = |attribute: &&Attribute| attribute.returned == Returned::Request;
                for schema in kind.schemas() {
                    let extension = Some(&**schema).filter(|schema| schema.id != kind.schema.id);
                    let named =
                        schema.attributes.iter().filter(on_request).map(|one| AttributePath::of(extension, one));
                    self.sent.extend(named.filter(|path| !values_of(&resource.attributes, path).is_empty()));
                }
            }
            Operation::Patch(kind, _, operations) => {
                let whole = operations.iter().map(|one| AttributePath { sub: None, ..one.target.path.clone() });
                let on_request = |path: &AttributePath| {
                    path.definition(kind).is_some_and(|attribute| attribute.returned == Returned::Request)
                };
                self.sent.extend(whole.filter(on_request));
            }
            _ => (),
        }
        self
    }

    /// True when the attribute will be in the answer: what is not wanted need not be fetched.
    #[must_use]
    pub fn wants(&self, attribute: &str, kind: &ResourceType) -> bool {
        let Ok(path) = AttributePath::parse(attribute, kind) else { return true };
        let Some(definition) = path.definition(kind) else { return true };
        self.keeps(&path, &definition)
    }

    /// Cuts a complete resource (from `Resource::to_object`) down to what the answer carries.
    pub fn apply(&self, resource: &mut Object, kind: &ResourceType) {
        resource.retain(|name, value| {
            let extension = kind.schema_of(name).filter(|schema| schema.id != kind.schema.id);
            let Some(extension) = extension else { return self.cut_member(name, value, None, kind) };
            let Some(members) = value.as_object_mut() else { return false };
            members.retain(|name, value| self.cut_member(name, value, Some(extension), kind));
            !members.is_empty()
        });
    }

    /// False when the member goes; what stays loses the parts that go.
    fn cut_member(&self, name: &str, value: &mut Value, extension: Option<&Schema>, kind: &ResourceType) -> bool {
        let schema = extension.unwrap_or(&kind.schema);
        let common = || common_attributes().iter().find(|common| common.name.eq_ignore_ascii_case(name));
        // What no schema lists (open keys) is treated as any attribute.
        let open = Attribute::new(name, super::AttributeType::String, "");
        let definition = schema.attribute(name).or_else(common).unwrap_or(&open);
        let path = AttributePath::of(extension, definition);
        if !self.keeps(&path, definition) {
            return false;
        }
        if !definition.sub_attributes.is_empty() {
            self.cut_parts(&path, definition, value);
            return !value.is_unassigned();
        }
        true
    }

    fn keeps(&self, path: &AttributePath, definition: &Attribute) -> bool {
        match definition.returned {
            Returned::Always => true,
            Returned::Never => false,
            Returned::Request => names(&self.attributes, path) || names(&self.sent, path),
            Returned::Default if self.attributes.is_empty() => {
                !self.excluded.iter().any(|excluded| excluded.is_whole() && covers(excluded, path))
            }
            Returned::Default => names(&self.attributes, path),
        }
    }

    fn cut_parts(&self, path: &AttributePath, definition: &Attribute, value: &mut Value) {
        let parts = Parts { asked: about(&self.attributes, path), excluded: about(&self.excluded, path) };
        match value {
            Value::List(items) => {
                for object in items.iter_mut().filter_map(Value::as_object_mut) {
                    object.retain(|name, _| parts.keep(name, definition));
                }
                items.retain(|item| !item.is_unassigned());
            }
            Value::Object(object) => object.retain(|name, _| parts.keep(name, definition)),
            _ => (),
        }
    }
}

/// What the parameters say about one attribute.
struct Parts<'a> {
    asked: Vec<&'a AttributePath>,
    excluded: Vec<&'a AttributePath>,
}

impl Parts<'_> {
    fn keep(&self, name: &str, definition: &Attribute) -> bool {
        let all = self.asked.is_empty() || self.asked.iter().any(|path| path.is_whole());
        let Some(sub) = definition.sub_attribute(name) else { return all };
        let among = |paths: &[&AttributePath]| paths.iter().any(|path| path.sub.as_deref() == Some(&*sub.name));
        match sub.returned {
            Returned::Always => true,
            Returned::Never => false,
            Returned::Request => among(&self.asked),
            Returned::Default => !among(&self.excluded) && (all || among(&self.asked)),
        }
    }
}

fn about<'p>(paths: &'p [AttributePath], path: &AttributePath) -> Vec<&'p AttributePath> {
    paths.iter().filter(|named| named.same_attribute(path)).collect()
}

fn names(paths: &[AttributePath], path: &AttributePath) -> bool {
    paths.iter().any(|named| covers(named, path))
}

/// True when `named` asks for the attribute of `path`, by its own name or by that of its open schema.
fn covers(named: &AttributePath, path: &AttributePath) -> bool {
    named.same_attribute(path) || (named.is_any() && named.schema == path.schema)
}

fn paths(list: Option<&str>, kind: &ResourceType) -> Vec<AttributePath> {
    let names = list.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
    names.take(MOST).flat_map(|name| path(name, kind)).collect()
}

/// One name: an attribute, or a schema's URN for all that the schema has.
fn path(name: &str, kind: &ResourceType) -> Vec<AttributePath> {
    match kind.schema_of(name) {
        Some(schema) if split_urn(name, kind).0.is_none() => {
            let extension = Some(&**schema).filter(|schema| schema.id != kind.schema.id);
            let listed = schema.attributes.iter().map(|attribute| AttributePath::of(extension, attribute));
            listed.chain(schema.open.then(|| AttributePath::any_of(schema))).collect()
        }
        _ => AttributePath::parse(name, kind).into_iter().collect(),
    }
}

/// More names than all schemas of a resource type together have.
const MOST: usize = 500;
