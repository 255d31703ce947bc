//! Every example of `mappings/README.md` is right, with what it leaves out put around it.

use std::path::Path;

use postern::diagnostic::{Document, Problems, Severity, SourceFile};

use super::{problems, provide};
use crate::cli::support::Folder;

/// The TOML of each fenced block of a page, with the number of its line.
fn examples(page: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (i, line) in page.lines().enumerate() {
        match (inside, line.trim_start()) {
            // Some databases need a build of their own.
            (false, fence) if fence == "```toml" || cfg!(feature = "odbc") && fence == "```toml odbc" => {
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
pub(super) fn completed(example: &str) -> String {
    let has = |header: &str| example.lines().any(|line| line.split(" #").next().unwrap().trim_end() == header);
    let rest = example.contains("\"$") || has("[downstream.credentials]") || example.contains("base_url");
    let field = |sql: &str, rest_field: &str| if rest { format!("\"{rest_field}\"") } else { format!("\"{sql}\"") };
    let is_whole = example.contains("[downstream]\n") && example.contains("\n[");
    let mut whole = String::new();
    if !has("[downstream]") {
        whole += if rest {
            "[downstream]\nkind = \"rest\"\nbase_url = \"https://app.example.com\"\n"
        } else {
            "[downstream]\nkind = \"sql\"\nurl = \"sqlite:app.db\"\n"
        };
    }
    if !has("[User]") && !is_whole {
        whole += if rest { "[User]\nkey = \"$.id\"\n" } else { "[User]\ntable = \"users\"\nkey = \"id\"\n" };
    }
    let rule = format!("userName = {{ field = {}, match = 1 }}\n", field("login", "$.login"));
    let needs_rule = !example.contains("userName ") && !example.contains("userName=");
    let starts_with_rules = !example.trim_start().starts_with(['[', '#']);
    if !has("[User.attributes]") && (starts_with_rules || !is_whole) {
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
    assert!(compile_examples("mappings/README.md") >= 25);
}

#[test]
fn every_configuration_of_the_deployment_guide_compiles() {
    assert_eq!(compile_examples("deploy/README.md"), 1);
}

#[test]
fn the_first_mapping_of_the_readme_compiles() {
    assert_eq!(compile_examples("README.md"), 1);
}

/// The mappings of the manual with what they leave out, and where they stand.
pub(crate) fn whole_examples() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings/README.md");
    let examples = examples(&std::fs::read_to_string(path).unwrap()).into_iter();
    let mappings = examples.filter(|(_, example)| !example.contains("[[tenant]]"));
    mappings.map(|(line, example)| (format!("mappings/README.md:{line}"), completed(&example))).collect()
}

fn compile_examples(page: &str) -> usize {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let examples = examples(&std::fs::read_to_string(path).unwrap());
    let count = examples.len();
    for (line, example) in examples {
        if example.contains("[[tenant]]") {
            let folder = Folder::ready();
            folder.put("postern.toml", &example);
            let done = folder.postern(&["check", "--deny-warnings"]);
            assert_eq!(done.code, 0, "{page}:{line}\n{}", done.stdout);
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
        assert!(told.is_empty(), "{page}:{line}\n{}\n{whole}", told.join("\n"));
    }
    count
}
