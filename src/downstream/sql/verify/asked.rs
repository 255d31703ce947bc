//! The tables of `[lookup.NAME]`: they are only read, so all there is to compare are names, rights
//! and the statement.

use super::super::column::Types;
use super::super::fault::Fault;
use super::super::statement::Statements;
use super::{Check, Site, below};
use crate::plan::{Case, Comparison, Predicate, SelectPlan, Want};
use crate::value::Value;

impl<'a> Check<'a> {
    /// Compares a lookup.
    pub(super) async fn lookup(&mut self) -> Result<(), Fault> {
        let layout = self.layout;
        let columns = layout.columns.iter().map(|column| (column.name.as_str(), below(self.node, &column.label)));
        let scope = layout.scope.columns().map(|column| (column, below(self.node, "where")));
        let site = Site {
            table: &layout.table,
            span: below(self.node, "table"),
            home: String::new(),
            columns: columns.chain(scope).collect(),
            given: Vec::new(),
            rows: true,
        };
        let complete = self.names(&site);
        let Some(table) = self.table(site.table) else { return Ok(()) };
        self.rights(&site, table);
        if complete {
            let types = self.types().await?;
            self.asks(&types).await?;
        }
        Ok(())
    }

    /// The statement prepares.
    async fn asks(&mut self, types: &Types) -> Result<(), Fault> {
        let layout = self.layout;
        let all = Statements { model: self.model, types, dialect: self.dialect() };
        let Some(from) = layout.columns.first() else { return Ok(()) };
        let predicate = Predicate::Compare {
            field: from.field.clone(),
            op: Comparison::Eq,
            value: Value::Integer(1),
            case: Case::Ignored,
        };
        let (resource, want) = (layout.resource.clone(), Want::default());
        let plan = SelectPlan { resource, predicate, sort: None, after: None, offset: 0, limit: 1, want };
        let Ok(statement) = all.page(layout, &plan) else { return Ok(()) };
        self.prepare("looks a value up", &below(self.node, "table"), statement).await
    }
}
