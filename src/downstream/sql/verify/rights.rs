//! What the database lets its user do, and what hangs on rows that are to be deleted.

use super::super::catalogue::TableFacts;
use super::{Check, Site, misfit};
use crate::diagnostic::{Node, Severity};
use crate::record::Given;

impl<'a> Check<'a> {
    /// Notes what the database would refuse its user.
    pub(super) fn rights(&mut self, site: &Site<'a>, table: &'a TableFacts) {
        let case = self.dialect().names_have_case();
        let lacks = |name: &str, right: char| {
            table.column(name, case).is_some_and(|column| !column.rights.contains(right)).then(|| format!("`{name}`"))
        };
        // What a statement of the mapping does is prepared below, where the database objects itself.
        let instead = &self.layout.instead;
        let generates = |generated: bool| generated || site.table != self.layout.table;
        let written = || site.given.iter().filter(|(_, given)| *given != Given::Never).map(|(name, _)| *name);
        let mut lines: Vec<(&str, Vec<String>)> = vec![
            ("SELECT", site.columns.iter().filter_map(|(name, _)| lacks(name, 'r')).collect()),
            (
                "INSERT",
                written()
                    .filter(|_| site.rows && generates(instead.insert.is_none()))
                    .filter_map(|name| lacks(name, 'a'))
                    .collect(),
            ),
            (
                "UPDATE",
                written()
                    .filter(|_| !site.rows || site.table == self.layout.table && instead.update.is_none())
                    .filter_map(|name| lacks(name, 'w'))
                    .collect(),
            ),
        ];
        let deletes = self.deletes() && instead.delete.is_none() && self.layout.mark.is_none();
        if site.rows && !self.layout.looked_up && (deletes || site.table != self.layout.table) {
            let refused = table.columns.first().is_some_and(|column| !column.rights.contains('d'));
            lines.push(("DELETE", refused.then(String::new).into_iter().collect()));
        }
        lines.retain(|(_, refused)| !refused.is_empty());
        if lines.is_empty() {
            return;
        }
        let words: Vec<_> = lines.iter().map(|(right, _)| *right).collect();
        let columns: Vec<_> = lines.iter().flat_map(|(_, columns)| columns).filter(|name| !name.is_empty()).collect();
        let mut names: Vec<&str> = columns.iter().map(|name| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let of = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
        let message = format!("the user of the database may not {} `{}`{of}", words.join(", "), site.table);
        let help = format!("let it: `GRANT {} ON {} TO …`", words.join(", "), self.dialect().table(site.table));
        self.found.push(misfit(Severity::Error, &site.span, message).help(help));
    }

    /// True when DELETE of a resource deletes its row.
    fn deletes(&self) -> bool {
        let end = self.node.get("deprovision").and_then(|node| node.get("delete")).and_then(Node::as_str);
        end.is_none_or(|end| end == "delete")
    }

    /// Notes the tables whose foreign keys keep a row from being deleted.
    pub(super) fn dependants(&mut self, sites: &[Site<'a>]) {
        let Some(own) = self.table(&self.layout.table).filter(|_| self.deletes() && self.layout.mark.is_none()) else {
            return;
        };
        let model = self.model;
        let elsewhere = model.memberships_of(&self.layout.resource).map(|(_, membership)| membership.table.as_str());
        let known: Vec<&str> = sites.iter().map(|site| site.table).chain(elsewhere).collect();
        let said = |table: &TableFacts| {
            known.iter().any(|name| name.rsplit('.').next() == Some(&table.name))
                || self.layout.instead.delete.is_some()
                || self.layout.further.all().any(|given| given.text.contains(&table.name))
        };
        let holds = |table: &&TableFacts| {
            let mut refers = table.references.iter().filter(|to| to.table == own.name && to.schema == own.schema);
            refers.any(|to| !to.yields)
        };
        let hanging: Vec<_> =
            self.catalogue.tables.iter().filter(holds).filter(|table| !said(table)).map(|table| &*table.name).collect();
        if hanging.is_empty() {
            return;
        }
        let message = format!(
            "a row of `{}` cannot be deleted while rows of {} point at it",
            self.layout.table,
            hanging.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        );
        let span = self.place(&["deprovision"]);
        let span = if self.node.get("deprovision").is_some() { span } else { self.place(&["table"]) };
        let help = "write statements in `deprovision.before_delete`, or `deprovision.delete = \"disable\"`";
        self.found.push(misfit(Severity::Warning, &span, message).help(help));
    }
}
