//! Filters: what parses, what matches, what is refused, and what a hostile one costs.

use std::collections::BTreeMap;

use postern::quirks::Profile;
use postern::scim::{AttributePath, Filter, Meta, Resource, ResourceId, conform};
use postern::value::{Object, Value};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::schemas::{json, kind};

/// Parses, prints, parses what was printed, and wants the same filter.
fn parsed(text: &str, resource_type: &str, profile: Profile) -> Result<Filter, postern::scim::ScimError> {
    let kind = kind(resource_type);
    let filter = Filter::parse_with(text, &kind, &profile.leniency())?;
    let printed = filter.to_string();
    assert_eq!(Filter::parse(&printed, &kind).as_ref(), Ok(&filter), "{text} was printed as {printed}");
    Ok(filter)
}

/// A complete resource as the gateway has it.
fn complete(body: &Value, resource_type: &str) -> Object {
    let kind = kind(resource_type);
    let (resource, _) = conform(body, &kind).unwrap_or_else(|error| panic!("{error}: {}", body.to_json()));
    let id = body.as_object().and_then(|body| body.get("id")).map_or_else(|| "7".to_owned(), Value::to_text);
    let at = "2026-11-25T10:00:00Z".parse().ok();
    let meta = Meta { created: at, last_modified: at, version: None };
    let resource = Resource { id: Some(ResourceId::new(&id)), meta, ..resource };
    resource.to_object(&kind, "https://scim.example/v2")
}

fn matching(filter: &Filter, resources: &BTreeMap<String, Object>) -> Vec<String> {
    resources.iter().filter(|(_, resource)| filter.matches(resource)).map(|(label, _)| label.clone()).collect()
}

#[test]
fn vectors_match_what_their_sources_say() {
    let file: Json = serde_json::from_str(include_str!("filter/vectors.json")).unwrap();
    let resources = file["resources"].as_object().unwrap();
    let resources: BTreeMap<String, Object> = resources
        .iter()
        .map(|(label, body)| (label.clone(), complete(&Value::from_serde(body.clone()), "User")))
        .collect();
    let mut wrong = Vec::new();
    for vector in file["vectors"].as_array().unwrap() {
        let (id, text) = (&vector["id"], vector["filter"].as_str().unwrap());
        // What the RFC says is understood whoever says it.
        let all = Profile::ALL.iter().map(|(_, profile)| *profile);
        let profiles: Vec<Profile> = match vector["level"].as_str() {
            Some("rfc") => all.collect(),
            _ => vec![Profile::Any, Profile::Entra],
        };
        for profile in profiles {
            let outcome = parsed(text, "User", profile);
            let accepted = vector["expect"]["any"].as_array().cloned();
            let accepted = accepted.unwrap_or_else(|| vec![vector["expect"].clone()]);
            let fits = accepted.iter().any(|one| match (&outcome, one.get("match")) {
                (Ok(filter), Some(labels)) => serde_json::json!(matching(filter, &resources)) == *labels,
                (Err(error), None) => {
                    let keyword = error.scim_type.map_or("", |scim_type| scim_type.as_str());
                    one["error"]["scimType"].as_array().unwrap().iter().any(|word| word == keyword)
                }
                _ => false,
            });
            if !fits {
                let have = outcome.map(|filter| matching(&filter, &resources));
                wrong.push(format!("{id} {text} ({profile:?}): {have:?}, wanted {}", vector["expect"]));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The attributes that parse-only strings use and no core schema has stand for others.
fn with_known_names(text: &str) -> String {
    text.replace("first", "title")
        .replace("FIRST", "TITLE")
        .replace("another", "nickName")
        .replace("ANOTHER", "NICKNAME")
}

#[test]
fn sets_of_other_libraries_parse_alike() {
    let file: Json = serde_json::from_str(include_str!("filter/vectors.json")).unwrap();
    for entry in file["sets"]["parse_ok"].as_array().unwrap() {
        let text = with_known_names(entry["filter"].as_str().unwrap());
        parsed(&text, "User", Profile::Strict).unwrap_or_else(|error| panic!("{text}: {error}"));
    }
    let plain = |path: &str| !path.contains('[');
    for entry in file["sets"]["paths_ok"].as_array().unwrap() {
        let path = entry["path"].as_str().unwrap();
        assert!(!plain(path) || AttributePath::parse(path, &kind("User")).is_ok(), "{path}");
    }
    for entry in file["sets"]["paths_bad"].as_array().unwrap() {
        let path = entry["path"].as_str().unwrap();
        assert!(AttributePath::parse(path, &kind("User")).is_err(), "{path}");
    }
}

#[test]
fn and_binds_closer_than_or() {
    fn tree(filter: &Filter) -> String {
        let list =
            |word: &str, parts: &[Filter]| format!("{word}({})", parts.iter().map(tree).collect::<Vec<_>>().join(","));
        match filter {
            Filter::And(parts) => list("and", parts),
            Filter::Or(parts) => list("or", parts),
            Filter::Compare { path, .. } => path.to_string(),
            other => panic!("{other}"),
        }
    }
    let names = [("a", "title"), ("b", "nickName"), ("c", "userType"), ("d", "locale")];
    let file: Json = serde_json::from_str(include_str!("filter/vectors.json")).unwrap();
    for entry in file["sets"]["precedence"].as_array().unwrap() {
        let (mut text, mut wanted) = (format!(" {}", entry["filter"].as_str().unwrap()), entry["tree"].to_string());
        for (short, long) in names {
            text = text.replace(&format!("{short} eq"), &format!("{long} eq"));
            wanted = wanted.replace(&format!("({short},"), &format!("({long},"));
            wanted = wanted.replace(&format!(",{short},"), &format!(",{long},"));
            wanted = wanted.replace(&format!(",{short})"), &format!(",{long})"));
            wanted = wanted.replace(&format!("\"{short}\""), &format!("\"{long}\""));
        }
        let filter = parsed(text.trim(), "User", Profile::Strict).unwrap();
        assert_eq!(format!("\"{}\"", tree(&filter)), wanted, "{text}");
    }
}

#[test]
fn the_data_set_of_another_library_is_found_alike() {
    let file: Json = serde_json::from_str(include_str!("filter/vectors.json")).unwrap();
    let set = &file["sets"]["evaluated"];
    let resources: BTreeMap<String, Object> = set["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|body| {
            let mut body = Value::from_serde(body.clone());
            let object = body.as_object_mut().unwrap();
            object.set("schemas", Value::List(vec!["urn:ietf:params:scim:schemas:core:2.0:User".into()]));
            (object.get("userName").unwrap().to_text(), complete(&body, "User"))
        })
        .collect();
    for vector in set["vectors"].as_array().unwrap() {
        let text = vector["filter"].as_str().unwrap();
        let filter = parsed(text, "User", Profile::Strict).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(serde_json::json!(matching(&filter, &resources)), vector["match_userName"], "{text}");
    }
}

#[derive(Deserialize)]
struct Cases {
    resource: BTreeMap<String, Fixture>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Fixture {
    #[serde(rename = "type")]
    resource_type: String,
    body: String,
}

/// One case of `filter/cases.toml`: `matches` lists labels, `error` is part of the sentence.
#[derive(Deserialize)]
struct Case {
    filter: String,
    #[serde(rename = "type", default = "user")]
    resource_type: String,
    #[serde(default)]
    profile: Option<String>,
    #[serde(default)]
    matches: Option<Vec<String>>,
    #[serde(default)]
    prints: Option<String>,
    #[serde(default)]
    error: Option<String>,
}

fn user() -> String {
    "User".to_owned()
}

#[test]
fn cases_match_as_written() {
    let cases: Cases = toml::from_str(include_str!("filter/cases.toml")).unwrap();
    for case in &cases.case {
        let fixtures = cases.resource.iter().filter(|(_, fixture)| fixture.resource_type == case.resource_type);
        let resources =
            fixtures.map(|(label, fixture)| (label.clone(), complete(&json(&fixture.body), &fixture.resource_type)));
        check(case, &resources.collect());
    }
}

fn check(case: &Case, resources: &BTreeMap<String, Object>) {
    let text = &case.filter;
    let profile = case.profile.as_deref().unwrap_or("strict");
    let profile = Profile::ALL.iter().find(|(have, _)| *have == profile).unwrap().1;
    match (parsed(text, &case.resource_type, profile), &case.error) {
        (Ok(filter), None) => {
            if let Some(labels) = &case.matches {
                assert_eq!(&matching(&filter, resources), labels, "{text}");
            }
            if let Some(printed) = &case.prints {
                assert_eq!(&filter.to_string(), printed, "{text}");
            }
        }
        (Ok(filter), Some(error)) => panic!("{text} was read as {filter}, but should say `{error}`"),
        (Err(error), None) => panic!("{text}: {error}"),
        (Err(error), Some(wanted)) => {
            assert_eq!(error.scim_type.map(|scim_type| scim_type.as_str()), Some("invalidFilter"), "{text}");
            assert!(error.detail.contains(wanted), "{text}: `{}` does not say `{wanted}`", error.detail);
        }
    }
}

#[test]
fn a_hostile_filter_is_refused_on_a_small_stack() {
    let on_a_small_stack = std::thread::Builder::new().stack_size(256 * 1024).spawn(|| {
        let kind = kind("User");
        for profile in [Profile::Strict, Profile::Any] {
            for open in ["(", "not (", "emails[", "(not(", "title eq ", "title pr and ", "[", "\"", "\\"] {
                for times in [17, 60, 65, 1_000, 100_000] {
                    assert!(
                        Filter::parse_with(&open.repeat(times), &kind, &profile.leniency()).is_err(),
                        "{open} {times}"
                    );
                }
            }
            let flat = vec!["title pr"; 100_000].join(" or ");
            assert!(Filter::parse_with(&flat, &kind, &profile.leniency()).is_err());
            let deep = format!("{}title pr{}", "(".repeat(100_000), ")".repeat(100_000));
            assert!(Filter::parse_with(&deep, &kind, &profile.leniency()).is_err());
        }
        // The deepest and the longest that are taken, matched and dropped here too.
        let deep = format!("{}title pr{}", "not (".repeat(16), ")".repeat(16));
        let flat = vec!["title pr"; 64].join(" and ");
        let resource = complete(
            &json(
                r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ana", "title": "Guide"}"#,
            ),
            "User",
        );
        for text in [deep, flat] {
            assert!(Filter::parse(&text, &kind).unwrap().matches(&resource), "{text}");
        }
    });
    on_a_small_stack.unwrap().join().unwrap();
}

fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "userName",
        "emails",
        "emails[",
        "].value",
        "]",
        "(",
        ")",
        "not",
        "and",
        "or",
        "eq",
        "ne",
        "co",
        "pr",
        "gt",
        "\"a\"",
        "\"\\u00e9\"",
        "\"2026-11-25T10:00:00Z\"",
        "true",
        "null",
        "5",
        "type",
        "value",
        "meta.created",
        "active",
        "manager",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "\"",
        "\\",
        ".",
        "\u{e9}",
        "\0",
    ]);
    prop::collection::vec(word, 0..24).prop_map(|words| words.join(" "))
}

fn filters() -> impl Strategy<Value = String> {
    let term = prop::sample::select(vec![
        r#"userName eq "a\"]\\b""#,
        "emails.primary ne true",
        "title pr",
        r#"meta.created le "2026-11-25T10:00:00+02:00""#,
        "locale eq null",
        r#"ims[not (type eq "a") and (value sw "b" or display pr)]"#,
        r#"photos[type eq "a" or primary eq false].value co "b""#,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value ew "9""#,
    ]);
    term.prop_map(str::to_owned).prop_recursive(4, 20, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|filter| format!("not({filter})")),
            inner.clone().prop_map(|filter| format!("( {filter} )")),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| parts.join(" AND ")),
            prop::collection::vec(inner, 2..4).prop_map(|parts| parts.join(" or ")),
        ]
    })
}

proptest! {
    #[test]
    fn a_filter_is_printed_as_it_was_meant(text in filters()) {
        prop_assert!(parsed(&text, "User", Profile::Strict).is_ok(), "{}", text);
    }

    /// Whatever is sent gets an answer; what is taken can be printed and read again.
    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![words(), any::<String>()]) {
        for profile in [Profile::Strict, Profile::Any] {
            let _ = parsed(&text, "User", profile);
            let _ = AttributePath::parse(&text, &kind("User"));
        }
    }
}
