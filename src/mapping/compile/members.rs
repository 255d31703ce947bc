//! `[Group.members]`: which resource types can be members. Where they are is the driver's to read.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Problems, Table};
use crate::scim::ResourceTypes;

use super::Stage;

/// Which resource types can be members: those that have a table of their own
/// (`[Group.members.User]`), else those named by `types`, else `User`.
pub(super) fn members(stage: &Stage<'_>, types: &ResourceTypes, problems: &mut Problems) -> Vec<Arc<str>> {
    let Some(node) = stage.table.node("members") else { return Vec::new() };
    let Some(table) = Table::open(node, &format!("[{}.members]", stage.name), problems) else { return Vec::new() };
    if stage.kind.attribute("members").is_none() {
        let message = format!("{} has no attribute `members`", stage.name);
        let help = "members belong to `[Group.members]`; what groups a user is in follows from there";
        problems.push(Diagnostic::error(Code::BAD_MEMBERS, &table.span, message).help(help));
        return Vec::new();
    }
    let named = table.strings("types", problems);
    let own = node.named_tables(|name| stage.resources.contains(&name));
    if let Some((first, _)) = own.first()
        && table.node("types").is_some()
    {
        let message = format!("`types` and the table of `{}` both say which types members can have", first.name);
        problems.push(
            Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of("types"), message)
                .help("leave `types` out: the tables name the types"),
        );
    }
    let written = own.iter().map(|(key, _)| (key.name.as_str(), &key.span));
    let named: Vec<_> = if own.is_empty() { named } else { written.collect() };
    let mut found = Vec::new();
    for (name, span) in &named {
        match types.named(name) {
            Some(kind) => found.push(Arc::clone(&kind.name)),
            None => problems.push(stage.no_resource_type(Code::BAD_MEMBERS, name, span)),
        }
    }
    if named.is_empty() {
        match types.named("User") {
            Some(kind) => found.push(Arc::clone(&kind.name)),
            None => problems.push(
                Diagnostic::error(Code::BAD_MEMBERS, &table.span, "the mapping has no `[User]` to be members")
                    .help("name the resource types of members: `types = [\"Person\"]`"),
            ),
        }
    }
    found
}

/// `others = "ignore"`: what becomes of members of other types.
pub(super) fn ignores_others(stage: &Stage<'_>, problems: &mut Problems) -> bool {
    // A table that is none has its problem already.
    let table = stage.table.node("members").and_then(|node| Table::open(node, "", &mut Problems::default()));
    match table.as_ref().and_then(|table| table.string("others", problems)) {
        None | Some(("refuse", _)) => false,
        Some(("ignore", _)) => true,
        Some((word, span)) => {
            let message = format!("`{word}` is nothing to do with members of other types");
            problems.push(Diagnostic::error(Code::BAD_MEMBERS, span, message).help("`refuse` or `ignore`"));
            false
        }
    }
}
