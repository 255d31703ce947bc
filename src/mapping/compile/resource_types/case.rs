//! Case matters where the application says so: what the gateway compares itself must agree with what
//! the application compares, so a rule's `case_exact` goes into the schema that requests are read by.

use std::sync::Arc;

use crate::diagnostic::{Node, NodeValue, Table};
use crate::mapping::Slot;
use crate::scim::{AttributePath, ResourceType, Schema};

/// The type with the case of its rules. Rules that disagree about one attribute leave it as it is.
pub(super) fn of_rules(mut kind: ResourceType, table: &Table<'_>) -> ResourceType {
    for (path, exact) in said(&kind, table) {
        let Some(exact) = exact else { continue };
        let schema = match &path.schema {
            None => Some(&mut kind.schema),
            Some(urn) => {
                kind.extensions.iter_mut().map(|extension| &mut extension.schema).find(|schema| schema.id == *urn)
            }
        };
        if let Some(schema) = schema {
            set(Arc::make_mut(schema), &path, exact);
        }
    }
    kind
}

/// What the rules of each attribute say together.
fn said(kind: &ResourceType, table: &Table<'_>) -> Vec<(AttributePath, Option<bool>)> {
    let mut found: Vec<(AttributePath, Option<bool>)> = Vec::new();
    for (key, node) in table.node("attributes").and_then(Node::as_table).unwrap_or_default() {
        // A path that cannot be read has its own problem.
        let Ok(Slot { path, .. }) = Slot::parse(&key.name, kind) else { continue };
        let exact = match node.get("case_exact").map(|node| &node.value) {
            Some(NodeValue::Boolean(exact)) => Some(*exact),
            _ => None,
        };
        match found.iter_mut().find(|(have, _)| *have == path) {
            Some((_, said)) if *said != exact => *said = None,
            Some(_) => {}
            None => found.push((path, exact)),
        }
    }
    found
}

fn set(schema: &mut Schema, path: &AttributePath, exact: bool) {
    let attribute = schema.attributes.iter_mut().find(|attribute| attribute.name == path.attribute);
    let Some(attribute) = attribute else { return };
    match &path.sub {
        None => attribute.case_exact = exact,
        Some(sub) => {
            if let Some(sub) = attribute.sub_attributes.iter_mut().find(|have| have.name == *sub) {
                sub.case_exact = exact;
            }
        }
    }
}
