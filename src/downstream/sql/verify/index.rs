//! Keys that are unique, lookups that an index serves, and matching values that the database itself
//! keeps apart.

use super::super::catalogue::{IndexFacts, TableFacts, bare};
use super::super::column::Types;
use super::super::layout::{Column, Place, Scope};
use super::{Check, below, misfit};
use crate::diagnostic::{Severity, Span};
use crate::record::FieldPromise;

impl<'a> Check<'a> {
    /// The key names one row, and the tables around are found by it.
    pub(super) fn keys(&mut self) {
        let layout = self.layout;
        let Some(own) = self.table(&layout.table).filter(|table| !table.view) else { return };
        if !layout.distinct
            && self.column(&layout.table, &layout.key).is_some()
            && !unique(own, &layout.key, &layout.scope)
        {
            let message = format!("nothing keeps two rows of `{}` from having the same `{}`", layout.table, layout.key);
            let help = "`key` is the primary key, or a column with a unique index";
            self.found.push(misfit(Severity::Warning, &self.place(&["key"]), message).help(help));
        }
        for related in &layout.related {
            let span = below(self.node_at(&["related", related.name.as_str()]), "on");
            self.served(&related.table, &[&related.child], &span);
        }
        for membership in &layout.memberships {
            if let Some(kept) = &membership.kept {
                if kept.cells.is_some() {
                    continue;
                }
                self.served(&membership.table, &[&membership.group], &self.member_place(membership, "field"));
                continue;
            }
            self.served(&membership.table, &[&membership.group], &self.member_place(membership, "group"));
            self.served(&membership.table, &[&membership.member], &self.member_place(membership, "member"));
        }
    }

    /// What is looked up by a matching attribute, and what is to be unique.
    pub(super) fn lookups(&mut self, types: &Types) {
        let layout = self.layout;
        for column in &layout.columns {
            let promise = self.promises_of(column).find(|promise| promise.matching || promise.unique);
            let Some(promise) = promise.filter(|promise| promise.list.is_none()) else { continue };
            let (table, span) = (layout.table_of(column.place), self.span_of(column, column.place));
            let Some(facts) = self.column(table, &column.name) else { continue };
            let plain = self.dialect().quote(&column.name);
            let own_case = types.of(table, &column.name).ignores_case();
            let listed = layout.ignores_case.iter().any(|name| *name == column.name || column.field.as_str() == name);
            let text = facts.kind() == super::super::catalogue::ColumnKind::Text;
            let expression = if promise.ignores_case && text && !own_case && !listed {
                self.dialect().caseless(&plain)
            } else {
                plain.clone()
            };
            let known = self.apart(column, promise, &expression, &span);
            if promise.matching && expression != plain && !self.dialect().indexes_expressions() {
                self.read_through(table, column, &promise.label, &span);
            } else if promise.matching && known {
                self.served(table, &[&bare(&expression)], &span);
            }
        }
    }

    /// Notes a unique value that the database does not keep apart. True when it does, or when the
    /// advice for it holds for the lookup as well, so that one line is enough.
    fn apart(&mut self, column: &Column, promise: &FieldPromise, expression: &str, span: &Span) -> bool {
        let layout = self.layout;
        let table = layout.table_of(column.place);
        let Some(facts) = self.table(table).filter(|table| !table.view && !table.unindexed) else { return false };
        let scope = match column.place {
            Place::Main => &layout.scope,
            Place::Related(index) => &layout.related[index].scope,
        };
        if !promise.unique
            || layout.distinct
            || unique(facts, &column.name, scope)
            || unique(facts, &bare(expression), scope)
        {
            return true;
        }
        let message =
            format!("no unique index keeps the values of `{}` in `{table}.{}` apart", promise.label, column.name);
        let help = "the gateway looks before it writes, but whoever else writes may come between; \
                    where the application allows it, make the index unique";
        self.found.push(misfit(Severity::Warning, span, message).help(help));
        true
    }

    /// Notes a lookup that no index can serve, because it ignores case and the column does not.
    fn read_through(&mut self, table: &str, column: &Column, label: &str, span: &Span) {
        let name = &column.name;
        let message = format!("lookups by `{label}` read all of `{table}`: `{name}` minds case, and they do not");
        let help = "where the application allows it, let the column ignore case; \
                    or write `case_exact = true` in the rule, where `A` and `a` are two values";
        self.found.push(misfit(Severity::Warning, span, message).help(help));
    }

    /// Notes a lookup that would read the whole table.
    pub(super) fn served(&mut self, table: &str, first: &[&str], span: &Span) {
        let Some(facts) = self.table(table).filter(|table| !table.view && !table.unindexed) else { return };
        let [element] = first else { return };
        let own = element.split_once('(').map_or(*element, |(_, rest)| rest.trim_end_matches(')'));
        let own = own.split(" COLLATE ").next().unwrap_or(own);
        if self.column(table, own).is_none() || facts.indexes.iter().any(|index| starts_with(index, element)) {
            return;
        }
        let dialect = self.dialect();
        let expression = if own == *element { dialect.quote(own) } else { dialect.caseless(&dialect.quote(own)) };
        let message = format!("no index serves lookups in `{table}` by `{element}`");
        let bare_table = table.rsplit('.').next().unwrap_or(table);
        let name = dialect.quote(&format!("{bare_table}_{own}_lookup"));
        let help = format!("for a large table run `CREATE INDEX {name} ON {} ({expression})`", dialect.table(table));
        self.found.push(misfit(Severity::Warning, span, message).help(help));
    }
}

/// True when the index begins with the element; one of another collation serves the plain column
/// only where the column compares so by itself, which the index shows.
fn starts_with(index: &IndexFacts, element: &str) -> bool {
    let first = index.elements.first().map_or("", String::as_str);
    !index.partial
        && (same(first, element) || first.split(" COLLATE ").next().is_some_and(|plain| same(plain, element)))
}

/// True when no two rows of the scope are the same in the element.
fn unique(table: &TableFacts, element: &str, scope: &Scope) -> bool {
    table.indexes.iter().filter(|index| index.unique && (!index.partial || *scope != Scope::default())).any(|index| {
        let plain = |have: &str| have.split(" COLLATE ").next().is_some_and(|have| same(have, element));
        index.elements.iter().any(|have| same(have, element) || plain(have))
            && index
                .elements
                .iter()
                .all(|have| same(have, element) || plain(have) || scope.iter().any(|(column, _)| same(column, have)))
    })
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
