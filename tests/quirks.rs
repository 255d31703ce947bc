//! Quirks: what a client sends, and what it becomes; `quirks/cases.toml` has at least one of each.

use postern::quirks::{Profile, QUIRKS};
use postern::scim::{Preconditions, RawQuery, RawRequest, Request, Verb};
use postern::value::Value;
use serde::Deserialize;

use crate::schemas::{json, types};

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    quirk: String,
    /// `PATCH Users/42`
    request: String,
    sent: String,
    meant: String,
}

fn raw(request: &str, body: &str) -> RawRequest {
    let (verb, path) = request.split_once(' ').unwrap();
    let verb = match verb {
        "POST" => Verb::Post,
        "PUT" => Verb::Put,
        "PATCH" => Verb::Patch,
        other => panic!("{other}"),
    };
    RawRequest {
        verb,
        path: path.split('/').map(str::to_owned).collect(),
        query: RawQuery::default(),
        body: Some(json(body)),
        preconditions: Preconditions::default(),
    }
}

fn body(raw: &RawRequest) -> String {
    raw.body.as_ref().map(Value::to_json).unwrap_or_default()
}

fn check(case: &Case) {
    let named = QUIRKS.iter().find(|(quirk, _)| quirk.name() == case.quirk);
    let (quirk, _) = named.unwrap_or_else(|| panic!("no quirk is called {}", case.quirk));
    let (sent, meant) = (raw(&case.request, &case.sent), raw(&case.request, &case.meant));

    let mut undone = sent.clone();
    quirk.undo(&mut undone, &types());
    assert_eq!(body(&undone), body(&meant), "{}: {}", case.quirk, case.sent);

    let mut again = undone.clone();
    quirk.undo(&mut again, &types());
    assert_eq!(body(&again), body(&undone), "{}: what is meant is left alone", case.quirk);

    let mut strict = sent.clone();
    Profile::Strict.undo(&mut strict, &types());
    assert_eq!(body(&strict), body(&sent), "{}: the letter of the RFC rewrites nothing", case.quirk);

    let mut all = sent;
    Profile::Any.undo(&mut all, &types());
    let parsed = Request::parse(&all, &types(), &Profile::Any.leniency());
    assert!(parsed.is_ok(), "{}: {}: {}", case.quirk, case.sent, parsed.unwrap_err());
}

#[test]
fn what_is_sent_becomes_what_is_meant() {
    let cases: Cases = toml::from_str(include_str!("quirks/cases.toml")).unwrap();
    cases.case.iter().for_each(check);
    for (quirk, _) in QUIRKS {
        assert!(cases.case.iter().any(|case| case.quirk == quirk.name()), "{} has no case", quirk.name());
    }
}

#[test]
fn a_quirk_is_named_after_its_file() {
    for (quirk, _) in QUIRKS {
        let path = format!("src/quirks/{}.rs", quirk.name());
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(text.contains("//! Sent:") && text.contains("//! Meant:"), "{path} shows no example");
    }
}

#[test]
fn a_body_of_any_shape_upsets_no_quirk() {
    let shapes = ["null", "1", "\"x\"", "[]", "[1, null, {}]", "{}", r#"{"value": null}"#, r#"{"Operations": 1}"#];
    for request in ["PATCH Users/1", "POST Users", "PUT Groups/1", "POST Users/.search", "POST Nothing", "PATCH Users"]
    {
        for shape in shapes {
            for wrapped in [
                shape.to_owned(),
                format!(r#"{{"Operations": [{shape}]}}"#),
                format!(r#"{{"Operations": [{{"op": "Remove", "path": "members", "value": {shape}}}]}}"#),
                format!(r#"{{"Operations": [{{"op": "Add", "path": "emails[", "value": {shape}}}]}}"#),
                format!(r#"{{"Operations": [{{"op": {shape}, "path": {shape}, "value": {{"emails": {shape}}}}}]}}"#),
                format!(r#"{{"schemas": {shape}, "roles": {shape}, "members": {shape}, "active": {shape}}}"#),
            ] {
                let mut raw = raw(request, &wrapped);
                Profile::Any.undo(&mut raw, &types());
                let _ = Request::parse(&raw, &types(), &Profile::Any.leniency());
            }
        }
    }
}
