//! `postern init sql`: what is guessed of a catalogue. Each file under `tests/init/` is a schema and
//! either the rules that have to be edited until the guess is the shipped mapping, or the whole text.

#[path = "init/openapi.rs"]
mod openapi;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

use crate::cli::support::Folder;

/// More than a handful, and nobody would begin with the guess.
const HANDFUL: usize = 6;

#[test]
fn every_guess_is_as_expected_and_compiles() {
    let mut files: Vec<_> = fs::read_dir("tests/init").unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    assert!(files.len() >= 3);
    let wrong: Vec<_> =
        files.iter().filter_map(|path| Some(format!("{}\n{}", path.display(), problem_of(path)?))).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}

fn problem_of(path: &Path) -> Option<String> {
    let case: Table = fs::read_to_string(path).unwrap().parse().unwrap();
    let schema = case["schema"].as_str().unwrap();
    let schema =
        if schema.contains('(') { schema.to_owned() } else { fs::read_to_string(path.with_file_name(schema)).unwrap() };
    let folder = Folder::ready();
    rusqlite::Connection::open(folder.path().join("app.db")).unwrap().execute_batch(&schema).unwrap();
    let done = folder.postern(&["init", "sql", "sqlite:app.db"]);
    if done.code != 0 {
        return Some(done.stderr);
    }
    folder.put("app.toml", &done.stdout);
    let checked = folder.postern(&["check", "--live"]);
    if checked.code != 0 {
        return Some(format!("{}\n{}", done.stdout, checked.stdout));
    }
    if let Some(expected) = case.get("mapping").and_then(Value::as_str) {
        return (expected != done.stdout).then_some(done.stdout);
    }
    let shipped = fs::read_to_string(case["shipped"].as_str().unwrap()).unwrap();
    let edits = edits(&done.stdout, &shipped);
    let expected: Vec<_> = case["edits"].as_array().unwrap().iter().map(|edit| edit.as_str().unwrap()).collect();
    (edits != expected || edits.len() > HANDFUL).then(|| format!("{}\nedits: {edits:#?}", done.stdout))
}

/// The rules that differ.
pub(crate) fn edits(guess: &str, shipped: &str) -> Vec<String> {
    let (guess, shipped) = (rules(guess), rules(shipped));
    let mut names: Vec<_> = guess.keys().chain(shipped.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| guess.get(name) != shipped.get(name));
    names
}

/// The guessed rules that are other or none in the shipped mapping; what is only missing is no wrong guess.
fn corrections(guess: &str, shipped: &str) -> Vec<String> {
    let (guess, shipped) = (rules(guess), rules(shipped));
    guess.into_iter().filter(|(name, value)| shipped.get(name) != Some(value)).map(|(name, _)| name).collect()
}

/// Every rule of the resources by its name.
fn rules(mapping: &str) -> BTreeMap<String, Value> {
    let mapping: Table = mapping.parse().unwrap();
    let mut found = BTreeMap::new();
    for (resource, table) in &mapping {
        if matches!(&**resource, "application" | "downstream") {
            continue;
        }
        for (key, value) in table.as_table().unwrap() {
            let name = format!("{resource}.{key}");
            match value.as_table().filter(|_| key != "where") {
                Some(rules) => {
                    found.extend(rules.iter().map(|(rule, value)| (format!("{name}.{rule}"), value.clone())))
                }
                None => {
                    found.insert(name, value.clone());
                }
            }
        }
    }
    found
}

#[test]
fn what_cannot_be_guessed_is_said() {
    let folder = Folder::new();
    let done = folder.postern(&["init", "sql", "sqlite:no.db"]);
    assert_eq!(done.code, 69, "{}", done.stderr);
    assert!(done.stderr.contains("cannot be opened") && !folder.path().join("no.db").exists(), "{}", done.stderr);
    let done = folder.postern(&["init", "sql", "dbase:secret-password"]);
    assert_eq!(done.code, 64, "{}", done.stderr);
    assert!(!done.stderr.contains("secret-password"), "{}", done.stderr);
    let empty = rusqlite::Connection::open(folder.path().join("app.db")).unwrap();
    empty.execute_batch("CREATE TABLE prices (id INTEGER PRIMARY KEY, name TEXT, amount INTEGER)").unwrap();
    let done = folder.postern(&["init", "sql", "sqlite:app.db"]);
    assert_eq!((done.code, done.stdout.as_str()), (1, ""));
    assert!(done.stderr.contains("no table of the database looks like one of users"), "{}", done.stderr);
}

#[test]
#[ignore = "needs the servers that tests/run starts"]
fn the_running_applications_are_guessed() {
    for (name, whole) in [("django", true), ("redmine", true), ("zabbix", false), ("wordpress", false)] {
        let url = std::env::var(format!("POSTERN_TEST_{}_DSN", name.to_uppercase())).unwrap();
        let folder = Folder::ready();
        let env = [("DATABASE_URL".to_owned(), url)];
        let done = folder.postern_with(&["init", "sql"], &env, "");
        assert_eq!(done.code, 0, "{}", done.stderr);
        folder.put("app.toml", &done.stdout);
        let checked = folder.postern_with(&["check", "--live"], &env, "");
        assert_eq!(checked.code, 0, "{}\n{}", done.stdout, checked.stdout);
        let shipped = fs::read_to_string(format!("mappings/{name}.toml")).unwrap();
        // Rows of names and values, and groups that disable, are beyond any catalogue: there, what is
        // guessed is to be right.
        let edits = if whole { edits(&done.stdout, &shipped) } else { corrections(&done.stdout, &shipped) };
        assert!(edits.len() <= HANDFUL, "{name}: {edits:#?}");
    }
}

#[cfg(feature = "odbc")]
#[test]
#[ignore = "needs the drivers that tests/run installs"]
fn what_an_odbc_driver_shows_is_guessed_too() {
    let folder = Folder::ready();
    let file = folder.path().join("app.db");
    let application = rusqlite::Connection::open(&file).unwrap();
    application
        .execute_batch(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, login VARCHAR(40) NOT NULL UNIQUE, email VARCHAR(80))",
        )
        .unwrap();
    let url = format!("odbc:Driver=SQLite3;Database={}", file.display());
    let env = [("DATABASE_URL".to_owned(), url)];
    let done = folder.postern_with(&["init", "sql"], &env, "");
    assert_eq!(done.code, 0, "{}", done.stderr);
    // The driver does not say what the database speaks; the line is there to be put right.
    let said = done.stdout.lines().find(|line| line.starts_with("dialect = \"ansi\"")).unwrap_or(&done.stdout);
    assert!(said.contains("# guess: say what the database speaks"), "{said}");
    folder.put("app.toml", &done.stdout.replace("\"ansi\"", "\"sqlite\""));
    let checked = folder.postern_with(&["check", "--live"], &env, "");
    assert_eq!(checked.code, 0, "{}\n{}", done.stdout, checked.stdout);
}
