//! The application behind us: plans in, records out. Drivers know no SCIM.
//!
//! Adding a kind is a folder here and a line in [`KINDS`].

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use crate::diagnostic::{Code, Diagnostic, Node, Problems, Table, nearest};
use crate::plan::{Capabilities, DeletePlan, FetchPlan, InsertPlan, SelectPlan, UpdatePlan};
use crate::record::{FieldPromise, Record, RecordKey, RecordShape};

mod error;
mod lock;
mod observed;
mod rest;
mod secret;
mod sql;
mod told;

pub use error::{DownstreamError, ErrorKind};
pub use lock::Stripes;
pub use observed::Observed;
pub use secret::secret;
pub use sql::{Catalogue, ColumnFacts, ColumnKind, IndexFacts, Reference, TableFacts, catalogue};
pub use told::Told;

/// An application.
#[async_trait]
pub trait Downstream: Send + Sync + std::fmt::Debug {
    /// What it can do by itself for the resource called `resource`.
    fn capabilities(&self, resource: &str) -> &Capabilities;

    /// Makes a record and gives it as stored, without members and groups. Where
    /// `Capabilities::resumes` only the key is given, and the record is to be completed.
    async fn insert(&self, plan: &InsertPlan) -> Result<Record, DownstreamError>;

    /// Makes what an insert leaves to be made of its record where `Capabilities::resumes`; what was
    /// made before is made again, which does no harm.
    async fn complete(&self, plan: &InsertPlan, _key: &RecordKey) -> Result<(), DownstreamError> {
        let kind = ErrorKind::Unsupported("the application makes nothing by halves".to_owned());
        Err(DownstreamError::new(kind, format!("[{}]: nothing to complete", plan.resource)))
    }

    /// Reads one record; `None` when there is none in the resource's scope.
    async fn fetch(&self, plan: &FetchPlan) -> Result<Option<Record>, DownstreamError>;

    /// Reads a page of records and how many there are in all.
    async fn select(&self, plan: &SelectPlan) -> Result<Page, DownstreamError>;

    /// Changes a record; all of the change or nothing. Gives the record as stored when the driver
    /// got it with the change; otherwise the caller fetches.
    async fn update(&self, plan: &UpdatePlan) -> Result<Option<Record>, DownstreamError>;

    /// Deletes a record; false when there was none.
    async fn delete(&self, plan: &DeletePlan) -> Result<bool, DownstreamError>;

    /// Asks for a sign of life.
    async fn probe(&self) -> Result<(), DownstreamError>;

    /// Compares the mapping with what the application has, and gives every problem at once. Writes
    /// nothing.
    ///
    /// # Errors
    /// The application could not be asked.
    async fn verify(&self, subject: &Subject<'_>) -> Result<Vec<Diagnostic>, DownstreamError>;

    /// The statements or calls that a plan would cause, one line each, values as parameters.
    fn explain(&self, plan: &AnyPlan<'_>) -> Vec<String>;
}

/// A plan of any shape, to explain it.
#[derive(Debug)]
pub enum AnyPlan<'a> {
    /// Make.
    Insert(&'a InsertPlan),
    /// Read one.
    Fetch(&'a FetchPlan),
    /// Read a page.
    Select(&'a SelectPlan),
    /// Change.
    Update(&'a UpdatePlan),
    /// Delete.
    Delete(&'a DeletePlan),
}

/// A page of records.
#[derive(Debug, Clone)]
pub struct Page {
    /// The records in order.
    pub records: Vec<Record>,
    /// How many fulfil the predicate in all; with `SelectPlan::after` nothing is counted.
    pub total: u64,
}

/// What a driver is bound to.
#[derive(Debug)]
pub struct Binding<'a> {
    /// The mapping's `[downstream]` table.
    pub downstream: &'a Node,
    /// Each resource: its shape and its own table (`[User]`), of which the driver reads its own
    /// keys (`table`, `key`, `where`, `related`, `calls`, `errors`, `groups` and all of `members`).
    pub resources: Vec<(RecordShape, &'a Node)>,
    /// The folder that relative paths start from.
    pub folder: &'a Path,
    /// The tenant's variables, for `{tenant.NAME}`.
    pub variables: &'a [(String, crate::value::Value)],
}

/// What is verified: the binding that the driver was made of, whose nodes know their places, and
/// what the mapping promises of each resource's fields, in the same order.
#[derive(Debug)]
pub struct Subject<'a> {
    /// What the driver was bound to.
    pub binding: &'a Binding<'a>,
    /// The promises of each resource of the binding.
    pub promises: &'a [Vec<FieldPromise>],
}

/// Makes a driver, offline: the application may be down. Notes every problem.
pub type Bind = fn(&Binding<'_>, &mut Problems) -> Option<Arc<dyn Downstream>>;

/// Every kind with its name in `[downstream] kind = "…"`.
pub const KINDS: &[(&str, Bind)] = &[("sql", sql::bind), ("rest", rest::bind)];

/// Binds the mapping to the kind that it names.
pub fn bind(binding: &Binding<'_>, problems: &mut Problems) -> Option<Arc<dyn Downstream>> {
    let table = Table::open(binding.downstream, "[downstream]", problems)?;
    let (name, span) = table.required_string("kind", "one of `sql`, `rest`", problems)?;
    if let Some((_, bind)) = KINDS.iter().find(|(kind, _)| *kind == name) {
        return bind(binding, problems);
    }
    let problem = Diagnostic::error(Code::UNKNOWN_DOWNSTREAM, span, format!("`{name}` is no kind of downstream"));
    let names = KINDS.iter().map(|(kind, _)| *kind);
    problems.push(match nearest(name, names.clone()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help(format!("known kinds: {}", names.collect::<Vec<_>>().join(", "))),
    });
    None
}
