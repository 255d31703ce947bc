//! The tables of `[lookup.NAME]` and of `[token]`: they are only read, so all there is to compare are
//! names, rights, the statement, and that an index finds a token.

use super::super::catalogue::bare;
use super::super::column::Types;
use super::super::fault::Fault;
use super::super::layout::Place;
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

    /// Compares the tokens' table and those around it.
    pub(super) async fn tokens(&mut self) -> Result<(), Fault> {
        let layout = self.layout;
        let mut complete = true;
        for index in std::iter::once(None).chain((0..layout.related.len()).map(Some)) {
            let site = self.token_site(index);
            complete &= self.names(&site);
            if let Some(table) = self.table(site.table) {
                self.rights(&site, table);
            }
        }
        for related in &layout.related {
            let span = below(self.node_at(&["related", related.name.as_str()]), "on");
            self.served(&related.table, &[&related.child], &span);
        }
        if complete {
            let types = self.types().await?;
            self.secret(&types);
            self.asks(&types).await?;
        }
        Ok(())
    }

    /// The tokens' own table, or a related one.
    fn token_site(&self, related: Option<usize>) -> Site<'a> {
        let layout = self.layout;
        let related = related.map(|index| (&layout.related[index], Place::Related(index)));
        let (table, scope, node, place) = match related {
            None => (&layout.table, &layout.scope, self.node, Place::Main),
            Some((related, place)) => {
                (&related.table, &related.scope, self.node_at(&["related", related.name.as_str()]), place)
            }
        };
        let columns = layout.columns_in(place).map(|column| (column.name.as_str(), below(self.node, &column.label)));
        let scope = scope.columns().map(|column| (column, below(node, "where")));
        let on = below(node, "on");
        let own = related.iter().map(|(related, _)| (related.child.as_str(), on.clone()));
        let parents =
            layout.related.iter().filter(|_| related.is_none()).map(|related| {
                (related.parent.as_str(), below(self.node_at(&["related", related.name.as_str()]), "on"))
            });
        Site {
            table,
            span: below(node, "table"),
            home: String::new(),
            columns: columns.chain(scope).chain(own).chain(parents).collect(),
            given: Vec::new(),
            rows: true,
        }
    }

    /// An index finds a token, as it is compared.
    fn secret(&mut self, types: &Types) {
        let layout = self.layout;
        let Some(secret) = layout.columns.first() else { return };
        let plain = self.dialect().quote(&secret.name);
        let what = types.of(&layout.table, &secret.name);
        let word = |key: &str| self.node.get(key).and_then(crate::diagnostic::Node::as_str);
        let caseless = word("format") == Some("uuid") || word("hash") == Some("sha256");
        let own = what.ignores_case() || !what.is_text() || layout.ignores_case.contains(&secret.name);
        let expression = if caseless && !own { self.dialect().caseless(&plain) } else { plain };
        self.served(&layout.table, &[&bare(&expression)], &below(self.node, "secret"));
    }

    /// The statement prepares.
    async fn asks(&mut self, types: &Types) -> Result<(), Fault> {
        let layout = self.layout;
        let all = Statements { model: self.model, types, dialect: self.dialect(), token: &[] };
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
