//! What no part of a layout shows alone: columns that `where` fixes and a rule writes, two
//! resource types in the same rows, memberships of a thing in itself.

use super::layout::{Layout, Place, Scope};
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Span};
use crate::record::RecordShape;

/// Notes every contradiction.
pub(super) fn report(layouts: &[Layout], resources: &[(RecordShape, &Node)], problems: &mut Problems) {
    for (i, layout) in layouts.iter().enumerate() {
        let Some((_, node)) = resources.iter().find(|(shape, _)| shape.resource == layout.resource) else { continue };
        fixed_columns(layout, node, problems);
        same_membership_columns(layout, node, problems);
        if let Some(other) = layouts[..i].iter().find(|other| same_rows(other, layout)) {
            let message =
                format!("[{}] and [{}] are the same rows of `{}`", other.resource, layout.resource, layout.table);
            problems.push(
                Diagnostic::warning(Code::BAD_RELATION, &value_of(node, "table"), message)
                    .help("tell them apart: `where = { type = \"User\" }` in one, another value in the other"),
            );
        }
    }
}

fn same_rows(one: &Layout, other: &Layout) -> bool {
    one.table == other.table && one.scope == other.scope
}

/// A new row gets the value of `where`; a rule that writes another would move the record out of sight.
fn fixed_columns(layout: &Layout, node: &Node, problems: &mut Problems) {
    for column in layout.columns.iter().filter(|column| column.written) {
        let (scope, prefix): (&Scope, Option<&str>) = match column.place {
            Place::Main => (&layout.scope, None),
            Place::Related(at) => {
                let Some(related) = layout.related.get(at) else { continue };
                (&related.scope, Some(related.name.as_str()))
            }
        };
        if !scope.iter().any(|(name, _)| *name == column.name) {
            continue;
        }
        let written = prefix.map_or_else(|| column.name.clone(), |prefix| format!("{prefix}.{}", column.name));
        let place = |key: &str| node.get(key).and_then(|table| table.place_of(&written));
        let span = place("attributes").or_else(|| place("fields")).unwrap_or_else(|| node.span.clone());
        problems.push(
            Diagnostic::error(
                Code::FIELD_FED_TWICE,
                &span,
                format!("`where` fixes the column `{}` already", column.name),
            )
            .help("leave this rule out, or make it `read_only = true`"),
        );
    }
}

fn same_membership_columns(layout: &Layout, node: &Node, problems: &mut Problems) {
    let Some(members) = node.get("members") else { return };
    if layout.memberships.iter().any(|membership| membership.group == membership.member) {
        let message = "`group` and `member` are the same column";
        problems.push(
            Diagnostic::error(Code::BAD_MEMBERS, &value_of(members, "member"), message)
                .help("`group` is the column with the group's key, `member` the one with the member's"),
        );
    }
}

/// Where the value under a key stands, else the table.
fn value_of(node: &Node, key: &str) -> Span {
    node.get(key).map_or_else(|| node.span.clone(), |value| value.span.clone())
}
