//! The keys of a schema are those that the readers ask for.
//!
//! The readers know their keys only by asking for them, and name them all when they meet one that
//! they did not ask for. So a key that nobody knows is put into every table of the files beside this
//! one, which hold each key once, and what the reader then names is compared with the schema.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use postern::diagnostic::Diagnostic;
use serde_json::Value as Json;
use toml::Value as Toml;

use super::schema;
use crate::cli::support::Folder;
use crate::mappings::problems as compiled;

/// A key that no reader knows and that resembles none.
const NOBODYS: &str = "zzqqxxzz";

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
                let by_name = at["properties"].get(key);
                let by_pattern = || at["patternProperties"].get("[*]$").filter(|_| key.ends_with('*'));
                let below = by_name.or_else(by_pattern).unwrap_or_else(|| &at["additionalProperties"]);
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
    let kinds: &[&str] = &[
        "\"header\"\nname = \"X\"\nvalue = { file = \"key\" }",
        "\"bearer\"\ntoken = \"t\"",
        "\"basic\"\nuser = \"u\"\npassword = \"p\"",
        "\"query\"\nname = \"x\"\nvalue = \"v\"",
        "\"header\"\nheaders = { X = { file = \"key\" } }",
        "\"body\"\nvalue = { file = \"key\" }",
        "\"body\"\nvalues = { a = { file = \"key\" } }",
        "\"client_credentials\"\ntoken_url = \"/token\"\nclient_id = \"c\"\nclient_secret = { file = \"key\" }\n\
         authentication = \"post\"\nscope = \"s\"\nparameters = { a = \"b\" }\naudience = \"a\"",
        "\"client_credentials\"\ntoken_url = \"/token\"\nclient_id = \"c\"\nprivate_key = { file = \"key\" }\n\
         key_id = \"1\"\nalgorithm = \"RS256\"\ncertificate = \"c.crt\"",
        "\"login\"\nuser = \"u\"\npassword = { file = \"key\" }\ntoken = { header = \"T\" }\n\
         request = { post = \"/login\", json = { u = \"{user}\", p = \"{password}\" } }\n\
         send = { header = \"X-T\", scheme = \"T\" }\n\
         renew = { on_status = [401], expires = { header = \"E\" }, lifetime = \"1h\" }",
        "\"login\"\nrequest = { post = \"/login\" }\ntoken = { cookie = [\"a\", \"b\"] }\n\
         csrf = { request = { get = \"/csrf\" }, token = \"$.t\", send = { header = \"X\" }, each = true, on_status = 403 }",
    ];
    let mut documents: Vec<String> = kinds.iter().copied().map(with).collect();
    documents.push(with(kinds[0]).replace(
        "{ field = \"$.users[*].id\", name = \"$.users[*].login\", display = \"$.users[*].name\" }",
        "{ get = \"/m\", items = \"$\", field = \"$.id\", name = \"$.login\" }",
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
