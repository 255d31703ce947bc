//! Clients leave out `schemas`, or name only an extension there.
//!
//! Sent:   {"userName": "ana@tailspin.example"}
//! Meant:  {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ana@tailspin.example"}
//!
//! The endpoint says already what the body is.

use crate::scim::{RawRequest, ResourceTypes, Verb, urn};
use crate::value::{Object, Value};

use super::Quirk;
use super::message::kind_of;

pub(super) struct MissingSchemas;

impl Quirk for MissingSchemas {
    fn name(&self) -> &'static str {
        "missing_schemas"
    }

    fn undo(&self, request: &mut RawRequest, types: &ResourceTypes) {
        let is_search = request.verb == Verb::Post && request.path.last().is_some_and(|last| last == ".search");
        let urn = match (request.verb, kind_of(request, types)) {
            (Verb::Patch, _) => urn::PATCH_OP.to_owned(),
            _ if is_search => urn::SEARCH_REQUEST.to_owned(),
            (_, Some(kind)) => kind.schema.id.to_string(),
            (_, None) => return,
        };
        if let Some(Value::Object(body)) = &mut request.body {
            name_schema(body, &urn);
        }
    }
}

fn name_schema(body: &mut Object, urn: &str) {
    let schemas = body.entry("schemas");
    let mut listed = schemas.elements().to_vec();
    if !listed.iter().filter_map(Value::as_str).any(|listed| listed.eq_ignore_ascii_case(urn)) {
        listed.insert(0, urn.into());
        *schemas = Value::List(listed);
    } else if schemas.as_list().is_none() {
        *schemas = Value::List(listed);
    }
}
