//! Values that may be secret: written in place, or `{ env = "NAME" }`, or `{ file = "path" }`.

use std::path::Path;

use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table};

/// Reads a value that may be secret; a file's trailing line end is not part of it. Notes a problem
/// when the variable or the file is not there.
pub fn secret(node: &Node, what: &str, folder: &Path, problems: &mut Problems) -> Option<String> {
    if let NodeValue::String(text) = &node.value {
        return Some(text.clone());
    }
    if node.as_table().is_none() {
        let message = format!("{what} is {}", node.kind());
        problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).help(PLACES));
        return None;
    }
    let table = Table::open(node, what, problems)?;
    table.node("env");
    table.node("file");
    if table.has_unknown_keys() {
        table.finish(problems);
        return None;
    }
    let found = match (table.string("env", problems), table.string("file", problems)) {
        (Some((name, span)), None) => std::env::var(name).map_err(|_| {
            Diagnostic::error(Code::MISSING_SECRET, span, format!("the environment variable `{name}` is not set"))
                .help("set it where the gateway is started (and where `postern check` runs)")
        }),
        (None, Some((path, span))) => std::fs::read_to_string(folder.join(path)).map_err(|error| {
            let message = format!("the file `{path}` cannot be read: {}", error.kind());
            Diagnostic::error(Code::MISSING_SECRET, span, message).help("the path starts at the folder of this file")
        }),
        _ => Err(Diagnostic::error(Code::WRONG_TYPE, &table.span, format!("{what} names no place")).help(PLACES)),
    };
    table.finish(problems);
    match found {
        Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}

/// How to name the place of a value.
const PLACES: &str = "write a string, `{ env = \"NAME\" }` or `{ file = \"path\" }`";
