//! What a request would cause, as text: nothing is executed.

use crate::downstream::AnyPlan;
use crate::plan::{self, DeletePlan, FetchPlan, Source};
use crate::record::RecordKey;
use crate::scim::{Operation, RawRequest, ResourceId, ScimError};

use super::{Call, Failure, Gateway, assemble, resolve};

impl Gateway {
    /// The statements or calls that a request would cause, in order. What depends on an answer of
    /// the application is said in words.
    ///
    /// # Errors
    /// What the client would be told before the application is asked.
    pub async fn explain(&self, raw: RawRequest) -> Result<Vec<String>, ScimError> {
        let request = self.parse(raw)?;
        let Some(kind) = request.operation.kind() else {
            return Ok(vec!["answered by the gateway alone".to_owned()]);
        };
        let mapping =
            self.parts.mapping.resource(&kind.name).ok_or_else(|| ScimError::not_found("no such resource type"))?;
        let call = Call { gateway: self, mapping, request: &request, env: self.env() };
        call.explain().await.map_err(Failure::into_scim)
    }
}

impl Call<'_> {
    async fn explain(&self) -> Result<Vec<String>, Failure> {
        match &self.request.operation {
            Operation::Create(_, resource) => {
                let mut resource = (**resource).clone();
                let ids = resolve::take_members(&mut resource).unwrap_or_default();
                let members = resolve::members(self, &ids).await?;
                resolve::references(self, &mut resource).await?;
                let plan = plan::create(self.mapping, &resource, members, &self.env)?;
                Ok(self.downstream().explain(&AnyPlan::Insert(&plan)))
            }
            Operation::Get(_, id) => self.explain_fetch(id).await,
            Operation::Query(_, query) => {
                let resolved = resolve::filter(self, query.filter.as_ref()).await?;
                let capabilities = self.downstream().capabilities(self.resource());
                let want = assemble::want(self);
                let plan = plan::query(self.mapping, query, capabilities, &resolved, want, &self.env)?;
                let mut lines = match &plan.source {
                    Source::Nothing => vec!["nothing is asked: no record can fulfil the filter".to_owned()],
                    Source::Select(select) => self.downstream().explain(&AnyPlan::Select(select)),
                    Source::Keys(keys) => keys.iter().flat_map(|key| self.explain_key(key)).collect(),
                };
                if let Some(residual) = &plan.residual {
                    lines.push(format!("the gateway keeps those that fulfil: {residual}"));
                }
                Ok(lines)
            }
            Operation::Replace(_, id, _) | Operation::Patch(_, id, _) => {
                let mut lines = self.explain_fetch(id).await?;
                lines.push("then the fields that differ are updated, in one transaction or call".to_owned());
                Ok(lines)
            }
            Operation::Delete(_, id) => {
                let key = resolve::key(self, id).await?;
                let plan = DeletePlan { resource: self.resource().clone(), key };
                Ok(self.downstream().explain(&AnyPlan::Delete(&plan)))
            }
            Operation::QueryAll(_) | Operation::Bulk(_) | Operation::Discover(_) => Ok(Vec::new()),
        }
    }

    async fn explain_fetch(&self, id: &ResourceId) -> Result<Vec<String>, Failure> {
        let key = resolve::key(self, id).await?;
        Ok(self.explain_key(&key))
    }

    fn explain_key(&self, key: &RecordKey) -> Vec<String> {
        let plan = FetchPlan { resource: self.resource().clone(), key: key.clone(), want: assemble::want(self) };
        self.downstream().explain(&AnyPlan::Fetch(&plan))
    }
}
