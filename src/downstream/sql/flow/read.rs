//! Reading: one statement for the rows, one for each list, for members and for groups, whatever
//! the number of records.

use std::collections::{HashMap, HashSet};

use super::super::cells::Cells;
use super::super::column::Parameter;
use super::super::layout::{Layout, Place};
use super::super::statement::{KeptColumn, ReadRow, Statement, Statements, Template, read_row};
use super::{Answer, Fault, Session, cells, run_one};
use crate::downstream::Page;
use crate::plan::{FetchPlan, SelectPlan, Want};
use crate::record::{FieldName, Member, Record, RecordKey};
use crate::value::{Object, Value};

pub(super) async fn fetch(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &FetchPlan,
) -> Result<Option<Record>, Fault> {
    let Some(key) = all.key(layout, &plan.key) else { return Ok(None) };
    let reading = Reading::new(all, layout, plan.want);
    let answers = session.run(reading.statements(&plan.key, key)).await?;
    reading.finish(session, answers).await
}

/// Reading one record: what hangs on the key alone does not wait for the row.
pub(super) struct Reading<'a> {
    all: Statements<'a>,
    layout: &'a Layout,
    want: Want,
    parts: Vec<Parts>,
    early: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn new(all: Statements<'a>, layout: &'a Layout, want: Want) -> Self {
        let parts = Parts::of(layout, all, want);
        let early = parts.iter().all(|part| part.hangs_on_key(layout));
        Self { all, layout, want, parts, early }
    }

    /// The first batch.
    pub(super) fn statements(&self, key: &RecordKey, parameter: Parameter) -> Vec<Statement> {
        let key = Value::from(key.as_str());
        let templates = self.all.types.readings.of(self.want, || self.templates(&key, &parameter));
        let filled = templates.and_then(|all| all.iter().map(|one| one.filled(&key, &self.all.model.zone)).collect());
        filled.unwrap_or_else(|| {
            let parts =
                self.early_parts().map(|part| part.statement(self.all, self.layout, std::slice::from_ref(&key)));
            std::iter::once(self.all.fetch(self.layout, parameter).0).chain(parts).collect()
        })
    }

    /// The same with a place for the key.
    fn templates(&self, key: &Value, parameter: &Parameter) -> Option<Vec<Template>> {
        let (all, layout) = (self.all, self.layout);
        let (fetch, at) = all.fetch(layout, parameter.clone());
        let parts = self.early_parts().map(|part| {
            let statement = part.statement(all, layout, std::slice::from_ref(key));
            let at = statement.parameters.iter().position(|parameter| matches!(parameter, Parameter::List(_)))?;
            all.template(statement, at, part.asked_by(all, layout))
        });
        std::iter::once(all.template(fetch, at, (&layout.table, &layout.key))).chain(parts).collect()
    }

    fn early_parts(&self) -> impl Iterator<Item = &Parts> {
        self.parts.iter().filter(|_| self.early)
    }

    /// Makes the record of the first batch's answers.
    pub(super) async fn finish(
        self,
        session: &mut dyn Session,
        mut answers: Vec<Answer>,
    ) -> Result<Option<Record>, Fault> {
        let rest = answers.split_off(answers.len().min(1));
        let row = answers.pop().and_then(|answer| answer.rows.into_iter().next());
        let Some(row) = row else { return Ok(None) };
        let mut rows = vec![read_row(self.layout, row)];
        let rest =
            if self.early { rest } else { run_parts(session, self.all, self.layout, &self.parts, &rows).await? };
        complete(self.all, self.layout, &self.parts, &mut rows, rest, self.want)?;
        Ok(rows.pop().map(|row| row.record))
    }
}

pub(super) async fn select(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    plan: &SelectPlan,
) -> Result<Page, Fault> {
    let resolved = match cells::lists(all, layout).next() {
        Some(_) => Some(SelectPlan {
            predicate: cells::resolved(session, all, layout, &plan.predicate).await?,
            ..plan.clone()
        }),
        None => None,
    };
    let plan = resolved.as_ref().unwrap_or(plan);
    let mut rows = Vec::new();
    if plan.limit > 0 {
        let answer = run_one(session, all.page(layout, plan)?).await?;
        rows = answer.rows.into_iter().map(|row| read_row(layout, row)).collect();
    }
    // A page that is not full is the last one, and says how many there are.
    // After a key there is nothing to count: who asks knows it from the first page.
    let full = rows.len() as u64 >= plan.limit;
    let told = plan.after.is_some() || (!full && (!rows.is_empty() || plan.offset == 0));
    // Where a table has two rows for what the mapping calls one, the record still is one.
    let mut seen = HashSet::new();
    rows.retain(|row| layout.looked_up || seen.insert(row.record.key.clone()));
    let found = rows.len() as u64;
    let parts = if rows.is_empty() { Vec::new() } else { Parts::of(layout, all, plan.want) };
    let mut batch: Vec<_> = parts.iter().map(|part| part.statement(all, layout, &part.keys(&rows))).collect();
    if !told {
        batch.push(all.count(layout, plan)?);
    }
    let mut answers = if batch.is_empty() { Vec::new() } else { session.run(batch).await? };
    let total = if told { plan.offset + found } else { answers.pop().map_or(0, |answer| counted(&answer)) };
    complete(all, layout, &parts, &mut rows, answers, plan.want)?;
    Ok(Page { records: rows.into_iter().map(|row| row.record).collect(), total })
}

fn counted(answer: &Answer) -> u64 {
    match answer.rows.first().and_then(|row| row.first()) {
        Some(Value::Integer(count)) => u64::try_from(*count).unwrap_or_default(),
        _ => 0,
    }
}

async fn run_parts(
    session: &mut dyn Session,
    all: Statements<'_>,
    layout: &Layout,
    parts: &[Parts],
    rows: &[ReadRow],
) -> Result<Vec<Answer>, Fault> {
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    session.run(parts.iter().map(|part| part.statement(all, layout, &part.keys(rows))).collect()).await
}

/// Something of a record that is in rows of its own.
pub(super) enum Parts {
    List(usize),
    /// The members, by the layout's membership with this index.
    Members(usize),
    /// The groups, by the index of the group's layout and of its membership.
    Groups(usize, usize),
}

impl Parts {
    pub(super) fn of(layout: &Layout, all: Statements<'_>, want: Want) -> Vec<Self> {
        let read = |index: usize| layout.columns_in(Place::Related(index)).any(|column| column.read);
        let mut parts: Vec<_> =
            layout.related(true).filter(|(index, _)| read(*index)).map(|(index, _)| Self::List(index)).collect();
        if want.members {
            parts.extend((0..layout.memberships.len()).map(Self::Members));
        }
        if want.groups {
            for (at, group) in all.model.layouts.iter().enumerate() {
                let own = group.memberships.iter().enumerate().filter(|(_, m)| m.resource == layout.resource);
                parts.extend(own.map(|(index, _)| Self::Groups(at, index)));
            }
        }
        parts
    }

    /// How memberships stand in cells, where these do.
    fn cells<'a>(&self, all: Statements<'a>, layout: &'a Layout) -> Option<&'a Cells> {
        let membership = match self {
            Self::List(_) => return None,
            Self::Members(index) => layout.memberships.get(*index)?,
            Self::Groups(at, index) => all.model.layouts.get(*at)?.memberships.get(*index)?,
        };
        membership.kept.as_ref()?.cells.as_ref()
    }

    fn hangs_on_key(&self, layout: &Layout) -> bool {
        match self {
            Self::List(index) => layout.related[*index].parent == layout.key,
            Self::Members(_) | Self::Groups(..) => true,
        }
    }

    fn keys(&self, rows: &[ReadRow]) -> Vec<Value> {
        let parent = |row: &ReadRow, list: usize| {
            row.parents.iter().find(|(index, _)| *index == list).map(|(_, value)| value.clone())
        };
        match self {
            Self::List(list) => rows.iter().filter_map(|row| parent(row, *list)).collect(),
            _ => rows.iter().map(|row| Value::from(row.record.key.as_str())).collect(),
        }
    }

    /// The column that is compared with the keys.
    fn asked_by<'a>(&self, all: Statements<'a>, layout: &'a Layout) -> (&'a str, &'a str) {
        match self {
            Self::List(index) => (&layout.related[*index].table, &layout.related[*index].child),
            Self::Members(index) => {
                let membership = &layout.memberships[*index];
                let in_cells = membership.kept.as_ref().is_some_and(|kept| kept.cells.is_some());
                match membership.called(layout) == layout.key && !in_cells {
                    true => (&membership.table, &membership.group),
                    false => (&layout.table, &layout.key),
                }
            }
            Self::Groups(at, index) => {
                let membership = &all.model.layouts[*at].memberships[*index];
                (&membership.table, &membership.member)
            }
        }
    }

    fn statement(&self, all: Statements<'_>, layout: &Layout, keys: &[Value]) -> Statement {
        let layouts = &all.model.layouts;
        match self {
            Self::List(index) => all.list_rows(layout, *index, keys),
            Self::Members(index) => {
                let membership = &layout.memberships[*index];
                if let Some(column) = KeptColumn::of(all, membership, layout) {
                    return match &column.kept.cells {
                        Some(cells) => all.listed_members(column, cells, keys),
                        None => all.kept_members(column, keys),
                    };
                }
                let member = all.model.layout(&membership.resource).unwrap_or(layout);
                all.members(membership, member, keys)
            }
            Self::Groups(at, index) => {
                let (group, membership) = (&layouts[*at], &layouts[*at].memberships[*index]);
                match KeptColumn::of(all, membership, group) {
                    Some(column) => match &column.kept.cells {
                        Some(cells) => all.listed_groups(column, cells, keys),
                        None => all.kept_groups(column, keys),
                    },
                    None => all.groups(membership, group, keys),
                }
            }
        }
    }
}

/// Puts what was read in further rows into the records.
fn complete(
    all: Statements<'_>,
    layout: &Layout,
    parts: &[Parts],
    rows: &mut [ReadRow],
    answers: Vec<Answer>,
    want: Want,
) -> Result<(), Fault> {
    for row in rows.iter_mut() {
        row.record.members = (want.members && !layout.memberships.is_empty()).then(Vec::new);
        row.record.groups = want.groups.then(Vec::new);
    }
    for (part, answer) in parts.iter().zip(answers) {
        let answer = match part.cells(all, layout) {
            Some(cells) => cells::exactly(cells, answer)?,
            None => answer,
        };
        match part {
            Parts::List(index) => put_list(layout, *index, rows, answer),
            Parts::Members(index) => {
                put_members(rows, answer, &layout.memberships[*index].resource, |record| &mut record.members);
            }
            Parts::Groups(at, _) => {
                put_members(rows, answer, &all.model.layouts[*at].resource, |record| &mut record.groups)
            }
        }
    }
    Ok(())
}

fn put_list(layout: &Layout, index: usize, rows: &mut [ReadRow], answer: Answer) {
    let fields: Vec<&FieldName> =
        layout.columns_in(Place::Related(index)).filter(|c| c.read).map(|c| &c.field).collect();
    let mut of_parent: HashMap<String, Vec<Value>> = HashMap::new();
    for mut row in answer.rows {
        let parent = row.remove(0).to_text();
        let element: Object = fields.iter().map(|field| field.as_str()).zip(row).collect();
        of_parent.entry(parent).or_default().push(Value::Object(element));
    }
    let related = &layout.related[index];
    for row in rows {
        let parent = row.parents.iter().find(|(at, _)| *at == index).map(|(_, value)| value.to_text());
        let mut elements = parent.and_then(|parent| of_parent.get(&parent).cloned()).unwrap_or_default();
        if related.order.is_none() {
            // The database promises no order; a stable one keeps the resource's version stable.
            elements.sort_by_cached_key(Value::to_json);
        }
        row.record.fields.set(&related.name, Value::List(elements));
    }
}

fn put_members(
    rows: &mut [ReadRow],
    answer: Answer,
    resource: &std::sync::Arc<str>,
    of: impl Fn(&mut Record) -> &mut Option<Vec<Member>>,
) {
    let mut by_key: HashMap<String, Vec<Member>> = HashMap::new();
    for row in answer.rows {
        let mut row = row.into_iter();
        let (owner, key) = (row.next().unwrap_or_default(), row.next().unwrap_or_default());
        let display = row.next().filter(|name| !name.is_unassigned()).map(|name| name.to_text());
        let member = Member { resource: resource.clone(), key: RecordKey::new(&key.to_text()), display };
        by_key.entry(owner.to_text()).or_default().push(member);
    }
    for row in rows {
        if let Some(found) = by_key.remove(row.record.key.as_str()) {
            of(&mut row.record).get_or_insert_default().extend(found);
        }
    }
}
