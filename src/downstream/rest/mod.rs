//! Applications behind a REST API. The mapping says which calls there are; this makes them.
//!
//! Reading order: `call` (one call of the mapping, with `keys`, `template`, `body`, `form`, `path`,
//! `paging`, `sequence`),
//! `resource` (all of one resource, or `lookup`, or `token`, with `fields`, `related`, `members`, `groups`, `listing`, `naming`, `kept`), `request` (a call with its
//! slots filled), `transport` (one request and its bounded answer, with `rate` and `breaker`), `reach` with `identity` and `changed`,
//! `access` with `proof`, and `credentials`, `strict`,
//! `meaning` and `answer` (what came back), `work` with `select`, `lists`, `walk`, `write`, `steps`, `membership`, `names` and `keep`
//! (plans), `explain`.
//!
//! Records are complete or they are read: an item of a list or of an answer that does not speak of
//! every field that a rule reads is read by its key. `then = "read"` on `list`, `find`, `create`
//! and `update` does so always; `complete = true` on `list` and `find`, or `then = "nothing"`,
//! says that what is left out is null.

use std::sync::Arc;

use async_trait::async_trait;

use self::access::Access;
use self::config::Config;
use self::context::Context;
use self::lists::Lists;
use self::meaning::outcome;
use self::request::Fill;
use self::resource::{Key, Resource};
use self::work::Work;
use super::{AnyPlan, Binding, Downstream, DownstreamError, ErrorKind, Page, Stripes, Subject};
use crate::diagnostic::{Diagnostic, Node, Problems};
use crate::plan::{Capabilities, DeletePlan, FetchPlan, InsertPlan, Membership, Searchable, SelectPlan, UpdatePlan};
use crate::record::{Record, RecordKey, RecordShape};

mod access;
mod answer;
mod apart;
mod body;
mod breaker;
mod call;
mod changed;
mod config;
mod context;
mod credentials;
mod explain;
mod fields;
mod form;
mod groups;
mod identity;
mod keep;
mod kept;
mod keys;
mod listing;
mod lists;
mod lookup;
mod meaning;
mod members;
mod membership;
mod names;
mod naming;
mod paging;
mod path;
mod proof;
mod quoting;
mod rate;
mod reach;
mod related;
mod rename;
mod request;
mod resource;
mod select;
mod sequence;
mod steps;
mod strict;
mod template;
mod token;
mod transport;
mod verify;
mod version;
mod walk;
mod work;
mod write;
mod xml;

/// One application.
#[derive(Debug)]
struct Rest {
    access: Access,
    probe: Option<call::Call>,
    lists: Lists,
    resources: Vec<Resource>,
    locks: Stripes,
    nothing: Capabilities,
}

/// Reads `[downstream]` and the driver's keys of every resource; connects to nothing.
pub(super) fn bind(binding: &Binding<'_>, problems: &mut Problems) -> Option<Arc<dyn Downstream>> {
    let credentials = credentials::slots(binding.downstream);
    let context = Context { folder: binding.folder, variables: binding.variables, credentials: &credentials };
    let config = Config::read(binding.downstream, &context, problems);
    let keys: Vec<_> = binding
        .resources
        .iter()
        .filter(|(shape, _)| !shape.looked_up)
        .filter_map(|(shape, node)| Some((Arc::clone(&shape.resource), Key::read(node, &shape.resource, problems)?)))
        .collect();
    let read = |at: &(RecordShape, &Node), problems: &mut Problems| match at {
        (shape, node) if shape.is_token() => token::read(shape, node, &context, problems),
        (shape, node) if shape.looked_up => lookup::read(shape, node, &context, problems),
        at => Resource::read(at, binding, &keys, &context, problems),
    };
    let resources: Vec<_> = binding.resources.iter().map(|at| read(at, problems)).collect();
    credentials::report_unsent(&credentials, binding, problems);
    let (config, mut resources) = (config?, resources.into_iter().collect::<Option<Vec<_>>>()?);
    keep::share(&mut resources, binding, problems);
    names::report_unresolvable(&resources, binding, problems);
    Some(Arc::new(Rest {
        access: config.access,
        probe: config.probe,
        lists: Lists::new(config.list_cache),
        resources,
        locks: Stripes::default(),
        nothing: Capabilities {
            searchable: Searchable::Equal(Vec::new()),
            sort: false,
            keyset: false,
            membership: Membership::None,
            groups: false,
            version: false,
            resumes: false,
            scan_limit: 0,
        },
    }))
}

impl Rest {
    fn find(&self, resource: &str) -> Option<&Resource> {
        self.resources.iter().find(|have| &*have.name == resource)
    }

    fn work_on<'a>(&'a self, resource: &'a Resource) -> Work<'a> {
        let (access, resources, locks) = (&self.access, self.resources.as_slice(), &self.locks);
        Work { access, resource, resources, locks, index: &[], lists: &self.lists }
    }

    fn work(&self, resource: &str) -> Result<Work<'_>, DownstreamError> {
        let resource = self.find(resource).ok_or_else(|| {
            let kind = ErrorKind::Unsupported("the application does not have this resource type".to_owned());
            DownstreamError::new(kind, format!("the mapping has no [{resource}]"))
        })?;
        Ok(self.work_on(resource))
    }
}

#[async_trait]
impl Downstream for Rest {
    fn capabilities(&self, resource: &str) -> &Capabilities {
        self.find(resource).map_or(&self.nothing, |resource| &resource.capabilities)
    }

    async fn insert(&self, plan: &InsertPlan) -> Result<Record, DownstreamError> {
        let _change = self.lists.change();
        self.work(&plan.resource)?.insert(plan).await
    }

    async fn complete(&self, plan: &InsertPlan, key: &RecordKey) -> Result<(), DownstreamError> {
        self.work(&plan.resource)?.complete(plan, key).await
    }

    async fn fetch(&self, plan: &FetchPlan) -> Result<Option<Record>, DownstreamError> {
        self.work(&plan.resource)?.read(&plan.key, plan.want).await
    }

    async fn select(&self, plan: &SelectPlan) -> Result<Page, DownstreamError> {
        self.work(&plan.resource)?.select(plan).await
    }

    async fn update(&self, plan: &UpdatePlan) -> Result<Option<Record>, DownstreamError> {
        let _change = self.lists.change();
        self.work(&plan.resource)?.update(plan).await
    }

    async fn delete(&self, plan: &DeletePlan) -> Result<bool, DownstreamError> {
        let _change = self.lists.change();
        self.work(&plan.resource)?.delete(plan).await
    }

    /// The `probe` of `[downstream]`, else the first page of the first list.
    async fn probe(&self) -> Result<(), DownstreamError> {
        let listed = self.resources.iter().find_map(|resource| resource.calls.list.as_ref());
        let Some(call) = self.probe.as_ref().or(listed) else { return Ok(()) };
        let query = call.page.as_ref().map(|page| page.request(0, 1).query).unwrap_or_default();
        let Ok(outgoing) = call.outgoing(&Fill { query, ..Fill::default() }) else { return Ok(()) };
        outcome(call, &[], self.access.send(&outgoing).await?).map(drop)
    }

    async fn verify(&self, subject: &Subject<'_>) -> Result<Vec<Diagnostic>, DownstreamError> {
        verify::verify(self, subject).await
    }

    fn explain(&self, plan: &AnyPlan<'_>) -> Vec<String> {
        let resource = match plan {
            AnyPlan::Insert(plan) => &plan.resource,
            AnyPlan::Fetch(plan) => &plan.resource,
            AnyPlan::Select(plan) => &plan.resource,
            AnyPlan::Update(plan) => &plan.resource,
            AnyPlan::Delete(plan) => &plan.resource,
        };
        self.work(resource).map_or_else(|error| vec![error.detail], |work| work.explain(plan))
    }
}
