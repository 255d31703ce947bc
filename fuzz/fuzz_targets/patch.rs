//! The body of a PATCH: read as every client's, and carried out on a user and on a group.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use postern::quirks::Profile;
use postern::scim::patch::{apply, member_change};
use postern::scim::{
    Operation, Preconditions, RawQuery, RawRequest, Request, ResourceType, ResourceTypes, SchemaExtension, Verb,
    conform,
};
use postern::scim::{enterprise_user, group, user};
use postern::value::{JsonLimits, Value};

const USER: &str = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen",
    "active": true, "emails": [{"value": "b@example.com", "type": "work", "primary": true}]}"#;
const GROUP: &str = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "staff",
    "members": [{"value": "7"}]}"#;

fuzz_target!(|data: &[u8]| {
    let Ok(body) = Value::from_json(data, &JsonLimits::default()) else { return };
    let types = types();
    for (endpoint, stored) in [("Users", USER), ("Groups", GROUP)] {
        let stored = Value::from_json(stored.as_bytes(), &JsonLimits::default()).expect("JSON");
        for profile in [Profile::Strict, Profile::Any] {
            let mut raw = RawRequest {
                verb: Verb::Patch,
                path: vec![endpoint.to_owned(), "7".to_owned()],
                query: RawQuery::default(),
                body: Some(body.clone()),
                preconditions: Preconditions::default(),
            };
            profile.undo(&mut raw, &types);
            let Ok(request) = Request::parse(&raw, &types, &profile.leniency()) else { continue };
            let Operation::Patch(kind, _, operations) = &request.operation else { continue };
            let (resource, _) = conform(&stored, kind).expect("a resource");
            operations.iter().for_each(|operation| drop(member_change(operation)));
            let Ok(once) = apply(operations, &resource, kind) else { continue };
            drop(apply(operations, &once, kind));
        }
    }
});

fn types() -> ResourceTypes {
    let kind = |name: &str, endpoint: &str, schema, extensions| {
        let (endpoint, description) = (endpoint.to_owned(), String::new());
        Arc::new(ResourceType { name: name.into(), endpoint, description, schema, extensions })
    };
    let enterprise = SchemaExtension { schema: enterprise_user(), required: false };
    let users = kind("User", "/Users", user(), vec![enterprise]);
    ResourceTypes { types: vec![users, kind("Group", "/Groups", group(), Vec::new())] }
}
