//! Which rows: a plan's predicate as a condition.
//!
//! The depth of a predicate is bounded by the filter it came from.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::column::{ColumnType, Parameter};
use super::super::dialect::Affix;
use super::super::layout::{Column, Layout, Membership, Place};
use super::read::presence;
use super::{Draft, MAIN, alias_in};
use crate::downstream::{DownstreamError, ErrorKind};
use crate::plan::{Case, Comparison, Predicate};
use crate::record::{FieldName, Member, RecordKey};
use crate::value::{Value, spellings};

/// Never true, always true. Spelled the same in every dialect so far.
const FALSE: &str = "1 = 0";
const TRUE: &str = "1 = 1";

/// A condition being written.
pub(super) struct Condition<'d, 'a> {
    pub(super) draft: &'d mut Draft<'a>,
    pub(super) layout: &'a Layout,
    /// The list whose element the fields are of, inside `AnyElement`.
    element: Option<usize>,
    /// The related tables that have to be joined.
    pub(super) joined: BTreeSet<usize>,
}

/// A column as it stands in a condition.
pub(super) struct Operand {
    pub(super) expression: String,
    pub(super) what: ColumnType,
    pub(super) ignores_case: bool,
}

impl<'d, 'a> Condition<'d, 'a> {
    pub(super) fn new(draft: &'d mut Draft<'a>, layout: &'a Layout) -> Self {
        Self { draft, layout, element: None, joined: BTreeSet::new() }
    }

    /// The predicate's text; its values become parameters.
    pub(super) fn write(&mut self, predicate: &Predicate) -> Result<String, DownstreamError> {
        Ok(match predicate {
            Predicate::True => TRUE.to_owned(),
            Predicate::False => FALSE.to_owned(),
            Predicate::And(all) => format!("({})", self.each(all)?.join(" AND ")),
            Predicate::Or(any) => format!("({})", self.each(any)?.join(" OR ")),
            Predicate::Not(inner) => {
                let inner = self.write(inner)?;
                self.draft.all.dialect.negated(&inner)
            }
            Predicate::Compare { field, op, value, case } => {
                let operand = self.operand(field)?;
                self.compare(&operand, *op, value, *case)
            }
            Predicate::Present(field) => {
                let operand = self.operand(field)?;
                self.present(&operand)
            }
            Predicate::Keys(keys) => self.keys(keys),
            Predicate::AnyElement { list, predicate } => self.any_element(list, predicate)?,
            Predicate::HasMember(members) => self.has_member(members),
            Predicate::HasMemberOf(kinds) => self.has_member_of(kinds),
        })
    }

    fn each(&mut self, predicates: &[Predicate]) -> Result<Vec<String>, DownstreamError> {
        predicates.iter().map(|predicate| self.write(predicate)).collect()
    }

    /// The column of a field.
    pub(super) fn operand(&mut self, field: &FieldName) -> Result<Operand, DownstreamError> {
        let found = match self.element {
            Some(list) => self.layout.element(list, field.as_str()).map(|column| ("e".to_owned(), column)),
            None => self.layout.column(field).map(|column| (alias_in(column.place), column)),
        };
        let Some((alias, column)) = found else {
            return Err(DownstreamError::new(ErrorKind::Garbage, format!("no column is known for field `{field}`")));
        };
        if let (None, Place::Related(index)) = (self.element, column.place) {
            self.joined.insert(index);
        }
        Ok(self.operand_of(column, &alias))
    }

    fn operand_of(&self, column: &Column, alias: &str) -> Operand {
        let all = self.draft.all;
        if column.presence {
            let expression = presence(&all.aliased(alias, &column.name));
            return Operand { expression, what: ColumnType::Integer(4), ignores_case: false };
        }
        let what = all.types.of(self.layout.table_of(column.place), &column.name).clone();
        let own = what.ignores_case();
        let listed = self.layout.ignores_case.iter().any(|name| column.field.as_str() == name || column.name == *name);
        let mut expression = all.aliased(alias, &column.name);
        if what.compares_as_text() {
            expression = all.dialect.as_text(&expression);
        }
        Operand { expression, what, ignores_case: own || listed }
    }

    /// A column compared with a value. A value that the column's type cannot hold equals none.
    ///
    /// Without case, `é` is one letter however it is spelled (RFC 7644 §7.8). Both spellings are asked
    /// for rather than the column normalized, which no index could serve.
    pub(super) fn compare(&mut self, operand: &Operand, op: Comparison, value: &Value, case: Case) -> String {
        let text = operand.what.is_text() || operand.what.compares_as_text();
        let spelled = match value {
            Value::String(value) if text && case == Case::Ignored && !value.is_ascii() => spellings(value),
            _ => return self.compare_one(operand, op, value, case),
        };
        let both = self.draft.all.dialect.asks_for_both_spellings() && !is_ordered(op);
        let asked = if both { spelled.len() } else { 1 };
        let each = spelled.into_iter().take(asked).map(|one| self.compare_one(operand, op, &one.into(), case));
        let mut each: Vec<String> = each.collect();
        match (each.len(), op) {
            (1, _) => each.remove(0),
            (_, Comparison::Ne) => format!("({})", each.join(" AND ")),
            _ => format!("({})", each.join(" OR ")),
        }
    }

    fn compare_one(&mut self, operand: &Operand, op: Comparison, value: &Value, case: Case) -> String {
        if let Some(affix) = affix_of(op) {
            return self.matches(operand, affix, value, case);
        }
        let what = if operand.what.compares_as_text() { &ColumnType::Text(None) } else { &operand.what };
        let Ok(parameter) = what.unlimited().parameter(value, &self.draft.all.model.zone) else {
            return if op == Comparison::Ne { TRUE } else { FALSE }.to_owned();
        };
        let column = &operand.expression;
        match (op, &parameter) {
            (Comparison::Eq, Parameter::Null) => return format!("{column} IS NULL"),
            (Comparison::Ne, Parameter::Null) => return format!("{column} IS NOT NULL"),
            (_, Parameter::Null) => return FALSE.to_owned(),
            _ => (),
        }
        let dialect = self.draft.all.dialect;
        let placeholder = self.draft.bind(parameter);
        let bare = &self.bare(operand);
        let text = operand.what.is_text() || operand.what.compares_as_text();
        let beyond_ascii = text && case == Case::Ignored && value.as_str().is_some_and(|value| !value.is_ascii());
        let folded = beyond_ascii.then(|| dialect.folded(bare).zip(dialect.folded(&placeholder))).flatten();
        let refined = (text && operand.ignores_case)
            .then(|| dialect.refined(bare, case).zip(dialect.refined(&placeholder, case)))
            .flatten();
        if let (Comparison::Eq, Some((left, right))) = (op, &refined) {
            // The column's own comparison is the one that an index serves.
            return format!("({column} = {placeholder} AND {left} = {right})");
        }
        let (left, right) = if let Some(same) = folded.or(refined) {
            same
        } else if text && case == Case::Ignored && !operand.ignores_case {
            (dialect.caseless(bare), dialect.caseless(&placeholder))
        } else if operand.what.is_time() {
            (dialect.comparable_time(column), dialect.comparable_time(&placeholder))
        } else {
            (column.clone(), placeholder)
        };
        let ordered = is_ordered(op) && text && !operand.ignores_case;
        let left = if ordered { dialect.by_code_point(&left) } else { left };
        match op {
            Comparison::Ne => dialect.differs(&left, &right),
            Comparison::Gt => format!("{left} > {right}"),
            Comparison::Ge => format!("{left} >= {right}"),
            Comparison::Lt => format!("{left} < {right}"),
            Comparison::Le => format!("{left} <= {right}"),
            _ => format!("{left} = {right}"),
        }
    }

    /// The column without the spaces that fill it up. An index serves only the column as it is.
    fn bare(&self, operand: &Operand) -> String {
        match operand.what {
            ColumnType::Padded(_) => self.draft.all.dialect.unpadded(&operand.expression),
            _ => operand.expression.clone(),
        }
    }

    fn matches(&mut self, operand: &Operand, affix: Affix, value: &Value, case: Case) -> String {
        let text = value.to_text();
        if value.is_unassigned() || text.contains('\0') {
            return FALSE.to_owned();
        }
        if text.is_empty() {
            return format!("{} IS NOT NULL", operand.expression);
        }
        let dialect = self.draft.all.dialect;
        let is_text = operand.what.is_text() || operand.what.compares_as_text();
        let column = if is_text { self.bare(operand) } else { dialect.as_text(&operand.expression) };
        let column = if operand.ignores_case { dialect.without_collation(&column) } else { column };
        if case == Case::Ignored {
            let pattern = self.draft.bind(Parameter::Text(dialect.pattern(affix, &text)));
            let folded = (!text.is_ascii()).then(|| dialect.folded(&column).zip(dialect.folded(&pattern))).flatten();
            let (column, pattern) = folded.unwrap_or((column, pattern));
            return dialect.like_caseless(&column, &pattern);
        }
        let text = if dialect.exact_takes_pattern() { dialect.pattern(affix, &text) } else { text };
        let placeholder = self.draft.bind(Parameter::Text(text));
        dialect.matches_exactly(&column, affix, &placeholder)
    }

    fn present(&self, operand: &Operand) -> String {
        let column = &operand.expression;
        if operand.what.is_text() { self.draft.all.dialect.filled(column) } else { format!("{column} IS NOT NULL") }
    }

    fn keys(&mut self, keys: &[RecordKey]) -> String {
        let all = self.draft.all;
        let keys = keys.iter().filter_map(|key| all.key(self.layout, key)).collect();
        let list = self.draft.bind(Parameter::List(keys));
        all.dialect.one_of(&all.aliased(MAIN, &self.layout.key), &list)
    }

    fn any_element(&mut self, list: &FieldName, predicate: &Predicate) -> Result<String, DownstreamError> {
        let Some((index, related)) = self.layout.list(list.as_str()) else {
            return Err(DownstreamError::new(
                ErrorKind::Garbage,
                format!("no related table is known for list `{list}`"),
            ));
        };
        let all = self.draft.all;
        let on = format!("{} = {}", all.aliased("e", &related.child), all.aliased(MAIN, &related.parent));
        let mut conditions = vec![on];
        conditions.extend(self.draft.scope(&related.table, "e", &related.scope));
        let outside = self.element.replace(index);
        let inner = self.write(predicate);
        self.element = outside;
        conditions.push(inner?);
        let table = all.dialect.named(&all.table(&related.table), "e");
        Ok(format!("EXISTS (SELECT 1 FROM {table} WHERE {})", conditions.join(" AND ")))
    }

    fn has_member(&mut self, members: &[Member]) -> String {
        let all = self.draft.all;
        let mut any = Vec::new();
        for membership in self.layout.memberships.iter().filter(in_rows) {
            let Some(layout) = all.model.layout(&membership.resource) else { continue };
            let of_kind = members.iter().filter(|member| member.resource == membership.resource);
            let keys: Vec<_> = of_kind.filter_map(|member| all.key(layout, &member.key)).collect();
            if keys.is_empty() {
                continue;
            }
            let (group, called) = (all.aliased("m", &membership.group), membership.called(self.layout));
            let on = format!("{group} = {}", all.aliased(MAIN, called));
            let list = self.draft.bind(Parameter::List(keys));
            let mut conditions = vec![on, all.dialect.one_of(&all.aliased("m", &membership.member), &list)];
            conditions.extend(self.draft.rows_in(membership, self.layout, "m"));
            any.push(format!(
                "EXISTS (SELECT 1 FROM {} WHERE {})",
                all.dialect.named(&all.table(&membership.table), "m"),
                conditions.join(" AND ")
            ));
        }
        any_of(any)
    }

    /// Members outside their own type's scope are none.
    fn has_member_of(&mut self, kinds: &[Arc<str>]) -> String {
        let all = self.draft.all;
        let mut any = Vec::new();
        let of_kind = self.layout.memberships.iter().filter(|membership| kinds.contains(&membership.resource));
        for membership in of_kind.filter(in_rows) {
            let Some(member) = all.model.layout(&membership.resource) else { continue };
            let (group, called) = (all.aliased("m", &membership.group), membership.called(self.layout));
            let on = format!("{group} = {}", all.aliased(MAIN, called));
            let mut conditions = vec![on];
            conditions.extend(self.draft.rows_in(membership, self.layout, "m"));
            if membership.kept.is_some() {
                let (table, conditions) = (all.table(&membership.table), conditions.join(" AND "));
                any.push(format!("EXISTS (SELECT 1 FROM {table} AS m WHERE {conditions})"));
                continue;
            }
            conditions.extend(self.draft.scope(&member.table, "u", &member.scope));
            any.push(format!(
                "EXISTS (SELECT 1 FROM {} JOIN {} ON {} = {} WHERE {})",
                all.dialect.named(&all.table(&membership.table), "m"),
                all.dialect.named(&all.table(&member.table), "u"),
                all.aliased("u", &member.key),
                all.aliased("m", &membership.member),
                conditions.join(" AND ")
            ));
        }
        any_of(any)
    }
}

/// Members whose cells tell their groups have been resolved before.
fn in_rows(membership: &&Membership) -> bool {
    membership.kept.as_ref().is_none_or(|kept| kept.cells.is_none())
}

/// One of these conditions.
fn any_of(mut any: Vec<String>) -> String {
    match any.len() {
        0 => FALSE.to_owned(),
        1 => any.remove(0),
        _ => format!("({})", any.join(" OR ")),
    }
}

const fn is_ordered(op: Comparison) -> bool {
    matches!(op, Comparison::Gt | Comparison::Ge | Comparison::Lt | Comparison::Le)
}

const fn affix_of(op: Comparison) -> Option<Affix> {
    match op {
        Comparison::Contains => Some(Affix::Anywhere),
        Comparison::StartsWith => Some(Affix::Start),
        Comparison::EndsWith => Some(Affix::End),
        _ => None,
    }
}
