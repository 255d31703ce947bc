//! Bodies of POST and PUT: what becomes a resource, what is dropped, what is refused.

use postern::scim::{check_immutable, conform};
use serde::Deserialize;

use crate::schemas::{json, kind};

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

/// One case of `conform/cases.toml`: `becomes` is the resource's attributes to the letter, `error`
/// the keyword and `detail` part of the sentence.
#[derive(Deserialize)]
struct Case {
    name: String,
    #[serde(rename = "type", default = "user")]
    resource_type: String,
    body: String,
    #[serde(default)]
    becomes: Option<String>,
    #[serde(default)]
    unknown: Vec<String>,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    detail: String,
}

fn user() -> String {
    "User".to_owned()
}

fn check(case: &Case) {
    let name = &case.name;
    match (conform(&json(&case.body), &kind(&case.resource_type)), &case.becomes) {
        (Ok((mut resource, unknown)), Some(becomes)) => {
            if let Some(id) = &resource.external_id {
                resource.attributes.set("externalId", id.as_str());
            }
            let have = postern::value::Value::Object(resource.attributes).to_json();
            assert_eq!(have, json(becomes).to_json(), "{name}");
            assert_eq!(unknown, case.unknown, "{name}");
        }
        (Ok((resource, _)), None) => panic!("{name}: accepted as {:?}", resource.attributes),
        (Err(error), Some(_)) => panic!("{name}: refused: {error}"),
        (Err(error), None) => {
            let keyword = error.scim_type.map(|scim_type| scim_type.as_str());
            assert_eq!((error.status, keyword), (400, case.error.as_deref()), "{name}: {error}");
            assert!(error.detail.contains(&case.detail), "{name}: `{}` does not say `{}`", error.detail, case.detail);
        }
    }
}

#[test]
fn bodies_become_what_is_written() {
    let cases: Cases = toml::from_str(include_str!("conform/cases.toml")).unwrap();
    cases.case.iter().for_each(check);
}

/// RFC 7643 §6: what a resource type requires is there; what it does not may be left out.
#[test]
fn an_extension_that_is_required_is_there() {
    let kind = kind("User");
    let mut demanding = (*kind).clone();
    demanding.extensions[0].required = true;
    let body = |rest: &str| {
        json(&format!(r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ana"{rest}}}"#))
    };
    let with = body(r#", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Art"}"#);
    assert!(conform(&body(""), &kind).is_ok());
    assert!(conform(&with, &demanding).is_ok());
    let refused = conform(&body(""), &demanding).unwrap_err();
    assert_eq!(refused.scim_type.map(|scim_type| scim_type.as_str()), Some("invalidValue"));
    assert!(refused.detail.contains("enterprise:2.0:User` is required"), "{refused}");
}

#[test]
fn a_replacement_keeps_what_is_immutable() {
    let kind = kind("Device");
    let device = |model: &str| {
        let body = format!(r#"{{"schemas": ["urn:example:2.0:Device"], "serial": "a", "model": {model}}}"#);
        conform(&json(&body), &kind).unwrap().0
    };
    let (stored, bare) = (device(r#""X1""#), device("null"));
    for (replacement, stored) in [(&stored, &stored), (&bare, &stored), (&stored, &bare)] {
        assert_eq!(check_immutable(replacement, stored, &kind), Ok(()));
    }
    let refused = check_immutable(&device(r#""X2""#), &stored, &kind).unwrap_err();
    assert_eq!(refused.scim_type.map(|scim_type| scim_type.as_str()), Some("mutability"));
    assert!(refused.detail.contains("`model`"), "{refused}");
}
