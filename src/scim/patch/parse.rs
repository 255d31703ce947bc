//! A PatchOp message → operations, each about one attribute that exists.

use std::sync::Arc;

use crate::scim::conform::{bad_open_name, conform_change, is_reference_set};
use crate::scim::filter::parse_inside;
use crate::scim::path::{excerpt, is_name, split_urn};
use crate::scim::request::check_message;
use crate::scim::{
    Attribute, AttributePath, AttributeType, CompareOp, Filter, Leniency, Mutability, PathProblem, ResourceType,
    Schema, ScimError, ScimType, urn,
};
use crate::value::{Object, Value};

use super::{PatchOp, PatchOperation, PatchTarget};

pub(super) fn parse(
    body: &Value,
    kind: &ResourceType,
    leniency: &Leniency,
) -> Result<(Vec<PatchOperation>, Vec<String>), ScimError> {
    let Value::Object(body) = body else {
        return Err(ScimError::invalid_syntax("the body must be a JSON object"));
    };
    check_message(body, urn::PATCH_OP)?;
    let operations = body.get("Operations").and_then(Value::as_list).unwrap_or_default();
    if operations.is_empty() {
        return Err(ScimError::invalid_syntax("`Operations` must be a list of at least one operation"));
    }
    if operations.len() > MOST_OPERATIONS {
        return Err(ScimError::new(413, format!("more than {MOST_OPERATIONS} operations in one message")));
    }
    let mut parser = Parser { kind, leniency, operations: Vec::new(), unknown: Vec::new() };
    for (i, operation) in operations.iter().enumerate() {
        parser.operation(operation, i + 1).map_err(|error| error.in_operation(i + 1))?;
    }
    Ok((parser.operations, parser.unknown))
}

struct Parser<'a> {
    kind: &'a ResourceType,
    leniency: &'a Leniency,
    operations: Vec<PatchOperation>,
    unknown: Vec<String>,
}

/// The word and the number of the operation at hand.
#[derive(Clone, Copy)]
struct Order {
    op: PatchOp,
    number: usize,
}

impl Parser<'_> {
    fn operation(&mut self, operation: &Value, number: usize) -> Result<(), ScimError> {
        let Value::Object(operation) = operation else {
            return Err(ScimError::invalid_syntax("an operation must be a JSON object"));
        };
        let order = Order { op: op_of(operation)?, number };
        let value = operation.get("value");
        let path = match operation.get("path") {
            None | Some(Value::Null) => "",
            Some(Value::String(path)) => path.trim(),
            Some(_) => return Err(invalid_path("`path` must be a string")),
        };
        if path.is_empty() {
            return match (order.op, value) {
                (PatchOp::Remove, _) => Err(no_target("`remove` needs a path")),
                (_, Some(Value::Object(members))) => self.members(order, members),
                _ => Err(ScimError::invalid_syntax("without a path, `value` must be an object of attributes")),
            };
        }
        match self.kind.schema_of(path).cloned() {
            Some(schema) if schema.id == self.kind.schema.id => match value {
                Some(Value::Object(members)) if order.op != PatchOp::Remove => self.members(order, members),
                _ => Err(no_target("a resource cannot lose its base schema")),
            },
            Some(extension) => self.extension(order, &extension, value.unwrap_or(&Value::Null)),
            None => self.at_path(order, path, value),
        }
    }

    /// Members of the value of an operation without a path: attributes, and extensions whole.
    fn members(&mut self, order: Order, members: &Object) -> Result<(), ScimError> {
        for (name, value) in members.iter() {
            match self.kind.schema_of(name).filter(|schema| schema.id != self.kind.schema.id).cloned() {
                Some(extension) => self.extension(order, &extension, value)?,
                None => self.member(order, name, "", value)?,
            }
        }
        Ok(())
    }

    /// An operation on all of an extension: one for each attribute named, or for each attribute
    /// there is when the extension goes.
    fn extension(&mut self, order: Order, extension: &Schema, value: &Value) -> Result<(), ScimError> {
        match (order.op, value) {
            (PatchOp::Remove, _) | (PatchOp::Replace, Value::Null) => {
                for attribute in extension.attributes.iter().filter(|a| a.mutability != Mutability::ReadOnly) {
                    self.at(order, AttributePath::of(Some(extension), attribute), None, Some(&Value::Null))?;
                }
                if extension.open {
                    let target =
                        PatchTarget { path: AttributePath::any_of(extension), filter: None, create_selected: false };
                    let number = order.number;
                    self.operations.push(PatchOperation { op: PatchOp::Remove, target, value: Value::Null, number });
                }
                Ok(())
            }
            (_, Value::Object(members)) => {
                let prefix = format!("{}:", extension.id);
                members.iter().try_for_each(|(name, value)| self.member(order, name, &prefix, value))
            }
            (PatchOp::Add, Value::Null) => Ok(()),
            _ => Err(ScimError::invalid_value(format!("`{}` must be an object", extension.id))),
        }
    }

    fn member(&mut self, order: Order, name: &str, prefix: &str, value: &Value) -> Result<(), ScimError> {
        // It follows from what the resource carries; some repeat it inside each extension.
        if name.eq_ignore_ascii_case("schemas") {
            return Ok(());
        }
        let open = open_schema(prefix, self.kind);
        let found = if is_name(name) || open.is_some_and(|schema| schema.any_name) {
            AttributePath::parse(&format!("{prefix}{name}"), self.kind)
        } else {
            Err(PathProblem::Malformed(excerpt(name)))
        };
        match (found, open) {
            (Ok(path), _) => self.at(order, path, None, Some(value)),
            (Err(_), Some(schema)) => Err(bad_open_name(&format!("{prefix}{}", excerpt(name)), schema)),
            (Err(_), None) if self.leniency.unknown_attributes => {
                self.drop_unknown(&format!("{prefix}{name}"));
                Ok(())
            }
            (Err(problem), None) => Err(invalid_path(problem.to_string())),
        }
    }

    fn at_path(&mut self, order: Order, text: &str, value: Option<&Value>) -> Result<(), ScimError> {
        let parts = match is_any_name(text, self.kind) {
            true => Parts { path: text, filter: None, sub: None },
            false => Parts::of(text)?,
        };
        let path = match AttributePath::parse_with(parts.path, self.kind, self.leniency) {
            Ok(path) => path,
            // An extension that this mapping does not have, as against a slip of the pen.
            Err(_) if self.leniency.unknown_attributes && names_unknown_schema(parts.path, self.kind) => {
                self.drop_unknown(parts.path);
                return Ok(());
            }
            Err(problem) => {
                let (schema, _) = split_urn(parts.path, self.kind);
                return Err(match schema.filter(|schema| schema.any_name) {
                    Some(schema) => bad_open_name(&excerpt(parts.path), schema),
                    None => invalid_path(problem.to_string()),
                });
            }
        };
        let Some(filter) = parts.filter else { return self.at(order, path, None, value) };
        if !path.multi_valued || !path.is_whole() {
            return Err(invalid_path(format!("`{path}` is not multi-valued, so `[` cannot follow it")));
        }
        let filter = parse_inside(filter, &path, self.kind, self.leniency)?;
        let path = match (parts.sub, path.definition(self.kind)) {
            (None, _) | (_, None) => path,
            (Some(sub), Some(definition)) => path
                .with_sub(sub, &definition)
                .ok_or_else(|| invalid_path(format!("`{}` is not a sub-attribute of `{path}`", excerpt(sub))))?,
        };
        self.at(order, path, Some(filter), value)
    }

    fn at(
        &mut self,
        order: Order,
        path: AttributePath,
        filter: Option<Filter>,
        value: Option<&Value>,
    ) -> Result<(), ScimError> {
        // `schemas` follows from what the resource carries.
        if &*path.attribute == "schemas" && path.schema.is_none() {
            return Ok(());
        }
        if path.mutability == Mutability::ReadOnly {
            return Err(ScimError::mutability(format!("`{path}` is read-only")));
        }
        let Some(definition) = path.definition(self.kind) else {
            return Err(invalid_path(format!("`{path}` is not an attribute")));
        };
        let value = match order.op {
            PatchOp::Remove if self.is_listed_removal(&definition, filter.is_some(), value) => {
                self.value(value, &path, false, &definition)?
            }
            PatchOp::Remove => Value::Null,
            _ => self.value(value, &path, filter.is_some(), &definition)?,
        };
        check_required(order.op, &path, &value)?;
        let create_selected = self.leniency.create_selected
            && order.op != PatchOp::Remove
            && !is_reference_set(&definition)
            && filter.as_ref().is_some_and(is_description);
        let target = PatchTarget { path, filter, create_selected };
        self.operations.push(PatchOperation { op: order.op, target, value, number: order.number });
        Ok(())
    }

    /// Some values of a list that has no parts; a filter cannot name them.
    fn is_listed_removal(&self, definition: &Attribute, selected: bool, value: Option<&Value>) -> bool {
        self.leniency.listed_removal
            && !selected
            && definition.multi_valued
            && definition.kind != AttributeType::Complex
            && value.is_some_and(|value| *value != Value::Null)
    }

    fn value(
        &mut self,
        value: Option<&Value>,
        path: &AttributePath,
        selected: bool,
        definition: &Attribute,
    ) -> Result<Value, ScimError> {
        let Some(value) = value else {
            return Err(ScimError::invalid_value(format!("the operation on `{path}` needs a `value`")));
        };
        let name = path.to_string();
        let sub = path.sub.as_deref().and_then(|sub| definition.sub_attribute(sub));
        match (sub, value) {
            (_, Value::Null) => Ok(Value::Null),
            (Some(sub), value) => conform_change(value, sub, &name, &mut self.unknown),
            (None, Value::List(items)) if selected => match items.as_slice() {
                [element] => conform_change(element, definition, &name, &mut self.unknown),
                _ => Err(ScimError::invalid_value(format!("`{path}[…]` takes one element"))),
            },
            (None, value @ Value::List(_)) => conform_change(value, definition, &name, &mut self.unknown),
            (None, value) if definition.multi_valued && !selected => {
                conform_change(&Value::List(vec![value.clone()]), definition, &name, &mut self.unknown)
            }
            (None, value) => conform_change(value, definition, &name, &mut self.unknown),
        }
    }

    fn drop_unknown(&mut self, name: &str) {
        if self.unknown.len() < MOST_UNKNOWN {
            self.unknown.push(excerpt(name));
        }
    }
}

fn op_of(operation: &Object) -> Result<PatchOp, ScimError> {
    match operation.get("op").and_then(Value::as_str) {
        Some("add") => Ok(PatchOp::Add),
        Some("remove") => Ok(PatchOp::Remove),
        Some("replace") => Ok(PatchOp::Replace),
        _ => Err(ScimError::invalid_syntax("`op` must be `add`, `remove` or `replace`")),
    }
}

/// RFC 7644 §3.5.2.2: a required attribute cannot become unassigned.
fn check_required(op: PatchOp, path: &AttributePath, value: &Value) -> Result<(), ScimError> {
    let empties = value.is_unassigned() || value.as_str() == Some("");
    match op {
        _ if !path.required => Ok(()),
        PatchOp::Remove => Err(ScimError::mutability(format!("`{path}` is required and cannot be removed"))),
        _ if empties => Err(ScimError::invalid_value(format!("`{path}` is required"))),
        _ => Ok(()),
    }
}

/// The open schema whose URN, with a colon, is the prefix.
fn open_schema<'k>(prefix: &str, kind: &'k ResourceType) -> Option<&'k Arc<Schema>> {
    kind.schema_of(prefix.strip_suffix(':')?).filter(|schema| schema.open)
}

/// True for a path that is all name where customers choose names; brackets are part of it.
fn is_any_name(path: &str, kind: &ResourceType) -> bool {
    let (schema, name) = split_urn(path, kind);
    schema.is_some_and(|schema| {
        let first = name.split(['.', '[']).next().unwrap_or(name);
        schema.any_name && schema.attribute(first).is_none()
    })
}

fn names_unknown_schema(path: &str, kind: &ResourceType) -> bool {
    path.contains(':') && split_urn(path, kind).0.is_none()
}

/// True when a filter says which values an element has, so that one could be made from it.
fn is_description(filter: &Filter) -> bool {
    match filter {
        Filter::Compare { path, op: CompareOp::Eq, value } => path.sub.is_some() && *value != Value::Null,
        Filter::And(parts) => parts.iter().all(is_description),
        _ => false,
    }
}

/// `path[filter].sub`, cut but not understood.
struct Parts<'t> {
    path: &'t str,
    filter: Option<&'t str>,
    sub: Option<&'t str>,
}

impl<'t> Parts<'t> {
    fn of(text: &'t str) -> Result<Self, ScimError> {
        let Some((path, rest)) = text.split_once('[') else { return Ok(Self { path: text, filter: None, sub: None }) };
        let unclosed = || invalid_path(format!("`{}` has no closing bracket", excerpt(text)));
        let end = closing_bracket(rest).ok_or_else(unclosed)?;
        let sub = match &rest[end + 1..] {
            "" => None,
            after => Some(after.strip_prefix('.').ok_or_else(|| {
                invalid_path(format!("`{}`: only `.` and a sub-attribute can follow the bracket", excerpt(text)))
            })?),
        };
        Ok(Self { path, filter: Some(&rest[..end]), sub })
    }
}

/// The first `]` outside of quotation marks.
fn closing_bracket(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b']' if !quoted => return Some(at),
            _ => (),
        }
    }
    None
}

fn invalid_path(detail: impl Into<String>) -> ScimError {
    ScimError::bad_request(ScimType::InvalidPath, detail)
}

fn no_target(detail: impl Into<String>) -> ScimError {
    ScimError::bad_request(ScimType::NoTarget, detail)
}

/// Clients that cut big changes into one operation for each member send hundreds.
const MOST_OPERATIONS: usize = 5_000;
/// Names worth telling an operator.
const MOST_UNKNOWN: usize = 50;
