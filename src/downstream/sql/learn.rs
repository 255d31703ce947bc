//! Learns the types of the columns that a resource's statements touch.

use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use super::column::Types;
use super::fault::Fault;
use super::keys::KeySource;
use super::layout::{Layout, Membership, Model, Place};
use super::statement::Statements;

/// Columns by table.
pub(super) type Columns<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The columns that the statements of a resource touch.
pub(super) fn used<'a>(model: &'a Model, resource: &'a str) -> Columns<'a> {
    let mut used = Columns::new();
    if let Some(layout) = model.layout(resource) {
        of_layout(layout, &mut used);
        for membership in &layout.memberships {
            of_membership(membership, &mut used);
            model
                .layout(&membership.resource)
                .into_iter()
                .for_each(|member| of_side(member, membership.display.as_deref(), &mut used));
            of_kept(model, layout, membership, &mut used);
        }
        for (group, membership) in model.memberships_of(resource) {
            of_membership(membership, &mut used);
            of_side(group, group.display.as_deref(), &mut used);
            of_kept(model, group, membership, &mut used);
        }
    }
    used
}

/// Asks the database for the types of columns, one round trip for all tables.
pub(super) async fn types(engine: &dyn Engine, model: &Model, used: Columns<'_>) -> Result<Types, Fault> {
    let none = Types::default();
    let statements = Statements { model, types: &none, dialect: engine.dialect(), token: &[] };
    let tables: Vec<(&str, Vec<&str>)> =
        used.into_iter().map(|(table, columns)| (table, columns.into_iter().collect())).collect();
    let asking = tables.iter().map(|(table, columns)| statements.describe(table, columns)).collect();
    let described = engine.types(&tables, asking).await?;
    let mut types = Types::default();
    for ((table, columns), found) in tables.iter().zip(described) {
        for (column, what) in columns.iter().zip(found) {
            types.learn(table, column, what);
        }
    }
    Ok(types)
}

fn of_source<'a>(source: &'a KeySource, used: &mut Columns<'a>) {
    if let Some(allocator) = source.allocator() {
        let own = used.entry(&allocator.table).or_default();
        own.insert(&allocator.column);
        own.extend(allocator.scope.columns());
    }
}

fn of_layout<'a>(layout: &'a Layout, used: &mut Columns<'a>) {
    of_side(layout, layout.version.as_deref(), used);
    layout.key_from.iter().for_each(|source| of_source(source, used));
    for column in &layout.columns {
        used.entry(layout.table_of(column.place)).or_default().insert(&column.name);
    }
    for (index, related) in layout.related.iter().enumerate() {
        let own = used.entry(layout.table_of(Place::Related(index))).or_default();
        own.insert(&related.child);
        own.extend(related.scope.columns());
        own.extend(related.order.as_deref());
        own.extend(related.key.as_ref().map(|made| made.column.as_str()));
        used.entry(&layout.table).or_default().insert(&related.parent);
        related.key.iter().for_each(|made| of_source(&made.source, used));
    }
}

fn of_side<'a>(layout: &'a Layout, further: Option<&'a str>, used: &mut Columns<'a>) {
    let own = used.entry(&layout.table).or_default();
    own.insert(&layout.key);
    own.extend(layout.scope.columns());
    own.extend(further);
}

/// What a change of the members' own rows looks at besides.
fn of_kept<'a>(model: &'a Model, group: &'a Layout, membership: &'a Membership, used: &mut Columns<'a>) {
    if membership.kept.is_some() {
        used.entry(&group.table).or_default().insert(membership.called(group));
        let version = model.layout(&membership.resource).and_then(|member| member.version.as_deref());
        used.entry(&membership.table).or_default().extend(version);
    }
}

fn of_membership<'a>(membership: &'a Membership, used: &mut Columns<'a>) {
    let own = used.entry(&membership.table).or_default();
    own.extend([membership.group.as_str(), membership.member.as_str()]);
    own.extend(membership.scope.columns());
    own.extend(membership.fields.iter().map(|(column, _)| column.as_str()));
    own.extend(membership.key.as_ref().map(|made| made.column.as_str()));
    membership.key.iter().for_each(|made| of_source(&made.source, used));
}
