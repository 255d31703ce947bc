//! `postern schema` and the readers: one says nothing that the other does not.
//!
//! The readers know their keys only by asking for them, and name them all when they meet one that
//! they did not ask for. So a key that nobody knows is put into every table of the files in
//! `schema/`, which hold each key once, and what the reader then names is compared with the schema.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jsonschema::Validator;
use postern::diagnostic::{Diagnostic, Severity};
use serde_json::Value as Json;
use toml::Value as Toml;

use crate::cli::support::Folder;
use crate::mappings::{annotations, problems as compiled};

/// A key that no reader knows and that resembles none.
const NOBODYS: &str = "zzqqxxzz";

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
    let mut files: Vec<_> = annotations::files("mappings", "toml");
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
    ("rest-credentials-basic.toml", "which keys are needed depends on `kind`"),
    ("rest-credentials-missing.toml", "which keys are needed depends on `kind`"),
    ("rest-errors-nothing.toml", "one of two keys, each of which may be missing"),
    ("rest-page-empty.toml", "one of four keys, each of which may be missing"),
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

// --- the same keys ---------------------------------------------------------------------------------

/// A table of a document: its place, and the schema's word for it.
struct Place {
    path: Vec<String>,
    definition: String,
    keys: BTreeSet<String>,
}

/// All tables of `value` of which the schema says which keys they have.
fn places(schema: &Json, at: &Json, value: &Toml, path: &[String], found: &mut Vec<Place>) {
    let (definition, at) = resolved(schema, "the file", at, value);
    let step = |key: &str| [path, &[key.to_owned()]].concat();
    match value {
        Toml::Table(entries) => {
            if at["additionalProperties"] == Json::Bool(false) {
                found.push(Place { path: path.to_vec(), definition: definition.to_owned(), keys: keys(at) });
            }
            for (key, value) in entries {
                let below = at["properties"].get(key).unwrap_or_else(|| &at["additionalProperties"]);
                places(schema, below, value, &step(key), found);
            }
        }
        Toml::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(i, item)| places(schema, &at["items"], item, &step(&i.to_string()), found));
        }
        _ => (),
    }
}

/// Follows references, and of several ways to write something takes the one for this value.
fn resolved<'s>(schema: &'s Json, name: &'s str, at: &'s Json, value: &Toml) -> (&'s str, &'s Json) {
    if let Some(reference) = at["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return resolved(schema, name, &schema["definitions"][name], value);
    }
    let Some(ways) = at["anyOf"].as_array() else { return (name, at) };
    let fits = |(_, way): &(&str, &Json)| {
        let keys = keys(way);
        match value {
            Toml::Table(entries) => way["type"] == "object" && entries.keys().all(|key| keys.contains(key)),
            Toml::Array(_) => way["type"] == "array",
            _ => false,
        }
    };
    let mut ways = ways.iter().map(|way| resolved(schema, name, way, value));
    ways.find(fits).unwrap_or((name, &Json::Null))
}

fn keys(at: &Json) -> BTreeSet<String> {
    at["properties"].as_object().map(|keys| keys.keys().cloned().collect()).unwrap_or_default()
}

/// The document with an unknown key in the table at `path`.
fn spoiled(document: &Toml, path: &[String]) -> String {
    let mut document = document.clone();
    let mut at = &mut document;
    for step in path {
        at = match at {
            Toml::Table(entries) => entries.get_mut(step).unwrap(),
            Toml::Array(items) => &mut items[step.parse::<usize>().unwrap()],
            other => panic!("{other} has no {step}"),
        };
    }
    at.as_table_mut().unwrap().insert(NOBODYS.to_owned(), Toml::Integer(1));
    toml::to_string(&document).unwrap()
}

/// The keys that the reader names when it meets the unknown one.
fn named(problems: &[Diagnostic], place: &str) -> BTreeSet<String> {
    let wanted = format!("has no key `{NOBODYS}`");
    let told = problems.iter().filter(|problem| problem.message.ends_with(&wanted));
    let helps: BTreeSet<String> = told.filter_map(|problem| problem.help.clone()).collect();
    assert!(!helps.is_empty(), "nobody refuses an unknown key at {place}");
    let known = helps.iter().flat_map(|help| help.strip_prefix("known keys: ").expect(help).split(", "));
    known.map(str::to_owned).collect()
}

/// What keys a table has may depend on what stands in it, so those that the reader names in all
/// tables of one definition are put together before they are compared.
fn compare(schema: &Json, documents: &[String], read: impl Fn(&str) -> Vec<Diagnostic>) {
    let mut asked: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for document in documents {
        let document = Toml::Table(document.parse().unwrap());
        let mut found = Vec::new();
        places(schema, schema, &document, &[], &mut found);
        for place in found {
            let named = named(&read(&spoiled(&document, &place.path)), &place.path.join("."));
            let (of_reader, of_schema) = asked.entry(place.definition).or_default();
            of_reader.extend(named);
            of_schema.extend(place.keys);
        }
    }
    for (definition, (of_reader, of_schema)) in &asked {
        assert_eq!(
            of_reader, of_schema,
            "the reader of `{definition}` asks for the keys on the left, the schema has those on the right"
        );
    }
    let definitions = schema["definitions"].as_object().unwrap().iter();
    let closed = definitions.filter(|(_, definition)| definition["additionalProperties"] == Json::Bool(false));
    // `call` is what the calls have in common, and stands nowhere itself.
    let unmet: Vec<&String> =
        closed.map(|(name, _)| name).filter(|name| !asked.contains_key(*name) && *name != "call").collect();
    assert!(unmet.is_empty(), "no file in tests/schema has a table of {unmet:?}");
}

fn example(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema").join(name)).unwrap()
}

#[test]
fn the_schema_of_configurations_has_the_keys_that_the_reader_asks_for() {
    compare(&schema(&["config"]), &[example("config.toml")], crate::config::problems);
}

#[test]
fn the_schema_of_sql_mappings_has_the_keys_that_the_readers_ask_for() {
    let folder = Folder::new();
    compare_mappings("sql", &[example("sql.toml")], &folder);
}

#[test]
fn the_schema_of_rest_mappings_has_the_keys_that_the_readers_ask_for() {
    let with =
        |kind: &str| example("rest.toml").replace("\"header\"\nname  = \"X-Key\"\nvalue = { file = \"key\" }", kind);
    let kinds = [
        "\"header\"\nname = \"X\"\nvalue = { file = \"key\" }",
        "\"bearer\"\ntoken = \"t\"",
        "\"basic\"\nuser = \"u\"\npassword = \"p\"",
        "\"query\"\nname = \"x\"\nvalue = \"v\"",
    ];
    let mut documents: Vec<String> = kinds.map(with).to_vec();
    documents.push(with(kinds[0]).replace(
        "{ field = \"$.users[*].id\", display = \"$.users[*].name\" }",
        "{ get = \"/m\", items = \"$\", field = \"$.id\" }",
    ));
    let folder = Folder::new();
    folder.put("key", "secret");
    compare_mappings("rest", &documents, &folder);
}

fn compare_mappings(kind: &str, documents: &[String], folder: &Folder) {
    compare(&schema(&["mapping", "--kind", kind]), documents, |text| compiled("app.toml", text, folder.path()));
}

#[test]
fn the_schema_of_mappings_has_the_keys_of_all_kinds() {
    let [all, sql, rest] =
        [&["mapping"][..], &["mapping", "--kind", "sql"], &["mapping", "--kind", "rest"]].map(schema);
    for (name, definition) in all["definitions"].as_object().unwrap() {
        // `call` is what the calls have in common, and the key of a table is a text.
        let of_kinds = &keys(&sql["definitions"][name]) | &keys(&rest["definitions"][name]);
        assert!(name == "call" || keys(definition) == of_kinds, "{name}");
    }
}

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
