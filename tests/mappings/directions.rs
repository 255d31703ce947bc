//! One rule, both directions: what is stored, and what is read back.

use std::path::Path;

use postern::diagnostic::{Document, Problems, SourceFile};
use postern::expr::Env;
use postern::mapping::{self, Class, Mapping, Moment, ResourceMapping, Rule};
use postern::record::{Record, RecordKey};
use postern::scim::{AttributeType, Meta, Resource};
use postern::value::{JsonLimits, Object, Value};

use proptest::prelude::*;

use super::annotations;
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
    let env =
        Env { now: jiff::Timestamp::UNIX_EPOCH, seed: [0; 32], default_domain: None, token: std::sync::Arc::default() };
    let fields = mapping::to_record(user, &sent, Moment::Create(&mapping::Chosen::new()), &env).unwrap();
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
        "title = { field = \"job_id\", lookup = \"jobs\" }\n[lookup.jobs]\nvalues = { Clerk = 7, Guide = 9 }\n",
        r#"{"title":"Guide"}"#,
        r#"{"job_id":9}"#,
        r#"{"title":"Guide"}"#,
    ),
    (
        "\"roles.value\" = { field = \"$.roles\", lookup = \"roles\" }\n[lookup.roles]\nvalues = { admin = 1, editor = 2 }\n",
        r#"{"roles":[{"value":"editor"},{"value":"admin"}]}"#,
        r#"{"$.roles":[2,1]}"#,
        r#"{"roles":[{"value":"editor"},{"value":"admin"}]}"#,
    ),
    (
        "\"roles.value\" = { field = \"roles\", write = 'Join(\",\", Lookup(\"roles\", [roles.value]))', read = 'Lookup(\"names\", Split([roles], \",\"))' }\n\
         [lookup.roles]\nvalues = { admin = 1, editor = 2 }\n[lookup.names]\nvalues = { 1 = \"admin\", 2 = \"editor\" }\n",
        r#"{"roles":[{"value":"editor"},{"value":"admin"}]}"#,
        r#"{"roles":"2,1"}"#,
        r#"{"roles":[{"value":"editor"},{"value":"admin"}]}"#,
    ),
    (
        "\"phoneNumbers.value\" = \"$.phones[*].number\"\n\"phoneNumbers.type\" = { field = \"$.phones[*].kind\", lookup = \"kinds\" }\n\
         [lookup.kinds]\nvalues = { work = \"W\", home = \"H\" }\n",
        r#"{"phoneNumbers":[{"type":"home","value":"1"},{"type":"work","value":"2"}]}"#,
        r#"{"$.phones[*]":[{"number":"1","kind":"H"},{"number":"2","kind":"W"}]}"#,
        r#"{"phoneNumbers":[{"value":"1","type":"home"},{"value":"2","type":"work"}]}"#,
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

/// The mappings that are shipped and accepted.
fn mappings() -> Vec<Mapping> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let accepted = std::fs::read_dir(root.join("tests/mappings/accepted")).unwrap();
    let accepted = accepted.map(|entry| entry.unwrap().path().join("mapping.toml"));
    let compiled = annotations::files("mappings", "toml").into_iter().chain(accepted).map(|path| {
        let mut found = Problems::new();
        let file = SourceFile::new(path.display().to_string(), std::fs::read_to_string(&path).unwrap());
        let variables =
            [("customer_id", 17), ("service_user", 1)].map(|(name, value)| (name.to_owned(), Value::Integer(value)));
        mapping::compile(Document::parse(&file, &mut found).unwrap(), &variables, &mut found).unwrap()
    });
    compiled.collect()
}

/// What the attribute of one rule is after it was stored; `None` when the value is not accepted.
fn returned(resource: &ResourceMapping, rule: &Rule, value: Value) -> Option<Value> {
    let mut sent = Resource { attributes: Object::new(), external_id: None, id: None, meta: Meta::default() };
    rule.slot.put(value, &mut sent);
    let env =
        Env { now: jiff::Timestamp::UNIX_EPOCH, seed: [0; 32], default_domain: None, token: std::sync::Arc::default() };
    // A change checks what is sent and nothing else, and a default is not in the way.
    let empty = Resource { attributes: Object::new(), external_id: None, id: None, meta: Meta::default() };
    let fields = mapping::to_record(resource, &sent, Moment::Update(&empty), &env).ok()?;
    let record = Record { fields, key: RecordKey::new("1"), members: None, groups: None, version: None };
    Some(rule.slot.value_in(&mapping::to_resource(resource, &record, &env)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_called_exact_comes_back(text in "[ -~äß€😀]{1,40}", flag: bool, number: i64) {
        let mut tried = 0;
        for mapping in mappings() {
            for resource in &mapping.resources {
                let exact = |rule: &&Rule| rule.nature().class == Class::Exact && rule.list.is_none() && !rule.slot.path.multi_valued;
                for rule in resource.rules.iter().filter(exact) {
                    let value = match rule.slot.path.kind {
                        AttributeType::String | AttributeType::Reference => Value::String(text.clone()),
                        AttributeType::Boolean => Value::Boolean(flag),
                        AttributeType::Integer => Value::Integer(number),
                        _ => continue,
                    };
                    if let Some(back) = returned(resource, rule, value.clone()) {
                        prop_assert_eq!(back, value, "{}: {}", mapping.application, rule.slot);
                        tried += 1;
                    }
                }
            }
        }
        prop_assert!(tried > 40, "{} rules", tried);
    }
}

#[test]
fn what_is_called_lossy_has_a_value_that_does_not_come_back() {
    let rules = "\"roles.value\" = { field = \"roles\", write = 'Join(\",\", [roles.value])', lossy = true }\n";
    let (stored, read) = there_and_back(rules, r#"{"userName":"ann","roles":[{"value":"a,b"}]}"#);
    assert!(stored.contains(r#""roles":"a,b""#), "{stored}");
    assert!(read.contains(r#""roles":[{"value":"a"},{"value":"b"}]"#), "{read}");
}

#[test]
fn a_mapping_that_is_cut_anywhere_is_refused_in_peace() {
    for path in annotations::files("mappings", "toml") {
        let text = std::fs::read_to_string(&path).unwrap();
        let cuts = text.char_indices().map(|(at, _)| at).step_by(3);
        for at in cuts {
            let mut found = Problems::new();
            let behind = text.char_indices().map(|(at, _)| at).find(|behind| *behind >= at + 7).unwrap_or(text.len());
            for part in [text[..at].to_owned(), format!("{}{}", &text[..at], &text[behind..])] {
                let document = Document::parse(&SourceFile::new("app.toml", part), &mut found);
                let compiled = document.and_then(|document| mapping::compile(document, &[], &mut found));
                assert!(compiled.is_some() || found.has_errors(), "{} at {at}", path.display());
            }
        }
    }
}
