//! Proves the layer order of ARCHITECTURE.md.
//!
//! A room is a top-level module of `src/`. Every room names the rooms it may
//! import; anything else fails here with the file and line to blame.

use std::fs;
use std::path::{Path, PathBuf};

/// Bottom to top. A room may import only the rooms in its own list.
const ROOMS: &[(&str, &[&str])] = &[
    ("value", &[]),
    ("diagnostic", &[]),
    ("record", &["value"]),
    ("scim", &["value", "diagnostic"]),
    ("quirks", &["value", "scim"]),
    ("expr", &["value", "diagnostic"]),
    ("mapping", &["value", "record", "scim", "expr", "diagnostic"]),
    ("plan", &["value", "record", "scim", "expr", "mapping"]),
    ("observe", &["scim", "diagnostic"]),
    ("downstream", &["value", "record", "plan", "diagnostic", "observe"]),
    ("correlation", &["value", "record", "scim", "observe"]),
    (
        "gateway",
        &[
            "value",
            "record",
            "scim",
            "quirks",
            "diagnostic",
            "expr",
            "mapping",
            "plan",
            "observe",
            "downstream",
            "correlation",
        ],
    ),
    ("server", &["value", "scim", "observe", "gateway"]),
    ("config", &["value", "quirks", "diagnostic", "observe", "downstream", "correlation", "server"]),
    ("rehearse", &["value", "diagnostic", "scim", "expr"]),
    (
        "cli",
        &[
            "value",
            "record",
            "scim",
            "quirks",
            "diagnostic",
            "expr",
            "mapping",
            "plan",
            "observe",
            "downstream",
            "correlation",
            "gateway",
            "server",
            "config",
            "rehearse",
        ],
    ),
];

/// Rooms whose functions give the same answer for the same arguments.
const PURE: &[&str] = &["value", "record", "scim", "quirks", "diagnostic", "expr", "mapping", "plan"];

/// Words that would make a pure room depend on something other than its arguments.
const IMPURE: &[&str] = &[
    "async fn",
    ".await",
    "tokio::",
    "axum::",
    "hyper::",
    "reqwest::",
    "sqlx::",
    "std::fs",
    "std::net",
    "std::env",
    "SystemTime::now",
    "Instant::now",
];

#[test]
fn rooms_are_listed_bottom_to_top() {
    for (i, (room, below)) in ROOMS.iter().enumerate() {
        for name in *below {
            let at = ROOMS.iter().position(|(r, _)| r == name);
            assert!(at.is_some_and(|at| at < i), "{room} lists {name}, which is not below it");
        }
    }
    for source in sources() {
        assert!(
            ["lib", "main"].contains(&&*source.room) || ROOMS.iter().any(|(r, _)| *r == source.room),
            "{} is in no room of this test",
            source.path.display(),
        );
    }
}

#[test]
fn rooms_import_only_downwards() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some((room, below)) = ROOMS.iter().find(|(r, _)| *r == source.room) else { continue };
        for (line, name) in source.imports() {
            if name != *room && !below.contains(&&*name) {
                wrong.push(format!("{}:{line}: {room} may not import {name}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn pure_rooms_touch_nothing_outside() {
    let mut wrong = Vec::new();
    for source in sources().filter(|s| PURE.contains(&&*s.room)) {
        for (i, text) in source.code.lines().enumerate() {
            for word in IMPURE.iter().filter(|w| text.contains(**w)) {
                wrong.push(format!("{}:{}: {} is pure but says `{word}`", source.path.display(), i + 1, source.room));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    for path in files(Path::new("src")) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(path.ends_with("tests.rs") || text.starts_with("//! "), "{} does not open with `//!`", path.display(),);
    }
}

struct Source {
    path: PathBuf,
    room: String,
    /// The text with its comments cut away, line numbers kept.
    code: String,
}

impl Source {
    /// The line and the name of every `crate::name` and every arm of `crate::{a, b::C}`.
    fn imports(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (at, _) in self.code.match_indices("crate::") {
            let line = self.code[..at].lines().count().max(1);
            let rest = &self.code[at + "crate::".len()..];
            let Some(list) = rest.strip_prefix('{') else {
                found.push((line, first_word(rest)));
                continue;
            };
            let (mut depth, mut arm) = (1, 0);
            for (i, c) in list.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => (),
                }
                if depth == 0 || (depth == 1 && c == ',') {
                    found.push((line, first_word(&list[arm..i])));
                    arm = i + 1;
                }
                if depth == 0 {
                    break;
                }
            }
        }
        found.retain(|(_, name)| ROOMS.iter().any(|(r, _)| r == name));
        found
    }
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn sources() -> impl Iterator<Item = Source> {
    files(Path::new("src")).into_iter().map(|path| {
        let room = path.iter().nth(1).unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let code = text.lines().map(|l| l.split("//").next().unwrap()).collect::<Vec<_>>().join("\n");
        Source { path, room, code }
    })
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
