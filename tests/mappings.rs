//! Mapping files: what is refused, and how it is said; what is accepted, and what `postern check`
//! says of it; every shipped mapping; every example of the manual.

#[path = "mappings/annotations.rs"]
pub(crate) mod annotations;

use std::path::Path;

use postern::diagnostic::{Diagnostic, Document, Problems, SourceFile};
use postern::downstream::{self, Binding};
use postern::mapping;
use postern::value::Value;

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
