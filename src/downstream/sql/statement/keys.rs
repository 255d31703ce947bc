//! The keys of new rows, made by the statement that makes the row.
//!
//! A row of numbers is counted up before, in the same transaction: until that ends others wait for
//! it, as they do for the application itself.

use super::super::column::Parameter;
use super::super::keys::{Allocator, KeyKind, KeySource};
use super::{Draft, Statement, Statements, where_all};

impl Statements<'_> {
    /// What has to run before so many keys of `table` are used: nothing, or the row of numbers is
    /// made where there is none yet, from the largest key, and counted up.
    pub(in super::super) fn reserve(
        self,
        source: &KeySource,
        (table, key): (&str, &str),
        count: usize,
    ) -> Vec<Statement> {
        let Some(allocator) = source.allocator() else { return Vec::new() };
        vec![self.first_number(allocator, table, key), self.count_up(allocator, count)]
    }

    fn first_number(self, allocator: &Allocator, table: &str, key: &str) -> Statement {
        let mut draft = self.draft();
        let name = self.table(&allocator.table);
        let number = self.quote(&allocator.column);
        let (mut columns, mut values) = (Vec::new(), Vec::new());
        for (column, value) in allocator.scope.iter() {
            columns.push(self.quote(column));
            values.push(draft.bind(self.constant(&allocator.table, column, value)));
        }
        columns.push(number.clone());
        let next = if allocator.holds_next { " + 1" } else { "" };
        values.push(format!("(SELECT COALESCE(MAX({}), 0){next} FROM {})", self.quote(key), self.table(table)));
        let there = draft.scope(&allocator.table, "n", &allocator.scope);
        let text = format!(
            "INSERT INTO {name} ({}) SELECT {}{} WHERE NOT EXISTS (SELECT 1 FROM {}{}{}){}",
            columns.join(", "),
            values.join(", "),
            self.dialect.no_table(),
            self.dialect.named(&self.table(&allocator.table), "n"),
            self.dialect.absence_lock(),
            where_all(&there),
            self.dialect.unless_there(&name, &number),
        );
        draft.finish(text, Vec::new())
    }

    fn count_up(self, allocator: &Allocator, count: usize) -> Statement {
        let mut draft = self.draft();
        let number = self.quote(&allocator.column);
        let by = draft.bind(Parameter::Integer(i64::try_from(count).unwrap_or(i64::MAX)));
        let conditions = draft.scope(&allocator.table, "", &allocator.scope);
        let table = self.table(&allocator.table);
        let text = format!("UPDATE {table} SET {number} = {number} + {by}{}", where_all(&conditions));
        draft.finish(text, Vec::new())
    }
}

impl Draft<'_> {
    /// The key of the one row that is made; `None` where it has to be a parameter.
    pub(super) fn made(&mut self, source: &KeySource) -> Option<String> {
        match &source.kind {
            KeyKind::Uuid => self.all.dialect.fresh_uuid().map(str::to_owned),
            KeyKind::Sequence(name) => self.all.dialect.next_of(name),
            KeyKind::Allocator(allocator) => {
                let counted = self.counted(allocator);
                Some(if allocator.holds_next { format!("{counted} - 1") } else { counted })
            }
        }
    }

    /// The same once the row is there.
    pub(super) fn made_last(&mut self, source: &KeySource) -> Option<String> {
        match &source.kind {
            KeyKind::Uuid => None,
            KeyKind::Sequence(name) => self.all.dialect.last_of(name),
            KeyKind::Allocator(_) => self.made(source),
        }
    }

    /// The key of each of at most `count` rows that are made at once, in the order of `by`.
    pub(super) fn made_for_each(&mut self, source: &KeySource, count: usize, by: &str) -> Option<String> {
        let KeyKind::Allocator(allocator) = &source.kind else { return self.made(source) };
        let counted = self.counted(allocator);
        let less = i64::try_from(count).unwrap_or(i64::MAX) + i64::from(allocator.holds_next);
        let less = self.bind(Parameter::Integer(less));
        Some(format!("{counted} + ROW_NUMBER() OVER (ORDER BY {by}) - {less}"))
    }

    /// The number as it stands in its row.
    fn counted(&mut self, allocator: &Allocator) -> String {
        let conditions = self.scope(&allocator.table, "n", &allocator.scope);
        let number = self.all.aliased("n", &allocator.column);
        let table = self.all.dialect.named(&self.all.table(&allocator.table), "n");
        format!("(SELECT {number} FROM {table}{})", where_all(&conditions))
    }
}
