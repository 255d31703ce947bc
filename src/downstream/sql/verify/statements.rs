//! The statements that the mapping comes to are prepared: the database objects to what it will not
//! run, and runs nothing.

use super::super::column::{Parameter, Types};
use super::super::fault::Fault;
use super::super::given::{Given, Instead};
use super::super::layout::Place;
use super::super::statement::{KeptColumn, Row, Statement, Statements, Values, Which};
use super::{Check, below, misfit};
use crate::diagnostic::{Severity, Span};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::{Case, Predicate, SelectPlan, Unique, Want};
use crate::record::{FieldPromise, Fields};
use crate::value::Value;

/// A statement, what it is for, and where the mapping asks for it.
pub(super) type Named = (&'static str, Span, Statement);

impl Check<'_> {
    /// Prepares everything.
    pub(super) async fn statements(&mut self, types: &Types) -> Result<(), Fault> {
        self.unmerged();
        let all = Statements { model: self.model, types, dialect: self.dialect(), token: &[] };
        let mut named = self.own(all);
        named.extend(self.around(all));
        named.extend(self.reserved(all));
        named.extend(self.given_by_mapping(all));
        for (what, span, statement) in named {
            self.prepare(what, &span, statement).await?;
        }
        Ok(())
    }

    /// Prepares one statement.
    pub(super) async fn prepare(&mut self, what: &str, span: &Span, statement: Statement) -> Result<(), Fault> {
        match self.engine.describe(vec![statement]).await {
            Ok(_) => {}
            Err(Fault::Stale(detail) | Fault::Raised(_, detail)) => self.refused(what, span, &detail),
            Err(Fault::Answer(DownstreamError { kind: ErrorKind::Garbage, detail })) => {
                self.refused(what, span, &detail);
            }
            Err(fault) => return Err(fault),
        }
        Ok(())
    }

    fn refused(&mut self, what: &str, span: &Span, detail: &str) {
        let message = format!("the database does not prepare the statement that {what}");
        self.found.push(misfit(Severity::Error, span, message).help(detail));
    }

    fn row(&self, place: Place) -> Row {
        let mut row = Row::new();
        for column in self.layout.columns_in(place).filter(|column| column.written && !column.presence) {
            if !row.iter().any(|(name, _)| *name == column.name) {
                row.push((column.name.clone(), Parameter::Null));
            }
        }
        row
    }

    /// The columns that are given objects: of those only members change.
    fn merged(&self) -> Row {
        let is_object = |promise: &FieldPromise| promise.examples.iter().any(|value| matches!(value, Value::Object(_)));
        let columns = self.layout.columns_in(Place::Main).filter(|column| column.written);
        let merged = columns.filter(|column| self.promises_of(column).any(is_object));
        merged.map(|column| (column.name.clone(), Parameter::Text("{}".to_owned()))).collect()
    }

    /// Notes the objects of which a new record gets all members, and no change any.
    fn unmerged(&mut self) {
        if self.dialect().merges() {
            return;
        }
        for (column, _) in self.merged() {
            let message = format!("members of the object in `{}.{column}` cannot be changed", self.layout.table);
            let span = self.layout.columns.iter().find(|one| one.name == column);
            let span = span.map_or_else(|| self.place(&["table"]), |one| self.span_of(one, one.place));
            let help = "this `dialect` has no function that merges JSON: a client that changes one gets 501";
            self.found.push(misfit(Severity::Warning, &span, message).help(help));
        }
    }

    fn own(&self, all: Statements<'_>) -> Vec<Named> {
        let (layout, span, key) = (self.layout, self.place(&["table"]), Parameter::Null);
        let plan = SelectPlan {
            resource: layout.resource.clone(),
            predicate: Predicate::True,
            sort: None,
            after: None,
            offset: 0,
            limit: 1,
            want: Want::default(),
        };
        let matching = layout.columns.iter().filter_map(|column| {
            let promise = self.promises_of(column).find(|promise| promise.matching && promise.list.is_none())?;
            let case = if promise.ignores_case { Case::Ignored } else { Case::Exact };
            let unique = Unique { field: column.field.clone(), value: Value::Integer(1), case };
            let statement = all.taken(layout, &unique, None).ok()?;
            Some(("looks a value up", self.span_of(column, column.place), statement))
        });
        let mut named: Vec<Named> = vec![("reads a record", span.clone(), all.fetch(layout, key.clone()).0)];
        named.extend(all.page(layout, &plan).ok().map(|one| ("reads a page", span.clone(), one)));
        named.extend(matching);
        let mut row = self.row(Place::Main);
        row.retain(|(column, _)| layout.key_from.is_none() || *column != layout.key);
        let (inserts, updates) = (layout.instead.insert.is_none() && !layout.distinct, layout.instead.update.is_none());
        named.extend(
            all.insert(layout, row, &[]).ok().filter(|_| inserts).map(|one| ("makes a record", span.clone(), one)),
        );
        let mut row = self.row(Place::Main);
        row.retain(|(column, _)| !layout.scope.fixes(column));
        let mut merged = self.merged();
        row.retain(|(column, _)| !merged.iter().any(|(have, _)| have == column));
        // What is refused before it comes to a statement is told, and no statement of it prepared.
        merged.retain(|_| all.dialect.merges());
        if updates && !(row.is_empty() && merged.is_empty()) {
            named.push(("changes a record", span.clone(), all.update(layout, &key, (row, merged), None)));
        }
        if let Some(mark) = &layout.mark {
            let now = Value::DateTime(jiff::Timestamp::UNIX_EPOCH);
            let span = self.place(&["deprovision", "mark"]);
            named.push(("marks a record as deleted", span, all.mark(layout, mark, &key, &now)));
        } else if layout.instead.delete.is_none() {
            named.push(("deletes a record", span, all.delete(layout, &key)));
        }
        named
    }

    fn around(&self, all: Statements<'_>) -> Vec<Named> {
        let (layout, key) = (self.layout, Parameter::Null);
        let mut named = Vec::new();
        for (index, related) in layout.related.iter().enumerate() {
            let span = below(self.node_at(&["related", related.name.as_str()]), "table");
            let row = self.row(Place::Related(index));
            if related.many {
                named.push(("reads related rows", span.clone(), all.list_rows(layout, index, &[])));
            }
            named.push(("makes a related row", span.clone(), all.insert_related(layout, index, &key, row)));
            named.push(("deletes related rows", span, all.delete_related(layout, index, &key, Row::new())));
        }
        for membership in &layout.memberships {
            if let Some(column) = KeptColumn::of(all, membership, layout) {
                named.extend(self.kept_statements(all, column));
                continue;
            }
            let Some(member) = self.model.layout(&membership.resource) else { continue };
            let (span, group) = (self.member_place(membership, "table"), Value::Null);
            named.push(("reads members", span.clone(), all.members(membership, member, &[])));
            if membership.add.is_none() {
                let now = Value::DateTime(jiff::Timestamp::UNIX_EPOCH);
                let added = all.add_members(membership, layout, member, &group, (Vec::new(), &now));
                named.push(("adds members", span.clone(), added));
            }
            if membership.remove.is_none() {
                let removed = all.remove_members(membership, &group, Vec::new(), Which::These);
                named.push(("removes members", span, removed));
            }
        }
        named
    }

    /// Keys that are counted in rows of another table.
    fn reserved(&self, all: Statements<'_>) -> Vec<Named> {
        let layout = self.layout;
        let own = layout.key_from.iter().map(|source| (source, layout.table.as_str(), layout.key.as_str()));
        let related = layout.related.iter().filter_map(|related| Some((related.key.as_ref()?, &related.table)));
        let members = layout.memberships.iter().filter_map(|one| Some((one.key.as_ref()?, &one.table)));
        let further = related.chain(members).map(|(made, table)| (&made.source, table.as_str(), made.column.as_str()));
        let each = own.chain(further).flat_map(|(source, table, key)| {
            let statements = all.reserve(source, (table, key), 1).into_iter();
            statements.map(|one| ("reserves a key", source.span.clone(), one))
        });
        each.collect()
    }

    fn given_by_mapping(&self, all: Statements<'_>) -> Vec<Named> {
        let layout = self.layout;
        let Instead { insert, update, delete } = &layout.instead;
        let instead = [("makes a record", insert), ("changes a record", update), ("deletes a record", delete)];
        let instead = instead.into_iter().filter_map(|(what, given)| Some((what, given.as_ref()?)));
        let further = layout.further.told();
        let nothing = Fields::new();
        let values = Values { key: None, set: &nothing, whole: &nothing };
        let prepared = |(what, given): (&'static str, &Given)| {
            all.given(layout, given, &values).ok().map(|one| (what, given.span.clone(), one))
        };
        let mut named: Vec<Named> = instead.chain(further).filter_map(prepared).collect();
        for membership in &layout.memberships {
            let each = [("adds a member", &membership.add), ("removes a member", &membership.remove)];
            named.extend(each.into_iter().filter_map(|(what, given)| {
                let given = given.as_ref()?;
                let one = all.for_member(membership, given, &Value::Null, &Value::Null);
                Some((what, given.span.clone(), one))
            }));
        }
        named
    }
}
