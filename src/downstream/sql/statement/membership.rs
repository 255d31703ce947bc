//! Statements on membership tables, made of differences: none of them reads members.

use super::super::column::Parameter;
use super::super::layout::{Layout, Membership, Supplied};
use super::{Draft, Statement, Statements, where_all};
use crate::value::Value;

impl Statements<'_> {
    /// Makes members of those that exist and are not members yet, if the group exists. The condition
    /// serves tables without a unique constraint, the ending those with one. They join at `now`.
    pub(in super::super) fn add_members(
        self,
        membership: &Membership,
        owner: &Layout,
        member: &Layout,
        group: &Value,
        (members, now): (Vec<Parameter>, &Value),
    ) -> Statement {
        let mut draft = self.draft();
        let (mut columns, mut values) = (vec![self.quote(&membership.group)], vec![draft.group(membership, group)]);
        columns.push(self.quote(&membership.member));
        values.push(self.aliased("u", &member.key));
        let scope =
            membership.scope.iter().map(|(column, value)| (column, self.constant(&membership.table, column, value)));
        for (column, parameter) in scope.collect::<Vec<_>>() {
            columns.push(self.quote(column));
            values.push(draft.bind(parameter));
        }
        for (column, supplied) in &membership.fields {
            columns.push(self.quote(column));
            values.push(match supplied {
                Supplied::Now => match self.dialect.now() {
                    Some(text) => text.to_owned(),
                    None => draft.bind(self.constant(&membership.table, column, now)),
                },
                Supplied::Constant(value) => draft.bind(self.constant(&membership.table, column, value)),
            });
        }
        if let Some(made) = &membership.key {
            columns.push(self.quote(&made.column));
            values.extend(draft.made_for_each(&made.source, members.len(), &self.aliased("u", &member.key)));
        }
        let list = draft.bind(Parameter::List(members));
        let mut conditions = vec![self.dialect.one_of(&self.aliased("u", &member.key), &list)];
        conditions.extend(draft.scope(&member.table, "u", &member.scope));
        // A group that is only a name comes to be with its members.
        if !owner.distinct {
            let key = draft.bind(self.constant(&owner.table, &owner.key, group));
            let mut there = vec![format!("{} = {key}", self.aliased("g", &owner.key))];
            there.extend(draft.scope(&owner.table, "g", &owner.scope));
            let table = self.dialect.named(&self.table(&owner.table), "g");
            conditions.push(format!("EXISTS (SELECT 1 FROM {table}{})", where_all(&there)));
        }
        // Uncorrelated, and no wider than the request: read once whatever the planner believes.
        let (by, of) = (self.aliased("m", &membership.group), self.aliased("m", &membership.member));
        let mut present = vec![format!("{by} = {}", draft.group(membership, group)), self.dialect.one_of(&of, &list)];
        present.extend(draft.scope(&membership.table, "m", &membership.scope));
        let table = self.table(&membership.table);
        let key = self.aliased("u", &member.key);
        conditions.push(format!(
            "{key} NOT IN (SELECT {of} FROM {}{}{})",
            self.dialect.named(&self.table(&membership.table), "m"),
            self.dialect.absence_lock(),
            where_all(&present)
        ));
        let text = format!(
            "INSERT INTO {table} ({}) SELECT {} FROM {}{}{}",
            columns.join(", "),
            values.join(", "),
            self.dialect.named(&self.table(&member.table), "u"),
            where_all(&conditions),
            self.dialect.unless_there(&table, &self.quote(&membership.group)),
        );
        draft.finish(text, Vec::new())
    }

    /// Ends the membership of these, or of all others.
    pub(in super::super) fn remove_members(
        self,
        membership: &Membership,
        group: &Value,
        members: Vec<Parameter>,
        which: Which,
    ) -> Statement {
        let mut draft = self.draft();
        let conditions = draft.rows_of(membership, group, members, which);
        let delete = self.dialect.delete_from(&self.table(&membership.table));
        draft.finish(format!("{delete}{}", where_all(&conditions)), Vec::new())
    }

    /// Which of these are members, or who else is.
    pub(in super::super) fn present(
        self,
        membership: &Membership,
        group: &Value,
        members: Vec<Parameter>,
        which: Which,
    ) -> Statement {
        let mut draft = self.draft();
        let (member, what) = self.read_column(&membership.table, &membership.member, self.quote(&membership.member));
        let conditions = draft.rows_of(membership, group, members, which);
        let text = format!("SELECT DISTINCT {member} FROM {}{}", self.table(&membership.table), where_all(&conditions));
        draft.finish(text, vec![what])
    }

    /// Deletes every membership row that names the record in `column`.
    pub(in super::super) fn delete_memberships(self, membership: &Membership, column: &str, key: &Value) -> Statement {
        let mut draft = self.draft();
        let placeholder = draft.bind(self.constant(&membership.table, column, key));
        let mut conditions = vec![format!("{} = {placeholder}", self.quote(column))];
        conditions.extend(draft.scope(&membership.table, "", &membership.scope));
        let text = format!("DELETE FROM {}{}", self.table(&membership.table), where_all(&conditions));
        draft.finish(text, Vec::new())
    }
}

/// Which members a removal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Which {
    These,
    AllOthers,
}

impl Draft<'_> {
    /// The rows of a group that name these members, or all others.
    fn rows_of(
        &mut self,
        membership: &Membership,
        group: &Value,
        members: Vec<Parameter>,
        which: Which,
    ) -> Vec<String> {
        let all = self.all;
        let mut conditions = vec![format!("{} = {}", all.quote(&membership.group), self.group(membership, group))];
        let list = self.bind(Parameter::List(members));
        let member = all.quote(&membership.member);
        conditions.push(match which {
            Which::These => all.dialect.one_of(&member, &list),
            Which::AllOthers => all.dialect.none_of(&member, &list),
        });
        if which == Which::AllOthers && membership.shared {
            // Nothing is in an empty list, so null would count as another member.
            conditions.push(format!("{member} IS NOT NULL"));
        }
        conditions.extend(self.scope(&membership.table, "", &membership.scope));
        conditions
    }

    fn group(&mut self, membership: &Membership, group: &Value) -> String {
        let parameter = self.all.constant(&membership.table, &membership.group, group);
        self.bind(parameter)
    }
}
