//! What no part of a layout shows alone: columns that `where` fixes and a rule writes, two
//! resource types in the same rows, memberships of a thing in itself.

use super::kept;
use super::layout::{Layout, Membership, Place, Scope, apart};
use super::memberships::place_of;
use crate::diagnostic::{Code, Diagnostic, Node, Problems, Span};
use crate::record::RecordShape;

/// Notes every contradiction.
pub(super) fn report(layouts: &[Layout], resources: &[(RecordShape, &Node)], problems: &mut Problems) {
    for (i, layout) in layouts.iter().enumerate() {
        let Some((_, node)) = resources.iter().find(|(shape, _)| shape.resource == layout.resource) else { continue };
        fixed_columns(layout, node, problems);
        same_membership_columns(layouts, layout, node, problems);
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
    !one.looked_up && !other.looked_up && one.table == other.table && one.scope == other.scope
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
        if !scope.fixes(&column.name) {
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

fn same_membership_columns(layouts: &[Layout], layout: &Layout, node: &Node, problems: &mut Problems) {
    let Some(members) = node.get("members") else { return };
    for (i, membership) in layout.memberships.iter().enumerate() {
        let place = |key: &str| place_of(members, &membership.resource, key).span.clone();
        if membership.kept.is_none() && membership.group == membership.member {
            let message = "`group` and `member` are the same column";
            problems.push(
                Diagnostic::error(Code::BAD_MEMBERS, &place("member"), message)
                    .help("`group` is the column with the group's key, `member` the one with the member's"),
            );
        }
        // A membership that ends, and a group that goes, delete their rows: those would be the people.
        if membership.kept.is_some() {
            kept::report(layouts, layout, membership, &place, problems);
        } else if layouts.iter().any(|own| own.resource == membership.resource && own.table == membership.table) {
            let kind = &membership.resource;
            let message = format!(
                "the rows of `{}` are the records of {kind}, which memberships must not delete",
                membership.table
            );
            problems.push(Diagnostic::error(Code::BAD_MEMBERS, &place("table"), message).help(
                "name a table with a row for each membership; where a column of the member's own row tells the group, write `on = \"user\"`",
            ));
        }
        if let Some(other) = layout.memberships[..i].iter().find(|other| same_members(layouts, other, membership)) {
            let (one, two) = (&other.resource, &membership.resource);
            let message = format!("one row of `{}` makes a {one} a member, and a {two} as well", membership.table);
            let key = one.to_lowercase();
            problems.push(
                Diagnostic::error(Code::BAD_MEMBERS, &place("where"), message)
                    .help(format!("tell them apart: `where = {{ kind = \"{key}\" }}` in one, another value in the other, or another column in `member`")),
            );
        }
    }
}

/// True when a row that names a member of one type could name one of the other: neither the row
/// tells, nor the members' own table.
fn same_members(layouts: &[Layout], one: &Membership, other: &Membership) -> bool {
    let layout = |membership: &Membership| layouts.iter().find(|layout| layout.resource == membership.resource);
    let told_by_members = layout(one).zip(layout(other)).is_some_and(|(one, other)| {
        one.table == other.table && one.key == other.key && apart(&one.scope, &other.scope)
    });
    one.same_rows(other) && !told_by_members
}

/// Where the value under a key stands, else the table.
fn value_of(node: &Node, key: &str) -> Span {
    node.get(key).map_or_else(|| node.span.clone(), |value| value.span.clone())
}
