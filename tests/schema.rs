//! `postern schema` and the readers: one says nothing that the other does not.

#[path = "schema/keys.rs"]
mod keys;

use std::collections::BTreeMap;
use std::path::Path;

use jsonschema::Validator;
use postern::diagnostic::{Diagnostic, Severity};
use serde_json::Value as Json;
use toml::Value as Toml;

use crate::cli::support::Folder;
use crate::mappings::{annotations, problems as compiled};

fn schema(arguments: &[&str]) -> Json {
    let done = Folder::new().postern(&[&["schema"], arguments].concat());
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{arguments:?}");
    serde_json::from_str(&done.stdout).unwrap()
}

fn validator(arguments: &[&str]) -> Validator {
    let schema = schema(arguments);
    jsonschema::draft7::meta::validate(&schema).unwrap_or_else(|error| panic!("{arguments:?}: {error}"));
    jsonschema::draft7::new(&schema).unwrap()
}

/// As editors read TOML: dates are texts.
fn json(text: &str) -> Json {
    fn of(value: Toml) -> Json {
        match value {
            Toml::Datetime(at) => at.to_string().into(),
            Toml::Array(items) => items.into_iter().map(of).collect(),
            Toml::Table(entries) => Json::Object(entries.into_iter().map(|(key, value)| (key, of(value))).collect()),
            other => serde_json::to_value(other).unwrap(),
        }
    }
    of(Toml::Table(text.parse().unwrap()))
}

fn refused(validator: &Validator, text: &str) -> Option<String> {
    let document = json(text);
    let first = validator.iter_errors(&document).next()?;
    Some(format!("{} at {}", first, first.instance_path()))
}

fn kind_of(text: &str) -> &'static str {
    if text.contains("\"rest\"") { "rest" } else { "sql" }
}

// --- what is right ---------------------------------------------------------------------------------

#[test]
fn every_right_mapping_fits_the_schema_of_mappings_and_that_of_its_kind() {
    let of_all = validator(&["mapping"]);
    let of_kind = BTreeMap::from(["sql", "rest"].map(|kind| (kind, validator(&["mapping", "--kind", kind]))));
    let mut files: Vec<_> = annotations::shipped();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let accepted = std::fs::read_dir(root.join("tests/mappings/accepted")).unwrap();
    files.extend(accepted.map(|entry| entry.unwrap().path().join("mapping.toml")));
    files.extend(
        ["tests/schema/sql.toml", "tests/schema/rest.toml", "tests/rest/redmine-rest.toml"].map(|f| root.join(f)),
    );
    assert!(files.len() > 15);
    let mut texts: Vec<_> =
        files.iter().map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap())).collect();
    texts.extend(crate::mappings::manual_examples());
    for (name, text) in texts {
        let of_kind = &of_kind[kind_of(&text)];
        assert_eq!((refused(&of_all, &text), refused(of_kind, &text)), (None, None), "{name}\n{text}");
    }
}

#[test]
fn every_right_configuration_fits_the_schema_of_configurations() {
    let validator = validator(&["config"]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["deploy/postern.toml", "tests/schema/config.toml"] {
        let text = std::fs::read_to_string(root.join(name)).unwrap();
        assert_eq!(refused(&validator, &text), None, "{name}");
    }
    assert_eq!(refused(&validator, crate::cli::support::CONFIG), None);
}

// --- what is wrong ---------------------------------------------------------------------------------

/// Files that are refused for their shape, and why no schema can tell.
const BEYOND_A_SCHEMA: &[(&str, &str)] = &[
    ("fields-nothing.toml", "one of two keys, each of which may be missing"),
    ("lookup-rules.toml", "depends on the other keys of the rule"),
    ("members-kept-missing.toml", "types of members may have tables of their own"),
    ("odbc-no-dialect.toml", "only an address of ODBC needs one"),
    ("members-missing-keys.toml", "types of members may have tables of their own"),
    ("rest-credentials-basic.toml", "which keys are needed depends on `kind`"),
    ("rest-credentials-missing.toml", "which keys are needed depends on `kind`"),
    ("rest-oauth-missing.toml", "which keys are needed depends on `kind`"),
    ("rest-login-missing.toml", "which keys are needed depends on `kind`"),
    ("rest-errors-nothing.toml", "one of two keys, each of which may be missing"),
    ("rest-members-none.toml", "types of members may have calls of their own"),
    ("rest-page-empty.toml", "one of six keys, each of which may be missing"),
    ("rest-page-limit-alone.toml", "depends on the other keys of the page"),
    ("schema-nothing.toml", "`attributes` may be missing where it is open"),
    ("sql-zone.toml", "time zones are many"),
    ("write-without-field.toml", "depends on the other keys of the rule"),
];

/// The problems that a schema should see: an unknown key, a missing key, a wrong type.
fn is_of_shape(problem: &Diagnostic) -> bool {
    problem.severity == Severity::Error && ["PST102", "PST103", "PST104"].contains(&problem.code.to_string().as_str())
}

#[test]
fn a_mapping_of_a_wrong_shape_is_refused_by_the_schema_too() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mappings/rejected");
    let [sql, rest] = ["sql", "rest"].map(|kind| validator(&["mapping", "--kind", kind]));
    let validator = |text: &str| if kind_of(text) == "rest" { &rest } else { &sql };
    let (seen, shaped) = shapes("tests/mappings/rejected", validator, |name, text| compiled(name, text, &folder));
    assert!(seen > 200 && shaped > 40, "{seen} files, {shaped} of a wrong shape");
}

#[test]
fn a_configuration_of_a_wrong_shape_is_refused_by_the_schema_too() {
    let config = validator(&["config"]);
    let (seen, shaped) = shapes("tests/config/rejected", |_| &config, |_, text| crate::config::problems(text));
    assert!(seen > 20 && shaped > 5, "{seen} files, {shaped} of a wrong shape");
}

/// Compares what the reader and the schema say of every file; gives how many files there were, and
/// of how many the shape is wrong.
fn shapes<'v>(
    folder: &str,
    validator: impl Fn(&str) -> &'v Validator,
    read: impl Fn(&str, &str) -> Vec<Diagnostic>,
) -> (usize, usize) {
    let (mut wrong, mut seen, mut shaped) = (Vec::new(), 0, 0);
    for path in annotations::files(folder, "toml") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = annotations::without(&std::fs::read_to_string(&path).unwrap());
        if text.parse::<toml::Table>().is_err() {
            continue;
        }
        seen += 1;
        let found = read(name, &text);
        let by_schema = refused(validator(&text), &text);
        let errors = found.iter().any(|problem| problem.severity == Severity::Error);
        if let (Some(why), false) = (&by_schema, errors) {
            wrong.push(format!("{name}: `postern check` lets it pass, the schema does not: {why}"));
        }
        let Some(problem) = found.iter().find(|problem| is_of_shape(problem)) else { continue };
        shaped += 1;
        let excused = BEYOND_A_SCHEMA.iter().any(|(have, _)| *have == name);
        match (by_schema.is_some(), excused) {
            (false, false) => wrong.push(format!("{name}: the schema lets it pass: {}", problem.message)),
            (true, true) => wrong.push(format!("{name}: the schema sees it by now; take it off the list")),
            _ => (),
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    (seen, shaped)
}

// --- the same words ------------------------------------------------------------------------------

#[test]
fn the_words_of_a_schema_are_those_of_the_reader() {
    let words = |schema: &Json, at: &str| -> Vec<String> {
        schema.pointer(at).and_then(|words| serde_json::from_value(words.clone()).ok()).expect(at)
    };
    let (config, mapping) = (schema(&["config"]), schema(&["mapping"]));
    let clients: Vec<&str> = postern::quirks::Profile::ALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(words(&config, "/definitions/tenant/properties/client/enum"), clients);
    let levels: Vec<&str> = postern::observe::log::Level::ALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(words(&config, "/definitions/log/properties/level/enum"), levels);
    let kinds: Vec<&str> = postern::downstream::KINDS.iter().map(|(name, _)| *name).collect();
    assert_eq!(words(&mapping, "/definitions/downstream/properties/kind/enum"), kinds);
}

#[test]
fn every_key_is_described() {
    for schema in [schema(&["config"]), schema(&["mapping"])] {
        let definitions = schema["definitions"].as_object().unwrap();
        for (name, definition) in definitions {
            for (key, property) in definition["properties"].as_object().into_iter().flatten() {
                let referred =
                    property["$ref"].as_str().and_then(|reference| definitions.get(reference.rsplit('/').next()?));
                let described = |at: &Json| at["description"].as_str().is_some_and(|text| !text.is_empty());
                assert!(described(property) || referred.is_some_and(described), "{name}.{key}");
            }
        }
    }
}

#[test]
fn nothing_of_our_own_words_is_printed() {
    for arguments in [&["config"][..], &["mapping"], &["mapping", "--kind", "sql"]] {
        assert!(!schema(arguments).to_string().contains("\"x-"), "{arguments:?}");
    }
    let refused = Folder::new().postern(&["schema", "config", "--kind", "sql"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (64, ""));
}
