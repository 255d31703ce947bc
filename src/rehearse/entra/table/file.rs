//! A mapping table of ours: TOML.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Document, Node, NodeValue, Problems, SourceFile, Span, Table, nearest};

use super::{Apply, Flavour, MappingTable, Row, Scope, Source, compile};
use crate::rehearse::entra::directory::value;
use crate::rehearse::entra::target::Target;

pub(super) fn read(file: &Arc<SourceFile>, problems: &mut Problems) -> Option<MappingTable> {
    let document = Document::parse(file, problems)?;
    let table = Table::open(&document.root, "the mapping table", problems)?;
    let flavour = word(&table, "flavour", Flavour::ALL, Flavour::Classic, problems);
    let scopes = [("assigned", Scope::Assigned), ("all", Scope::All)];
    let scope = word(&table, "scope", &scopes, Scope::Assigned, problems);
    let skip = table.boolean("skip_out_of_scope_deletions", problems).unwrap_or(false);
    let deletes = table.boolean("delete", problems).unwrap_or(true);
    let users = rows(&table, "user", problems);
    let groups = rows(&table, "group", problems);
    if table.node("user").is_none() {
        table.missing("user", "a `[[user]]` for each attribute that is sent", problems);
    }
    table.finish(problems);
    Some(MappingTable { flavour, scope, skip_out_of_scope_deletions: skip, deletes, users, groups })
}

/// One of some words.
fn word<T: Copy>(
    table: &Table<'_>,
    key: &str,
    words: &[(&'static str, T)],
    otherwise: T,
    problems: &mut Problems,
) -> T {
    let Some((text, span)) = table.string(key, problems) else { return otherwise };
    if let Some((_, found)) = words.iter().find(|(name, _)| *name == text) {
        return *found;
    }
    let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
    let problem = Diagnostic::error(Code::WRONG_TYPE, span, format!("`{text}` is no `{key}`"));
    problems.push(match nearest(text, names.iter().copied()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help(format!("one of {}", names.join(", "))),
    });
    otherwise
}

fn rows(table: &Table<'_>, key: &str, problems: &mut Problems) -> Vec<Row> {
    let nodes = match table.node(key) {
        None => return Vec::new(),
        Some(Node { value: NodeValue::Array(nodes), .. }) => nodes,
        Some(node) => {
            let message = format!("`{key}` is {}, not a list of tables", node.kind());
            let help = format!("write `[[{key}]]` with two brackets on each side");
            problems.push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).help(help));
            return Vec::new();
        }
    };
    let mut found: Vec<Row> = Vec::new();
    for node in nodes {
        let Some((row, span)) = row(node, key, problems) else { continue };
        if found.iter().any(|other| other.target.as_str().eq_ignore_ascii_case(row.target.as_str())) {
            let message = format!("`{}` has two rows", row.target);
            problems.push(Diagnostic::error(Code::DUPLICATE_RULE, &span, message).help("Entra takes one"));
        }
        found.push(row);
    }
    found
}

fn row(node: &Node, key: &str, problems: &mut Problems) -> Option<(Row, Span)> {
    let table = Table::open(node, &format!("the row of `[[{key}]]`"), problems)?;
    let target = table.required_string("target", "the SCIM attribute: `name.givenName`", problems);
    let matching = table.number("match", problems).filter(|at| *at > 0);
    let default = table.node("default").map(value);
    let applies = [("always", Apply::Always), ("create", Apply::Create)];
    let apply = word(&table, "apply", &applies, Apply::Always, problems);
    let multi = table.boolean("multi", problems).unwrap_or(false);
    let reference = table.boolean("reference", problems).unwrap_or(false);
    let source = source(&table, reference, problems);
    let parsed = target.and_then(|(text, span)| parse(text, span, key, problems));
    table.finish(problems);
    let (target, span) = (parsed?, target?.1.clone());
    let source = match source {
        Some(source) => source,
        None if reference => Source::Reference(target.attribute().to_owned()),
        None => return None,
    };
    Some((Row { target, source, matching, default, apply, multi }, span))
}

fn parse(text: &str, span: &Span, key: &str, problems: &mut Problems) -> Option<Target> {
    let target = Target::parse(text, if key == "group" { "Group" } else { "User" });
    if target.is_none() {
        let help = "such as `name.givenName`, `emails[type eq \"work\"].value`, or a URN, `:` and the attribute";
        problems.push(Diagnostic::error(Code::BAD_PATH, span, format!("`{text}` is no target attribute")).help(help));
    }
    target
}

/// `source` or `expr`; `None` when neither is there, or none that can be used.
fn source(table: &Table<'_>, reference: bool, problems: &mut Problems) -> Option<Source> {
    let (attribute, expression) = (table.string("source", problems), table.string("expr", problems));
    match (attribute, expression) {
        (Some(_), Some((_, span))) => {
            let message = "a row has either `source` or `expr`";
            problems.push(Diagnostic::error(Code::CONFLICTING_KEYS, span, message));
            None
        }
        (Some((name, _)), None) if reference => Some(Source::Reference(bare(name).to_owned())),
        (None, Some((text, _))) if reference => Some(Source::Reference(bare(text).to_owned())),
        (Some((name, span)), None) => {
            let text = format!("[{}]", bare(name));
            compile(&text, span, problems).map(|expression| Source::Value(Box::new(expression)))
        }
        (None, Some((text, span))) => {
            compile(text, span, problems).map(|expression| Source::Value(Box::new(expression)))
        }
        (None, None) if reference => None,
        (None, None) => {
            let help = "`source = \"mail\"` for an attribute, `expr = 'ToLower([mail])'` for an expression";
            table.missing("source", help, problems);
            None
        }
    }
}

/// `[manager]` and `manager` name the same attribute.
fn bare(name: &str) -> &str {
    let name = name.trim();
    name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name)
}
