//! A key and a value of a client in every kind of slot of a REST call: path, query, header, JSON,
//! form. What would be sent has the form of its template, whatever they are, or is not sent.

#![no_main]

use std::path::Path;
use std::sync::{Arc, OnceLock};

use libfuzzer_sys::fuzz_target;
use postern::diagnostic::{Document, Problems, SourceFile, render_all};
use postern::downstream::{AnyPlan, Binding, Downstream, bind};
use postern::plan::{DeletePlan, FetchPlan, MembersChange, UpdatePlan, Want};
use postern::record::{FieldName, FieldShape, Fields, RecordKey, RecordShape};
use serde_json::{Value as Json, json};

const MAPPING: &str = include_str!("../../tests/rest/slots.toml");

fn driver() -> &'static Arc<dyn Downstream> {
    static DRIVER: OnceLock<Arc<dyn Downstream>> = OnceLock::new();
    DRIVER.get_or_init(|| {
        let mut problems = Problems::new();
        let document = Document::parse(&SourceFile::new("fuzz.toml", MAPPING), &mut problems).unwrap();
        let field = FieldShape {
            name: FieldName::new("$.login"),
            list: None,
            label: Arc::from("userName"),
            read: true,
            written: true,
            once: false,
        };
        let shape = RecordShape { resource: Arc::from("User"), fields: vec![field], members: Vec::new(), looked_up: false };
        let binding = Binding {
            downstream: document.root.get("downstream").unwrap(),
            resources: vec![(shape, document.root.get("User").unwrap())],
            folder: Path::new("/nowhere"),
            variables: &[],
        };
        let driver = bind(&binding, &mut problems);
        driver.unwrap_or_else(|| panic!("{}", render_all(&problems.into_sorted(), false)))
    })
}

/// What would be sent; `None` when nothing would.
fn sent(plan: &AnyPlan<'_>) -> Option<String> {
    Some(driver().explain(plan).remove(0)).filter(|line| !line.starts_with("(nothing is sent"))
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

fn segment(path: &str, before: &str, after: &str) -> String {
    let middle = path.strip_prefix(before).unwrap().strip_suffix(after).unwrap();
    assert!(!middle.is_empty() && middle.chars().all(|c| c.is_ascii_alphanumeric() || "-._~%".contains(c)), "{path}");
    assert!(middle != "." && middle != "..", "{path}");
    decoded(middle)
}

fn pairs(text: &str) -> Vec<(String, String)> {
    assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~%+*=&".contains(c)), "{text}");
    let plain = |text: &str| decoded(&text.replace('+', " "));
    text.split('&').map(|pair| pair.split_once('=').unwrap()).map(|(name, value)| (plain(name), plain(value))).collect()
}

fn owned(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (text, value) = text.split_once('\n').unwrap_or((&text, ""));
    let (resource, key) = (Arc::<str>::from("User"), RecordKey::new(text));

    let fetch = FetchPlan { resource: Arc::clone(&resource), key: key.clone(), want: Want::default() };
    if let Some(line) = sent(&AnyPlan::Fetch(&fetch)) {
        let (path, query) = line.split_once('?').unwrap();
        assert_eq!(segment(path, "GET /of/", "/it"), text);
        assert_eq!(pairs(query), owned(&[("of", text), ("and", &format!("all of {text}"))]));
    }

    let delete = DeletePlan { resource: Arc::clone(&resource), key: key.clone(), token: Arc::default() };
    if let Some(line) = sent(&AnyPlan::Delete(&delete)) {
        assert_eq!(pairs(line.strip_prefix("POST /delete ").unwrap()), owned(&[("of", text), ("and", "it")]));
    }

    let mut set = Fields::new();
    set.set(&FieldName::new("$.login"), value.into());
    let update = UpdatePlan {
        resource,
        key,
        whole: set.clone(),
        set,
        merge: Fields::new(),
        lists: Vec::new(),
        members: MembersChange::None,
        unique: Vec::new(),
        enables: None,
        expected_version: None,
        token: Arc::default(),
    };
    if let Some(line) = sent(&AnyPlan::Update(&update)) {
        let (line, body) = line.split_once(" {").unwrap();
        let (path, query) = line.split_once('?').unwrap();
        assert_eq!(segment(path, "POST /change/", ""), text);
        assert_eq!(pairs(query), owned(&[("of", text)]));
        let body: Json = serde_json::from_str(&format!("{{{body}")).unwrap();
        assert_eq!(body, json!({ "is": text, "in": [format!("a {text} b"), { "deep": { "login": value } }] }));
    }
});
