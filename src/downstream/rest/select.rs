//! Reading several records: lists in the application's pages, lookups by a value, keys.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value as Json;

use super::body::Parts;
use super::call::Call;
use super::request::Fill;
use super::template::Texts;
use super::walk::place;
use super::work::{AT_ONCE, Work, garbage};
use crate::downstream::{DownstreamError, ErrorKind, Page};
use crate::plan::{Case, Comparison, Predicate, SelectPlan, Unique, Want};
use crate::record::{FieldName, Record, RecordKey};
use crate::value::Value;

impl Work<'_> {
    /// Carries out a select.
    pub(super) async fn select(&self, plan: &SelectPlan) -> Result<Page, DownstreamError> {
        let records = match &plan.predicate {
            Predicate::True => {
                let call = self.need(self.resource.calls.list.as_ref(), "list")?;
                let found = self.lists.walk(self, call, plan.offset, plan.limit).await?;
                let records = self.records(call, found.documents.clone(), plan.want).await?;
                return Ok(Page { records, total: found.total });
            }
            Predicate::False => Vec::new(),
            Predicate::Keys(keys) => self.read_all(keys, plan.want).await?,
            Predicate::Compare { field, op: Comparison::Eq, value, case } => {
                self.find(field, value, *case, plan.want).await?
            }
            _ => return Err(unsearchable("[calls] has nothing for such a predicate")),
        };
        let total = records.len() as u64;
        let (offset, limit) = (place(plan.offset), place(plan.limit));
        Ok(Page { records: records.into_iter().skip(offset).take(limit).collect(), total })
    }

    /// The first of some unique values that another record than `own` holds, as far as the
    /// application can be asked.
    pub(super) async fn check_unique(&self, unique: &[Unique], own: Option<&RecordKey>) -> Result<(), DownstreamError> {
        for Unique { field, value, case } in unique {
            if value.is_unassigned() || self.finder(field).is_none() {
                continue;
            }
            let (call, documents) = self.find_documents(field, value, *case).await?;
            for document in &documents {
                let key = self.resource.key_in(document);
                if key.is_none() {
                    return Err(garbage(call, "a record without a key"));
                }
                if key.as_ref() != own {
                    let label = self.resource.fields.label(field);
                    let detail = format!("{}: another record holds the value", call.name);
                    return Err(DownstreamError::new(ErrorKind::Uniqueness { label }, detail));
                }
            }
        }
        Ok(())
    }

    /// The records whose field equals a value.
    pub(super) async fn find(
        &self,
        field: &FieldName,
        value: &Value,
        case: Case,
        want: Want,
    ) -> Result<Vec<Record>, DownstreamError> {
        let (call, documents) = self.find_documents(field, value, case).await?;
        let mut records = self.records(call, documents, want).await?;
        if call.exact {
            records.retain(|record| equals(&record.fields.get(field).to_serde(), value, case));
        }
        Ok(records)
    }

    /// Documents that may hold the value: those that speak of the field do.
    async fn find_documents(
        &self,
        field: &FieldName,
        value: &Value,
        case: Case,
    ) -> Result<(&Call, Vec<Json>), DownstreamError> {
        let call = self.finder(field).ok_or_else(|| unsearchable("[calls] has no `find` for the field"))?;
        let sent = call.letters.apply(value);
        let text = sent.to_text();
        let parts = Parts { value: sent.to_serde(), ..Parts::default() };
        let fill = Fill { texts: Texts { value: Some(&text), ..Texts::default() }, parts, ..Fill::default() };
        let most = self.resource.capabilities.scan_limit;
        let mut found = self.walk_all(call, &fill, most).await?;
        if call.exact {
            let known = |document: &Json| self.resource.fields.value(field, document).cloned();
            found.retain(|document| known(document).is_none_or(|have| equals(&have, value, case)));
        }
        Ok((call, found))
    }

    fn finder(&self, field: &FieldName) -> Option<&Call> {
        self.resource.calls.find.iter().find(|(have, _)| have == field).map(|(_, call)| call)
    }

    async fn read_all(&self, keys: &[RecordKey], want: Want) -> Result<Vec<Record>, DownstreamError> {
        let found: Vec<Option<Record>> = stream::iter(keys.to_vec())
            .map(|key| async move { self.read(&key, want).await })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// True when a JSON value is the value that was asked for, whatever its JSON type.
fn equals(have: &Json, wanted: &Value, case: Case) -> bool {
    let have = Value::from_serde(have.clone());
    if have.is_unassigned() || wanted.is_unassigned() {
        return have.is_unassigned() && wanted.is_unassigned();
    }
    let (have, wanted) = (have.to_text(), wanted.to_text());
    match case {
        Case::Exact => have == wanted,
        Case::Ignored => have.to_lowercase() == wanted.to_lowercase(),
    }
}

fn unsearchable(detail: &str) -> DownstreamError {
    DownstreamError::new(ErrorKind::Unsupported("the application cannot search by this".to_owned()), detail)
}
