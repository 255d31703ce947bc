//! Watches any application from outside: which plan, how long, what came of it. So no driver
//! contains telemetry.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;

use crate::diagnostic::Diagnostic;
use crate::observe::{Observation, Observer, Observers};
use crate::plan::{Capabilities, DeletePlan, FetchPlan, InsertPlan, SelectPlan, UpdatePlan};
use crate::record::{Record, RecordKey};

use super::{AnyPlan, Downstream, DownstreamError, ErrorKind, Page, Subject};

/// An application and who watches it.
#[derive(Debug)]
pub struct Observed {
    inner: Arc<dyn Downstream>,
    tenant: Arc<str>,
    observers: Observers,
}

impl Observed {
    /// Watches `inner` for a tenant.
    #[must_use]
    pub const fn new(inner: Arc<dyn Downstream>, tenant: Arc<str>, observers: Observers) -> Self {
        Self { inner, tenant, observers }
    }

    fn called<T>(
        &self,
        resource: &Arc<str>,
        operation: &'static str,
        since: Instant,
        done: Result<T, DownstreamError>,
    ) -> Result<T, DownstreamError> {
        self.observers.observe(&Observation::DownstreamCalled {
            tenant: Arc::clone(&self.tenant),
            resource: Arc::clone(resource),
            operation,
            result: done.as_ref().err().map_or("ok", |error| word(&error.kind)),
            detail: done.as_ref().err().map(|error| error.detail.clone()),
            duration: since.elapsed(),
        });
        done
    }
}

const fn word(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Unavailable { .. } => "not_sent",
        ErrorKind::Ambiguous => "ambiguous",
        ErrorKind::Credentials => "auth",
        ErrorKind::Garbage => "garbage",
        ErrorKind::Uniqueness { .. }
        | ErrorKind::Invalid { .. }
        | ErrorKind::UnknownMember(_)
        | ErrorKind::NotFound
        | ErrorKind::VersionConflict
        | ErrorKind::TooMany
        | ErrorKind::Told(_)
        | ErrorKind::Unsupported(_) => "reject",
    }
}

#[async_trait]
impl Downstream for Observed {
    fn capabilities(&self, resource: &str) -> &Capabilities {
        self.inner.capabilities(resource)
    }

    async fn insert(&self, plan: &InsertPlan) -> Result<Record, DownstreamError> {
        let since = Instant::now();
        let done = self.inner.insert(plan).await;
        self.called(&plan.resource, "insert", since, done)
    }

    async fn complete(&self, plan: &InsertPlan, key: &RecordKey) -> Result<(), DownstreamError> {
        let since = Instant::now();
        let done = self.inner.complete(plan, key).await;
        self.called(&plan.resource, "insert", since, done)
    }

    async fn fetch(&self, plan: &FetchPlan) -> Result<Option<Record>, DownstreamError> {
        let since = Instant::now();
        let done = self.inner.fetch(plan).await;
        self.called(&plan.resource, "fetch", since, done)
    }

    async fn select(&self, plan: &SelectPlan) -> Result<Page, DownstreamError> {
        let since = Instant::now();
        let done = self.inner.select(plan).await;
        self.called(&plan.resource, "select", since, done)
    }

    async fn update(&self, plan: &UpdatePlan) -> Result<Option<Record>, DownstreamError> {
        let since = Instant::now();
        let done = self.inner.update(plan).await;
        self.called(&plan.resource, "update", since, done)
    }

    async fn delete(&self, plan: &DeletePlan) -> Result<bool, DownstreamError> {
        let since = Instant::now();
        let done = self.inner.delete(plan).await;
        self.called(&plan.resource, "delete", since, done)
    }

    async fn probe(&self) -> Result<(), DownstreamError> {
        let since = Instant::now();
        let done = self.inner.probe().await;
        self.called(&Arc::from("_all"), "probe", since, done)
    }

    async fn verify(&self, subject: &Subject<'_>) -> Result<Vec<Diagnostic>, DownstreamError> {
        self.inner.verify(subject).await
    }

    fn explain(&self, plan: &AnyPlan<'_>) -> Vec<String> {
        self.inner.explain(plan)
    }
}
