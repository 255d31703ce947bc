//! The normative clauses of RFC 7643, 7644 and 9865 about service providers: each is cited by a
//! test, or carries the reason why none does.
//!
//! A test cites a section as `rfc = "7644 3.5.2"` in a data file (one or a list), or as
//! `RFC 7644 §3.5.2` in a comment beside it. A citation is of a section, so it stands for each of the
//! section's clauses; a clause that needs more than that names its test itself, in `proof`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

#[derive(Deserialize)]
struct Clauses {
    clause: Vec<Clause>,
}

#[derive(Deserialize)]
struct Clause {
    section: String,
    level: String,
    says: String,
    #[serde(default)]
    reason: Option<String>,
    /// A file under `tests/` and the function in it.
    #[serde(default)]
    proof: Option<String>,
}

impl Clause {
    fn is_proved(&self) -> bool {
        let Some(proof) = &self.proof else { return false };
        let (file, function) = proof.split_once(' ').unwrap();
        let text = fs::read_to_string(Path::new("tests").join(file)).unwrap_or_default();
        assert!(text.contains(&format!("fn {function}()")), "{}: there is no {proof}", self.says);
        true
    }
}

/// Every `RFC section` that some test cites, with the file that does.
fn cited() -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for path in files(Path::new("tests")) {
        let own = path.ends_with("rfc.rs") || path.parent().is_some_and(|folder| folder.ends_with("rfc"));
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if own {
            continue;
        }
        for citation in citations(&text) {
            found.entry(citation).or_insert_with(|| path.clone());
        }
    }
    found
}

fn citations(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rfc in ["7643", "7644", "9865"] {
        for (mark, only_rfc_keys) in [(format!("\"{rfc} "), true), (format!("RFC {rfc} §"), false)] {
            for (at, _) in text.match_indices(&mark) {
                let line = text[..at].rsplit('\n').next().unwrap();
                if only_rfc_keys && !line.trim_start().starts_with("rfc =") {
                    continue;
                }
                // `RFC 7644 §3.4.2, §3.9` cites both.
                let rest = text[at + mark.len()..].lines().next().unwrap();
                let sections = if only_rfc_keys { rest.split('"').next().unwrap() } else { rest };
                for section in sections.split(", §") {
                    let section: String = section.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
                    found.push(format!("{rfc} {}", section.trim_end_matches('.')));
                }
            }
        }
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "toml") {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_clause_is_cited_by_a_test_or_says_why_not() {
    let cited = cited();
    let mut open = Vec::new();
    for (rfc, text) in [
        ("7643", include_str!("rfc/rfc7643.toml")),
        ("7644", include_str!("rfc/rfc7644.toml")),
        ("9865", include_str!("rfc/rfc9865.toml")),
    ] {
        let clauses: Clauses = toml::from_str(text).unwrap();
        let (mut covered, mut explained) = (0, 0);
        for clause in &clauses.clause {
            assert!(["MUST", "SHOULD", "MAY"].contains(&&*clause.level), "{}", clause.says);
            let is_cited = clause.is_proved() || cited.contains_key(&format!("{rfc} {}", clause.section));
            match (is_cited, &clause.reason) {
                (_, Some(reason)) => {
                    assert!(!reason.is_empty(), "{}", clause.says);
                    explained += 1;
                }
                (true, None) => covered += 1,
                (false, None) => open.push(format!("RFC {rfc} §{}: {}", clause.section, clause.says)),
            }
        }
        println!(
            "RFC {rfc}: {covered} of {} clauses are cited by tests, {explained} carry a reason",
            clauses.clause.len()
        );
    }
    assert!(open.is_empty(), "nothing cites\n{}", open.join("\n"));
}
