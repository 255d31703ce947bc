//! Statements on cells that hold several groups each. What the database can only narrow down (a name that
//! stands somewhere in a text) is looked at once more by whoever asks.

use super::super::cells::Cells;
use super::super::column::{ColumnType, Parameter};
use super::super::layout::Scope;
use super::kept::KeptColumn;
use super::{Draft, Statement, Statements, Which, where_all};
use crate::value::Value;

/// Which rows of members are meant.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Pick<'a> {
    /// Only rows whose cell may name this group.
    pub(in super::super) naming: Option<&'a str>,
    /// Only these members, or all others.
    pub(in super::super) members: Option<(&'a [Parameter], Which)>,
    pub(in super::super) scope: &'a Scope,
    /// True when the rows are kept from others.
    pub(in super::super) locks: bool,
}

impl Statements<'_> {
    /// The keys of members, and their cells.
    pub(in super::super) fn cells(self, column: KeptColumn<'_>, cells: &Cells, pick: Pick<'_>) -> Statement {
        let mut draft = self.draft();
        let member = column.member;
        let (key, own) = (self.quote(&member.key), self.quote(&column.membership.group));
        let mut conditions = Vec::new();
        if let Some(name) = pick.naming {
            let name = draft.bind(Parameter::Text(name.to_owned()));
            conditions.push(draft.may_name(column, cells, &own, &name));
        }
        if let Some((members, which)) = pick.members {
            let list = draft.bind(Parameter::List(members.to_vec()));
            conditions.push(match which {
                Which::These => self.dialect.one_of(&key, &list),
                Which::AllOthers => self.dialect.none_of(&key, &list),
            });
        }
        conditions.extend(draft.scope(&member.table, "", pick.scope));
        let (read, what) = self.read_column(&member.table, &member.key, key.clone());
        let (cell, held) = self.read_column(&member.table, &column.membership.group, own);
        let (hint, lock) = if pick.locks { (self.dialect.row_lock_hint(), self.dialect.row_lock()) } else { ("", "") };
        let (table, conditions) = (self.table(&member.table), where_all(&conditions));
        // In the order of the keys, so that two who want the same rows do not wait for each other.
        let text = format!("SELECT {read}, {cell} FROM {table}{hint}{conditions} ORDER BY {key}{lock}");
        draft.finish(text, vec![what, held])
    }

    /// Writes the same cell into the rows of these members.
    pub(in super::super) fn write_cells(
        self,
        column: KeptColumn<'_>,
        cell: Parameter,
        members: Vec<Parameter>,
    ) -> Statement {
        let mut draft = self.draft();
        let cell = draft.bind(cell);
        let set = draft.written(column, &cell);
        let list = draft.bind(Parameter::List(members));
        let conditions = [self.dialect.one_of(&self.quote(&column.member.key), &list)];
        draft.changing(column, &set, &conditions)
    }

    /// The members of any of some groups: group, member, name where there is one, the cell, and what the
    /// group is called.
    pub(in super::super) fn listed_members(self, column: KeptColumn<'_>, cells: &Cells, groups: &[Value]) -> Statement {
        let KeptColumn { membership, group, member, .. } = column;
        let keys = self.keys_of(&group.table, &group.key, groups);
        let other = self.named_side(member, "u", membership.display.as_deref());
        self.listed(column, cells, (("g", &group.table, &group.key), keys), other)
    }

    /// The groups that any of some members is in: member, group, and the same.
    pub(in super::super) fn listed_groups(self, column: KeptColumn<'_>, cells: &Cells, members: &[Value]) -> Statement {
        let KeptColumn { group, member, .. } = column;
        let keys = self.keys_of(&member.table, &member.key, members);
        let other = self.named_side(group, "g", group.display.as_deref());
        self.listed(column, cells, (("u", &member.table, &member.key), keys), other)
    }

    fn listed(
        self,
        column: KeptColumn<'_>,
        cells: &Cells,
        ((alias, table, key), keys): ((&str, &str, &str), Vec<Parameter>),
        other: Vec<(String, ColumnType)>,
    ) -> Statement {
        let mut draft = self.draft();
        let KeptColumn { membership, group, member, .. } = column;
        let (own, called) = (self.aliased("u", &membership.group), membership.called(group));
        let by = self.aliased(alias, key);
        let list = draft.bind(Parameter::List(keys));
        let name = self.aliased("g", called);
        let is_text = self.types.of(&group.table, called).is_text();
        let as_text = if is_text { name.clone() } else { self.dialect.as_text(&name) };
        let mut conditions = vec![self.dialect.one_of(&by, &list), draft.may_name(column, cells, &own, &as_text)];
        conditions.extend(draft.scope(&member.table, "u", &member.scope));
        conditions.extend(draft.scope(&group.table, "g", &group.scope));
        let mut columns = vec![(by, self.types.of(table, key).clone())];
        columns.extend(other);
        columns.push(self.read_column(&member.table, &membership.group, own));
        columns.push(self.read_column(&group.table, called, name));
        let (columns, returns): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        let (users, groups) = (self.table(&member.table), self.table(&group.table));
        let text = format!(
            "SELECT {} FROM {users} AS u CROSS JOIN {groups} AS g{} ORDER BY 1, 2",
            columns.join(", "),
            where_all(&conditions)
        );
        draft.finish(text, returns)
    }

    /// The keys of groups that are called so, and what they are called.
    pub(in super::super) fn groups_called(self, column: KeptColumn<'_>, names: &[Value]) -> Statement {
        let mut draft = self.draft();
        let group = column.group;
        let called = column.membership.called(group);
        let list = draft.bind(Parameter::List(self.keys_of(&group.table, called, names)));
        let mut conditions = vec![self.dialect.one_of(&self.quote(called), &list)];
        conditions.extend(draft.scope(&group.table, "", &group.scope));
        let (key, what) = self.read_column(&group.table, &group.key, self.quote(&group.key));
        let (name, held) = self.read_column(&group.table, called, self.quote(called));
        let text = format!("SELECT {key}, {name} FROM {}{}", self.table(&group.table), where_all(&conditions));
        draft.finish(text, vec![what, held])
    }
}

impl Draft<'_> {
    /// True of every cell that names the group, and of some that do not.
    fn may_name(&mut self, column: KeptColumn<'_>, cells: &Cells, cell: &str, name: &str) -> String {
        let dialect = self.all.dialect;
        let what = self.all.types.of(&column.membership.table, &column.membership.group);
        if matches!(what, ColumnType::Array(_)) {
            return dialect.in_array(cell, name);
        }
        let text = if what.is_text() { cell.to_owned() } else { dialect.as_text(cell) };
        let contains = dialect.contains(&text, name);
        if cells.separator.is_some() {
            return contains;
        }
        // JSON has more than one spelling for a text, but none of the others is without a backslash.
        let escape = self.bind(Parameter::Text("\\".to_owned()));
        format!("({contains} OR {})", dialect.contains(&text, &escape))
    }
}
