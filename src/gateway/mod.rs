//! The engine: one tenant's SCIM request from parsing to answer, in one straight line.
//!
//! Undo the client's deviations, parse, resolve ids, plan, run, assemble, project. Each step takes
//! what the former gave; what fails leaves by one door (`error.rs`).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

use crate::correlation::Correlations;
use crate::downstream::{Downstream, ErrorKind};
use crate::expr::Env;
use crate::mapping::{Mapping, ResourceMapping, Rule};
use crate::observe::{Observers, Outcome, RequestFacts};
use crate::plan::{DEFAULT_PAGE, MAX_PAGE, TokenValues};
use crate::quirks::Profile;
use crate::scim::{Features, ListResponse, Operation, RawRequest, Request, ResourceTypes, Response, ScimError};
use crate::value::Value;

mod acknowledged;
mod adopt;
mod assemble;
mod bulk;
mod candidate;
mod create;
mod cursor;
mod delete;
mod error;
mod explain;
mod get;
mod lock;
mod lookup;
mod me;
mod members;
mod open;
mod patch;
mod permissions;
mod query;
mod refusal;
mod replace;
mod report;
mod resolve;
mod shadow;
mod split;
mod token;
mod unfinished;
mod walk;
mod write;

pub use explain::secret::hide_stored;
pub use permissions::{Access, Permissions};
pub use token::{Guest, Recognition};

use error::Failure;
use lock::Locks;
use lookup::Lookups;
use token::Tokens;
use walk::Walks;

/// Who is asking.
#[derive(Debug, Clone)]
pub struct Client {
    /// The tenant's name.
    pub tenant: Arc<str>,
    /// The name of the token.
    pub token: Arc<str>,
    /// The `userName` of the user that the token stands for, to whom `/Me` leads.
    pub user: Option<Arc<str>>,
    /// What the token may do.
    pub permissions: Permissions,
    /// `{token.NAME}` in the mapping.
    pub values: Arc<[(String, Value)]>,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The request's id.
    pub request_id: String,
}

/// What a tenant's engine is made of.
#[derive(Debug)]
pub struct Parts {
    /// The tenant's name.
    pub tenant: Arc<str>,
    /// The compiled mapping.
    pub mapping: Arc<Mapping>,
    /// The application.
    pub downstream: Arc<dyn Downstream>,
    /// The ids.
    pub correlations: Arc<dyn Correlations>,
    /// The client's known deviations.
    pub profile: Profile,
    /// `https://scim.example.com/contoso/scim/v2`: the only source of `meta.location`.
    pub base_url: String,
    /// The tenant's `DefaultDomain()`.
    pub default_domain: Option<String>,
    /// How long a request may take.
    pub deadline: Duration,
    /// Who listens.
    pub observers: Observers,
}

/// One tenant's engine.
#[derive(Debug)]
pub struct Gateway {
    parts: Parts,
    features: Features,
    /// The resource types with what is mapped and what the application can tell.
    advertised: ResourceTypes,
    locks: Locks,
    walks: Walks,
    lookups: Lookups,
    tokens: Tokens,
}

/// What a change turned out to be, for the audit.
#[derive(Debug, Default)]
struct Trace {
    outcome: Option<Outcome>,
    id: Option<String>,
    key: Option<String>,
    changed: Vec<String>,
}

/// What one request may touch.
struct Call<'a> {
    gateway: &'a Gateway,
    mapping: &'a Arc<ResourceMapping>,
    request: &'a Request,
    env: Env,
}

impl Gateway {
    /// An engine over its parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let change_password =
            parts.mapping.resources.iter().any(|resource| resource.rule("password").is_some_and(Rule::follows_changes));
        let features = Features {
            max_results: MAX_PAGE,
            default_page: DEFAULT_PAGE,
            etag: true,
            sort: true,
            change_password,
            bulk_operations: bulk::MOST_OPERATIONS as u64,
            bulk_bytes: bulk::LARGEST,
        };
        let tells_groups = |resource: &str| parts.downstream.capabilities(resource).groups;
        let advertised = parts.mapping.advertised(&tells_groups);
        let lookups = Lookups::new(&parts.mapping.lookups);
        let tokens = Tokens::new(parts.mapping.token.as_ref());
        Self { parts, features, advertised, locks: Locks::default(), walks: Walks::default(), lookups, tokens }
    }

    /// The application, to ask for a sign of life.
    #[must_use]
    pub fn downstream(&self) -> &Arc<dyn Downstream> {
        &self.parts.downstream
    }

    /// Answers one request. `facts` is filled in as soon as something is known.
    ///
    /// # Errors
    /// What the client is told; the cause was observed.
    pub async fn handle(
        &self,
        client: &Client,
        raw: RawRequest,
        facts: &mut RequestFacts,
    ) -> Result<Response, ScimError> {
        let since = Instant::now();
        let until = tokio::time::Instant::now() + self.parts.deadline;
        let raw = me::replaced(self, client, raw, until).await?;
        let request = self.understood(client, raw, facts, since)?;
        if let Operation::Bulk(operations) = &request.operation {
            facts.op = op_of(&request.operation);
            return Ok(bulk::bulk(self, client, facts, operations).await);
        }
        self.one(client, &request, facts, until).await
    }

    /// Answers one checked request that is no bulk request.
    async fn one(
        &self,
        client: &Client,
        request: &Request,
        facts: &mut RequestFacts,
        until: tokio::time::Instant,
    ) -> Result<Response, ScimError> {
        let since = Instant::now();
        facts.op = op_of(&request.operation);
        facts.resource_type = request.operation.kind().map(|kind| Arc::clone(&kind.name));
        self.report_unknown(request);
        let mut trace = Trace::default();
        let done = self.run(request, &client.values, &mut trace, until).await;
        let done = done.map_err(|failure| self.explain_failure(failure, &mut trace));
        self.report_change(client, facts, &trace, &done, since.elapsed());
        done
    }

    fn parse(&self, mut raw: RawRequest) -> Result<Request, ScimError> {
        let types = &self.parts.mapping.types;
        self.parts.profile.undo(&mut raw, types);
        self.split(&mut raw);
        Request::parse(&raw, types, &self.parts.profile.leniency())
    }

    /// One query over every resource type: the page begins in one and may end in another.
    async fn query_all(
        &self,
        queries: &[Request],
        values: &TokenValues,
        trace: &mut Trace,
        until: tokio::time::Instant,
    ) -> Result<Response, Failure> {
        let now = jiff::Timestamp::now().as_second();
        let begin = cursor::offset(self, queries, now)?;
        let mut all: Option<ListResponse> = None;
        for request in queries {
            let mut request = request.clone();
            if let Operation::Query(_, query) = &mut request.operation {
                query.cursor = None;
                query.paging.start_index = begin.map_or(query.paging.start_index, |begin| begin + 1);
                query::continue_page(query, all.as_ref());
            }
            if let Response::List(more) = Box::pin(self.run(&request, values, trace, until)).await? {
                all = Some(query::joined(all, more));
            }
        }
        if let (Some(begin), Some(all)) = (begin, &mut all) {
            all.cursor = Some(cursor::after(self, queries, begin, all, now)?);
        }
        all.map(Response::List).ok_or_else(|| ScimError::not_found("nothing is mapped").into())
    }

    async fn run(
        &self,
        request: &Request,
        values: &TokenValues,
        trace: &mut Trace,
        until: tokio::time::Instant,
    ) -> Result<Response, Failure> {
        let operation = match &request.operation {
            Operation::Discover(discovery) => {
                let document = discovery.document(&self.advertised, &self.features, &self.parts.base_url)?;
                return Ok(Response::Document(document));
            }
            Operation::QueryAll(queries) => return self.query_all(queries, values, trace, until).await,
            operation => operation,
        };
        let kind = operation.kind().map(|kind| &*kind.name).unwrap_or_default();
        let mapping = self.parts.mapping.resource(kind).ok_or_else(|| ScimError::not_found("no such resource type"))?;
        let call = Call { gateway: self, mapping, request, env: self.env(values) };
        let done = tokio::time::timeout_at(until, call.attempt(operation, trace)).await;
        if operation.is_change() {
            self.walks.note_change();
        }
        done.unwrap_or(Err(Failure::Deadline))
    }

    fn env(&self, values: &TokenValues) -> Env {
        let mut seed = [0; 32];
        // The library documents failure only for a system without any source of randomness; the
        // time then still keeps two requests apart.
        let now = jiff::Timestamp::now();
        if aws_lc_rs::rand::fill(&mut seed).is_err() {
            seed[..16].copy_from_slice(&now.as_nanosecond().to_be_bytes());
        }
        Env { now, seed, default_domain: self.parts.default_domain.clone(), token: Arc::clone(values) }
    }
}

impl Call<'_> {
    /// Runs `work` of this thread's; where a password may be hashed, so that others do not wait for it.
    fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        let has_others = Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
        if self.mapping.is_slow() && has_others { block_in_place(work) } else { work() }
    }

    /// Whoever named no version is not troubled with one: when another writer came first, the change
    /// is made anew of what is stored now.
    async fn attempt(&self, operation: &Operation, trace: &mut Trace) -> Result<Response, Failure> {
        let conditional = !self.request.preconditions.if_match.is_empty();
        for _ in 0..ATTEMPTS {
            match self.dispatch(operation, trace).await {
                Err(Failure::Downstream(error)) if matches!(error.kind, ErrorKind::VersionConflict) && !conditional => {
                    *trace = Trace::default();
                }
                done => return done,
            }
        }
        Err(ScimError::unavailable(1, "others change this resource all the time; try again").into())
    }

    async fn dispatch(&self, operation: &Operation, trace: &mut Trace) -> Result<Response, Failure> {
        match operation {
            Operation::Create(_, resource) => create::create(self, (**resource).clone(), trace).await,
            Operation::Get(_, id) => get::get(self, id).await,
            Operation::Query(_, query) => query::query(self, query).await,
            Operation::Replace(_, id, resource) => replace::replace(self, id, (**resource).clone(), trace).await,
            Operation::Patch(_, id, operations) => patch::patch(self, id, operations, trace).await,
            Operation::Delete(_, id) => delete::delete(self, id, trace).await,
            Operation::QueryAll(_) | Operation::Bulk(_) | Operation::Discover(_) => {
                Err(ScimError::new(501, "not supported here").into())
            }
        }
    }

    fn downstream(&self) -> &dyn Downstream {
        &*self.gateway.parts.downstream
    }

    fn correlations(&self) -> &dyn Correlations {
        &*self.gateway.parts.correlations
    }

    fn resource(&self) -> &Arc<str> {
        &self.mapping.kind.name
    }
}

/// How often a change is made anew when other writers come first.
const ATTEMPTS: u8 = 5;

/// The word of an operation for labels and logs.
const fn op_of(operation: &Operation) -> &'static str {
    match operation {
        Operation::Create(..) => "create",
        Operation::Get(..) => "get",
        Operation::Query(_, query) => {
            if query.filter.is_some() {
                "filter"
            } else {
                "list"
            }
        }
        Operation::QueryAll(_) => "list",
        Operation::Replace(..) => "replace",
        Operation::Patch(..) => "patch",
        Operation::Delete(..) => "delete",
        Operation::Bulk(_) => "bulk",
        Operation::Discover(_) => "discovery",
    }
}
