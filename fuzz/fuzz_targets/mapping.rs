//! A mapping file: parsed, compiled, and bound to its driver as far as that touches nothing outside
//! of the text. Every problem is printed, since a caret outside of the file would be a fault too.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use postern::diagnostic::{Document, Problems, SourceFile, render_all};
use postern::downstream::{self, Binding};
use postern::mapping;
use postern::value::Value;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut problems = Problems::new();
    let variables = [("customer_id".to_owned(), Value::Integer(17))];
    let file = SourceFile::new("fuzz.toml", text);
    let mapping = Document::parse(&file, &mut problems)
        .and_then(|document| mapping::compile(document, &variables, &mut problems));
    if let Some(mapping) = mapping {
        let shapes = mapping.shapes();
        let reaches_out = ["file", "ca", "env", "https", "sqlite"].iter().any(|word| text.contains(word));
        if let Some(downstream) = mapping.document.root.get("downstream").filter(|_| !reaches_out) {
            let folder = Path::new("/nowhere");
            let binding = Binding { downstream, resources: shapes, folder, variables: &variables };
            let _ = downstream::bind(&binding, &mut problems);
        }
    }
    let _ = render_all(&problems.into_sorted(), false);
});
