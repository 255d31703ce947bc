//! Columns that refuse null get a value in every new row.

use super::super::catalogue::{ColumnFacts, TableFacts};
use super::{Check, Site, misfit};
use crate::diagnostic::{Severity, nearest};
use crate::record::Given;

impl<'a> Check<'a> {
    /// Notes the columns that a new row would lack.
    pub(super) fn fed(&mut self, site: &Site<'a>, table: &'a TableFacts) {
        if site.table == self.layout.table && (self.layout.instead.insert.is_some() || self.layout.distinct) {
            return;
        }
        let case = self.dialect().names_have_case();
        let same = |a: &str, b: &str| a == b || !case && a.eq_ignore_ascii_case(b);
        // What a misspelled name was meant to feed is not said to be unfed as well.
        let astray: Vec<&str> =
            site.columns.iter().map(|(name, _)| *name).filter(|name| table.column(name, case).is_none()).collect();
        let meant = |column: &ColumnFacts| astray.iter().any(|name| nearest(name, [column.name.as_str()]).is_some());
        let mut unfed = Vec::new();
        for column in table.columns.iter().filter(|column| column.not_null && !column.filled && !table.view) {
            let given = site.given.iter().filter(|(name, _)| same(name, &column.name)).map(|(_, given)| *given).max();
            match given.unwrap_or(Given::Never) {
                Given::Always => {}
                Given::Never if meant(column) => {}
                Given::Never => unfed.push(column),
                Given::Perhaps => self.perhaps_fed(site, column),
            }
        }
        if unfed.is_empty() {
            return;
        }
        let names: Vec<_> = unfed.iter().map(|column| format!("`{}`", column.name)).collect();
        let types: Vec<_> = unfed.iter().map(|column| format!("`{}` ({})", column.name, column.declared)).collect();
        let message =
            format!("a new row of `{}` needs a value in {}, which no rule gives", site.table, names.join(", "));
        let help = format!("add to {}: {}", site.home, types.join(", "));
        self.found.push(misfit(Severity::Error, &site.span, message).label("NOT NULL without a default").help(help));
    }

    /// A client that leaves the attribute out is refused by the database. Rows of related tables come
    /// to be with the attribute, so only the own table is looked at.
    fn perhaps_fed(&mut self, site: &Site<'a>, column: &ColumnFacts) {
        if site.table != self.layout.table {
            return;
        }
        let Some((name, span)) = site.columns.iter().find(|(name, _)| name.eq_ignore_ascii_case(&column.name)) else {
            return;
        };
        let own = self.layout.columns.iter().find(|column| column.name == *name && column.written);
        let label = own.map_or(*name, |column| &*column.label);
        let message = format!("`{}.{name}` refuses null, but a client may leave `{label}` out", site.table);
        let problem = misfit(Severity::Warning, span, message);
        self.found.push(problem.help("add `default = …` to the rule, or `required = true`"));
    }
}
