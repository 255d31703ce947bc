//! Mapping files: what is refused, and how it is said; what is accepted, and what `postern check`
//! says of it; every shipped mapping; every example of the manual.

#[path = "mappings/annotations.rs"]
pub(crate) mod annotations;
#[path = "mappings/directions.rs"]
mod directions;
#[path = "mappings/manual.rs"]
mod manual;
#[path = "mappings/told.rs"]
mod told;

pub(crate) use manual::whole_examples as manual_examples;

use std::path::Path;

use postern::diagnostic::{Diagnostic, Document, Node, NodeValue, Problems, SourceFile};
use postern::downstream::{self, Binding};
use postern::mapping;
use postern::value::Value;

use crate::cli::support::{CONFIG, Done, Folder};

/// Compiles and binds a mapping as `postern check` does, without a configuration around it.
pub(crate) fn problems(name: &str, text: &str, folder: &Path) -> Vec<Diagnostic> {
    let mut problems = Problems::new();
    let file = SourceFile::new(name, text);
    let variables = [("customer_id".to_owned(), Value::Integer(17))];
    if let Some(document) = Document::parse(&file, &mut problems)
        && let Some(mapping) = mapping::compile(document, &variables, &mut problems)
        && let Some(downstream) = mapping.document.root.get("downstream")
    {
        let binding = Binding { downstream, resources: mapping.shapes(), folder, variables: &variables };
        if let Some(bound) = downstream::bind(&binding, &mut problems) {
            mapping.report_unsearchable(&|resource, field| bound.capabilities(resource).finds(field), &mut problems);
        }
    }
    problems.into_sorted()
}

#[test]
fn faulty_mappings_are_refused_where_they_are_wrong() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mappings/rejected");
    let count = annotations::check("tests/mappings/rejected", |name, text| problems(name, text, &folder));
    assert!(count >= 60, "{count} faulty mappings are too few");
}

/// An address that is right, where there is nothing to go there with.
#[cfg(not(feature = "odbc"))]
#[test]
fn a_build_without_odbc_says_so() {
    let text = "[downstream]\nkind = \"sql\"\nurl = \"odbc:DSN=legacy\"\ndialect = \"oracle\"\n\
                [User]\ntable = \"users\"\nkey = \"id\"\n[User.attributes]\nuserName = { field = \"login\", match = 1 }\n";
    let told = problems("app.toml", text, Path::new("/"));
    let told: Vec<_> = told.iter().map(|problem| format!("{} {}", problem.code, problem.message)).collect();
    assert_eq!(told, ["PST502 this build has no ODBC"]);
}

/// Runs `postern check` over a mapping whose environment variables are set and whose secret files
/// are there.
fn check(text: &str) -> Done {
    let folder = Folder::ready();
    folder.put("app.toml", text);
    folder.put(
        "postern.toml",
        &CONFIG.replace("app.toml\"", "app.toml\"\nvariables = { customer_id = 17, service_user = 1 }"),
    );
    let document = Document::parse(&SourceFile::new("app.toml", text), &mut Problems::new()).unwrap();
    let mut env = Vec::new();
    provide(&document.root, "", &folder, &mut env);
    folder.postern_with(&["check", "--deny-warnings"], &env, "")
}

/// Looks for `{ env = "NAME" }`, `{ file = "path" }` and certificates, and provides what they name.
fn provide(node: &Node, key: &str, folder: &Folder, env: &mut Vec<(String, String)>) {
    match &node.value {
        NodeValue::Array(items) => items.iter().for_each(|item| provide(item, key, folder, env)),
        NodeValue::Table(entries) => {
            let value = match key {
                "base_url" => "https://app.example.com",
                "url" => "postgres://app@127.0.0.1/app",
                _ => "secret",
            };
            let text = |name: &str| node.get(name).and_then(Node::as_str);
            let made = || rcgen::generate_simple_self_signed(vec!["postern".to_owned()]).unwrap();
            if let (Some(certificate), Some(key)) = (text("certificate"), text("key")) {
                let made = made();
                folder.put(certificate, &made.cert.pem());
                folder.put(key, &made.signing_key.serialize_pem());
            }
            text("ca").into_iter().for_each(|ca| folder.put(ca, &made().cert.pem()));
            match entries.as_slice() {
                [(name, node)] if name.name == "env" => {
                    env.push((node.as_str().unwrap().to_owned(), value.to_owned()));
                }
                [(name, node)] if name.name == "file" => folder.put(node.as_str().unwrap(), value),
                _ => entries.iter().for_each(|(key, node)| provide(node, &key.name, folder, env)),
            }
        }
        _ => {}
    }
}

#[test]
fn every_shipped_mapping_is_right() {
    // One with a configuration beside it is checked with that, which has its variables and tokens.
    let alone = annotations::shipped().into_iter().filter(|path| !path.with_extension("postern.toml").exists());
    let shipped: Vec<_> = alone.collect();
    assert!(!shipped.is_empty());
    for path in shipped {
        let done = check(&std::fs::read_to_string(&path).unwrap());
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{}\n{}", path.display(), done.stdout);
    }
}

/// Each configuration of `mappings/seeds` with the mapping that it names, as they lie there.
#[test]
fn every_shipped_configuration_is_right() {
    let mut count = 0;
    for path in annotations::files("mappings/seeds", "toml") {
        let Some(name) = path.file_name().unwrap().to_str().unwrap().strip_suffix(".postern.toml") else { continue };
        let mapping = std::fs::read_to_string(path.with_file_name(format!("{name}.toml"))).unwrap();
        let folder = Folder::ready();
        folder.put(&format!("{name}.toml"), &mapping);
        folder.put("postern.toml", &std::fs::read_to_string(&path).unwrap());
        let document = Document::parse(&SourceFile::new("app.toml", &mapping), &mut Problems::new()).unwrap();
        let mut env = Vec::new();
        provide(&document.root, "", &folder, &mut env);
        let done = folder.postern_with(&["check", "--deny-warnings"], &env, "");
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{}\n{}", path.display(), done.stdout);
        count += 1;
    }
    assert!(count >= 4, "{count} configurations are too few");
}

#[test]
fn accepted_mappings_are_told_attribute_by_attribute() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mappings/accepted");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let folder = entry.unwrap().path();
        let done = check(&std::fs::read_to_string(folder.join("mapping.toml")).unwrap());
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{}\n{}", folder.display(), done.stdout);
        insta::with_settings!({ snapshot_path => &folder, prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("check", done.stdout);
        });
        count += 1;
    }
    assert!(count >= 10, "{count} accepted mappings are too few");
}
