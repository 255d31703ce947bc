//! `[token]`: the call that asks the application about a bearer token (token introspection as of
//! RFC 7662, or whatever the application has), as a small resource that is only asked.
//!
//! The answer is one object, or with `items` a list. It has no key: what it says of a token is all
//! there is to it.

use std::sync::Arc;

use super::call::{Call, Role, Then};
use super::context::Context;
use super::fields::FieldPaths;
use super::path::JsonPath;
use super::related::Sends;
use super::resource::{Calls, Key, Resource};
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Table};
use crate::plan::{Capabilities, Membership, Searchable};
use crate::record::{FieldShape, RecordShape};

/// Reads the call and notes every problem in it.
pub(super) fn read(
    shape: &RecordShape,
    node: &Node,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Resource> {
    let table = Table::open(node, "[token]", problems)?;
    let help = "how the application is asked: `call = { post = \"/introspect\", form = { token = \"{token}\" } }`";
    let call = table.required("call", help, problems);
    let call = call.and_then(|node| Call::read(node, "[token] call".to_owned(), Role::Token, context, problems));
    let (secret, told) = shape.fields.split_first()?;
    let mut fine = true;
    for field in told {
        if let Err(why) = JsonPath::parse(field.name.as_str()) {
            let message = format!("`{}` is no field of a JSON answer", field.name);
            problems.push(Diagnostic::error(Code::BAD_FIELD, &place_of(node, field), message).help(why));
            fine = false;
        }
    }
    if !fine {
        return None;
    }
    let told = RecordShape { fields: told.to_vec(), ..shape.clone() };
    let fields = FieldPaths::read(&told, node, problems)?;
    let call = Call { then: Then::Nothing, ..call? };
    Some(Resource {
        version: None,
        sends: Sends::ALL,
        name: Arc::clone(&shape.resource),
        key: Key::none()?,
        fields,
        calls: Calls { find: vec![(secret.name.clone(), call)], ..Calls::default() },
        members: Vec::new(),
        groups: None,
        keeps: None,
        rules: Vec::new(),
        capabilities: Capabilities {
            searchable: Searchable::Equal(vec![secret.name.clone()]),
            sort: false,
            keyset: false,
            membership: Membership::None,
            groups: false,
            version: false,
            resumes: false,
            scan_limit: 100,
        },
    })
}

/// Where the mapping names a field: as a value, or as what must hold.
fn place_of(node: &Node, field: &FieldShape) -> crate::diagnostic::Span {
    let Some(place) = node.get(&field.label) else { return node.span.clone() };
    let entries = place.as_table().unwrap_or_default();
    let named = entries.iter().find(|(_, value)| value.as_str() == Some(field.name.as_str()));
    let key = entries.iter().find(|(key, _)| key.name == field.name.as_str());
    match (named, key) {
        (_, Some((key, _))) => key.span.clone(),
        (Some((_, value)), None) => value.span.clone(),
        _ => place.span.clone(),
    }
}
