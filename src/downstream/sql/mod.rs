//! The SQL driver: records are rows of the application's own tables.
//!
//! [`tables`] and [`config`] read the mapping, [`statement`] makes SQL of plans, [`flow`] puts the
//! statements in order, an engine runs them. Column types are learned from the database at the
//! first request, so a mapping binds while the database is down.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;

pub use self::catalogue::{Catalogue, ColumnFacts, ColumnKind, IndexFacts, Reference, TableFacts};
use self::column::{ColumnType, Types};
use self::config::Address;
use self::dialect::Dialect;
use self::fault::Fault;
use self::flow::{Answer, Job, Outcome, Work};
use self::layout::Model;
use self::statement::Statement;
use super::{AnyPlan, Binding, Downstream, DownstreamError, ErrorKind, Page, Subject};
use crate::diagnostic::{Diagnostic, Problems, SourceFile, Span};
use crate::plan::{Capabilities, DeletePlan, FetchPlan, InsertPlan, Membership, Searchable, SelectPlan, UpdatePlan};
use crate::record::Record;

mod catalogue;
mod cells;
mod column;
mod config;
mod consistency;
mod dialect;
mod errors;
mod explain;
mod fault;
mod flow;
mod given;
mod kept;
mod keys;
mod layout;
mod learn;
mod mark;
mod memberships;
mod mssql;
mod mysql;
mod narrow;
mod odbc;
mod postgres;
mod sqlite;
mod statement;
mod tables;
mod verify;

/// A database that runs flows.
#[async_trait]
trait Engine: Send + Sync + std::fmt::Debug {
    fn dialect(&self) -> &'static dyn Dialect;

    /// The types of the columns that each statement would give.
    async fn describe(&self, statements: Vec<Statement>) -> Result<Vec<Vec<ColumnType>>, Fault>;

    /// Carries a job out; what writes is all done or nothing.
    async fn perform(&self, job: Arc<Job>) -> Result<Outcome, Fault>;

    async fn probe(&self) -> Result<(), Fault>;

    /// Runs statements that only read, outside any plan.
    async fn ask(&self, statements: Vec<Statement>) -> Result<Vec<Answer>, Fault>;

    /// The types of columns of tables, which `statements` would give, in the same order.
    async fn types(
        &self,
        _tables: &[(&str, Vec<&str>)],
        statements: Vec<Statement>,
    ) -> Result<Vec<Vec<ColumnType>>, Fault> {
        self.describe(statements).await
    }

    /// What the database says about its own tables, where its dialect has no questions for that.
    async fn catalogue(&self) -> Result<Catalogue, Fault> {
        Err(Fault::garbage("the database cannot be asked about its tables"))
    }

    /// Forgets what was prepared for tables that have changed.
    fn forget(&self);
}

/// Binds `[downstream]` of kind `sql`. Offline.
pub(super) fn bind(binding: &Binding<'_>, problems: &mut Problems) -> Option<Arc<dyn Downstream>> {
    let config = config::read(binding, problems);
    let mut layouts = Vec::new();
    for (shape, node) in &binding.resources {
        layouts.extend(tables::layout(shape, node, binding.variables, problems));
    }
    kept::settle(&mut layouts);
    consistency::report(&layouts, &binding.resources, problems);
    let config = config?;
    if layouts.len() < binding.resources.len() || problems.has_errors() {
        return None;
    }
    let model = Arc::new(Model { layouts, zone: config.zone.clone() });
    let engine = engine(&config, &binding.downstream.span, problems)?;
    keys::report(&model.layouts, engine.dialect(), problems);
    if problems.has_errors() {
        return None;
    }
    let capabilities =
        model.layouts.iter().map(|layout| (layout.resource.clone(), capabilities(&model, layout))).collect();
    Some(Arc::new(Sql { model, engine, capabilities, types: RwLock::default() }))
}

/// The engine for an address. Offline.
fn engine(config: &config::Config, span: &Span, problems: &mut Problems) -> Option<Box<dyn Engine>> {
    Some(match &config.address {
        Address::Sqlite(path) => Box::new(sqlite::SqliteEngine::new(path, config.zone.clone(), config.limits.clone())),
        Address::Postgres(address) => {
            Box::new(postgres::PostgresEngine::new((**address).clone(), config, span, problems)?)
        }
        Address::Mssql(place) => Box::new(mssql::MssqlEngine::new(place, config, span, problems)?),
        #[cfg(feature = "odbc")]
        Address::Odbc(place) => Box::new(odbc::OdbcEngine::new(place, config)?),
        #[cfg(not(feature = "odbc"))]
        Address::Odbc(_) => return None,
        Address::MySql(address, mariadb) => {
            Box::new(mysql::MySqlEngine::new(address.clone(), *mariadb, config, span, problems)?)
        }
    })
}

/// Reads what a database says about its own tables, for a first mapping.
///
/// # Errors
/// What is wrong with the address, or why the database could not be asked; no word of the address,
/// which may hold a password.
pub async fn catalogue(url: &str, folder: &Path) -> Result<Catalogue, DownstreamError> {
    let file = SourceFile::new("URL", url);
    let span = Span::new(&file, 0..url.len());
    let mut problems = Problems::new();
    let config = config::of_address(url, &span, folder, &mut problems);
    let engine = config.and_then(|config| engine(&config, &span, &mut problems));
    let Some(engine) = engine else {
        let said = problems.into_sorted().into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; ");
        return Err(DownstreamError::new(ErrorKind::Unsupported("no such database".to_owned()), said));
    };
    let nothing = Model { layouts: Vec::new(), zone: jiff::tz::TimeZone::UTC };
    catalogue::read(&*engine).await.map_err(|fault| fault.into_error(&nothing))
}

fn capabilities(model: &Model, layout: &layout::Layout) -> Capabilities {
    Capabilities {
        searchable: Searchable::Everything,
        sort: true,
        keyset: true,
        membership: if layout.memberships.is_empty() { Membership::None } else { Membership::Delta },
        groups: model.memberships_of(&layout.resource).next().is_some(),
        version: layout.version.is_some(),
        resumes: false,
        scan_limit: 10_000,
    }
}

#[derive(Debug)]
struct Sql {
    model: Arc<Model>,
    engine: Box<dyn Engine>,
    capabilities: HashMap<Arc<str>, Capabilities>,
    /// The column types that each resource's statements need, once learned.
    types: RwLock<HashMap<Arc<str>, Arc<Types>>>,
}

/// How often a job is tried that the database rolled back, or whose connection was dead.
const ATTEMPTS: u32 = 4;

impl Sql {
    async fn perform(&self, work: Work) -> Result<Outcome, DownstreamError> {
        let mut job = self.job(work);
        let (mut attempt, mut renewed) = (1, false);
        loop {
            let fault = match self.attempt(&mut job).await {
                Ok(outcome) => return Ok(outcome),
                Err(fault) => fault,
            };
            match fault {
                // A connection that died before COMMIT has left nothing behind either.
                Fault::Again(_) | Fault::Lost(_) if attempt < ATTEMPTS => {
                    tokio::time::sleep(jitter(attempt)).await;
                    attempt += 1;
                }
                Fault::Stale(_) if !renewed => {
                    renewed = true;
                    self.types.write().unwrap_or_else(PoisonError::into_inner).clear();
                    self.engine.forget();
                }
                fault => {
                    let layout = self.model.layout(job.resource());
                    let rules = layout.map(|layout| layout.errors.as_slice()).unwrap_or_default();
                    return Err(errors::judged(fault, rules).into_error(&self.model));
                }
            }
        }
    }

    fn job(&self, work: Work) -> Job {
        let dialect = self.engine.dialect();
        Job { model: Arc::clone(&self.model), types: Arc::default(), dialect, work: Arc::new(work) }
    }

    async fn attempt(&self, job: &mut Job) -> Result<Outcome, Fault> {
        job.types = self.types(job.resource()).await?;
        self.engine.perform(Arc::new(job.clone())).await
    }

    async fn types(&self, resource: &Arc<str>) -> Result<Arc<Types>, Fault> {
        if let Some(types) = self.known_types(resource) {
            return Ok(types);
        }
        let types = Arc::new(learn::types(&*self.engine, &self.model, learn::used(&self.model, resource)).await?);
        self.types.write().unwrap_or_else(PoisonError::into_inner).insert(Arc::clone(resource), Arc::clone(&types));
        Ok(types)
    }

    fn known_types(&self, resource: &str) -> Option<Arc<Types>> {
        self.types.read().unwrap_or_else(PoisonError::into_inner).get(resource).map(Arc::clone)
    }

    fn mismatch() -> DownstreamError {
        DownstreamError::new(ErrorKind::Garbage, "a flow gave something else than its plan asks for")
    }
}

/// 10 to 200 ms, other for each who waits: the sub-second clock is jitter enough.
fn jitter(attempt: u32) -> Duration {
    let noise = uuid::Uuid::new_v4().as_u128() % 50;
    Duration::from_millis(10 * u64::from(attempt) + u64::try_from(noise).unwrap_or(0) * u64::from(attempt.min(3)))
}

#[async_trait]
impl Downstream for Sql {
    fn capabilities(&self, resource: &str) -> &Capabilities {
        static NOTHING: Capabilities = Capabilities {
            searchable: Searchable::Equal(Vec::new()),
            sort: false,
            keyset: false,
            membership: Membership::None,
            groups: false,
            version: false,
            resumes: false,
            scan_limit: 0,
        };
        self.capabilities.get(resource).unwrap_or(&NOTHING)
    }

    async fn insert(&self, plan: &InsertPlan) -> Result<Record, DownstreamError> {
        match self.perform(Work::Insert(plan.clone())).await? {
            Outcome::Record(Some(record)) => Ok(record),
            _ => Err(Self::mismatch()),
        }
    }

    async fn fetch(&self, plan: &FetchPlan) -> Result<Option<Record>, DownstreamError> {
        match self.perform(Work::Fetch(plan.clone())).await? {
            Outcome::Record(record) => Ok(record),
            _ => Err(Self::mismatch()),
        }
    }

    async fn select(&self, plan: &SelectPlan) -> Result<Page, DownstreamError> {
        match self.perform(Work::Select(plan.clone())).await? {
            Outcome::Page(page) => Ok(page),
            _ => Err(Self::mismatch()),
        }
    }

    async fn update(&self, plan: &UpdatePlan) -> Result<Option<Record>, DownstreamError> {
        match self.perform(Work::Update(plan.clone())).await? {
            Outcome::Record(record) => Ok(record),
            _ => Err(Self::mismatch()),
        }
    }

    async fn delete(&self, plan: &DeletePlan) -> Result<bool, DownstreamError> {
        match self.perform(Work::Delete(plan.clone())).await? {
            Outcome::Deleted(deleted) => Ok(deleted),
            _ => Err(Self::mismatch()),
        }
    }

    async fn probe(&self) -> Result<(), DownstreamError> {
        self.engine.probe().await.map_err(|fault| fault.into_error(&self.model))
    }

    async fn verify(&self, subject: &Subject<'_>) -> Result<Vec<Diagnostic>, DownstreamError> {
        let found = verify::verify(&*self.engine, &self.model, subject).await;
        found.map_err(|fault| fault.into_error(&self.model))
    }

    fn explain(&self, plan: &AnyPlan<'_>) -> Vec<String> {
        let work = match *plan {
            AnyPlan::Insert(plan) => Work::Insert(plan.clone()),
            AnyPlan::Fetch(plan) => Work::Fetch(plan.clone()),
            AnyPlan::Select(plan) => Work::Select(plan.clone()),
            AnyPlan::Update(plan) => Work::Update(plan.clone()),
            AnyPlan::Delete(plan) => Work::Delete(plan.clone()),
        };
        let mut job = self.job(work);
        job.types = self.known_types(job.resource()).unwrap_or_default();
        explain::lines(&job)
    }
}
