//! A filter or a path, read strictly and with every leniency: what was read prints as a filter that
//! is read as the same one, and is asked of a resource.

#![no_main]

use libfuzzer_sys::fuzz_target;
use postern::mapping::Slot;
use postern::quirks::Profile;
use postern::scim::{AttributePath, Filter, Leniency, user};
use postern::value::{JsonLimits, Value};

const PERSON: &str = r#"{"userName": "bjensen", "active": true, "name": {"familyName": "Jensen"},
    "emails": [{"value": "b@example.com", "type": "work", "primary": true}, {"value": "c@example.org"}],
    "meta": {"created": "2026-11-25T10:00:00Z"}}"#;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let kind = kind();
    let person = Value::from_json(PERSON.as_bytes(), &JsonLimits::default()).expect("JSON");
    for leniency in [Leniency::default(), Profile::Any.leniency()] {
        let Ok(filter) = Filter::parse_with(text, &kind, &leniency) else { continue };
        let _ = person.as_object().map(|person| filter.matches(person));
        let printed = filter.to_string();
        let again = Filter::parse(&printed, &kind).expect("a printed filter is a filter");
        assert_eq!(again.to_string(), printed, "printed twice");
    }
    let _ =
        (AttributePath::parse(text, &kind), AttributePath::parse_unqualified(text, &kind), Slot::parse(text, &kind));
});

fn kind() -> postern::scim::ResourceType {
    let extension = postern::scim::SchemaExtension { schema: postern::scim::enterprise_user(), required: false };
    postern::scim::ResourceType {
        name: "User".into(),
        endpoint: "/Users".to_owned(),
        description: String::new(),
        schema: user(),
        extensions: vec![extension],
    }
}
