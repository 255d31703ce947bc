//! Statements that change.

use super::super::column::{ColumnType, Parameter};
use super::super::dialect::Made;
use super::super::keys::KeySource;
use super::super::layout::{Layout, Membership, Place, Scope};
use super::predicate::Condition;
use super::{Draft, MAIN, Statement, Statements, where_all};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::{Case, Comparison, Unique};
use crate::record::{Fields, RecordKey};
use crate::value::{Object, Value};

/// Columns of one table with their new values.
pub(in super::super) type Row = Vec<(String, Parameter)>;

impl<'a> Statements<'a> {
    /// The columns of the resource's own table among the fields.
    ///
    /// # Errors
    /// `Invalid` for a value that does not fit its column.
    pub(in super::super) fn main_row(self, layout: &Layout, fields: &Fields) -> Result<Row, DownstreamError> {
        self.row(layout, Place::Main, |field| fields.contains(field).then(|| fields.get(field)))
    }

    /// The columns of the resource's own table that hold objects of which some members change, each
    /// with those as JSON.
    pub(in super::super) fn merged_row(self, layout: &Layout, merge: &Fields) -> Row {
        let columns = layout.columns_in(Place::Main).filter(|column| merge.contains(&column.field));
        columns.map(|column| (column.name.clone(), Parameter::Text(merge.get(&column.field).to_json()))).collect()
    }

    /// The columns of a related table with at most one row among the fields.
    ///
    /// # Errors
    /// `Invalid` for a value that does not fit its column.
    pub(in super::super) fn related_row(
        self,
        layout: &Layout,
        index: usize,
        fields: &Fields,
    ) -> Result<Row, DownstreamError> {
        self.row(layout, Place::Related(index), |field| fields.contains(field).then(|| fields.get(field)))
    }

    /// The columns of a list's row among an element's members.
    ///
    /// # Errors
    /// `Invalid` for a value that does not fit its column.
    pub(in super::super) fn element_row(
        self,
        layout: &Layout,
        index: usize,
        element: &Object,
    ) -> Result<Row, DownstreamError> {
        self.row(layout, Place::Related(index), |field| element.get(field.as_str()))
    }

    fn row<'v>(
        self,
        layout: &Layout,
        place: Place,
        value_of: impl Fn(&crate::record::FieldName) -> Option<&'v Value>,
    ) -> Result<Row, DownstreamError> {
        let mut row = Row::new();
        for column in layout.columns_in(place).filter(|column| !column.presence) {
            let Some(value) = value_of(&column.field) else { continue };
            if !row.iter().any(|(name, _)| *name == column.name) {
                row.push((column.name.clone(), self.value(layout, column, value)?));
            }
        }
        Ok(row)
    }

    /// Keeps others from taking the same value until the transaction ends.
    pub(in super::super) fn name_lock(self, layout: &Layout, unique: &Unique) -> Option<Statement> {
        let text = self.dialect.name_lock()?.to_owned();
        let name = format!("{}/{}/{}", layout.table, unique.field, unique.value.to_text().to_lowercase());
        Some(Statement {
            text,
            parameters: vec![Parameter::Text(name.replace('\0', ""))],
            returns: vec![ColumnType::Text(None)],
            then: None,
        })
    }

    /// Inserts a record unless one of the unique values is taken, and gives it as stored (its own
    /// table's columns) or nothing.
    ///
    /// # Errors
    /// A value that does not fit its column.
    pub(in super::super) fn insert(
        self,
        layout: &'a Layout,
        mut row: Row,
        unique: &[Unique],
    ) -> Result<Statement, DownstreamError> {
        let mut draft = self.draft();
        // The scope wins: a record that would be invisible must not come to be.
        row.retain(|(column, _)| !layout.scope.fixes(column));
        row.extend(
            layout.scope.iter().map(|(column, value)| (column.clone(), self.constant(&layout.table, column, value))),
        );
        let key = row.iter().find(|(column, value)| *column == layout.key && *value != Parameter::Null);
        let key = key.map(|(_, key)| key.clone());
        let source = layout.key_from.as_ref().filter(|_| key.is_none());
        let made = source.and_then(|source| draft.made(source));
        if made.is_some() {
            row.retain(|(column, _)| *column != layout.key);
        }
        let given = if self.dialect.found_by_its_values() { row.clone() } else { Row::new() };
        let (mut columns, mut placeholders) = draft.columns(row);
        if let Some(made) = &made {
            columns.insert(0, self.quote(&layout.key));
            placeholders.insert(0, made.clone());
        }
        let (columns, placeholders) = (columns.join(", "), placeholders.join(", "));
        let mut conditions = Vec::new();
        for unique in unique {
            conditions.push(format!("NOT EXISTS ({})", draft.holder(layout, "1", unique, None)?));
        }
        let table = self.table(&layout.table);
        let (listed, source) = match (columns.is_empty(), conditions.is_empty()) {
            (true, _) => (String::new(), self.dialect.defaults().to_owned()),
            (false, true) => (format!(" ({columns})"), format!(" VALUES ({placeholders})")),
            (false, false) => {
                let source = format!(" SELECT {placeholders}{}{}", self.dialect.no_table(), where_all(&conditions));
                (format!(" ({columns})"), source)
            }
        };
        let kept = self.dialect.made(&self.quote(&layout.key), self.types.of(&layout.table, &layout.key));
        if let Some(Made { before, within, key: kept }) = kept.filter(|_| key.is_none()) {
            let (returning, returns) = self.returning(layout);
            let question = format!("SELECT {returning} FROM {table} WHERE {} = {kept}", self.quote(&layout.key));
            return Ok(
                draft.finish(format!("{before}INSERT INTO {table}{listed}{within}{source}; {question}"), returns)
            );
        }
        let text = format!("INSERT INTO {table}{listed}{source}");
        Ok(match self.dialect.inserted_key() {
            None => self.giving_back(layout, draft, text),
            Some(inserted) => {
                let source = layout.key_from.as_ref().filter(|_| made.is_some());
                let write = draft.finish(text, Vec::new());
                let told = key.is_some() || source.is_some_and(|source| self.draft().made_last(source).is_some());
                if self.dialect.found_by_its_values() && !told {
                    return self.looking_back(layout, write, &given, unique);
                }
                self.asking_back(layout, write, key, (source, inserted))
            }
        })
    }

    /// One row when another record holds the unique value.
    ///
    /// # Errors
    /// A field that no column stands for.
    pub(in super::super) fn taken(
        self,
        layout: &'a Layout,
        unique: &Unique,
        except: Option<&Parameter>,
    ) -> Result<Statement, DownstreamError> {
        let mut draft = self.draft();
        let text = draft.holder(layout, "1", unique, except)?;
        Ok(draft.finish(format!("{text}{}", self.dialect.first(false)), vec![ColumnType::Integer(8)]))
    }

    /// What a write gives back: the whole record when it is one row, else its key.
    fn returning(self, layout: &Layout) -> (String, Vec<ColumnType>) {
        if layout.is_flat() {
            return self.projected(layout, false);
        }
        let (key, what) = self.read_column(&layout.table, &layout.key, self.quote(&layout.key));
        (key, vec![what])
    }

    fn giving_back(self, layout: &Layout, draft: Draft<'_>, text: String) -> Statement {
        let (returning, returns) = self.returning(layout);
        draft.finish(format!("{text} RETURNING {returning}"), returns)
    }

    /// The write with the question for its row, by the key when it is known.
    fn asking_back(
        self,
        layout: &Layout,
        write: Statement,
        key: Option<Parameter>,
        (source, inserted): (Option<&KeySource>, &str),
    ) -> Statement {
        let mut draft = self.draft();
        let key = key.map(|key| draft.bind(key)).or_else(|| source.and_then(|source| draft.made_last(source)));
        let key = key.unwrap_or_else(|| inserted.to_owned());
        let (returning, returns) = self.returning(layout);
        let (table, column) = (self.table(&layout.table), self.quote(&layout.key));
        let question = draft.finish(format!("SELECT {returning} FROM {table} WHERE {column} = {key}"), returns);
        Statement { then: Some(Box::new(question)), ..write }
    }

    /// The insert with the question for its row by a unique value, else by all that can be compared,
    /// where nothing tells the key.
    ///
    /// # Errors
    /// Nothing in the row can be compared.
    fn looking_back(
        self,
        layout: &'a Layout,
        write: Statement,
        row: &Row,
        unique: &[Unique],
    ) -> Result<Statement, DownstreamError> {
        let own = |one: &&Unique| layout.column(&one.field).is_some_and(|column| column.place == Place::Main);
        let mut draft = self.draft();
        let (returning, returns) = self.returning(layout);
        let text = if let Some(unique) = unique.iter().find(own) {
            draft.holder(layout, &returning, unique, None)?
        } else {
            let conditions = draft.alike(layout, row);
            if conditions.is_empty() {
                let what = "the application tells no keys of new records, and nothing tells this one from others";
                let detail = format!("[{}]: a new row has neither a key nor anything to find it by", layout.resource);
                return Err(DownstreamError::new(ErrorKind::Unsupported(what.to_owned()), detail));
            }
            format!("SELECT {returning} FROM {}{}", self.table(&layout.table), where_all(&conditions))
        };
        Ok(Statement { then: Some(Box::new(draft.finish(text, returns))), ..write })
    }

    /// Changes columns of the record, and members of the objects in others; gives it back as [`Statements::insert`] does, or nothing when
    /// there is no such record.
    pub(in super::super) fn update(
        self,
        layout: &Layout,
        key: &Parameter,
        (row, merged): (Row, Row),
        version: Option<&str>,
    ) -> Statement {
        let mut draft = self.draft();
        let counted = self.counted_version(layout, &row);
        let set_key = row.iter().find(|(column, _)| *column == layout.key).map(|(_, key)| key.clone());
        let counted = counted.map(|column| format!("{0} = {0} + 1", self.quote(column)));
        let set = draft.assignments(row).into_iter().chain(draft.mergers(merged)).chain(counted);
        let set = set.collect::<Vec<_>>().join(", ");
        let conditions = draft.own(layout, key, version);
        let text = format!("UPDATE {} SET {set}{}", self.table(&layout.table), where_all(&conditions));
        if self.dialect.update_returns() {
            return self.giving_back(layout, draft, text);
        }
        let key = set_key.unwrap_or_else(|| key.clone());
        self.asking_back(layout, draft.finish(text, Vec::new()), Some(key), (None, ""))
    }

    /// The column that a change counts up: a version that is a number, where nothing else sets it.
    pub(in super::super) fn counted_version(self, layout: &'a Layout, row: &Row) -> Option<&'a str> {
        let column = layout.version.as_deref()?;
        let number = matches!(self.types.of(&layout.table, column), ColumnType::Integer(_));
        (number && !row.iter().any(|(set, _)| set == column)).then_some(column)
    }

    /// Finds the record and keeps others from changing it.
    pub(in super::super) fn lock(self, layout: &Layout, key: &Parameter, version: Option<&str>) -> Statement {
        let mut draft = self.draft();
        let conditions = draft.own(layout, key, version);
        let (column, what) = self.read_column(&layout.table, &layout.key, self.quote(&layout.key));
        // What is written by statements of the mapping may be a view, whose rows cannot be locked.
        let writes = layout.instead.update.is_none() && layout.instead.delete.is_none();
        let (hint, lock) = if writes { (self.dialect.row_lock_hint(), self.dialect.row_lock()) } else { ("", "") };
        let table = self.table(&layout.table);
        let text = format!("SELECT {column} FROM {table}{hint}{}{lock}", where_all(&conditions));
        draft.finish(text, vec![what])
    }

    /// Lets the rows that point at a key that has changed point at the new one. Where the database has
    /// seen to it itself, none is left.
    pub(in super::super) fn follow(self, layout: &Layout, (old, new): (&RecordKey, &RecordKey)) -> Vec<Statement> {
        let related = layout.related.iter().filter(|related| related.parent == layout.key);
        let related = related.map(|one| (one.table.as_str(), one.child.as_str(), &one.scope));
        let of = self.model.memberships_of(&layout.resource).filter(|(_, one)| one.kept.is_none());
        let of = of.map(|(_, one)| (one.table.as_str(), one.member.as_str(), &one.scope));
        let own = layout.memberships.iter().filter(|one| one.table != layout.table || one.group != layout.key);
        let in_cells = |one: &Membership| one.kept.as_ref().is_some_and(|kept| kept.cells.is_some());
        let own = own.filter(|one| one.called(layout) == layout.key && !in_cells(one));
        let own = own.map(|one| (one.table.as_str(), one.group.as_str(), &one.scope));
        let each = related.chain(of).chain(own).map(|(table, column, scope)| {
            let mut draft = self.draft();
            let value = |key: &RecordKey| self.constant(table, column, &Value::from(key.as_str()));
            let set = draft.assignments(vec![(column.to_owned(), value(new))]).join(", ");
            let mut conditions = vec![format!("{} = {}", self.quote(column), draft.bind(value(old)))];
            conditions.extend(draft.scope(table, "", scope));
            draft.finish(format!("UPDATE {} SET {set}{}", self.table(table), where_all(&conditions)), Vec::new())
        });
        each.collect()
    }

    /// Makes a row of a related table.
    pub(in super::super) fn insert_related(
        self,
        layout: &Layout,
        index: usize,
        key: &Parameter,
        mut row: Row,
    ) -> Statement {
        let mut draft = self.draft();
        let related = &layout.related[index];
        row.retain(|(column, _)| *column != related.child && !related.scope.fixes(column));
        row.extend(
            related.scope.iter().map(|(column, value)| (column.clone(), self.constant(&related.table, column, value))),
        );
        row.retain(|(column, _)| related.key.as_ref().is_none_or(|made| made.column != *column));
        let parent = draft.parent(layout, related, key);
        let (mut columns, mut values) = draft.columns(row);
        columns.insert(0, self.quote(&related.child));
        values.insert(0, parent);
        if let Some(made) = &related.key {
            columns.push(self.quote(&made.column));
            let fresh = || Parameter::Text(uuid::Uuid::new_v4().to_string());
            let made = draft.made(&made.source);
            values.push(made.unwrap_or_else(|| draft.bind(fresh())));
        }
        let (table, columns, values) = (self.table(&related.table), columns.join(", "), values.join(", "));
        draft.finish(format!("INSERT INTO {table} ({columns}) VALUES ({values})"), Vec::new())
    }

    /// Makes a row of a related table, with what has to come before it.
    pub(in super::super) fn make_related(
        self,
        layout: &Layout,
        index: usize,
        key: &Parameter,
        row: Row,
    ) -> Vec<Statement> {
        let related = &layout.related[index];
        let reserved =
            related.key.iter().flat_map(|made| self.reserve(&made.source, (&related.table, &made.column), 1));
        reserved.chain([self.insert_related(layout, index, key, row)]).collect()
    }

    /// One row when the record has a row in a related table with at most one.
    pub(in super::super) fn related_there(self, layout: &Layout, index: usize, key: &Parameter) -> Statement {
        let mut draft = self.draft();
        let conditions = draft.belonging(layout, index, key);
        let text = format!("SELECT 1 FROM {}{}", self.table(&layout.related[index].table), where_all(&conditions));
        draft.finish(text, vec![ColumnType::Integer(8)])
    }

    /// Changes the row of a related table with at most one.
    pub(in super::super) fn update_related(
        self,
        layout: &Layout,
        index: usize,
        key: &Parameter,
        row: Row,
    ) -> Statement {
        let mut draft = self.draft();
        let set = draft.assignments(row).join(", ");
        let conditions = draft.belonging(layout, index, key);
        let text = format!("UPDATE {} SET {set}{}", self.table(&layout.related[index].table), where_all(&conditions));
        draft.finish(text, Vec::new())
    }

    /// Deletes the rows of a related table that belong to the record; with `row`, those like it.
    pub(in super::super) fn delete_related(
        self,
        layout: &Layout,
        index: usize,
        key: &Parameter,
        row: Row,
    ) -> Statement {
        let mut draft = self.draft();
        let mut conditions = draft.belonging(layout, index, key);
        for (column, parameter) in row {
            let table = &layout.related[index].table;
            let what = self.types.of(table, &column);
            let column = self.quote(&column);
            let column = if what.compares_as_text() { self.dialect.as_text(&column) } else { column };
            let placeholder = draft.bind(parameter);
            let refine = |side: &str| what.ignores_case().then(|| self.dialect.refined(side, Case::Exact)).flatten();
            let bare =
                if matches!(what, ColumnType::Padded(_)) { self.dialect.unpadded(&column) } else { column.clone() };
            let (left, right) = refine(&bare).zip(refine(&placeholder)).unwrap_or((column, placeholder));
            conditions.push(self.dialect.same(&left, &right));
        }
        let text = format!("DELETE FROM {}{}", self.table(&layout.related[index].table), where_all(&conditions));
        draft.finish(text, Vec::new())
    }

    /// Deletes the record.
    pub(in super::super) fn delete(self, layout: &Layout, key: &Parameter) -> Statement {
        let mut draft = self.draft();
        let conditions = draft.own(layout, key, None);
        draft.finish(format!("DELETE FROM {}{}", self.table(&layout.table), where_all(&conditions)), Vec::new())
    }

    /// Which of these exist.
    pub(in super::super) fn existing(self, layout: &Layout, keys: Vec<Parameter>) -> Statement {
        let mut draft = self.draft();
        let list = draft.bind(Parameter::List(keys));
        let mut conditions = vec![self.dialect.one_of(&self.quote(&layout.key), &list)];
        conditions.extend(draft.scope(&layout.table, "", &layout.scope));
        let (column, what) = self.read_column(&layout.table, &layout.key, self.quote(&layout.key));
        let text = format!("SELECT {column} FROM {}{}", self.table(&layout.table), where_all(&conditions));
        draft.finish(text, vec![what])
    }
}

impl<'a> Draft<'a> {
    fn columns(&mut self, row: Row) -> (Vec<String>, Vec<String>) {
        let (mut columns, mut placeholders) = (Vec::new(), Vec::new());
        for (column, parameter) in row {
            columns.push(self.all.quote(&column));
            placeholders.push(self.bind(parameter));
        }
        (columns, placeholders)
    }

    /// The rows of the resource's own table that hold these values, as far as values of their types are
    /// the same when they come back.
    fn alike(&mut self, layout: &Layout, row: &Row) -> Vec<String> {
        let all = self.all;
        let exact = |column: &str| match all.types.of(&layout.table, column) {
            ColumnType::Text(limit) | ColumnType::CaselessText(limit) => limit.is_some(),
            ColumnType::Padded(_) | ColumnType::Integer(_) | ColumnType::Boolean | ColumnType::Uuid => true,
            _ => false,
        };
        let told = row.iter().filter(|(column, _)| exact(column));
        let each = told.map(|(column, parameter)| {
            let placeholder = self.bind(parameter.clone());
            all.dialect.same(&all.quote(column), &placeholder)
        });
        each.collect()
    }

    pub(super) fn assignments(&mut self, row: Row) -> Vec<String> {
        let each = row.into_iter().map(|(column, parameter)| {
            let placeholder = self.bind(parameter);
            format!("{} = {placeholder}", self.all.quote(&column))
        });
        each.collect()
    }

    fn mergers(&mut self, row: Row) -> Vec<String> {
        let each = row.into_iter().map(|(column, parameter)| {
            let (column, members) = (self.all.quote(&column), self.bind(parameter));
            format!("{column} = {}", self.all.dialect.merged(&column, &members))
        });
        each.collect()
    }

    /// The record with this key, in the resource's scope, of this version.
    pub(super) fn own(&mut self, layout: &Layout, key: &Parameter, version: Option<&str>) -> Vec<String> {
        let mut conditions = vec![format!("{} = {}", self.all.quote(&layout.key), self.bind(key.clone()))];
        conditions.extend(self.scope(&layout.table, "", &layout.scope));
        if let (Some(column), Some(version)) = (&layout.version, version) {
            let parameter = self.all.constant(&layout.table, column, &Value::from(version));
            conditions.push(format!("{} = {}", self.all.quote(column), self.bind(parameter)));
        }
        conditions
    }

    fn belonging(&mut self, layout: &Layout, index: usize, key: &Parameter) -> Vec<String> {
        let related = &layout.related[index];
        let parent = self.parent(layout, related, key);
        let mut conditions = vec![format!("{} = {parent}", self.all.quote(&related.child))];
        conditions.extend(self.scope(&related.table, "", &related.scope));
        conditions
    }

    /// Finds the records that hold a unique value, and `what` of them.
    pub(super) fn holder(
        &mut self,
        layout: &'a Layout,
        what: &str,
        unique: &Unique,
        except: Option<&Parameter>,
    ) -> Result<String, DownstreamError> {
        self.holder_in(layout, &layout.scope, what, unique, except)
    }

    /// The same among the rows of another scope.
    pub(super) fn holder_in(
        &mut self,
        layout: &'a Layout,
        scope: &Scope,
        what: &str,
        unique: &Unique,
        except: Option<&Parameter>,
    ) -> Result<String, DownstreamError> {
        let mut conditions = self.scope(&layout.table, MAIN, scope);
        let mut condition = Condition::new(self, layout);
        let operand = condition.operand(&unique.field)?;
        conditions.push(condition.compare(&operand, Comparison::Eq, &unique.value, unique.case));
        let joined = condition.joined;
        if let Some(key) = except {
            let (placeholder, all) = (self.bind(key.clone()), self.all);
            conditions.push(format!("{} <> {placeholder}", all.aliased(MAIN, &layout.key)));
        }
        let joins = self.joins(layout, |index| joined.contains(&index));
        let table = self.all.dialect.named(&self.all.table(&layout.table), MAIN);
        Ok(format!("SELECT {what} FROM {table}{joins}{}", where_all(&conditions)))
    }
}
