//! Mapping files: what is refused, and how it is said; what is accepted, and what `postern check`
//! says of it; every shipped mapping; every example of the manual.

#[path = "mappings/annotations.rs"]
pub(crate) mod annotations;

use std::path::Path;

use postern::diagnostic::{Diagnostic, Document, Node, NodeValue, Problems, Severity, SourceFile};
use postern::downstream::{self, Binding};
use postern::mapping;
use postern::value::Value;

use crate::cli::support::{CONFIG, Done, Folder};

/// Compiles and binds a mapping as `postern check` does, without a configuration around it.
fn problems(name: &str, text: &str, folder: &Path) -> Vec<Diagnostic> {
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

/// Runs `postern check` over a mapping whose environment variables are set and whose secret files
/// are there.
fn check(text: &str) -> Done {
    let folder = Folder::ready();
    folder.put("app.toml", text);
    folder.put("postern.toml", &CONFIG.replace("app.toml\"", "app.toml\"\nvariables = { customer_id = 17 }"));
    let document = Document::parse(&SourceFile::new("app.toml", text), &mut Problems::new()).unwrap();
    let mut env = Vec::new();
    provide(&document.root, "", &folder, &mut env);
    folder.postern_with(&["check", "--deny-warnings"], &env, "")
}

/// Looks for `{ env = "NAME" }` and `{ file = "path" }` and provides what they name.
fn provide(node: &Node, key: &str, folder: &Folder, env: &mut Vec<(String, String)>) {
    match &node.value {
        NodeValue::Array(items) => items.iter().for_each(|item| provide(item, key, folder, env)),
        NodeValue::Table(entries) => {
            let value = match key {
                "base_url" => "https://app.example.com",
                "url" => "postgres://app@127.0.0.1/app",
                _ => "secret",
            };
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
    let shipped = annotations::files("mappings", "toml");
    assert!(!shipped.is_empty());
    for path in shipped {
        let done = check(&std::fs::read_to_string(&path).unwrap());
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{}\n{}", path.display(), done.stdout);
    }
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

/// The TOML of each fenced block of a page, with the number of its line.
fn examples(page: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (i, line) in page.lines().enumerate() {
        match (inside, line) {
            (false, "```toml") => {
                inside = true;
                found.push((i + 1, String::new()));
            }
            (true, "```") => inside = false,
            (true, line) => {
                let example = &mut found.last_mut().unwrap().1;
                example.push_str(line);
                example.push('\n');
            }
            (false, _) => {}
        }
    }
    found
}

/// An example with everything that it leaves out. What has no header are rules.
fn completed(example: &str) -> String {
    let has = |header: &str| example.lines().any(|line| line.split(" #").next().unwrap().trim_end() == header);
    let rest = example.contains("\"$") || has("[downstream.credentials]") || example.contains("base_url");
    let field = |sql: &str, rest_field: &str| if rest { format!("\"{rest_field}\"") } else { format!("\"{sql}\"") };
    let mut whole = String::new();
    if !has("[downstream]") {
        whole += if rest {
            "[downstream]\nkind = \"rest\"\nbase_url = \"https://app.example.com\"\n"
        } else {
            "[downstream]\nkind = \"sql\"\nurl = \"sqlite:app.db\"\n"
        };
    }
    if !has("[User]") && !example.contains("[downstream]\n") {
        whole += if rest { "[User]\nkey = \"$.id\"\n" } else { "[User]\ntable = \"users\"\nkey = \"id\"\n" };
    }
    let rule = format!("userName = {{ field = {}, match = 1 }}\n", field("login", "$.login"));
    let needs_rule = !example.contains("userName ") && !example.contains("userName=");
    let starts_with_rules = !example.trim_start().starts_with(['[', '#']);
    if !has("[User.attributes]") && (starts_with_rules || !example.contains("[downstream]\n")) {
        whole += "[User.attributes]\n";
        if needs_rule {
            whole += &rule;
        }
    }
    whole += example;
    if rest && !has("[User.calls]") {
        whole += "\n[User.calls]\nread = { get = \"/users/{key}\" }\n\
                  find.userName = { get = \"/users\", query = { name = \"{value}\" }, items = \"$[*]\" }\n";
    }
    if has("[Group.members]") && !has("[Group]") {
        whole += "\n[Group]\ntable = \"teams\"\nkey = \"id\"\n[Group.attributes]\n\
                  displayName = { field = \"name\", match = 1 }\n";
    }
    whole
}

#[test]
fn every_example_of_the_manual_compiles() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings/README.md");
    let examples = examples(&std::fs::read_to_string(page).unwrap());
    assert!(examples.len() >= 25, "{} examples", examples.len());
    for (line, example) in examples {
        if example.contains("[[tenant]]") {
            let folder = Folder::ready();
            folder.put("postern.toml", &example);
            let done = folder.postern(&["check", "--deny-warnings"]);
            assert_eq!(done.code, 0, "mappings/README.md:{line}\n{}", done.stdout);
            continue;
        }
        let whole = completed(&example);
        let folder = Folder::new();
        let document = Document::parse(&SourceFile::new("app.toml", &whole), &mut Problems::new());
        provide(&document.expect(&whole).root, "", &folder, &mut Vec::new());
        let told: Vec<String> = problems("app.toml", &whole, folder.path())
            .iter()
            .filter(|problem| problem.severity > Severity::Note && problem.code.to_string() != "PST002")
            .map(|problem| format!("{} {}", problem.code, problem.message))
            .collect();
        assert!(told.is_empty(), "mappings/README.md:{line}\n{}\n{whole}", told.join("\n"));
    }
}
