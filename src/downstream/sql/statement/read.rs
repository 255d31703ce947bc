//! Statements that ask.

use super::super::column::{ColumnType, Parameter};
use super::super::layout::{Column, Layout, Membership, Place, Related};
use super::predicate::Condition;
use super::{MAIN, Statement, Statements, alias_in, where_all};
use crate::downstream::DownstreamError;
use crate::plan::{Case, SelectPlan, Sort};
use crate::record::{Fields, Record, RecordKey};
use crate::value::Value;

/// What the columns of a record's row are, in order.
enum Projected<'a> {
    Key,
    Version,
    Field(&'a Column),
    /// What the rows of a list point at, where that is not the key.
    Parent(usize, &'a Related),
}

/// A row as a record, with what the rows of its lists point at.
pub(in super::super) struct ReadRow {
    pub(in super::super) record: Record,
    /// The list's index and the value.
    pub(in super::super) parents: Vec<(usize, Value)>,
}

fn projection(layout: &Layout) -> Vec<Projected<'_>> {
    let mut columns = vec![Projected::Key];
    columns.extend(layout.version.as_ref().map(|_| Projected::Version));
    let in_list = |place: Place| matches!(place, Place::Related(index) if layout.related[index].many);
    columns.extend(layout.columns.iter().filter(|c| c.read && !in_list(c.place)).map(Projected::Field));
    let by_other = layout.related(true).filter(|(_, related)| related.parent != layout.key);
    columns.extend(by_other.map(|(index, related)| Projected::Parent(index, related)));
    columns
}

/// Makes a record of a row that [`Statements::fetch`], [`Statements::page`] or a write gave.
pub(in super::super) fn read_row(layout: &Layout, row: Vec<Value>) -> ReadRow {
    let (mut key, mut version, mut fields, mut parents) = (Value::Null, None, Fields::new(), Vec::new());
    for (what, value) in projection(layout).into_iter().zip(row) {
        match what {
            Projected::Key => key = value,
            Projected::Version => version = (value != Value::Null).then(|| value.to_text()),
            Projected::Field(column) => fields.set(&column.field, value),
            Projected::Parent(index, _) => parents.push((index, value)),
        }
    }
    let by_key = layout.related(true).filter(|(_, related)| related.parent == layout.key);
    parents.extend(by_key.map(|(index, _)| (index, key.clone())));
    let key = RecordKey::new(&key.to_text());
    ReadRow { record: Record { key, fields, members: None, groups: None, version }, parents }
}

impl<'a> Statements<'a> {
    /// What a record's row consists of; with aliases where tables are joined.
    pub(super) fn projected(self, layout: &Layout, joined: bool) -> (String, Vec<ColumnType>) {
        let expression = |place: Place, name: &str| {
            let alias = if joined { alias_in(place) } else { String::new() };
            self.read_column(layout.table_of(place), name, self.aliased(&alias, name))
        };
        let columns = projection(layout).into_iter().map(|what| match what {
            Projected::Key => expression(Place::Main, &layout.key),
            Projected::Version => expression(Place::Main, layout.version.as_deref().unwrap_or_default()),
            Projected::Field(column) if column.presence => {
                (presence(&self.aliased(&alias_in(column.place), &column.name)), ColumnType::Integer(4))
            }
            Projected::Field(column) => expression(column.place, &column.name),
            Projected::Parent(_, related) => expression(Place::Main, &related.parent),
        });
        let (texts, types): (Vec<_>, Vec<_>) = columns.unzip();
        (texts.join(", "), types)
    }

    /// The table of the records, or their distinct names in the table of their members.
    fn source(self, layout: &Layout) -> String {
        let table = self.table(&layout.table);
        if !layout.distinct {
            return table;
        }
        let key = self.quote(&layout.key);
        let fields = layout.columns_in(Place::Main).map(|column| column.name.as_str());
        let mut names: Vec<_> = fields.chain(layout.scope.columns()).map(|name| self.quote(name)).collect();
        names.push(key.clone());
        names.sort();
        names.dedup();
        format!("(SELECT DISTINCT {} FROM {table} WHERE {key} IS NOT NULL)", names.join(", "))
    }

    /// One record, and which of the parameters its key is.
    pub(in super::super) fn fetch(self, layout: &Layout, key: Parameter) -> (Statement, usize) {
        let mut draft = self.draft();
        let (columns, returns) = self.projected(layout, true);
        let joins = draft.joins(layout, |index| reads(layout, index));
        let at = draft.parameters.len();
        let mut conditions = vec![format!("{} = {}", self.aliased(MAIN, &layout.key), draft.bind(key))];
        conditions.extend(draft.scope(&layout.table, MAIN, &layout.scope));
        let table = self.dialect.named(&self.table(&layout.table), MAIN);
        let text = format!("SELECT {columns} FROM {table}{joins}{}", where_all(&conditions));
        (draft.finish(text, returns), at)
    }

    /// A page of records.
    ///
    /// # Errors
    /// A field that no column stands for.
    pub(in super::super) fn page(self, layout: &'a Layout, plan: &SelectPlan) -> Result<Statement, DownstreamError> {
        let mut draft = self.draft();
        let (columns, returns) = self.projected(layout, true);
        let mut conditions = draft.scope(&layout.table, MAIN, &layout.scope);
        let mut condition = Condition::new(&mut draft, layout);
        if plan.predicate != crate::plan::Predicate::True {
            conditions.push(condition.write(&plan.predicate)?);
        }
        let order = plan.sort.as_ref().map(|sort| order(&mut condition, sort)).transpose()?;
        let joined = condition.joined;
        if let Some(after) = &plan.after {
            // A key that the column cannot hold has nothing after it.
            conditions.push(match self.key(layout, after) {
                Some(key) => format!("{} > {}", self.aliased(MAIN, &layout.key), draft.bind(key)),
                None => "1 = 0".to_owned(),
            });
        }
        let joins = draft.joins(layout, |index| joined.contains(&index) || reads(layout, index));
        let key = self.aliased(MAIN, &layout.key);
        // A key needs nothing else to be ordered by, and some databases refuse to hear it twice.
        let by_key = plan.sort.as_ref().map(|sort| self.dialect.order(&key, sort.descending));
        let order = match order {
            None => key,
            Some(order) if by_key.as_deref() == Some(&order) => order,
            Some(order) => format!("{order}, {key}"),
        };
        let limit = draft.bind(Parameter::Integer(i64::try_from(plan.limit).unwrap_or(i64::MAX)));
        let offset = draft.bind(Parameter::Integer(i64::try_from(plan.offset).unwrap_or(i64::MAX)));
        let text = format!(
            "SELECT {columns} FROM {}{joins}{} ORDER BY {order}{}",
            self.dialect.named(&self.source(layout), MAIN),
            where_all(&conditions),
            self.dialect.page(&limit, &offset),
        );
        Ok(draft.finish(text, returns))
    }

    /// How many records fulfil the predicate.
    ///
    /// # Errors
    /// A field that no column stands for.
    pub(in super::super) fn count(self, layout: &'a Layout, plan: &SelectPlan) -> Result<Statement, DownstreamError> {
        let mut draft = self.draft();
        let mut conditions = draft.scope(&layout.table, MAIN, &layout.scope);
        let mut condition = Condition::new(&mut draft, layout);
        if plan.predicate != crate::plan::Predicate::True {
            conditions.push(condition.write(&plan.predicate)?);
        }
        let joined = condition.joined;
        let joins = draft.joins(layout, |index| joined.contains(&index));
        let table = self.dialect.named(&self.source(layout), MAIN);
        let text = format!("SELECT count(*) FROM {table}{joins}{}", where_all(&conditions));
        Ok(draft.finish(text, vec![ColumnType::Integer(8)]))
    }

    /// The rows of one list that belong to any of some records: what they point at, then the
    /// columns that are read.
    pub(in super::super) fn list_rows(self, layout: &Layout, index: usize, parents: &[Value]) -> Statement {
        let mut draft = self.draft();
        let related = &layout.related[index];
        let list = self.keys_of(&related.table, &related.child, parents);
        let (mut texts, mut returns) = (Vec::new(), Vec::new());
        let names =
            layout.columns_in(Place::Related(index)).filter(|column| column.read).map(|column| column.name.as_str());
        for name in std::iter::once(related.child.as_str()).chain(names) {
            let (text, what) = self.read_column(&related.table, name, self.aliased("e", name));
            texts.push(text);
            returns.push(what);
        }
        let child = self.aliased("e", &related.child);
        let list = draft.bind(Parameter::List(list));
        let mut conditions = vec![self.dialect.one_of(&child, &list)];
        conditions.extend(draft.scope(&related.table, "e", &related.scope));
        let order =
            related.order.as_ref().map_or_else(String::new, |column| format!(", {}", self.aliased("e", column)));
        let (table, conditions) = (self.dialect.named(&self.table(&related.table), "e"), where_all(&conditions));
        let text = format!("SELECT {} FROM {table}{conditions} ORDER BY {child}{order}", texts.join(", "));
        draft.finish(text, returns)
    }

    /// The members of any of some groups: group, member, name. Members outside the members' own
    /// scope are none.
    pub(in super::super) fn members(self, membership: &Membership, member: &Layout, groups: &[Value]) -> Statement {
        let keys = self.keys_of(&membership.table, &membership.group, groups);
        let (group, key) = (self.aliased("m", &membership.group), self.aliased("u", &member.key));
        let name = membership
            .display
            .as_ref()
            .map(|column| self.read_column(&member.table, column, self.aliased("u", column)));
        let joined = Joined { membership, other: member, alias: "u", own: &membership.member, by: &membership.group };
        let group_type = self.types.of(&membership.table, &membership.group).clone();
        self.joined(&joined, (group, group_type), key, name, keys)
    }

    /// The groups of one kind that any of some records is a member of: member, group, name.
    pub(in super::super) fn groups(self, membership: &Membership, group: &Layout, members: &[Value]) -> Statement {
        let keys = self.keys_of(&membership.table, &membership.member, members);
        let (member, key) = (self.aliased("m", &membership.member), self.aliased("g", &group.key));
        let name =
            group.display.as_ref().map(|column| self.read_column(&group.table, column, self.aliased("g", column)));
        let joined = Joined { membership, other: group, alias: "g", own: &membership.group, by: &membership.member };
        let member_type = self.types.of(&membership.table, &membership.member).clone();
        self.joined(&joined, (member, member_type), key, name, keys)
    }

    fn joined(
        self,
        joined: &Joined<'_>,
        (by, by_type): (String, ColumnType),
        key: String,
        name: Option<(String, ColumnType)>,
        keys: Vec<Parameter>,
    ) -> Statement {
        let mut draft = self.draft();
        let Joined { membership, other, alias, own, .. } = joined;
        let list = draft.bind(Parameter::List(keys));
        let mut conditions = vec![self.dialect.one_of(&self.aliased("m", joined.by), &list)];
        conditions.extend(draft.scope(&membership.table, "m", &membership.scope));
        conditions.extend(draft.scope(&other.table, alias, &other.scope));
        let mut returns = vec![by_type, self.types.of(&other.table, &other.key).clone()];
        let mut columns = format!("{by}, {key}");
        if let Some((name, what)) = name {
            columns = format!("{columns}, {name}");
            returns.push(what);
        }
        let text = format!(
            "SELECT DISTINCT {columns} FROM {} JOIN {} ON {key} = {}{} ORDER BY 1, 2",
            self.dialect.named(&self.table(&membership.table), "m"),
            self.dialect.named(&self.table(&other.table), alias),
            self.aliased("m", own),
            where_all(&conditions),
        );
        draft.finish(text, returns)
    }

    /// Values as what a column is compared with; those that it cannot hold are left out.
    pub(in super::super) fn keys_of(self, table: &str, column: &str, values: &[Value]) -> Vec<Parameter> {
        let what = self.types.of(table, column);
        values.iter().filter_map(|value| what.parameter(value, &self.model.zone).ok()).collect()
    }

    /// A statement for each table in use whose answer's columns tell their types; never executed.
    pub(in super::super) fn describe(self, table: &str, columns: &[&str]) -> Statement {
        let names: Vec<_> = columns.iter().map(|column| self.quote(column)).collect();
        let text = format!("SELECT {} FROM {} WHERE 1 = 0", names.join(", "), self.table(table));
        self.draft().finish(text, vec![ColumnType::Unknown; columns.len()])
    }
}

/// A membership table joined with the table of one of its sides.
struct Joined<'a> {
    membership: &'a Membership,
    other: &'a Layout,
    alias: &'a str,
    /// The membership's column that points at the other table, and the one that is asked by.
    own: &'a str,
    by: &'a str,
}

/// 1 when a row is there to join with, else 0.
pub(super) fn presence(child: &str) -> String {
    format!("CASE WHEN {child} IS NULL THEN 0 ELSE 1 END")
}

/// True when a column of the related table is read.
fn reads(layout: &Layout, index: usize) -> bool {
    layout.columns_in(Place::Related(index)).any(|column| column.read)
}

fn order(condition: &mut Condition<'_, '_>, sort: &Sort) -> Result<String, DownstreamError> {
    let operand = condition.operand(&sort.field)?;
    let dialect = condition.draft.all.dialect;
    // An empty text is no value, and what has none comes last ascending and first descending (RFC
    // 7644 §3.4.2.3).
    let text = operand.what.is_text();
    let value = if text { format!("NULLIF({}, '')", operand.expression) } else { operand.expression };
    // Behind a function a column's own collation is forgotten.
    let folded = text && sort.case == Case::Ignored;
    let expression = if folded { dialect.caseless(&value) } else { value };
    Ok(dialect.order(&expression, sort.descending))
}
