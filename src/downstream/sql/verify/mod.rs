//! The live check: what the mapping says beside what the database's own catalogue says.
//!
//! Nothing is written, and no statement of the mapping is run: they are prepared, which lets the
//! database object to names, types and views without touching a row.

use super::Engine;
use super::catalogue::{self, Catalogue, ColumnFacts, TableFacts};
use super::column::Types;
use super::dialect::Dialect;
use super::fault::Fault;
use super::layout::{Layout, Membership, Model, Place};
use super::learn;
use super::memberships::place_of;
use crate::diagnostic::{Code, Diagnostic, Node, Severity, Span, nearest};
use crate::downstream::Subject;
use crate::record::{FieldPromise, Given};

mod asked;
mod fed;
mod index;
mod kept;
mod rights;
mod statements;
mod values;

/// Compares the whole mapping with the database.
pub(super) async fn verify(
    engine: &dyn Engine,
    model: &Model,
    subject: &Subject<'_>,
) -> Result<Vec<Diagnostic>, Fault> {
    let catalogue = catalogue::read(engine).await?;
    let mut found: Vec<Diagnostic> = Vec::new();
    for ((shape, node), promises) in subject.binding.resources.iter().zip(subject.promises) {
        let Some(layout) = model.layout(&shape.resource) else { continue };
        let mut check = Check { model, layout, node, promises, catalogue: &catalogue, engine, found: Vec::new() };
        if shape.is_token() {
            check.tokens().await?;
        } else if layout.looked_up {
            check.lookup().await?;
        } else {
            check.resource().await?;
        }
        // What is said for members of all types is compared for each, and told once.
        for problem in check.found {
            let told = |have: &Diagnostic| have.span == problem.span && have.message == problem.message;
            if !found.iter().any(told) {
                found.push(problem);
            }
        }
    }
    Ok(found)
}

/// One resource being compared.
struct Check<'a> {
    model: &'a Model,
    layout: &'a Layout,
    node: &'a Node,
    promises: &'a [FieldPromise],
    catalogue: &'a Catalogue,
    engine: &'a dyn Engine,
    found: Vec<Diagnostic>,
}

/// A table that the mapping writes to, and what it gives the columns of a new row.
struct Site<'a> {
    table: &'a str,
    /// Where the mapping names the table.
    span: Span,
    /// Where a value for another column would be written.
    home: String,
    /// The columns in use with the place of each.
    columns: Vec<(&'a str, Span)>,
    /// The columns that a new row is given.
    given: Vec<(&'a str, Given)>,
    /// False where rows are only changed: they are somebody else's.
    rows: bool,
}

impl<'a> Check<'a> {
    async fn resource(&mut self) -> Result<(), Fault> {
        let sites = self.sites();
        let mut complete = true;
        for site in &sites {
            complete &= self.names(site);
        }
        for site in &sites {
            let Some(table) = self.table(site.table) else { continue };
            if site.rows {
                self.fed(site, table);
            }
            self.rights(site, table);
        }
        let types = self.types().await?;
        self.keys();
        self.nobody(&types);
        self.lookups(&types);
        self.dependants(&sites);
        self.values(&types);
        if complete {
            self.statements(&types).await?;
        }
        Ok(())
    }

    fn dialect(&self) -> &'static dyn Dialect {
        self.engine.dialect()
    }

    fn table(&self, name: &str) -> Option<&'a TableFacts> {
        self.catalogue.table(name, self.dialect().names_have_case())
    }

    fn column(&self, table: &str, name: &str) -> Option<&'a ColumnFacts> {
        self.table(table)?.column(name, self.dialect().names_have_case())
    }

    /// Every table of the resource.
    fn sites(&self) -> Vec<Site<'a>> {
        let layout = self.layout;
        let mut main = self.site(&layout.table, self.node, Place::Main, "fields");
        main.columns.push((&layout.key, self.place(&["key"])));
        main.columns.extend(layout.version.as_deref().map(|column| (column, self.place(&["version"]))));
        self.scoped(&mut main, &layout.scope, self.place(&["where"]));
        if layout.key_from.is_some() {
            main.given.push((&layout.key, Given::Always));
        }
        let mut sites = vec![main];
        for (index, related) in layout.related.iter().enumerate() {
            let path = ["related", related.name.as_str()];
            let node = self.node_at(&path);
            let mut site = self.site(&related.table, node, Place::Related(index), related.name.as_str());
            let on = below(node, "on");
            site.columns.push((&related.child, on.clone()));
            site.columns.extend(related.order.as_deref().map(|column| (column, below(node, "order"))));
            site.given.push((&related.child, Given::Always));
            if let Some(made) = &related.key {
                site.columns.push((&made.column, below(node, "key")));
                site.given.push((&made.column, Given::Always));
            }
            self.scoped(&mut site, &related.scope, below(node, "where"));
            sites[0].columns.push((&related.parent, on));
            sites.push(site);
        }
        for membership in &layout.memberships {
            let named = membership.kept.as_ref().and_then(|kept| kept.named.as_deref());
            sites[0].columns.extend(named.map(|column| (column, self.member_place(membership, "named"))));
        }
        sites.extend(layout.memberships.iter().map(|membership| {
            let place = |key: &str| self.member_place(membership, key);
            if membership.kept.is_some() {
                return self.kept(membership);
            }
            let mut site = Site {
                table: &membership.table,
                span: place("table"),
                home: format!("[{}.members.fields]", layout.resource),
                columns: vec![(&membership.group, place("group")), (&membership.member, place("member"))],
                given: vec![(&membership.group, Given::Always), (&membership.member, Given::Always)],
                rows: true,
            };
            self.scoped(&mut site, &membership.scope, place("where"));
            if let Some(made) = &membership.key {
                site.columns.push((&made.column, place("key")));
                site.given.push((&made.column, Given::Always));
            }
            for (column, _) in &membership.fields {
                site.columns
                    .push((column, self.node_at(&["members"]).place_of(column).unwrap_or_else(|| place("fields"))));
                site.given.push((column, Given::Always));
            }
            site
        }));
        sites
    }

    fn site(&self, table: &'a str, node: &'a Node, place: Place, home: &str) -> Site<'a> {
        let layout = self.layout;
        let columns = layout.columns_in(place).map(|column| (column.name.as_str(), self.span_of(column, place)));
        let given = layout.columns_in(place).map(|column| (column.name.as_str(), self.given(column)));
        Site {
            table,
            span: below(node, "table"),
            home: match place {
                Place::Main => format!("[{}.{home}]", layout.resource),
                Place::Related(_) => format!("[{}.fields] as `{home}.COLUMN`", layout.resource),
            },
            columns: columns.collect(),
            given: given.collect(),
            rows: true,
        }
    }

    fn scoped(&self, site: &mut Site<'a>, scope: &'a super::layout::Scope, span: Span) {
        site.columns.extend(scope.columns().map(|column| (column, span.clone())));
        site.given.extend(scope.iter().map(|(column, _)| (column.as_str(), Given::Always)));
    }

    /// What is promised of a column.
    fn promises_of(&self, column: &'a super::layout::Column) -> impl Iterator<Item = &'a FieldPromise> + use<'a> {
        let list = match column.place {
            Place::Related(index) if self.layout.related[index].many => Some(&self.layout.related[index].name),
            _ => None,
        };
        self.promises.iter().filter(move |promise| promise.field == column.field && promise.list.as_ref() == list)
    }

    fn given(&self, column: &'a super::layout::Column) -> Given {
        self.promises_of(column).map(|promise| promise.given).max().unwrap_or(Given::Never)
    }

    /// Where the mapping names a column.
    fn span_of(&self, column: &super::layout::Column, place: Place) -> Span {
        let list = match place {
            Place::Related(index) if self.layout.related[index].many => {
                Some(format!("{}.{}", self.layout.related[index].name, column.field))
            }
            _ => None,
        };
        let name = list.as_deref().unwrap_or(column.field.as_str());
        let rules = ["attributes", "fields"].into_iter().filter_map(|key| self.node.get(key));
        rules.filter_map(|node| node.place_of(name)).next().unwrap_or_else(|| self.node.span.clone())
    }

    fn node_at(&self, path: &[&str]) -> &'a Node {
        path.iter().fold(self.node, |node, key| node.get(key).unwrap_or(node))
    }

    /// Where a key of a membership stands: in the table of its type, or in what is said for all.
    fn member_place(&self, membership: &Membership, key: &str) -> Span {
        place_of(self.node_at(&["members"]), &membership.resource, key).span.clone()
    }

    fn place(&self, path: &[&str]) -> Span {
        self.node_at(path).span.clone()
    }

    /// True when table and columns exist.
    fn names(&mut self, site: &Site<'a>) -> bool {
        let Some(table) = self.table(site.table) else {
            let message = format!("the database has no table `{}`", site.table);
            let visible = self.catalogue.tables.iter().filter(|table| table.visible);
            let near = nearest(site.table, visible.map(|table| table.name.as_str()));
            let elsewhere = self.catalogue.tables.iter().find(|table| table.name == site.table);
            let problem = Diagnostic::error(Code::LIVE_MISSING, &site.span, message);
            self.found.push(match (near, elsewhere) {
                (_, Some(table)) => problem.help(format!("it is in a schema: write `{}.{}`", table.schema, table.name)),
                (Some(near), None) => problem.help(format!("did you mean `{near}`?")),
                (None, None) => problem.help(some(self.catalogue)),
            });
            return false;
        };
        let mut complete = true;
        let mut told: Vec<&str> = Vec::new();
        for (column, span) in &site.columns {
            if table.column(column, self.dialect().names_have_case()).is_some() {
                continue;
            }
            complete = false;
            if told.contains(column) {
                continue;
            }
            told.push(column);
            let message = format!("table `{}` has no column `{column}`", site.table);
            let problem = Diagnostic::error(Code::LIVE_MISSING, span, message);
            let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            self.found.push(match nearest(column, names.iter().copied()) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help(format!("its columns: {}", names.join(", "))),
            });
        }
        complete
    }

    /// The types of the columns that exist.
    async fn types(&self) -> Result<Types, Fault> {
        let mut used = learn::used(self.model, &self.layout.resource);
        used.retain(|table, columns| {
            columns.retain(|column| self.column(table, column).is_some());
            !columns.is_empty()
        });
        learn::types(self.engine, self.model, used).await
    }
}

fn some(catalogue: &Catalogue) -> String {
    let names: Vec<_> =
        catalogue.tables.iter().filter(|table| table.visible).map(|table| table.name.as_str()).take(20).collect();
    if names.is_empty() {
        return "the database shows this user no table at all".to_owned();
    }
    format!("its tables: {}", names.join(", "))
}

/// Where a key's value stands, else the whole.
fn below(node: &Node, key: &str) -> Span {
    node.get(key).unwrap_or(node).span.clone()
}

fn misfit(severity: Severity, span: &Span, message: String) -> Diagnostic {
    match severity {
        Severity::Error => Diagnostic::error(Code::LIVE_MISFIT, span, message),
        Severity::Warning => Diagnostic::warning(Code::LIVE_MISFIT, span, message),
        Severity::Note => Diagnostic::note(Code::LIVE_MISFIT, span, message),
    }
}
