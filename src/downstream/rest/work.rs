//! One plan being carried out on one resource: making calls, and reading records by key.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value as Json;

use super::access::Access;
use super::answer::item;
use super::body::Parts;
use super::call::{Call, Then};
use super::keep::Index;
use super::lists::Lists;
use super::meaning::{Outcome, outcome};
use super::request::Fill;
use super::resource::Resource;
use super::template::{Refused, Slot, Texts};
use crate::downstream::{DownstreamError, ErrorKind, Stripes};
use crate::plan::Want;
use crate::record::{Record, RecordKey};

/// How many calls of one plan are under way at once.
pub(super) const AT_ONCE: usize = 8;

/// The resource and the way to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work<'a> {
    pub(super) access: &'a Access,
    pub(super) resource: &'a Resource,
    /// All resources, to look up members and groups in.
    pub(super) resources: &'a [Resource],
    /// One writer at a time for each record.
    pub(super) locks: &'a Stripes,
    /// Who is in which group, where that was found out for all groups at once.
    pub(super) index: &'a [(Arc<str>, Index)],
    pub(super) lists: &'a Lists,
}

/// A record as it was read.
#[derive(Debug)]
pub(super) struct Found {
    /// The document.
    pub(super) document: Json,
    /// Its version, where it tells one.
    pub(super) version: Option<String>,
}

impl<'a> Work<'a> {
    /// The slots that name a record.
    pub(super) fn keyed<'k>(&self, key: &'k RecordKey) -> Fill<'k> {
        let parts = Parts { key: self.resource.key.to_json(key.as_str()), ..Parts::default() };
        Fill { texts: Texts { key: Some(key.as_str()), ..Texts::default() }, parts, ..Fill::default() }
    }

    /// Makes a call. A value that would leave its slot names nothing that exists, so nothing is
    /// sent.
    pub(super) async fn call(&self, call: &Call, fill: &Fill<'_>) -> Result<Outcome, DownstreamError> {
        match call.outgoing(fill) {
            Ok(outgoing) => {
                let mut answer = self.access.send(&outgoing).await?;
                if answer.is_xml {
                    self.resource.list_in(call, &mut answer.json);
                }
                let outcome = outcome(call, &self.resource.rules, answer)?;
                // A stranger may be told that there is no such record, whatever the call was to do.
                if matches!(outcome, Outcome::Missing) {
                    self.access.prove().await?;
                }
                Ok(outcome)
            }
            Err(Refused(Slot::Member | Slot::MemberKey)) => {
                let key = RecordKey::new(fill.texts.member_key.unwrap_or_default());
                Err(DownstreamError::new(ErrorKind::UnknownMember(key), format!("{}: {UNFIT}", call.name)))
            }
            Err(Refused(Slot::Record)) => {
                let kind =
                    ErrorKind::Invalid { label: None, reason: "holds what the application cannot be sent".to_owned() };
                Err(DownstreamError::new(
                    kind,
                    format!("{}: a field of the record cannot stand in its place", call.name),
                ))
            }
            // Without it a change would be made whatever the record has become.
            Err(Refused(Slot::Version)) => Err(garbage(call, "the record tells no version to send")),
            Err(Refused(_)) => Ok(Outcome::Missing),
        }
    }

    /// The call, or that there is none.
    pub(super) fn need<'c>(&self, call: Option<&'c Call>, what: &str) -> Result<&'c Call, DownstreamError> {
        call.ok_or_else(|| {
            let name = &self.resource.name;
            let detail = format!("[{name}.calls] has no call to {what} a record");
            DownstreamError::new(ErrorKind::Unsupported(format!("the application cannot {what} a {name}")), detail)
        })
    }

    /// The document of one record; `None` when there is none.
    pub(super) async fn document(&self, key: &RecordKey) -> Result<Option<Json>, DownstreamError> {
        Ok(self.found(key).await?.map(|found| found.document))
    }

    /// The document of one record with its version; `None` when there is none.
    pub(super) async fn found(&self, key: &RecordKey) -> Result<Option<Found>, DownstreamError> {
        let call = self.need(self.resource.calls.read.as_ref(), "read")?;
        let Outcome::Done(answer) = self.call(call, &self.keyed(key)).await? else { return Ok(None) };
        let document = item(call, answer.json.as_ref()).map_err(|why| garbage(call, &why))?;
        match self.resource.key_in(document) {
            Some(found) if found.as_str().eq_ignore_ascii_case(key.as_str()) => {
                let version = self.resource.version.as_ref().map(|version| version.of(&answer.headers, document));
                let version = version.transpose().map_err(|why| garbage(call, &why))?.flatten();
                Ok(Some(Found { document: document.clone(), version }))
            }
            Some(_) => Err(garbage(call, "another record was answered than was asked for")),
            None => Err(garbage(call, &format!("`{}` is no key", self.resource.key.path.as_str()))),
        }
    }

    /// One record by its key; `None` when there is none.
    pub(super) async fn read(&self, key: &RecordKey, want: Want) -> Result<Option<Record>, DownstreamError> {
        let call = self.need(self.resource.calls.read.as_ref(), "read")?;
        let Some(found) = self.found(key).await? else { return Ok(None) };
        let record = self.record(call, &found.document, want).await?;
        Ok(Some(Record { version: found.version, ..record }))
    }

    /// Puts the version that a call sends into its slot: the one that is known, else that of the record
    /// as it is now. False when there is no such record.
    pub(super) async fn with_version(
        &self,
        call: &Call,
        key: &RecordKey,
        known: Option<&str>,
        fill: &mut Fill<'_>,
    ) -> Result<bool, DownstreamError> {
        let Some(version) = self.resource.version.as_ref().filter(|_| call.sends(Slot::Version)) else {
            return Ok(true);
        };
        let read = match known {
            Some(_) => None,
            None => match self.found(key).await? {
                Some(found) => found.version,
                None => return Ok(false),
            },
        };
        fill.parts.version = known.or(read.as_deref()).map_or(Json::Null, |text| version.to_json(text));
        Ok(true)
    }

    /// Documents from a list as whole records, read one by one where the list says too little.
    /// Records that went away meanwhile are left out.
    pub(super) async fn records(
        &self,
        call: &Call,
        documents: Vec<Json>,
        want: Want,
    ) -> Result<Vec<Record>, DownstreamError> {
        let index = if want.members && documents.len() > 1 { self.indexes().await? } else { Vec::new() };
        let work = Work { index: &index, ..*self };
        let found: Vec<Option<Record>> = stream::iter(documents)
            .map(|document| async move { work.whole(call, &document, want).await })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn whole(&self, call: &Call, document: &Json, want: Want) -> Result<Option<Record>, DownstreamError> {
        let resource = self.resource;
        let key = resource.key_in(document);
        let key = key.ok_or_else(|| garbage(call, &format!("`{}` is no key", resource.key.path.as_str())))?;
        // What a list names and nothing can read would be left out of it in silence.
        if let Some(read) = &resource.calls.read
            && read.outgoing(&self.keyed(&key)).is_err()
        {
            return Err(garbage(call, "a key cannot stand in its place in `read`"));
        }
        let links_missing = !resource.is_whole_of(want, document);
        let read = match call.then {
            Then::Read => true,
            Then::Complete => links_missing || !resource.is_whole(document),
            Then::Nothing => links_missing,
        };
        if read {
            return self.read(&key, want).await;
        }
        self.record(call, document, want).await.map(Some)
    }

    /// A whole document as a record; its members by their own call, where they have one.
    async fn record(&self, call: &Call, document: &Json, want: Want) -> Result<Record, DownstreamError> {
        let mut record = self.resource.record(document).map_err(|why| garbage(call, &why))?;
        for members in self.resource.members.iter().filter(|_| want.members) {
            let found = match (&members.kept, &members.list_call) {
                (Some(kept), _) => self.kept_members(&record.key, members, kept, document).await?,
                (None, Some(list)) => self.listed_members(list, members, &record.key).await?,
                (None, None) => {
                    let entries = members.take(document).map_err(|why| garbage(call, &why))?;
                    self.members_of(call, members, entries).await?.members
                }
            };
            record.members.get_or_insert_default().extend(found);
        }
        if let (Some((resource, kept)), None, true) = (&self.resource.keeps, &self.resource.groups, want.groups) {
            record.groups = Some(self.groups_kept(resource, kept, document).await?);
        }
        if let Some(groups) = self.resource.groups.as_ref().filter(|_| want.groups) {
            let entries = groups.take(document).map_err(|why| garbage(call, &why))?;
            record.groups = Some(self.named(call, &groups.resource, groups.naming.as_ref(), entries).await?.members);
        }
        Ok(record)
    }
}

/// An answer that is not as the mapping says.
pub(super) fn garbage(call: &Call, why: &str) -> DownstreamError {
    DownstreamError::new(ErrorKind::Garbage, format!("{}: {} {}: {why}", call.name, call.method, call.path.source()))
}

/// A failure after something was changed already: `Unavailable` would promise that nothing was.
pub(super) fn after_a_change(error: DownstreamError) -> DownstreamError {
    match error.kind {
        ErrorKind::Unavailable { .. } => DownstreamError { kind: ErrorKind::Ambiguous, ..error },
        _ => error,
    }
}

const UNFIT: &str = "the key cannot stand in a path";
