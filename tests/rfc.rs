//! Every sentence of RFC 7643, 7644 and 9865 that binds a service provider by one of the words of
//! RFC 2119, in our own words: each is proved by tests that it names, or says why there is nothing
//! to prove, or in what Postern deviates and why.
//!
//! A proof is a file under `tests/` and what in it proves the clause: the function of a Rust file,
//! the name or the filter of a case in a data file. Such a case cites the clause's section in turn
//! where it has `rfc`; a citation of a section without a clause is a mistake.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

#[derive(Deserialize)]
struct Clauses {
    clause: Vec<Clause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clause {
    section: String,
    level: String,
    says: String,
    /// What proves it.
    #[serde(default)]
    proof: Vec<String>,
    /// Why there is nothing to prove.
    #[serde(default)]
    reason: Option<String>,
    /// In what Postern does otherwise, and why.
    #[serde(default)]
    deviation: Option<String>,
}

const RFCS: [(&str, &str); 3] = [
    ("7643", include_str!("rfc/rfc7643.toml")),
    ("7644", include_str!("rfc/rfc7644.toml")),
    ("9865", include_str!("rfc/rfc9865.toml")),
];

fn clauses(text: &str) -> Vec<Clause> {
    let clauses: Clauses = toml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
    clauses.clause
}

/// What is wrong with a proof; nothing when it is there and is run.
fn problem_of(proof: &str) -> Option<String> {
    let (file, what) = proof.split_once(' ').unwrap_or((proof, ""));
    let Ok(text) = fs::read_to_string(Path::new("tests").join(file)) else {
        return Some(format!("there is no tests/{file}"));
    };
    if file.ends_with(".rs") {
        return (!text.contains(&format!("fn {what}("))).then(|| format!("{file} has no test {what}"));
    }
    let has = |key: &str| {
        text.lines().any(|line| line == format!("{key} = \"{what}\"") || line == format!("{key} = '{what}'"))
    };
    // A folder of files that are a case each.
    if !(what.is_empty() && text.lines().next().is_some_and(|line| line.starts_with("# "))
        || has("name")
        || has("filter"))
    {
        return Some(format!("{file} has no case `{what}`"));
    }
    let folder = file.split('/').next().unwrap_or_default();
    let runner = fs::read_to_string(format!("tests/{folder}.rs")).unwrap_or_default();
    let parent = Path::new(file).parent().and_then(Path::to_str).unwrap_or_default();
    let is_run = runner.contains(file) || runner.contains(&format!("tests/{parent}\""));
    (!is_run).then(|| format!("nothing runs {file}"))
}

#[test]
fn every_clause_is_proved_or_says_why_not() {
    let mut open = Vec::new();
    for (rfc, text) in RFCS {
        let (mut proved, mut explained, mut deviating) = (0, 0, 0);
        let clauses = clauses(text);
        for clause in &clauses {
            let name = format!("RFC {rfc} §{}: {}", clause.section, clause.says);
            assert!(["MUST", "SHOULD", "MAY"].contains(&&*clause.level), "{name}: {}", clause.level);
            open.extend(clause.proof.iter().filter_map(|proof| Some(format!("{name}: {}", problem_of(proof)?))));
            match (clause.proof.is_empty(), &clause.reason, &clause.deviation) {
                (false, None, None) => proved += 1,
                (true, Some(_), None) => explained += 1,
                // A deviation may be a part of the clause, and the rest proved.
                (_, None, Some(_)) => deviating += 1,
                (true, None, None) => open.push(format!("{name}: nothing proves it")),
                _ => open.push(format!("{name}: one of proof, reason, deviation")),
            }
        }
        println!(
            "RFC {rfc}: {proved} of {} clauses are proved, {explained} have nothing to prove, {deviating} deviate",
            clauses.len()
        );
    }
    assert!(open.is_empty(), "\n{}", open.join("\n"));
}

#[test]
fn no_clause_is_listed_twice() {
    let mut seen = BTreeSet::new();
    for (rfc, text) in RFCS {
        for clause in clauses(text) {
            let name = format!("RFC {rfc} §{}: {}", clause.section, clause.says);
            assert!(seen.insert(name.clone()), "{name}");
        }
    }
}

#[test]
fn what_a_test_cites_is_a_section_that_has_clauses() {
    let sections: BTreeSet<String> = RFCS
        .iter()
        .flat_map(|(rfc, text)| clauses(text).into_iter().map(move |clause| format!("{rfc} {}", clause.section)))
        .collect();
    for path in files(Path::new("tests")).filter(|path| !path.starts_with("tests/rfc")) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        for line in text.lines().filter_map(|line| line.strip_prefix("rfc = ")) {
            for cited in line.split('"').skip(1).step_by(2) {
                assert!(sections.contains(cited), "{}: {cited} has no clause", path.display());
            }
        }
    }
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension().and_then(|extension| extension.to_str()) {
                _ if path.is_dir() => folders.push(path),
                Some("toml") => found.push(path),
                _ => (),
            }
        }
    }
    found.into_iter()
}
