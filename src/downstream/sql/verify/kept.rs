//! Memberships in the members' own rows: the column, what stands there of one who is in no group, and
//! the statements that change it.

use super::super::column::{Parameter, Types};
use super::super::layout::Membership;
use super::super::statement::{KeptColumn, Pick, Statements, Which};
use super::statements::Named;
use super::{Check, Site, misfit};
use crate::diagnostic::Severity;
use crate::record::Given;
use crate::value::Value;

impl<'a> Check<'a> {
    /// The members' table as far as their groups are concerned.
    pub(super) fn kept(&self, membership: &'a Membership) -> Site<'a> {
        let field = self.member_place(membership, "field");
        Site {
            table: &membership.table,
            span: field.clone(),
            home: String::new(),
            columns: vec![(&membership.group, field)],
            given: vec![(&membership.group, Given::Always)],
            rows: false,
        }
    }

    /// Notes a column that cannot be left with what stands for no group.
    pub(super) fn nobody(&mut self, types: &Types) {
        let layout = self.layout;
        for membership in &layout.memberships {
            let Some(kept) = membership.kept.as_ref().filter(|kept| kept.cells.is_none()) else { continue };
            let Some(column) = self.column(&membership.table, &membership.group) else { continue };
            let name = format!("{}.{}", membership.table, membership.group);
            if kept.nobody == Value::Null && column.not_null {
                let message = format!("`{name}` takes no null, and that is what one in no group would have");
                let span = self.member_place(membership, "field");
                let help = "say in `nobody` what stands there of one who is in no group";
                self.found.push(misfit(Severity::Error, &span, message).help(help));
            }
            let what = types.of(&membership.table, &membership.group);
            if let Err(reason) = what.parameter(&kept.nobody, &self.model.zone) {
                let message = format!("`nobody` {reason}: `{name}` is `{}`", column.declared);
                let span = self.member_place(membership, "nobody");
                self.found.push(misfit(Severity::Error, &span, message));
            }
        }
    }

    /// What is asked of the column and done to it.
    pub(super) fn kept_statements(&self, all: Statements<'_>, column: KeptColumn<'_>) -> Vec<Named> {
        let (span, group) = (self.member_place(column.membership, "field"), Value::Null);
        if let Some(cells) = &column.kept.cells {
            let pick =
                Pick { naming: Some(""), members: Some((&[], Which::These)), scope: &column.member.scope, locks: true };
            return vec![
                ("reads members", span.clone(), all.listed_members(column, cells, &[])),
                ("reads groups", span.clone(), all.listed_groups(column, cells, &[])),
                ("reads the groups of members", span.clone(), all.cells(column, cells, pick)),
                ("writes the groups of members", span, all.write_cells(column, Parameter::Null, Vec::new())),
            ];
        }
        let mut named = vec![
            ("reads members", span.clone(), all.kept_members(column, &[])),
            ("reads groups", span.clone(), all.kept_groups(column, &[])),
            ("adds members", span.clone(), all.join_group(column, &group, Vec::new())),
            ("removes members", span.clone(), all.leave_group(column, &group, Vec::new(), Which::These)),
        ];
        if column.kept.clears {
            named.extend(all.clear_group(column, &group).into_iter().map(|one| ("ends a group", span.clone(), one)));
        }
        named
    }
}
