//! What a request would cause, as text: nothing is executed.

use crate::downstream::AnyPlan;
use crate::plan::{self, DeletePlan, FetchPlan, MembersChange, Source};
use crate::record::RecordKey;
use crate::scim::patch::{PatchOp, apply, member_change};
use crate::scim::{Meta, Operation, PatchOperation, RawRequest, Resource, ResourceId, ScimError};
use crate::value::{Object, Value};

use super::{Call, Failure, Gateway, assemble, members, resolve};

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
            Operation::Replace(_, id, resource) => {
                let mut after = (**resource).clone();
                let ids = resolve::take_members(&mut after).unwrap_or_default();
                let change = if self.mapping.has_members() {
                    MembersChange::Replace(resolve::members(self, &ids).await?)
                } else {
                    MembersChange::None
                };
                self.explain_update(id, after, change).await
            }
            Operation::Patch(_, id, operations) => self.explain_patch(id, operations).await,
            Operation::Delete(_, id) => {
                let key = resolve::key(self, id).await?;
                let plan = DeletePlan { resource: self.resource().clone(), key };
                Ok(self.downstream().explain(&AnyPlan::Delete(&plan)))
            }
            Operation::QueryAll(_) | Operation::Bulk(_) | Operation::Discover(_) => Ok(Vec::new()),
        }
    }

    async fn explain_patch(&self, id: &ResourceId, operations: &[PatchOperation]) -> Result<Vec<String>, Failure> {
        let mut lines: Vec<String> = operations.iter().map(parsed).collect();
        let (about_members, others): (Vec<_>, Vec<_>) = operations.iter().cloned().partition(|operation| {
            let path = &operation.target.path;
            self.mapping.has_members() && path.schema.is_none() && &*path.attribute == "members"
        });
        let Some(changes) = about_members.iter().map(member_change).collect::<Option<Vec<_>>>() else {
            lines.extend(self.explain_fetch(id).await?);
            lines.push("then the members that differ are added and removed".to_owned());
            return Ok(lines);
        };
        let change = members::sum(self, &changes).await?;
        let after = apply(&others, &unknown(), &self.mapping.kind)?;
        lines.extend(self.explain_update(id, after, change).await?);
        Ok(lines)
    }

    /// What is stored is not known here, so every attribute that the request gives a value counts
    /// as changed; what it takes away is left out.
    async fn explain_update(
        &self,
        id: &ResourceId,
        mut after: Resource,
        change: MembersChange,
    ) -> Result<Vec<String>, Failure> {
        let key = resolve::key(self, id).await?;
        resolve::references(self, &mut after).await?;
        let update = plan::update(self.mapping, &key, &unknown(), &after, change, &self.env)?;
        let mut lines = self.explain_key(&key);
        match &update.plan {
            None => lines.push("no value is written; what is taken away is cleared if it is there".to_owned()),
            Some(plan) => {
                lines.push("then, as far as the values differ from those stored:".to_owned());
                lines.extend(self.downstream().explain(&AnyPlan::Update(plan)));
            }
        }
        Ok(lines)
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

/// What is stored, as far as it is known without asking.
fn unknown() -> Resource {
    Resource { attributes: Object::new(), external_id: None, id: None, meta: Meta::default() }
}

/// An operation as it was understood.
fn parsed(operation: &PatchOperation) -> String {
    let word = match operation.op {
        PatchOp::Add => "add",
        PatchOp::Remove => "remove",
        PatchOp::Replace => "replace",
    };
    let filter = operation.target.filter.as_ref().map(|filter| format!(" where {filter}")).unwrap_or_default();
    // A password is not for terminals and their histories.
    let value = match &operation.value {
        Value::Null => String::new(),
        _ if &*operation.target.path.attribute == "password" => " = (not shown)".to_owned(),
        value => format!(" = {}", value.to_json()),
    };
    format!("operation {}: {word} {}{filter}{value}", operation.number, operation.target.path)
}
