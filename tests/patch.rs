//! PATCH: the vectors of `patch/vectors.json`, and cases of our own in `patch/*.toml`.
//!
//! Each vector is read and applied as a client's request would be, by the letter of the RFC and
//! with every deviation tolerated; the levels say which of the two a vector is for.

use postern::quirks::Profile;
use postern::scim::patch::{self, MemberChange, member_change};
use postern::scim::{
    Operation, PatchOperation, Preconditions, RawQuery, RawRequest, Request, Resource, ScimError, Verb, conform,
};
use postern::value::Value;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::schemas::{kind, types, unordered};

/// Vectors whose outcome here is another one, and why.
const READ_OTHERWISE: &[(&str, &str)] = &[
    ("sp-15", "a name cannot become a string: 400 invalidValue"),
    ("sp-23", "run with every deviation tolerated, and making the selected element is one of them"),
    ("sp-30", "an e-mail address cannot become an object: 400 invalidValue"),
    ("sp-46", "a wrong kind of value is invalidValue (RFC 7644 table 9)"),
    ("sp-56", "a malformed path is invalidPath (RFC 7644 table 9)"),
    ("sp-63", "two primary values in one list are refused (RFC 7643 2.4)"),
    ("sp-64", "a new primary value takes the place of the old one (RFC 7644 3.5.2)"),
    ("sp-75", "an unknown attribute is invalidPath (RFC 7644 table 9)"),
    ("sp-88", "an unknown attribute is invalidPath (RFC 7644 table 9)"),
    ("sp-93", "an unknown attribute in a filter is invalidFilter (RFC 7644 table 9)"),
    ("sp-94", "a malformed path is invalidPath (RFC 7644 table 9)"),
    ("sp-95", "brackets after a single value are invalidPath (RFC 7644 table 9)"),
    ("sp-96", "an unknown attribute in a filter is invalidFilter (RFC 7644 table 9)"),
];

fn disagreement(id: &str) -> Option<&'static str> {
    READ_OTHERWISE.iter().find(|(have, _)| *have == id).map(|(_, reason)| *reason)
}

fn operations(profile: Profile, resource_type: &str, operations: &Json) -> Result<Vec<PatchOperation>, ScimError> {
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
    let mut raw = RawRequest {
        verb: Verb::Patch,
        path: vec![format!("{resource_type}s"), "7".to_owned()],
        query: RawQuery::default(),
        body: Some(Value::from_serde(body)),
        preconditions: Preconditions::default(),
    };
    profile.undo(&mut raw, &types());
    match Request::parse(&raw, &types(), &profile.leniency())?.operation {
        Operation::Patch(_, _, operations) => Ok(operations),
        other => panic!("a PATCH became {other:?}"),
    }
}

fn resource(resource_type: &str, body: &Json) -> Result<Resource, ScimError> {
    let (mut resource, _) = conform(&Value::from_serde(body.clone()), &kind(resource_type))?;
    resource.id = Some(postern::scim::ResourceId::new("7"));
    Ok(resource)
}

fn shown(resource: &Resource) -> Value {
    let mut shown = resource.attributes.clone();
    shown.set("externalId", resource.external_id.as_ref().map_or(Value::Null, |id| id.as_str().into()));
    unordered(&Value::Object(shown))
}

fn patched(profile: Profile, resource_type: &str, input: &Json, ops: &Json) -> Result<Resource, ScimError> {
    let operations = operations(profile, resource_type, ops)?;
    patch::apply(&operations, &resource(resource_type, input)?, &kind(resource_type))
}

/// Empty when the outcome is one of those that the expectation accepts.
fn judge(outcome: &Result<Resource, ScimError>, expect: &Json, resource_type: &str) -> String {
    let accepted = expect["any"].as_array().cloned().unwrap_or_else(|| vec![expect.clone()]);
    let mut why = Vec::new();
    for one in accepted {
        match (outcome, one.get("error")) {
            (Err(error), Some(wanted)) => {
                let keyword = error.scim_type.map_or("", |scim_type| scim_type.as_str());
                let listed = wanted["scimType"].as_array();
                let fits = listed.is_none_or(|words| words.iter().any(|word| word == keyword));
                if u64::from(error.status) == wanted["status"] && fits {
                    return String::new();
                }
                why.push(format!("{error} {keyword}, wanted {wanted}"));
            }
            (Err(error), None) => why.push(format!("refused: {error}")),
            (Ok(resource), Some(_)) => why.push(format!("accepted: {}", shown(resource).to_json())),
            (Ok(have), None) => {
                let wanted = resource(resource_type, &one["resource"]).map(|wanted| shown(&wanted));
                if wanted.as_ref() == Ok(&shown(have)) {
                    return String::new();
                }
                let wanted = wanted.map_or_else(|error| error.to_string(), |wanted| wanted.to_json());
                why.push(format!("\n  have   {}\n  wanted {wanted}", shown(have).to_json()));
            }
        }
    }
    why.join(" | ")
}

#[test]
fn vectors_come_out_as_their_sources_say() {
    let text = include_str!("patch/vectors.json");
    let text = text.replace("{u1}", "u-1").replace("{u2}", "u-2").replace("{u3}", "u-3").replace("{id}", "7");
    let file: Json = serde_json::from_str(&text).unwrap();
    let (mut wrong, mut run) = (Vec::new(), 0);
    for vector in file["vectors"].as_array().unwrap() {
        let (id, level) = (vector["id"].as_str().unwrap(), vector["level"].as_str().unwrap());
        let resource_type = vector["resourceType"].as_str().unwrap();
        let profiles: Vec<Profile> = match level {
            // What the RFC says is understood whoever says it.
            "rfc" => Profile::ALL.iter().map(|(_, profile)| *profile).collect(),
            "open" => vec![Profile::Strict],
            "okta" => vec![Profile::Okta, Profile::Any],
            _ => vec![Profile::Any],
        };
        for profile in profiles {
            run += 1;
            let outcome = patched(profile, resource_type, &vector["input"], &vector["operations"]);
            let verdict = judge(&outcome, &vector["expect"], resource_type);
            match disagreement(id) {
                Some(_) if verdict.is_empty() => wrong.push(format!("{id}: agrees by now; take it off the list")),
                None if !verdict.is_empty() => {
                    wrong.push(format!("{id} {} ({level}, {profile:?}): {verdict}", vector["title"]));
                }
                _ => (),
            }
        }
    }
    assert!(run > 400, "only {run} runs");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The live suite runs the same vectors; those of attributes outside RFC 7643 suit servers without
/// schemas, and no other is left out.
#[test]
fn every_vector_about_known_attributes_is_run() {
    let read = |text: &str| -> Vec<Json> {
        let file: Json = serde_json::from_str(text).unwrap();
        file["vectors"].as_array().unwrap().clone()
    };
    let (here, live) = (read(include_str!("patch/vectors.json")), read(include_str!("conformance/patch.json")));
    let (known, free): (Vec<&Json>, Vec<&Json>) = live.iter().partition(|vector| vector["schema"] == "core");
    for vector in &known {
        let same = here.iter().find(|here| here["id"] == vector["id"]);
        let same = same.unwrap_or_else(|| panic!("{} is not run", vector["id"]));
        for part in ["operations", "input", "expect", "level"] {
            assert_eq!(same[part], vector[part], "{}", vector["id"]);
        }
    }
    assert_eq!((known.len(), free.len(), here.len()), (113, 45, 113));
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

/// One case of `patch/cases.toml`; JSON where SCIM has JSON.
#[derive(Deserialize)]
struct Case {
    name: String,
    #[serde(rename = "type")]
    resource_type: String,
    #[serde(default)]
    profile: Option<String>,
    input: String,
    operations: String,
    /// What comes out, or …
    #[serde(default)]
    result: Option<String>,
    /// … `400 noTarget`, and what the sentence says.
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    detail: Option<String>,
}

fn check(case: &Case) {
    let name = &case.name;
    let profile = case.profile.as_deref().unwrap_or("strict");
    let profile = Profile::ALL.iter().find(|(have, _)| *have == profile).unwrap_or_else(|| panic!("{name}: profile")).1;
    let read = |text: &str| serde_json::from_str::<Json>(text).unwrap_or_else(|problem| panic!("{name}: {problem}"));
    let outcome = patched(profile, &case.resource_type, &read(&case.input), &read(&case.operations));
    match (outcome, &case.result) {
        (Ok(have), Some(wanted)) => {
            let wanted = resource(&case.resource_type, &read(wanted)).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(shown(&have).to_json(), shown(&wanted).to_json(), "{name}");
        }
        (Ok(have), None) => panic!("{name}: accepted: {}", shown(&have).to_json()),
        (Err(error), Some(_)) => panic!("{name}: refused: {error}"),
        (Err(error), None) => {
            let keyword = error.scim_type.map_or("", |scim_type| scim_type.as_str());
            let have = format!("{} {keyword}", error.status);
            assert_eq!(Some(have.trim()), case.error.as_deref(), "{name}: {error}");
            let detail = case.detail.as_deref().unwrap_or_default();
            assert!(error.detail.contains(detail), "{name}: `{}` does not say `{detail}`", error.detail);
        }
    }
}

#[test]
fn cases_come_out_as_written() {
    let cases: Cases = toml::from_str(include_str!("patch/cases.toml")).unwrap();
    cases.case.iter().for_each(check);
}

#[test]
fn changes_of_members_are_recognised_without_reading_them() {
    let change = |ops: Json| {
        let operations = operations(Profile::Any, "Group", &ops).unwrap();
        operations.iter().map(member_change).collect::<Vec<_>>()
    };
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        change(json!([
            {"op": "add", "path": "members", "value": [{"value": "1"}, {"value": "2"}]},
            {"op": "remove", "path": "members[value eq \"1\"]"},
            {"op": "remove", "path": "members[value eq \"1\" or value eq \"2\"]"},
            {"op": "remove", "path": "members"},
            {"op": "replace", "path": "members", "value": []},
            {"op": "Remove", "path": "members", "value": [{"value": "1"}, {"value": "2"}]},
            {"op": "Remove", "path": "members", "value": []},
        ])),
        [
            Some(MemberChange::Add(ids(&["1", "2"]))),
            Some(MemberChange::Remove(ids(&["1"]))),
            Some(MemberChange::Remove(ids(&["1", "2"]))),
            Some(MemberChange::Clear),
            Some(MemberChange::Replace(Vec::new())),
            Some(MemberChange::Remove(ids(&["1", "2"]))),
            Some(MemberChange::Add(Vec::new())),
        ]
    );
    assert_eq!(
        change(json!([
            {"op": "remove", "path": "members[type eq \"User\"]"},
            {"op": "remove", "path": "members[value ne \"1\"]"},
            {"op": "remove", "path": "members[value sw \"1\"]"},
            {"op": "replace", "path": "displayName", "value": "Guides"},
        ])),
        [None, None, None, None]
    );
}

#[test]
fn removing_ten_thousand_members_by_value_list_removes_those_and_no_other() {
    let listed: Vec<Json> = (0..10_000).map(|i| json!({"value": format!("user-{i}")})).collect();
    let mut all = listed.clone();
    all.push(json!({"value": "user-last"}));
    let input =
        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "All", "members": all});
    let ops = json!([{"op": "Remove", "path": "members", "value": listed}]);
    let left = patched(Profile::Any, "Group", &input, &ops).unwrap();
    assert_eq!(left.attributes.get("members").unwrap().to_json(), r#"[{"value":"user-last"}]"#);
}

#[test]
fn a_hostile_path_is_refused_on_a_small_stack() {
    let on_a_small_stack = std::thread::Builder::new().stack_size(256 * 1024).spawn(|| {
        for path in ["emails[", "emails[(", "(", "emails.", "urn:", "emails[\"", "emails[type eq \"a\" or "] {
            for times in [1, 100, 100_000] {
                let path = path.repeat(times);
                for path in [path.clone(), format!("{path}]"), format!("emails[{path}].value")] {
                    let ops = json!([{"op": "add", "path": path, "value": "x"}]);
                    let refused = operations(Profile::Strict, "User", &ops).unwrap_err();
                    assert_eq!(refused.status, 400);
                    assert!(refused.detail.len() < 600, "{}", refused.detail.len());
                }
            }
        }
    });
    on_a_small_stack.unwrap().join().unwrap();
}
