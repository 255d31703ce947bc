//! Mappings that cannot be bound: every problem, its code, its place and what would be right.

use super::support::{REDMINE, bound};

#[test]
fn every_problem_is_told_with_its_place() {
    let file: toml::Table = include_str!("problems.toml").parse().unwrap();
    for case in file["case"].as_array().unwrap() {
        let text = |key: &str| case.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        let base = REDMINE.replace(r#"{ env = "REDMINE_URL" }"#, r#""http://127.0.0.1:9""#);
        assert!(base.contains(text("replace")), "{}", text("replace"));
        let (driver, problems) = bound(&base.replacen(text("replace"), text("with"), 1));
        let told: Vec<_> = problems
            .iter()
            .map(|problem| {
                let place = problem.span.as_ref().map_or("", |span| span.text().lines().next().unwrap_or_default());
                let help = problem.help.as_ref().map_or_else(String::new, |help| format!(" — {help}"));
                format!("{} at `{place}`: {}{help}", problem.code, problem.message)
            })
            .collect();
        let wanted: Vec<_> = case["told"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        assert_eq!(told, wanted, "{}", text("with"));
        let is_usable = problems.iter().all(|problem| problem.severity < postern::diagnostic::Severity::Error);
        assert!(driver.is_some() || !is_usable, "{}", text("with"));
    }
}
