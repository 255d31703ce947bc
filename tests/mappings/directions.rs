//! One rule, both directions: what is stored, and what is read back.

use postern::diagnostic::{Document, Problems, SourceFile};
use postern::expr::Env;
use postern::mapping::{self, Moment};
use postern::record::{Record, RecordKey};
use postern::scim::{Meta, Resource};
use postern::value::{JsonLimits, Object, Value};

use super::manual::completed;

/// Writes a resource and reads it back; gives the fields and what is read.
fn there_and_back(rules: &str, resource: &str) -> (String, String) {
    let text = completed(rules);
    let mut found = Problems::new();
    let document = Document::parse(&SourceFile::new("app.toml", &text), &mut found).unwrap();
    let mapping = mapping::compile(document, &[], &mut found).unwrap();
    assert!(!found.has_errors(), "{text}");
    let user = mapping.resource("User").unwrap();
    let Ok(Value::Object(attributes)) = Value::from_json(resource.as_bytes(), &JsonLimits::default()) else {
        panic!("{resource}")
    };
    let sent = Resource { attributes, external_id: None, id: None, meta: Meta::default() };
    let env = Env { now: jiff::Timestamp::UNIX_EPOCH, seed: [0; 32], default_domain: None };
    let fields = mapping::to_record(user, &sent, Moment::Create, &env).unwrap();
    let stored: Object = fields.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
    let record = Record { fields, key: RecordKey::new("1"), members: None, groups: None, version: None };
    let read = mapping::to_resource(user, &record, &env);
    (Value::Object(stored).to_json(), Value::Object(read.attributes).to_json())
}

/// Rules, what is sent, what is stored, what is read.
const CASES: &[(&str, &str, &str, &str)] = &[
    ("title = \"job\"\n", r#"{"title":"Clerk"}"#, r#"{"job":"Clerk"}"#, r#"{"title":"Clerk"}"#),
    (
        "active = { field = \"status\", write = 'Switch([active], , \"True\", \"1\", \"False\", \"3\")' }\n",
        r#"{"active":false}"#,
        r#"{"status":"3"}"#,
        r#"{"active":false}"#,
    ),
    (
        "\"roles.value\" = { field = \"roles\", write = 'Join(\",\", [roles.value])', lossy = true }\n",
        r#"{"roles":[{"value":"admin"},{"value":"editor"}]}"#,
        r#"{"roles":"admin,editor"}"#,
        r#"{"roles":[{"value":"admin"},{"value":"editor"}]}"#,
    ),
    (
        "\"emails.value\" = { field = \"mails\", write = 'Join(\" \", [emails.value])', read = 'Split([mails], \" \")' }\n",
        r#"{"emails":[{"value":"a@example.com","type":"work"}]}"#,
        r#"{"mails":"a@example.com"}"#,
        r#"{"emails":[{"value":"a@example.com"}]}"#,
    ),
    (
        "\"roles.value\" = \"$.roles\"\n",
        r#"{"roles":[{"value":"admin"},{"value":"editor"}]}"#,
        r#"{"$.roles":["admin","editor"]}"#,
        r#"{"roles":[{"value":"admin"},{"value":"editor"}]}"#,
    ),
    (
        "\"roles.value\" = \"$.roles[*]\"\n",
        r#"{"roles":[{"value":"admin"},{"value":"editor"}]}"#,
        r#"{"$.roles[*]":[{"$":"admin"},{"$":"editor"}]}"#,
        r#"{"roles":[{"value":"admin"},{"value":"editor"}]}"#,
    ),
    (
        "locale = { field = \"lang\", constant = \"de\" }\nactive = { field = \"on\", constant = 1 }\n",
        "{}",
        r#"{"lang":"de","on":1}"#,
        r#"{"locale":"de","active":true}"#,
    ),
    (
        "'emails[type eq \"work\"].value' = \"mail\"\n'emails[type eq \"work\"].primary' = { constant = true }\n",
        r#"{"emails":[{"type":"work","value":"a@example.com"}]}"#,
        r#"{"mail":"a@example.com"}"#,
        r#"{"emails":[{"type":"work","value":"a@example.com","primary":true}]}"#,
    ),
];

#[test]
fn what_is_written_is_read_back() {
    for (rules, sent, stored, read) in CASES {
        // The user name is there to complete the mapping.
        let sent = sent.replacen('{', r#"{"userName":"ann","#, 1).replace(",}", "}");
        let without_name = |text: &str| {
            let without = text.replace(r#""login":"ann","#, "").replace(r#""$.login":"ann","#, "");
            without.replace(r#""userName":"ann","#, "")
        };
        let (have, back) = there_and_back(rules, &sent);
        assert_eq!((without_name(&have).as_str(), without_name(&back).as_str()), (*stored, *read), "{rules}");
    }
}
