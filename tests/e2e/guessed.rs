//! The journeys over mappings that `postern init openapi` guesses from what the running applications publish
//! themselves, after a handful of edits: what somebody who knows the application changes in the guess.

use std::fs;
use std::process::Command;

use super::journey::{Journey, Walk};
use super::process::{Folder, Postern};
use super::target::{Target, told};

/// What a line begins with, and what is written in its place.
type Edit = (&'static str, &'static str);

/// More than a handful, and nobody would begin with the guess.
const HANDFUL: usize = 6;

const PULP: &[Edit] = &[
    // The journeys delete people.
    ("delete = \"disable\"", ""),
];

const DIRECTUS: &[Edit] = &[
    // Single sign-on finds accounts by their external identifier.
    (
        "userName ",
        "userName = { field = \"$.external_identifier\", match = 1 }\n\
         'emails[type eq \"work\"].value' = { field = \"$.email\", match = 2, unique = true }\n\
         'emails[type eq \"work\"].primary' = { constant = true }",
    ),
    ("externalId ", ""),
    ("delete = \"disable\"", ""),
];

pub(super) async fn pulp() {
    let account = [("APP_USER", "ADMIN_USER"), ("APP_PASSWORD", "ADMIN_PASSWORD")];
    let environment = account.map(|(name, from)| (name, told(&format!("POSTERN_TEST_PULP_{from}"))));
    walk(Target::Pulp, PULP, environment.to_vec()).await;
}

pub(super) async fn directus() {
    walk(Target::DirectusUsers, DIRECTUS, vec![("APP_TOKEN", told("POSTERN_TEST_DIRECTUS_TOKEN"))]).await;
}

async fn walk(target: Target, edits: &[Edit], environment: Vec<(&'static str, String)>) {
    assert!(edits.len() <= HANDFUL, "{target:?}: {} edits", edits.len());
    let folder = Folder::new(&format!("guessed-{target:?}"));
    fs::write(folder.file("api.json"), target.document().to_string()).unwrap();
    let mut init = Command::new(env!("CARGO_BIN_EXE_postern"));
    let guessed = init.args(["init", "openapi", "api.json"]).current_dir(&folder.0).output().unwrap();
    assert!(guessed.status.success(), "{}", String::from_utf8_lossy(&guessed.stderr));
    let mut mapping = String::from_utf8(guessed.stdout).unwrap();
    for (begins, written) in edits {
        let line = mapping.lines().find(|line| line.starts_with(begins)).map(str::to_owned);
        mapping =
            mapping.replace(&line.unwrap_or_else(|| panic!("no line begins with `{begins}`\n{mapping}")), written);
    }
    fs::write(folder.file("mapping.toml"), mapping).unwrap();
    let mut postern = Postern::start(folder, environment).await;
    for text in target.journeys() {
        Walk::new(target, &mut postern, false).go(&Journey::read(&text)).await;
    }
}
