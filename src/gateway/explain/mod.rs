//! What a request would cause, as text: nothing is executed, and no value is shown that no answer
//! would show.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::downstream::AnyPlan;
use crate::mapping::{Chosen, Delete, ResourceMapping, TokenText, Write};
use crate::plan::{self, DeletePlan, FetchPlan, MembersChange, Source};
use crate::record::{Fields, RecordKey};
use crate::scim::patch::{apply, member_change};
use crate::scim::{
    Filter, Meta, Operation, PatchOperation, Query, RawRequest, Request, Resource, ResourceId, ScimError, ScimType,
};
use crate::value::{Object, Value};

use super::{Call, Failure, Gateway, acknowledged, assemble, lookup, me, members, resolve};

mod bulk;
pub(super) mod secret;
mod words;

impl Gateway {
    /// The statements or calls that a request would cause, in order. What depends on an answer of
    /// the application is said in words. `user` is the `userName` behind `/Me`, if anybody is.
    ///
    /// # Errors
    /// What the client would be told before the application is asked.
    pub async fn explain(&self, raw: RawRequest, user: Option<&str>) -> Result<Vec<String>, ScimError> {
        if let Some(lookup) = me::lookup(self, &raw, user)? {
            return self.explain_me(raw, &lookup).await;
        }
        let request = self.parse(raw)?;
        match &request.operation {
            Operation::Discover(_) => Ok(vec!["answered by the gateway alone, from the mapping".to_owned()]),
            Operation::Bulk(operations) => bulk::explain(self, operations).await,
            Operation::QueryAll(queries) => {
                let mut lines = Vec::new();
                for request in queries {
                    let name = request.operation.kind().map(|kind| &*kind.name).unwrap_or_default();
                    lines.push(format!("of {name}, until the page is full:"));
                    lines.extend(self.explain_one(request).await?);
                }
                Ok(lines)
            }
            _ => self.explain_one(&request).await,
        }
    }

    /// A request of one resource type.
    async fn explain_one(&self, request: &Request) -> Result<Vec<String>, ScimError> {
        let kind = request.operation.kind().map(|kind| &*kind.name).unwrap_or_default();
        let mapping = self.parts.mapping.resource(kind).ok_or_else(|| ScimError::not_found("no such resource type"))?;
        let call = Call { gateway: self, mapping, request, env: self.env(&self.placeholders()) };
        let mut lines = words::conditions(request);
        if request.operation.is_change() && !call.env.token.is_empty() {
            let names: Vec<_> = call.env.token.iter().map(|(_, value)| format!("`{}`", value.to_text())).collect();
            lines.push(format!("{} stands for what the token of the request tells", names.join(", ")));
        }
        lines.extend(call.explain().await.map_err(Failure::into_scim)?);
        Ok(lines)
    }

    /// Something that nobody takes for a value of a real token, in the place of each.
    fn placeholders(&self) -> Arc<[(String, Value)]> {
        let names = self.parts.mapping.token_texts().flat_map(TokenText::names);
        let names: BTreeSet<&str> = names.collect();
        names.into_iter().map(|name| (name.to_owned(), format!("(token.{name})").into())).collect()
    }

    /// The user is looked up; what follows is known when it is found.
    async fn explain_me(&self, mut raw: RawRequest, lookup: &Request) -> Result<Vec<String>, ScimError> {
        let mut lines = vec!["`/Me` is the user of the token, who is looked up first:".to_owned()];
        lines.extend(self.explain_one(lookup).await?);
        let endpoint = lookup.operation.kind().map(|kind| kind.endpoint.clone()).unwrap_or_default();
        lines.push(format!("then as {} {endpoint}/ID with the id that was found", words::verb(raw.verb)));
        raw.path.splice(..1, [endpoint.trim_start_matches('/').to_owned(), "ID".to_owned()]);
        let request = self.parse(raw)?;
        lines.extend(words::conditions(&request));
        if let Operation::Patch(kind, _, operations) = &request.operation
            && let Some(mapping) = self.parts.mapping.resource(&kind.name)
        {
            lines.extend(operations.iter().map(|operation| words::operation(operation, mapping)));
        }
        Ok(lines)
    }
}

impl Call<'_> {
    async fn explain(&self) -> Result<Vec<String>, Failure> {
        match &self.request.operation {
            Operation::Create(_, resource) => self.explain_create((**resource).clone()).await,
            Operation::Get(_, id) => {
                let mut lines = self.explain_fetch(id).await?;
                lines.extend(lookup::shown::explain_names(self));
                Ok(lines)
            }
            Operation::Query(_, query) => self.explain_query(query).await,
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
            Operation::Delete(_, id) => self.explain_delete(id).await,
            Operation::QueryAll(_) | Operation::Bulk(_) | Operation::Discover(_) => Ok(Vec::new()),
        }
    }

    async fn explain_create(&self, mut resource: Resource) -> Result<Vec<String>, Failure> {
        let ids = resolve::take_members(&mut resource).filter(|_| self.mapping.has_members()).unwrap_or_default();
        let members = resolve::members(self, &ids).await?;
        resolve::references(self, &mut resource).await?;
        let mut lines = lookup::shown::explain(self, &mut resource);
        let mut plan = plan::create(self.mapping, &resource, members, &Chosen::new(), &self.env)?;
        secret::hide_insert(&mut plan, self.mapping);
        lines.extend(words::fields("the new record:", &plan.fields));
        if self.mapping.adopt {
            lines.push(
                "first by the attributes with `match`: one record that is there already is taken over".to_owned(),
            );
        }
        lines.extend(self.downstream().explain(&AnyPlan::Insert(&plan)));
        if resource.external_id.is_some() && !self.mapping.stores_external_id() {
            lines.push("`externalId` is kept by the gateway".to_owned());
        }
        Ok(lines)
    }

    async fn explain_query(&self, query: &Query) -> Result<Vec<String>, Failure> {
        if query.filter.as_ref().is_some_and(|filter| secret::is_asked_for(filter, self.mapping)) {
            return Ok(vec![
                "the filter asks for an attribute that is never shown, and so is what it causes".to_owned(),
            ]);
        }
        let mut resolved = resolve::filter(self, query.filter.as_ref()).await?;
        let filter = query.filter.as_ref();
        let looked_up = filter.map(|filter| lookup::shown::explain_filter(self, filter, &mut resolved));
        let capabilities = self.downstream().capabilities(self.resource());
        let want = assemble::want(self);
        let plan = plan::query(self.mapping, query, capabilities, &resolved, want, &self.env)?;
        let mut lines = words::query(query, &plan);
        lines.extend(looked_up.unwrap_or_default());
        match &plan.source {
            Source::Nothing => lines.push("nothing is asked: no record can fulfil the filter".to_owned()),
            Source::Select(select) => lines.extend(self.downstream().explain(&AnyPlan::Select(select))),
            Source::Keys(keys) => lines.extend(keys.iter().flat_map(|key| self.explain_key(key))),
        }
        if let Some(residual) = &plan.residual {
            lines.push(format!("the gateway keeps those that fulfil: {residual}"));
        }
        if !matches!(plan.source, Source::Nothing) {
            lines.extend(lookup::shown::explain_names(self));
        }
        Ok(lines)
    }

    async fn explain_patch(&self, id: &ResourceId, operations: &[PatchOperation]) -> Result<Vec<String>, Failure> {
        let mut lines: Vec<String> =
            operations.iter().map(|operation| words::operation(operation, self.mapping)).collect();
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
        if others.is_empty() && self.request.preconditions.if_match.is_empty() && change != MembersChange::None {
            let key = resolve::key(self, id).await?;
            lines.extend(self.explain_change(&key, &unknown(), change)?);
            return Ok(lines);
        }
        match apply(&others, &unknown(), &self.mapping.kind) {
            Ok(after) => lines.extend(self.explain_update(id, after, change).await?),
            // What an operation picks out of a list is not known here.
            Err(error) if error.scim_type == Some(ScimType::NoTarget) => {
                lines.extend(self.explain_fetch(id).await?);
                lines.push("then what differs is written; which that is depends on what is stored".to_owned());
            }
            Err(error) => return Err(error.into()),
        }
        Ok(lines)
    }

    async fn explain_delete(&self, id: &ResourceId) -> Result<Vec<String>, Failure> {
        let given_up = || "then the id is given up".to_owned();
        let key = resolve::key(self, id).await?;
        let mut lines = match self.mapping.deprovision.delete {
            Delete::Refuse => {
                return Err(ScimError::new(501, format!("a {} cannot be deleted here", self.resource())).into());
            }
            Delete::Acknowledge => self.explain_key(&key),
            Delete::Disable => {
                let mut after = unknown();
                after.attributes.set("active", Value::Boolean(false));
                self.explain_update(id, after, MembersChange::None).await?
            }
            Delete::Delete => {
                let reads = !self.request.preconditions.if_match.is_empty();
                let mut lines = if reads { self.explain_key(&key) } else { Vec::new() };
                let plan = DeletePlan { resource: self.resource().clone(), key, token: self.env.token.clone() };
                lines.extend(self.downstream().explain(&AnyPlan::Delete(&plan)));
                lines
            }
        };
        lines.push(given_up());
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
        let mut lines = self.explain_key(&key);
        lines.extend(lookup::shown::explain(self, &mut after));
        let changes = self.explain_change(&key, &after, change)?;
        if changes.is_empty() {
            lines.push("no value is written; what is taken away is cleared if it is there".to_owned());
        } else {
            lines.push("then, as far as the values differ from those stored:".to_owned());
            lines.extend(changes);
        }
        Ok(lines)
    }

    fn explain_change(&self, key: &RecordKey, after: &Resource, change: MembersChange) -> Result<Vec<String>, Failure> {
        let mut after = std::borrow::Cow::Borrowed(after);
        if acknowledged::said(self) == Some(false) {
            after.to_mut().attributes.remove("active");
        }
        let update = plan::update(self.mapping, key, &unknown(), &after, change, &self.env)?;
        let Some(mut plan) = update.plan else { return Ok(Vec::new()) };
        fill_up(&mut plan.whole, self.mapping);
        secret::hide_update(&mut plan, self.mapping);
        let mut lines = words::fields("fields of the record:", &plan.set);
        lines.extend(words::lists(&plan.lists));
        lines.extend(self.downstream().explain(&AnyPlan::Update(&plan)));
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

/// What the request does not name stays as it is: without a word for it a field would count as empty,
/// and a related row with nothing but empty fields as one to delete.
fn fill_up(whole: &mut Fields, mapping: &ResourceMapping) {
    let written = mapping
        .rules
        .iter()
        .filter(|rule| rule.list.is_none() && matches!(rule.write, Write::Direct | Write::Expression(_)));
    for field in written.filter_map(|rule| rule.field.as_ref()) {
        if whole.get(field).is_unassigned() {
            whole.set(field, "(as stored)".into());
        }
    }
}

/// The parts that a filter's top-level `and` joins.
fn parts(filter: &Filter) -> &[Filter] {
    match filter {
        Filter::And(parts) => parts,
        one => std::slice::from_ref(one),
    }
}
