//! Reads `[Group.members]`: one table that says who is a member, or one for each type of members.
//!
//! `[Group.members.User]` and its like say where the members of one type are; what stands in
//! `[Group.members]` itself then holds for all of them. Memberships that stand in the members' own rows are
//! read in [`super::kept`].

use std::sync::Arc;

use super::given::of_member;
use super::kept::Said;
use super::keys::made_key;
use super::layout::{Membership, Scope, Supplied};
use super::tables::{Variables, constant, scope};
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Span, Table};
use crate::record::RecordShape;

/// Where the members of a resource are, in the order of their types.
pub(super) fn memberships(
    shape: &RecordShape,
    table: &Table<'_>,
    variables: Variables<'_>,
    problems: &mut Problems,
) -> Vec<Membership> {
    if shape.members.is_empty() {
        return Vec::new();
    }
    let Some(node) = table.required("members", "the table that says who is a member", problems) else {
        return Vec::new();
    };
    let what = format!("[{}.members]", shape.resource);
    let Some(members) = Table::open(node, &what, problems) else { return Vec::new() };
    let kinds = members.strings("types", problems);
    // The mapping room reads what becomes of members of other types.
    members.node("others");
    made_key(&members, variables, problems);
    let all = Common {
        scope: scope(&members, variables, problems),
        fields: members.node("fields").map_or_else(Vec::new, |node| supplied(node, "`fields`", variables, problems)),
        table: &members,
    };
    let own = node.named_tables(|name| shape.members.iter().any(|have| **have == *name));
    if own.is_empty() {
        report_two_types(&what, &kinds, problems);
        let one = all.membership(&shape.members[0], None, variables, problems);
        members.finish(problems);
        return one.into_iter().collect();
    }
    let mut found = Vec::new();
    for (key, node) in own {
        members.node(&key.name);
        let Some(table) = Table::open(node, &below(&what, &key.name), problems) else { continue };
        let Some(resource) = shape.members.iter().find(|name| ***name == *key.name) else { continue };
        found.extend(all.membership(resource, Some(&table), variables, problems));
        table.finish(problems);
    }
    members.finish(problems);
    share(&mut found);
    found
}

fn report_two_types(what: &str, kinds: &[(&str, &Span)], problems: &mut Problems) {
    if let [(first, _), (second, span), ..] = kinds {
        let help = format!("write a table for each: `{}` and `{}`", below(what, first), below(what, second));
        problems.push(
            Diagnostic::error(Code::BAD_MEMBERS, span, "a membership table holds members of one type").help(help),
        );
    }
}

/// The key of `[X.members]`, or of its table for a type, where that says something.
pub(super) fn place_of<'a>(node: &'a Node, resource: &str, key: &str) -> &'a Node {
    let own = node.get(resource).filter(|node| node.as_table().is_some());
    own.and_then(|own| own.get(key)).or_else(|| node.get(key)).or(own).unwrap_or(node)
}

/// `[Group.members]` and `User` → `[Group.members.User]`.
fn below(what: &str, resource: &str) -> String {
    format!("{}.{resource}]", what.trim_end_matches(']'))
}

/// What stands in `[Group.members]` itself.
struct Common<'a> {
    table: &'a Table<'a>,
    scope: Scope,
    fields: Vec<(String, Supplied)>,
}

impl Common<'_> {
    /// The membership of one type, from a table of its own where it has one.
    fn membership(
        &self,
        resource: &Arc<str>,
        own: Option<&Table<'_>>,
        variables: Variables<'_>,
        problems: &mut Problems,
    ) -> Option<Membership> {
        let said = Said { own, all: self.table };
        if said.is_kept() {
            return said.kept(resource, variables, problems);
        }
        said.report_keys_of_column(problems);
        let column = |key: &str, help: &str, problems: &mut Problems| {
            let said = own.and_then(|own| own.string(key, problems)).or_else(|| self.table.string(key, problems));
            if said.is_none() && own.is_none_or(|own| own.node(key).is_none()) && self.table.node(key).is_none() {
                own.unwrap_or(self.table).missing(key, help, problems);
            }
            said.map(|(name, _)| name.to_owned())
        };
        let table = column("table", "the table that says who is a member", problems);
        let group = column("group", "the column with the group's key", problems);
        let member = column("member", "the column with the member's key", problems);
        let display = own.unwrap_or(self.table).string("display", problems).map(|(name, _)| name.to_owned());
        let rows = own.map_or_else(Scope::default, |own| scope(own, variables, problems)).within(&self.scope);
        let mut statement = |key: &str| {
            let node = own.and_then(|own| own.node(key)).or_else(|| self.table.node(key))?;
            of_member(node, problems)
        };
        let (add, remove) = (statement("add"), statement("remove"));
        let common = made_key(self.table, variables, &mut Problems::new());
        let key = own.and_then(|own| made_key(own, variables, problems)).or(common);
        let given = own.and_then(|own| own.node("fields"));
        let mut fields = given.map_or_else(Vec::new, |node| supplied(node, "`fields`", variables, problems));
        let more: Vec<_> =
            self.fields.iter().filter(|(column, _)| fields.iter().all(|(own, _)| own != column)).cloned().collect();
        fields.extend(more);
        Some(Membership {
            resource: Arc::clone(resource),
            table: table?,
            group: group?,
            member: member?,
            key,
            add,
            remove,
            fields,
            scope: rows,
            display,
            shared: false,
            kept: None,
        })
    }
}

/// Marks memberships whose rows stand beside those of another type that names its members in
/// another column.
fn share(found: &mut [Membership]) {
    let columns: Vec<_> = found.iter().map(|one| (one.table.clone(), one.member.clone())).collect();
    for one in found {
        one.shared = columns.iter().any(|(table, member)| *table == one.table && *member != one.member);
    }
}

/// Columns with constants and `Now()`.
pub(super) fn supplied(
    node: &Node,
    what: &str,
    variables: Variables<'_>,
    problems: &mut Problems,
) -> Vec<(String, Supplied)> {
    let Some(table) = Table::open(node, what, problems) else { return Vec::new() };
    let mut found = Vec::new();
    for (column, node) in table.entries() {
        if node.as_table().is_some()
            && let Some(inner) = Table::open(node, &format!("the field `{}`", column.name), problems)
        {
            inner.node("value");
            inner.node("constant");
            let unknown = inner.has_unknown_keys();
            inner.finish(problems);
            if unknown {
                continue;
            }
        }
        let value = node.get("value").and_then(Node::as_str).map(str::trim);
        let supplied = match value {
            Some("Now()") => Some(Supplied::Now),
            Some(_) => {
                problems.push(
                    Diagnostic::error(
                        Code::BAD_MEMBERS,
                        &node.span,
                        format!(
                            "{} takes constants and `Now()` only",
                            if what == "`fields`" { "a membership" } else { what }
                        ),
                    )
                    .help("write the constant itself, or `{ value = \"Now()\" }`"),
                );
                None
            }
            None => constant(node.get("constant").unwrap_or(node), variables, problems).map(Supplied::Constant),
        };
        found.extend(supplied.map(|supplied| (column.name.clone(), supplied)));
    }
    found
}
