//! The order of statements for each plan, the same for every database.
//!
//! A flow runs inside one session and, when it writes, inside one transaction that the engine
//! begins before the first batch and commits after the last. Each batch is one round trip.

use std::sync::Arc;

use async_trait::async_trait;

use super::column::Types;
use super::dialect::Dialect;
use super::fault::Fault;
use super::layout::{Layout, Model};
use super::statement::{Statement, Statements};
use crate::downstream::Page;
use crate::plan::{DeletePlan, FetchPlan, InsertPlan, SelectPlan, UpdatePlan};
use crate::record::{Record, RecordKey};
use crate::value::Value;

mod cells;
mod delete;
mod given;
mod insert;
mod kept;
mod members;
mod read;
mod revive;
mod settle;
mod state;
mod update;

pub(super) use settle::{Settled, settled, transacted, worked};
pub(super) use state::State;

/// A connection in which statements run.
#[async_trait]
pub(super) trait Session: Send {
    /// Runs statements in order, the later ones without waiting for the answers of the earlier
    /// ones. Gives all answers, or the first fault.
    async fn run(&mut self, batch: Vec<Statement>) -> Result<Vec<Answer>, Fault>;
}

/// A session whose work is undone unless it is made final.
#[async_trait]
pub(super) trait Transaction: Session + Sized {
    /// Makes what was done final.
    async fn commit(self) -> Result<(), Fault>;

    /// Undoes what was done; where that cannot be said, closing the connection does it.
    async fn roll_back(self);
}

/// What one statement gave.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    pub(super) rows: Vec<Vec<Value>>,
    /// How many rows it changed.
    pub(super) affected: u64,
}

/// One plan to be carried out, with all that it needs.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) model: Arc<Model>,
    pub(super) types: Arc<Types>,
    pub(super) dialect: &'static dyn Dialect,
    pub(super) work: Arc<Work>,
}

/// A plan.
#[derive(Debug, Clone)]
pub(super) enum Work {
    Insert(InsertPlan),
    Fetch(FetchPlan),
    Select(SelectPlan),
    Update(UpdatePlan),
    Delete(DeletePlan),
}

/// What a flow came to.
#[derive(Debug)]
pub(super) enum Outcome {
    Record(Option<Record>),
    Page(Page),
    Deleted(bool),
}

impl Job {
    /// Carries the plan out.
    pub(super) async fn perform(&self, session: &mut dyn Session) -> Result<Outcome, Fault> {
        let (all, layout) = (self.statements(), self.layout()?);
        match &*self.work {
            Work::Insert(plan) => insert::insert(session, all, layout, plan).await.map(Some).map(Outcome::Record),
            Work::Fetch(plan) => read::fetch(session, all, layout, plan).await.map(Outcome::Record),
            Work::Select(plan) => read::select(session, all, layout, plan).await.map(Outcome::Page),
            Work::Update(plan) => update::update(session, all, layout, plan).await.map(Outcome::Record),
            Work::Delete(plan) => delete::delete(session, all, layout, plan).await.map(Outcome::Deleted),
        }
    }

    /// True when nothing is written, so that there is nothing to be made final.
    pub(super) fn reads(&self) -> bool {
        matches!(*self.work, Work::Fetch(_) | Work::Select(_))
    }

    pub(super) fn resource(&self) -> &Arc<str> {
        match &*self.work {
            Work::Insert(plan) => &plan.resource,
            Work::Fetch(plan) => &plan.resource,
            Work::Select(plan) => &plan.resource,
            Work::Update(plan) => &plan.resource,
            Work::Delete(plan) => &plan.resource,
        }
    }

    /// True when the resource's key column could hold this.
    pub(super) fn can_be_key(&self, key: &str) -> bool {
        self.layout().is_ok_and(|layout| self.statements().key(layout, &RecordKey::new(key)).is_some())
    }

    fn statements(&self) -> Statements<'_> {
        let token: &[_] = match &*self.work {
            Work::Insert(plan) => &plan.token,
            Work::Update(plan) => &plan.token,
            Work::Delete(plan) => &plan.token,
            Work::Fetch(_) | Work::Select(_) => &[],
        };
        Statements { model: &self.model, types: &self.types, dialect: self.dialect, token }
    }

    fn layout(&self) -> Result<&Layout, Fault> {
        let resource = self.resource();
        self.model
            .layout(resource)
            .ok_or_else(|| Fault::garbage(format!("no tables are known for resource `{resource}`")))
    }
}

/// The one answer of a batch of one.
async fn run_one(session: &mut dyn Session, statement: Statement) -> Result<Answer, Fault> {
    Ok(session.run(vec![statement]).await?.pop().unwrap_or_default())
}
