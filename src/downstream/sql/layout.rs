//! How the records of each resource lie in tables: what the mapping says, resolved.
//!
//! No SQL and no I/O; [`super::tables`] reads it from the mapping.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::errors::Rule;
use super::given::{Further, Given, Instead};
use super::kept::Kept;
use super::keys::{KeySource, MadeKey};
use crate::record::FieldName;
use crate::value::Value;

/// All resources of a mapping.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) layouts: Vec<Layout>,
    /// What a time without a zone means.
    pub(super) zone: TimeZone,
}

/// One resource's tables.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) resource: Arc<str>,
    /// True for a lookup: its rows are only read, and two may have the same key.
    pub(super) looked_up: bool,
    pub(super) table: String,
    pub(super) key: String,
    /// Where the key of a new record comes from, when neither a rule nor the database gives it.
    pub(super) key_from: Option<KeySource>,
    /// What every row of the resource has.
    pub(super) scope: Scope,
    pub(super) version: Option<String>,
    /// How a record is marked as deleted, where its row stays.
    pub(super) mark: Option<Mark>,
    /// Which rows are marked so.
    pub(super) marked: Scope,
    /// True when the records are only the distinct names in their own membership table.
    pub(super) distinct: bool,
    /// Columns whose own comparison ignores case.
    pub(super) ignores_case: Vec<String>,
    pub(super) related: Vec<Related>,
    /// Where members are, when the resource is a group.
    pub(super) memberships: Vec<Membership>,
    /// Statements of the mapping in place of generated ones.
    pub(super) instead: Instead,
    /// Statements of the mapping before and after them.
    pub(super) further: Further,
    /// What errors of the application's own mean.
    pub(super) errors: Vec<Rule>,
    pub(super) columns: Vec<Column>,
    /// The column with the name that people call a group by.
    pub(super) display: Option<String>,
}

impl Layout {
    /// The rows of a lookup: nothing but what its shape names.
    pub(super) fn looked_up(
        resource: Arc<str>,
        table: String,
        key: String,
        scope: Scope,
        columns: Vec<Column>,
    ) -> Self {
        Self {
            resource,
            looked_up: true,
            table,
            key,
            key_from: None,
            scope,
            version: None,
            mark: None,
            marked: Scope::default(),
            distinct: false,
            ignores_case: Vec::new(),
            related: Vec::new(),
            memberships: Vec::new(),
            instead: Instead::default(),
            further: Further::default(),
            errors: Vec::new(),
            columns,
            display: None,
        }
    }
}

/// Which rows of a table are meant.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Scope {
    /// Columns and the values that they have; a new row is given them.
    pub(super) fixed: Vec<(String, Value)>,
    /// Columns and values that they do not have.
    pub(super) except: Vec<(String, Value)>,
}

impl Scope {
    /// The columns that have fixed values.
    pub(super) fn iter(&self) -> std::slice::Iter<'_, (String, Value)> {
        self.fixed.iter()
    }

    /// True when a new row is given the column's value.
    pub(super) fn fixes(&self, column: &str) -> bool {
        self.fixed.iter().any(|(have, _)| have == column)
    }

    /// Every column that is looked at.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.fixed.iter().chain(&self.except).map(|(column, _)| column.as_str())
    }

    /// The rows that are left when those with a mark are none, and the marked ones.
    pub(super) fn parted(self, mark: Option<&Mark>) -> (Self, Self) {
        let (mut living, mut marked) = (self.clone(), self);
        for (column, supplied) in mark.into_iter().flat_map(|mark| &mark.set) {
            match supplied {
                Supplied::Now => {
                    living.fixed.push((column.clone(), Value::Null));
                    marked.except.push((column.clone(), Value::Null));
                }
                Supplied::Constant(value) => {
                    living.except.push((column.clone(), value.clone()));
                    marked.fixed.push((column.clone(), value.clone()));
                }
            }
        }
        (living, marked)
    }

    /// This scope, with what `all` says of further columns.
    pub(super) fn within(mut self, all: &Self) -> Self {
        let more = all.fixed.iter().filter(|(column, _)| !self.fixes(column)).cloned().collect::<Vec<_>>();
        self.fixed.extend(more);
        self.except.extend(all.except.iter().cloned());
        self
    }
}

/// A mark on a row in place of its deletion.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) set: Vec<(String, Supplied)>,
    /// What the columns have in a living row, where a new record revives a marked one.
    pub(super) revive: Option<Vec<(String, Value)>>,
}

/// A column that a field stands for.
#[derive(Debug)]
pub(super) struct Column {
    /// The field as the mapping spells it; inside a list the field of the element.
    pub(super) field: FieldName,
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) label: Arc<str>,
    pub(super) read: bool,
    pub(super) written: bool,
    /// True when it is written only with a new record.
    pub(super) once: bool,
    /// True when the field is not the column's value but whether its row is there.
    pub(super) presence: bool,
    /// True when it exists once for each row of a list.
    pub(super) in_list: bool,
}

/// In which table of the resource a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Main,
    /// The related table with this index.
    Related(usize),
}

/// A table with rows that belong to a record.
#[derive(Debug)]
pub(super) struct Related {
    pub(super) name: FieldName,
    pub(super) table: String,
    /// The column that points at the record, and the record's column that it points at.
    pub(super) child: String,
    pub(super) parent: String,
    pub(super) scope: Scope,
    /// True for a list, false for at most one row.
    pub(super) many: bool,
    /// True when the mere presence of a row is a field, by the name of the table.
    pub(super) presence: bool,
    /// The column that orders a list.
    pub(super) order: Option<String>,
    /// The rows' own key, when something but the database makes it.
    pub(super) key: Option<MadeKey>,
}

/// A table that says who is a member of what: one with a row for each membership, or the members' own.
#[derive(Debug)]
pub(super) struct Membership {
    /// The members' resource.
    pub(super) resource: Arc<str>,
    pub(super) table: String,
    pub(super) group: String,
    pub(super) member: String,
    /// The rows' own key, when something but the database makes it.
    pub(super) key: Option<MadeKey>,
    /// What else a membership row is given.
    pub(super) fields: Vec<(String, Supplied)>,
    pub(super) scope: Scope,
    /// The column of the member's own table that names the member.
    pub(super) display: Option<String>,
    /// Statements that make and end a membership, in place of generated ones.
    pub(super) add: Option<Given>,
    pub(super) remove: Option<Given>,
    /// True when rows of the table can be another type's and name no member of this one.
    pub(super) shared: bool,
    /// How memberships stand in the members' own rows, where they do: the table is the members', `member`
    /// its key and `group` the column that tells the group.
    pub(super) kept: Option<Kept>,
}

impl Membership {
    /// The column of the group's own row that `group` is compared with.
    pub(super) fn called<'a>(&'a self, group: &'a Layout) -> &'a str {
        self.kept.as_ref().and_then(|kept| kept.named.as_deref()).unwrap_or(&group.key)
    }

    /// True when generated statements make its rows.
    pub(super) const fn adds_rows(&self) -> bool {
        self.add.is_none() && self.kept.is_none()
    }

    /// True when generated statements delete its rows.
    pub(super) const fn removes_rows(&self) -> bool {
        self.remove.is_none() && self.kept.is_none()
    }

    /// True when nothing in a row tells members of the two types apart.
    pub(super) fn same_rows(&self, other: &Self) -> bool {
        self.table == other.table && self.member == other.member && !apart(&self.scope, &other.scope)
    }
}

/// True when no row is in both scopes.
pub(super) fn apart(one: &Scope, other: &Scope) -> bool {
    let differ = |one: &Scope, other: &Scope| {
        let excluded = other.except.iter().any(|exception| one.fixed.contains(exception));
        excluded || one.iter().any(|(column, value)| other.iter().any(|(have, found)| have == column && found != value))
    };
    differ(one, other) || differ(other, one)
}

/// What a column of a membership row is given.
#[derive(Debug, Clone)]
pub(super) enum Supplied {
    Constant(Value),
    /// The time of the statement.
    Now,
}

impl Model {
    /// The layout of a resource.
    pub(super) fn layout(&self, resource: &str) -> Option<&Layout> {
        self.layouts.iter().find(|layout| *layout.resource == *resource)
    }

    /// Every membership that records of the resource can be members by, with the group's layout.
    pub(super) fn memberships_of<'a>(
        &'a self,
        resource: &'a str,
    ) -> impl Iterator<Item = (&'a Layout, &'a Membership)> {
        self.layouts
            .iter()
            .flat_map(|group| group.memberships.iter().map(move |membership| (group, membership)))
            .filter(move |(_, membership)| *membership.resource == *resource)
    }

    /// The labels of the fields that are kept in a table's column, whichever resource they are of.
    pub(super) fn label(&self, table: &str, column: &str) -> Option<String> {
        let bare = |name: &str| name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
        let table = bare(table);
        let of = |layout: &Layout| {
            let found = layout
                .columns
                .iter()
                .find(|have| have.name.eq_ignore_ascii_case(column) && bare(layout.table_of(have.place)) == table);
            found.map(|column| column.label.to_string())
        };
        self.layouts.iter().find_map(of)
    }
}

impl Layout {
    /// The table that a place is.
    pub(super) fn table_of(&self, place: Place) -> &str {
        match place {
            Place::Main => &self.table,
            Place::Related(index) => &self.related[index].table,
        }
    }

    /// The column of a field outside any list.
    pub(super) fn column(&self, field: &FieldName) -> Option<&Column> {
        let in_list = |place: Place| matches!(place, Place::Related(index) if self.related[index].many);
        self.columns.iter().find(|column| column.field == *field && !in_list(column.place))
    }

    /// The related table of a list, with its index.
    pub(super) fn list(&self, name: &str) -> Option<(usize, &Related)> {
        self.related.iter().enumerate().find(|(_, related)| related.many && related.name.as_str() == name)
    }

    /// The column of a field inside a list.
    pub(super) fn element(&self, list: usize, field: &str) -> Option<&Column> {
        let place = Place::Related(list);
        self.columns.iter().find(|column| column.place == place && column.field.as_str() == field)
    }

    /// The columns in one place.
    pub(super) fn columns_in(&self, place: Place) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(move |column| column.place == place)
    }

    /// The related tables with at most one row, and those with many.
    pub(super) fn related(&self, many: bool) -> impl Iterator<Item = (usize, &Related)> {
        self.related.iter().enumerate().filter(move |(_, related)| related.many == many)
    }

    /// True when a statement of the mapping writes the rows of a related table: it is told one of
    /// its columns.
    pub(super) fn sees_to(&self, statement: Option<&Given>, index: usize) -> bool {
        let mut columns = self.columns_in(Place::Related(index));
        statement.is_some_and(|given| columns.any(|column| given.names(column.field.as_str())))
    }

    /// True when records are made, changed and deleted in the table that they are read from, and not by
    /// statements of the mapping's own.
    pub(super) fn writes_rows(&self) -> bool {
        let Instead { insert, update, delete } = &self.instead;
        insert.is_none() && update.is_none() && delete.is_none()
    }

    /// True when a change of members is more than rows of a membership table that come and go, for some
    /// type: its statements are the mapping's own, or change the members' rows.
    pub(super) fn has_own_members(&self) -> bool {
        let own = |one: &Membership| one.add.is_some() || one.remove.is_some() || one.kept.is_some();
        self.memberships.iter().any(own)
    }

    /// True when a record is one row of one table.
    pub(super) fn is_flat(&self) -> bool {
        self.related.is_empty() && !self.distinct
    }
}
