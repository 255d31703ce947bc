//! `postern schema`: JSON Schemas of the files that people write, for editors that complete and
//! check while they type.
//!
//! The readers are the authority: what a schema lets pass may still be refused by `postern check`,
//! never the other way round. `tests/schema.rs` holds both together, key by key.
//!
//! Draft-07 without its newer words (`const`, `if`), since editors of TOML understand about as much
//! as draft-04 had.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value as Json};

/// Three words of our own stand in the file and in no schema that is printed: `x-also` (all keys of
/// another definition as well), `x-kind` (only for applications of this kind) and `x-required` (what
/// those of a kind need besides). A `description`
/// beside a `$ref` would not be looked at in these drafts; what is referred to is printed in its
/// place.
const MAPPING: &str = include_str!("mapping.json");
const CONFIG: &str = include_str!("config.json");

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Of which file: `postern.toml`, or a mapping.
    #[arg(value_enum, default_value = "mapping")]
    file: File,
    /// Only the keys of mappings for applications of this kind: `sql` or `rest`.
    #[arg(long, value_name = "KIND", value_parser = crate::downstream::KINDS.iter().map(|(kind, _)| *kind).collect::<Vec<_>>())]
    kind: Option<String>,
}

/// A file that people write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum File {
    /// `postern.toml`
    Config,
    /// A mapping.
    Mapping,
}

pub(super) fn run(options: &Options) -> ExitCode {
    if options.file == File::Config && options.kind.is_some() {
        eprintln!("postern: `--kind` narrows the schema of mappings; see `postern schema --help`");
        return ExitCode::from(64);
    }
    match text(options.file, options.kind.as_deref()) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => super::failure(&error),
    }
}

/// The schema as it is printed; `kind` leaves the keys of other kinds of applications out.
///
/// # Errors
/// Never with the files as they are; a test prints all of them.
pub(super) fn text(file: File, kind: Option<&str>) -> Result<String, String> {
    let source = if file == File::Config { CONFIG } else { MAPPING };
    let mut schema: Json = serde_json::from_str(source).map_err(|error| error.to_string())?;
    let whole = schema.get("definitions").cloned().unwrap_or_default();
    for definition in schema.get_mut("definitions").and_then(Json::as_object_mut).into_iter().flat_map(Map::values_mut)
    {
        complete(definition, &whole);
    }
    if let Some(kind) = kind {
        narrow(&mut schema, kind);
    }
    finish(&mut schema, &whole);
    serde_json::to_string_pretty(&schema).map(|text| text + "\n").map_err(|error| error.to_string())
}

/// Puts the keys of the definition that `x-also` names before those of this one.
fn complete(definition: &mut Json, whole: &Json) {
    let Some(own) = definition.as_object_mut() else { return };
    let Some(other) = own.remove("x-also").and_then(|name| whole.get(name.as_str()?)?.as_object().cloned()) else {
        return;
    };
    let mut merged = other;
    for (key, value) in std::mem::take(own) {
        match (merged.get_mut(&key), value) {
            (Some(Json::Object(have)), Json::Object(more)) => have.extend(more),
            (_, value) => drop(merged.insert(key, value)),
        }
    }
    *own = merged;
}

/// Leaves out what is for applications of another kind, and names this one as the only one.
fn narrow(schema: &mut Json, kind: &str) {
    for definition in schema.get_mut("definitions").and_then(Json::as_object_mut).into_iter().flat_map(Map::values_mut)
    {
        narrow_definition(definition, kind);
    }
    let named = schema.pointer_mut("/definitions/downstream/properties/kind/enum");
    named.into_iter().for_each(|named| *named = Json::Array(vec![kind.into()]));
    let mut reached = Vec::new();
    for (_, part) in schema.as_object().into_iter().flatten().filter(|(key, _)| *key != "definitions") {
        reach(part, schema, &mut reached);
    }
    if let Some(definitions) = schema.get_mut("definitions").and_then(Json::as_object_mut) {
        definitions.retain(|name, _| reached.contains(name));
    }
}

fn narrow_definition(definition: &mut Json, kind: &str) {
    let for_this = |part: &Json| part.get("x-kind").is_none_or(|only| only == kind);
    let more = definition.pointer(&format!("/x-required/{kind}")).and_then(Json::as_array).cloned();
    let Some(definition) = definition.as_object_mut() else { return };
    if let Some(more) = more {
        let required = definition.entry("required").or_insert_with(|| Json::Array(Vec::new()));
        required.as_array_mut().into_iter().for_each(|required| required.extend(more.iter().cloned()));
    }
    let ways = definition.get_mut("oneOf").and_then(Json::as_array_mut);
    ways.into_iter().for_each(|ways| ways.retain(for_this));
    let Some(properties) = definition.get_mut("properties").and_then(Json::as_object_mut) else { return };
    properties.retain(|_, property| for_this(property));
    for property in properties.values_mut() {
        for place in ["/anyOf", "/additionalProperties/anyOf"] {
            let ways = property.pointer_mut(place).and_then(Json::as_array_mut);
            ways.into_iter().for_each(|ways| ways.retain(for_this));
        }
    }
}

/// Notes the definitions that `part` refers to, and those that they refer to.
fn reach(part: &Json, schema: &Json, reached: &mut Vec<String>) {
    match part {
        Json::Object(members) => members.values().for_each(|member| reach(member, schema, reached)),
        Json::Array(items) => items.iter().for_each(|item| reach(item, schema, reached)),
        Json::String(text) => {
            let Some(name) =
                text.strip_prefix("#/definitions/").filter(|name| !reached.iter().any(|have| have == name))
            else {
                return;
            };
            reached.push(name.to_owned());
            reach(&schema["definitions"][name], schema, reached);
        }
        _ => (),
    }
}

/// Takes the last words of our own out, and puts what a described reference means in its place.
fn finish(schema: &mut Json, whole: &Json) {
    match schema {
        Json::Object(members) => {
            members.shift_remove("x-kind");
            members.shift_remove("x-required");
            if members.contains_key("description")
                && let Some(Json::String(reference)) = members.shift_remove("$ref")
            {
                let meant = reference.rsplit('/').next().and_then(|name| whole.get(name)?.as_object());
                for (key, value) in meant.into_iter().flatten() {
                    members.entry(key).or_insert_with(|| value.clone());
                }
            }
            members.values_mut().for_each(|member| finish(member, whole));
        }
        Json::Array(items) => items.iter_mut().for_each(|item| finish(item, whole)),
        _ => (),
    }
}
