//! `[User.fields]`: what the document demands and no attribute feeds. Pure.

use super::attributes::Rule;
use super::envelope::record_of_body;
use super::guess::Resource;
use super::record::Field;
use super::schema::Kind;
use crate::cli::init::lines::{Line, harmless, line, quoted};
use crate::cli::init::words::{Meaning, rank};

/// Only when a record is made.
const ONCE: &str = "apply = \"create\"";

/// The lines, and what cannot be written as a line.
pub(super) fn fields(resource: &Resource<'_>, rules: &[Rule], members: &[Line]) -> (Vec<Line>, Vec<String>) {
    let written: Vec<&str> = members.iter().map(|line| line.value.as_str()).collect();
    let of_members = |field: &Field<'_>| written.iter().any(|value| value.contains(&quoted(&field.path)));
    let fed = |field: &&Field<'_>| {
        rules.iter().any(|rule| rule.field == field.path || rule.field.starts_with(&format!("{}[*]", field.path)))
    };
    // What stands beside the record in the body, as JSON:API's `type`, is written by the call.
    let beside = resource.collection.create.and_then(|create| {
        let wrapped = record_of_body(create.body()?.schema, &resource.record.names(), resource.collection.name);
        wrapped.beside.map(|(name, _)| name)
    });
    let open = resource.record.fields.iter().filter(|field| field.required && field.created);
    let open = open.filter(|field| Some(field.name) != beside);
    // An object whose own properties have rules is there as soon as one of them is written.
    let within = |field: &&Field<'_>| rules.iter().any(|rule| rule.field.starts_with(&format!("{}.", field.path)));
    let open = open.filter(|field| !fed(field) && !within(field) && !of_members(field));
    let (mut lines, mut comments) = (Vec::new(), Vec::new());
    for field in open {
        match value(field) {
            Some((value, note)) => {
                lines.push(line(quoted(&field.path), value, format!("{note}; the document demands it")))
            }
            None => comments.push(format!(
                "`{}` is demanded and an object: write what is to be in it as `\"{}.NAME\" = {{ constant = … }}`",
                harmless(field.name),
                harmless(&field.path)
            )),
        }
    }
    (lines, comments)
}

fn value(field: &Field<'_>) -> Option<(String, &'static str)> {
    let schema = field.schema;
    if rank(Meaning::Password, field.name).is_some() {
        let value = format!("{{ value = \"RandomString(24, 2, 2, 2, 2)\", {ONCE} }}");
        return Some((value, "nobody is told: sign in by SSO"));
    }
    let constant = |value: &str| format!("{{ constant = {value}, {ONCE} }}");
    if let Some(word) = schema.words().first() {
        return Some((constant(&quoted(word)), "the first of its values"));
    }
    let found = match (schema.kind(), schema.format()) {
        (Kind::Time, _) | (_, Some("date")) => (format!("{{ value = \"Now()\", {ONCE} }}"), "the time of creation"),
        (_, Some("uuid")) => (format!("{{ value = \"Guid()\", {ONCE} }}"), "a new one"),
        (Kind::Boolean, _) => (constant("false"), "off"),
        (Kind::Integer | Kind::Number, _) => {
            let least = schema.bound("minimum").filter(|least| *least <= 1_000_000_000).unwrap_or(0);
            (constant(&least.to_string()), "put in what it is to be")
        }
        (Kind::List, _) => (constant("[]"), "an empty list"),
        (Kind::Text | Kind::Unknown, _) => (constant("\"\""), "put in what it is to be"),
        (Kind::Object, _) => return None,
    };
    Some(found)
}
