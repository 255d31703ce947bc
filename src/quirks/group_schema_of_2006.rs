//! Entra names a schema of 2006 beside, or instead of, the RFC's Group schema.
//!
//! Sent:   {"schemas": ["http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"], …}
//! Meant:  {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], …}

use crate::scim::{RawRequest, ResourceTypes, urn};
use crate::value::Value;

use super::Quirk;
use super::message::kind_of;

pub(super) struct GroupSchemaOf2006;

const SENT: &str = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

impl Quirk for GroupSchemaOf2006 {
    fn name(&self) -> &'static str {
        "group_schema_of_2006"
    }

    fn undo(&self, request: &mut RawRequest, types: &ResourceTypes) {
        if kind_of(request, types).is_none() {
            return;
        }
        let schemas = request.body.as_mut().and_then(Value::as_object_mut).and_then(|body| body.get_mut("schemas"));
        let Some(Value::List(schemas)) = schemas else { return };
        let is = |value: &Value, urn: &str| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(urn));
        if schemas.iter().any(|schema| is(schema, SENT)) {
            schemas.retain(|schema| !is(schema, SENT) && !is(schema, urn::GROUP));
            schemas.insert(0, urn::GROUP.into());
        }
    }
}
