//! What discovery tells of an attribute is what its rules do.

use postern::diagnostic::{Document, Problems, SourceFile, render_all};
use postern::mapping::{Mapping, compile};
use postern::scim::{Discovery, Features, ResourceTypes};
use postern::value::{Object, Value};
use serde::Deserialize;

use super::manual::completed;

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    rules: String,
    /// The path on the left of the only rule stands in quotation marks.
    #[serde(default)]
    quote: bool,
    #[serde(default = "user")]
    schema: String,
    /// `attribute` or `attribute.part`.
    at: String,
    /// What is told, or `absent`.
    is: toml::Value,
}

fn user() -> String {
    "urn:ietf:params:scim:schemas:core:2.0:User".to_owned()
}

fn mapping(name: &str, rules: &str) -> Mapping {
    let mut problems = Problems::new();
    let document = Document::parse(&SourceFile::new("app.toml", completed(rules)), &mut problems).unwrap();
    let mapping = compile(document, &[], &mut problems);
    assert!(!problems.has_errors(), "{name}\n{}", render_all(&problems.into_sorted(), false));
    mapping.unwrap()
}

fn told(document: Discovery, types: &ResourceTypes) -> Object {
    let features = Features {
        max_results: 1,
        default_page: 1,
        etag: true,
        sort: true,
        change_password: true,
        bulk_operations: 1,
        bulk_bytes: 1,
    };
    document.document(types, &features, "https://scim.example").unwrap()
}

fn part<'a>(holder: &'a Object, list: &str, name: &str) -> Option<&'a Object> {
    let items = holder.get(list)?.as_list()?.iter().filter_map(Value::as_object);
    items.into_iter().find(|item| item.get("name").and_then(Value::as_str) == Some(name))
}

#[test]
fn attributes_are_told_as_their_rules_are() {
    let file: File = toml::from_str(include_str!("told.toml")).unwrap_or_else(|error| panic!("{error}"));
    for case in &file.case {
        let name = &case.name;
        let rules = if case.quote {
            let (path, rest) = case.rules.split_once(" = ").unwrap();
            format!("'{path}' = {rest}")
        } else {
            case.rules.trim().to_owned()
        };
        let types = mapping(name, &rules).advertised(&|_| true);
        let schema = told(Discovery::Schema(case.schema.clone()), &types);
        let (attribute, sub) = case.at.split_once('.').map_or((&*case.at, None), |(a, sub)| (a, Some(sub)));
        let found = part(&schema, "attributes", attribute)
            .and_then(|found| sub.map_or(Some(found), |sub| part(found, "subAttributes", sub)));
        let Some(wanted) = case.is.as_table() else {
            assert_eq!(found, None, "{name}");
            continue;
        };
        let found = found.unwrap_or_else(|| panic!("{name}: {}", Value::from(schema.clone()).to_json()));
        for (key, wanted) in wanted {
            let have = found.get(key).map_or_else(|| "\"absent\"".to_owned(), Value::to_json);
            assert_eq!(have, serde_json::to_string(wanted).unwrap(), "{name}: {key}");
        }
    }
}

/// RFC 7643 §6: a type whose rules require a value of an extension requires the extension.
#[test]
fn an_extension_is_required_when_one_of_its_values_is() {
    for (option, required) in
        [("required = true", true), ("required = false", false), ("required = true, default = 1", false)]
    {
        let rules = format!(
            "\"urn:example:params:2.0:Staff:floor\" = {{ field = \"floor\", {option} }}\n\n\
             [schema.\"urn:example:params:2.0:Staff\"]\nattributes = {{ floor = \"integer\" }}\n"
        );
        let types = mapping(option, &rules).advertised(&|_| true);
        let kind = told(Discovery::ResourceType("User".to_owned()), &types);
        let extensions = kind.get("schemaExtensions").and_then(Value::as_list).unwrap();
        let [extension] = extensions else { panic!("{option}: {extensions:?}") };
        assert_eq!(extension.as_object().unwrap().get("required"), Some(&Value::Boolean(required)), "{option}");
    }
}

/// Two types with one schema: what either has of it is told.
#[test]
fn a_schema_of_two_types_is_told_whole() {
    let text = "userName = \"login\"\nnickName = \"nick\"\n\n[Admin]\nschema = \"urn:ietf:params:scim:schemas:core:2.0:User\"\ntable = \"admins\"\n\
                key = \"id\"\n[Admin.attributes]\nuserName = \"login\"\ntitle = \"job\"\n";
    let types = mapping("two types", text).advertised(&|_| true);
    let schema = told(Discovery::Schema(user()), &types);
    for name in ["userName", "nickName", "title"] {
        assert!(part(&schema, "attributes", name).is_some(), "{name}");
    }
    assert!(part(&schema, "attributes", "locale").is_none());
}

/// One of two types keeps what clients name, and the schema that both have says so.
#[test]
fn a_schema_that_is_open_for_one_type_is_told_to_be_open() {
    let traits = "urn:example:params:2.0:Traits";
    let text = format!(
        "userName = \"login\"\n\"{traits}:tier\" = \"tier\"\n\n[Group]\ntable = \"teams\"\nkey = \"id\"\n[Group.attributes]\n\
         displayName = \"name\"\n\"{traits}:*\" = \"traits.*\"\n\n[schema.\"{traits}\"]\nopen = true\n"
    );
    let types = mapping("open for one", &text).advertised(&|_| true);
    let schema = told(Discovery::Schema(traits.to_owned()), &types);
    assert!(part(&schema, "attributes", "tier").is_some());
    assert!(
        schema.get("description").and_then(Value::as_str).is_some_and(|text| text.starts_with("Open: any other name"))
    );
}
