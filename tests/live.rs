//! `postern check --live`: what is said of an application that is not as the mapping says, and that
//! nothing is said of one that is.

use crate::cli::support::{Folder, MAPPING};

const FITS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, login VARCHAR(40) NOT NULL, locked BOOLEAN NOT NULL);
    CREATE UNIQUE INDEX users_login ON users (login COLLATE NOCASE);";

/// Schema and mapping with what is said; what is said of nothing else is not here.
#[derive(serde::Deserialize)]
struct Case {
    name: String,
    schema: String,
    mapping: String,
    code: i32,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    says_not: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Cases {
    case: Vec<Case>,
}

fn with_database(schema: &str, mapping: &str) -> Folder {
    let folder = Folder::ready();
    rusqlite::Connection::open(folder.path().join("app.db")).unwrap().execute_batch(schema).unwrap();
    folder.put("app.toml", mapping);
    folder
}

fn mapping_of(body: &str) -> String {
    format!("[application]\nname = \"Staff\"\n\n[downstream]\nkind = \"sql\"\nurl = \"sqlite:app.db\"\n\n{body}")
}

#[test]
fn every_case_is_said_at_its_place() {
    let cases: Cases = toml::from_str(&std::fs::read_to_string("tests/live/cases.toml").unwrap()).unwrap();
    let mut problems = Vec::new();
    for case in cases.case {
        let folder = with_database(&case.schema, &mapping_of(&case.mapping));
        let done = folder.postern(&["check", "--live"]);
        let mut wrong = Vec::new();
        if done.code != case.code {
            wrong.push(format!("ends with {} instead of {}", done.code, case.code));
        }
        wrong.extend(case.says.iter().filter(|part| !done.stdout.contains(*part)).map(|part| format!("lacks: {part}")));
        wrong
            .extend(case.says_not.iter().filter(|part| done.stdout.contains(*part)).map(|part| format!("has: {part}")));
        if !wrong.is_empty() {
            problems.push(format!("{}\n{}\n{}{}", case.name, wrong.join("\n"), done.stdout, done.stderr));
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n\n"));
}

#[test]
fn nothing_is_said_of_what_fits_and_nothing_is_written() {
    let mapping =
        MAPPING.replace("match = 1", "match = 1, max_length = 40").replace("\"1\")'", "\"1\")', default = \"0\"");
    let folder = with_database(FITS, &mapping);
    let before = std::fs::read(folder.path().join("app.db")).unwrap();
    let done = folder.postern(&["check", "--live", "--deny-warnings"]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(!done.stdout.contains("PST7"), "{}", done.stdout);
    assert_eq!(std::fs::read(folder.path().join("app.db")).unwrap(), before);
    assert_eq!(folder.postern(&["check", "--live", "--format", "json"]).stdout, "");
}

#[test]
fn without_live_nothing_is_connected_to() {
    let folder = Folder::ready();
    assert_eq!(folder.postern(&["check"]).code, 0);
}

#[test]
fn an_application_that_is_not_there_ends_with_69() {
    let folder = Folder::ready();
    let done = folder.postern(&["check", "--live"]);
    assert_eq!(done.code, 69, "{}", done.stdout);
    for part in ["error[PST701]: the application cannot be reached", "app.toml:6:8", "cannot be opened"] {
        assert!(done.stdout.contains(part), "{part}\n{}", done.stdout);
    }
    let done = folder.postern(&["check", "--live", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(done.stdout.trim()).unwrap();
    assert_eq!((done.code, &told["code"], &told["line"]), (69, &"PST701".into(), &6.into()));
}
