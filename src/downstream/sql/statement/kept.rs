//! Statements on memberships that stand in the members' own rows: a column tells the group. Each is one
//! statement for any number of members.

use super::super::column::{ColumnType, Parameter};
use super::super::kept::Kept;
use super::super::layout::{Layout, Membership, Scope};
use super::{Draft, Statement, Statements, Which, where_all};
use crate::value::Value;

/// A membership in the members' rows, with both of its sides.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct KeptColumn<'a> {
    pub(in super::super) membership: &'a Membership,
    pub(in super::super) kept: &'a Kept,
    pub(in super::super) group: &'a Layout,
    pub(in super::super) member: &'a Layout,
}

impl<'a> KeptColumn<'a> {
    /// The membership, when it is one in the members' rows.
    pub(in super::super) fn of(all: Statements<'a>, membership: &'a Membership, group: &'a Layout) -> Option<Self> {
        let kept = membership.kept.as_ref()?;
        Some(Self { membership, kept, group, member: all.model.layout(&membership.resource)? })
    }

    /// True when the group's key is what stands for nobody: whoever is given it is in no group.
    pub(in super::super) fn is_nobody(self, all: Statements<'_>, group: &Value) -> bool {
        let of = |value: &Value| all.constant(&self.membership.table, &self.membership.group, value);
        self.kept.named.is_none() && self.kept.nobody != Value::Null && of(&self.kept.nobody) == of(group)
    }
}

impl Statements<'_> {
    /// The members of any of some groups: group, member, name.
    pub(in super::super) fn kept_members(self, column: KeptColumn<'_>, groups: &[Value]) -> Statement {
        let mut draft = self.draft();
        let KeptColumn { membership, kept, group, member } = column;
        let own = self.aliased("u", &membership.group);
        let (by, joined, (table, name)) = match &kept.named {
            None => (own.clone(), String::new(), (&membership.table, &membership.group)),
            Some(named) => {
                let on = format!("{} = {own}", self.aliased("g", named));
                let joined = format!(" JOIN {} AS g ON {on}", self.table(&group.table));
                (self.aliased("g", &group.key), joined, (&group.table, &group.key))
            }
        };
        let list = draft.bind(Parameter::List(self.keys_of(table, name, groups)));
        let mut conditions = vec![self.dialect.one_of(&by, &list)];
        conditions.extend(draft.told(column, "u"));
        if kept.named.is_some() {
            conditions.extend(draft.scope(&group.table, "g", &group.scope));
        }
        let display = membership.display.as_deref();
        let other = self.named_side(member, "u", display);
        let by = (by, self.types.of(table, name).clone());
        draft.sides(column, &joined, by, other, &conditions)
    }

    /// The groups of one kind that any of some records is a member of: member, group, name.
    pub(in super::super) fn kept_groups(self, column: KeptColumn<'_>, members: &[Value]) -> Statement {
        let mut draft = self.draft();
        let KeptColumn { membership, group, member, .. } = column;
        let by = self.aliased("u", &member.key);
        let on = format!("{} = {}", self.aliased("g", membership.called(group)), self.aliased("u", &membership.group));
        let joined = format!(" JOIN {} AS g ON {on}", self.table(&group.table));
        let list = draft.bind(Parameter::List(self.keys_of(&member.table, &member.key, members)));
        let mut conditions = vec![self.dialect.one_of(&by, &list)];
        conditions.extend(draft.told(column, "u"));
        conditions.extend(draft.scope(&group.table, "g", &group.scope));
        let other = self.named_side(group, "g", group.display.as_deref());
        let by = (by, self.types.of(&member.table, &member.key).clone());
        draft.sides(column, &joined, by, other, &conditions)
    }

    /// The key of one side, and what people call it.
    pub(super) fn named_side(self, layout: &Layout, alias: &str, name: Option<&str>) -> Vec<(String, ColumnType)> {
        let key = (self.aliased(alias, &layout.key), self.types.of(&layout.table, &layout.key).clone());
        let name = name.map(|column| self.read_column(&layout.table, column, self.aliased(alias, column)));
        std::iter::once(key).chain(name).collect()
    }

    /// Writes the group into the rows of those who are not in it: of all of them, or of those who are in
    /// no other.
    pub(in super::super) fn join_group(
        self,
        column: KeptColumn<'_>,
        group: &Value,
        members: Vec<Parameter>,
    ) -> Statement {
        let mut draft = self.draft();
        let KeptColumn { membership, kept, member, .. } = column;
        let called = draft.group_called(column, group);
        let own = self.quote(&membership.group);
        let set = draft.written(column, &called);
        let list = draft.bind(Parameter::List(members));
        let mut conditions = vec![self.dialect.one_of(&self.quote(&member.key), &list)];
        if kept.replaces {
            conditions.push(self.dialect.differs(&own, &called));
        } else {
            conditions.push(draft.vacant(column));
        }
        if kept.named.is_some() {
            // A group without a name, or with the name of none, is nothing that one could be in.
            conditions.push(format!("{called} IS NOT NULL"));
            if kept.nobody != Value::Null {
                let nobody = draft.nobody(column);
                conditions.push(format!("{called} <> {nobody}"));
            }
        }
        conditions.extend(draft.scope(&member.table, "", &member.scope));
        draft.changing(column, &set, &conditions)
    }

    /// Takes the group out of the rows of these, or of all others who are in it.
    pub(in super::super) fn leave_group(
        self,
        column: KeptColumn<'_>,
        group: &Value,
        members: Vec<Parameter>,
        which: Which,
    ) -> Statement {
        let mut draft = self.draft();
        let called = draft.group_called(column, group);
        let nobody = draft.nobody(column);
        let set = draft.written(column, &nobody);
        let list = draft.bind(Parameter::List(members));
        let key = self.quote(&column.member.key);
        let mut conditions = vec![format!("{} = {called}", self.quote(&column.membership.group))];
        conditions.push(match which {
            Which::These => self.dialect.one_of(&key, &list),
            Which::AllOthers => self.dialect.none_of(&key, &list),
        });
        conditions.extend(draft.told(column, ""));
        draft.changing(column, &set, &conditions)
    }

    /// Which of these exist, and 1 beside those who are in the group, read as it is now and kept so.
    pub(in super::super) fn standing(
        self,
        column: KeptColumn<'_>,
        group: &Value,
        members: Vec<Parameter>,
    ) -> Statement {
        let mut draft = self.draft();
        let member = column.member;
        let called = draft.group_called(column, group);
        let mut there = vec![format!("{} = {called}", self.quote(&column.membership.group))];
        if column.kept.nobody != Value::Null {
            let nobody = draft.nobody(column);
            there.push(format!("{} <> {nobody}", self.quote(&column.membership.group)));
        }
        let list = draft.bind(Parameter::List(members));
        let mut conditions = vec![self.dialect.one_of(&self.quote(&member.key), &list)];
        conditions.extend(draft.scope(&member.table, "", &member.scope));
        let (key, what) = self.read_column(&member.table, &member.key, self.quote(&member.key));
        let text = format!(
            "SELECT {key}, CASE WHEN {} THEN 1 ELSE 0 END FROM {}{}{}{}",
            there.join(" AND "),
            self.table(&member.table),
            self.dialect.row_lock_hint(),
            where_all(&conditions),
            self.dialect.row_lock(),
        );
        draft.finish(text, vec![what, ColumnType::Integer(4)])
    }

    /// Takes a group that goes out of the rows of its members, of those that are marked as deleted as well.
    pub(in super::super) fn clear_group(self, column: KeptColumn<'_>, group: &Value) -> Vec<Statement> {
        let each = column.every_scope().into_iter().map(|scope| {
            let mut draft = self.draft();
            let called = draft.group_called(column, group);
            let nobody = draft.nobody(column);
            let set = draft.written(column, &nobody);
            let mut conditions = vec![format!("{} = {called}", self.quote(&column.membership.group))];
            conditions.extend(draft.scope(&column.member.table, "", scope));
            draft.changing(column, &set, &conditions)
        });
        each.collect()
    }

    /// Takes a member who goes, but whose row stays, out of the group.
    pub(in super::super) fn leave_all(self, column: KeptColumn<'_>, key: &Parameter) -> Statement {
        let mut draft = self.draft();
        let nobody = match &column.kept.cells {
            None => draft.nobody(column),
            Some(cells) => {
                let Membership { table, group, .. } = column.membership;
                draft.bind(self.constant(table, group, &cells.cell(Vec::new(), self.types.of(table, group))))
            }
        };
        let set = draft.written(column, &nobody);
        let conditions = draft.own(column.member, key, None);
        draft.changing(column, &set, &conditions)
    }

    /// What the group with this key is called, kept as it is.
    pub(in super::super) fn name_of_group(self, group: &Layout, named: &str, key: &Parameter) -> Statement {
        let mut draft = self.draft();
        let conditions = draft.own(group, key, None);
        let (name, what) = self.read_column(&group.table, named, self.quote(named));
        let (hint, lock) = (self.dialect.row_lock_hint(), self.dialect.row_lock());
        let text = format!("SELECT {name} FROM {}{hint}{}{lock}", self.table(&group.table), where_all(&conditions));
        draft.finish(text, vec![what])
    }

    /// Lets the rows of its members follow a group that is called otherwise now.
    pub(in super::super) fn rename_group(self, column: KeptColumn<'_>, (old, new): (&Value, &Value)) -> Vec<Statement> {
        let Membership { table, group, .. } = column.membership;
        let each = column.every_scope().into_iter().map(|scope| {
            let mut draft = self.draft();
            let new = draft.bind(self.constant(table, group, new));
            let set = draft.written(column, &new);
            let old = draft.bind(self.constant(table, group, old));
            let mut conditions = vec![format!("{} = {old}", self.quote(group))];
            conditions.extend(draft.scope(table, "", scope));
            draft.changing(column, &set, &conditions)
        });
        each.collect()
    }
}

impl KeptColumn<'_> {
    /// The rows of members, and those that are marked as deleted.
    pub(in super::super) fn every_scope(&self) -> Vec<&Scope> {
        let marked = self.member.mark.as_ref().map(|_| &self.member.marked);
        std::iter::once(&self.member.scope).chain(marked).collect()
    }
}

impl Draft<'_> {
    /// What the group with this key is called in the rows of its members.
    fn group_called(&mut self, column: KeptColumn<'_>, key: &Value) -> String {
        let KeptColumn { membership, kept, group, .. } = column;
        let all = self.all;
        let Some(named) = &kept.named else {
            return self.bind(all.constant(&membership.table, &membership.group, key));
        };
        let key = self.bind(all.constant(&group.table, &group.key, key));
        let mut conditions = vec![format!("{} = {key}", all.aliased("g", &group.key))];
        conditions.extend(self.scope(&group.table, "g", &group.scope));
        let table = all.table(&group.table);
        format!("(SELECT {} FROM {table} AS g{})", all.aliased("g", named), where_all(&conditions))
    }

    fn nobody(&mut self, column: KeptColumn<'_>) -> String {
        let Membership { table, group, .. } = column.membership;
        let parameter = self.all.constant(table, group, &column.kept.nobody);
        self.bind(parameter)
    }

    /// The assignments of a change of the column; a version that is a number counts it.
    pub(super) fn written(&mut self, column: KeptColumn<'_>, value: &str) -> String {
        let all = self.all;
        let counted = all.counted_version(column.member, &Vec::new());
        let counted = counted.map(|version| format!(", {0} = {0} + 1", all.quote(version))).unwrap_or_default();
        format!("{} = {value}{counted}", all.quote(&column.membership.group))
    }

    /// The conditions on the rows of a membership, whatever table they are in.
    pub(super) fn rows_in(&mut self, membership: &Membership, group: &Layout, alias: &str) -> Vec<String> {
        match KeptColumn::of(self.all, membership, group) {
            Some(column) => self.told(column, alias),
            None => self.scope(&membership.table, alias, &membership.scope),
        }
    }

    /// The rows in which something else than "none" stands, in the scope of members.
    fn told(&mut self, column: KeptColumn<'_>, alias: &str) -> Vec<String> {
        let mut conditions = Vec::new();
        if column.kept.nobody != Value::Null {
            let nobody = self.nobody(column);
            conditions.push(format!("{} <> {nobody}", self.all.aliased(alias, &column.membership.group)));
        }
        conditions.extend(self.scope(&column.member.table, alias, &column.member.scope));
        conditions
    }

    /// The rows of those who are in no group.
    fn vacant(&mut self, column: KeptColumn<'_>) -> String {
        let Membership { table, group, .. } = column.membership;
        let own = self.all.quote(group);
        let mut any = vec![format!("{own} IS NULL")];
        if column.kept.nobody != Value::Null {
            let nobody = self.nobody(column);
            any.push(format!("{own} = {nobody}"));
        }
        let what = self.all.types.of(table, group);
        if what.is_text() && *what != ColumnType::Unknown {
            any.push(format!("{own} = ''"));
        }
        if any.len() == 1 { any.remove(0) } else { format!("({})", any.join(" OR ")) }
    }

    pub(super) fn changing(self, column: KeptColumn<'_>, set: &str, conditions: &[String]) -> Statement {
        let text = format!("UPDATE {} SET {set}{}", self.all.table(&column.member.table), where_all(conditions));
        self.finish(text, Vec::new())
    }

    fn sides(
        self,
        column: KeptColumn<'_>,
        joined: &str,
        by: (String, ColumnType),
        other: Vec<(String, ColumnType)>,
        conditions: &[String],
    ) -> Statement {
        let (columns, returns): (Vec<_>, Vec<_>) = std::iter::once(by).chain(other).unzip();
        let table = self.all.table(&column.member.table);
        let (columns, conditions) = (columns.join(", "), where_all(conditions));
        let text = format!("SELECT DISTINCT {columns} FROM {table} AS u{joined}{conditions} ORDER BY 1, 2");
        self.finish(text, returns)
    }
}
