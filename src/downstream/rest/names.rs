//! From names to keys and back: who is meant where the application does not speak in keys.
//!
//! A name comes from the record's own field, so it costs a read of that record; a key comes from a
//! `find` by that field, or from the list where many are asked for. What cannot be resolved is a
//! failure: a member left out in silence would be removed by the next client that compares.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value as Json;

use super::call::Call;
use super::listing::Entry;
use super::members::Members;
use super::naming::Naming;
use super::request::Fill;
use super::resource::Resource;
use super::work::{AT_ONCE, Work, garbage};
use crate::diagnostic::{Code, Diagnostic, Problems};
use crate::downstream::{Binding, DownstreamError, ErrorKind};
use crate::plan::{Case, Want};
use crate::record::{FieldName, Member, RecordKey};

/// The names of members, by their keys, without the text around them.
pub(super) type Names = HashMap<RecordKey, String>;

/// Members, and the names that were told with them.
#[derive(Debug, Default)]
pub(super) struct Present {
    pub(super) members: Vec<Member>,
    pub(super) names: Names,
    /// The version of the record that they were read from.
    pub(super) version: Option<String>,
}

impl<'a> Work<'a> {
    /// The same work on another resource.
    pub(super) fn on(&self, resource: &str) -> Result<Self, DownstreamError> {
        let found = self.resources.iter().find(|have| &*have.name == resource);
        let resource = found.ok_or_else(|| {
            let kind = ErrorKind::Unsupported("the application does not have this resource type".to_owned());
            DownstreamError::new(kind, format!("the mapping has no [{resource}]"))
        })?;
        Ok(Self { resource, ..*self })
    }

    /// The members that a list tells.
    pub(super) async fn members_of(
        &self,
        call: &Call,
        members: &Members,
        entries: Vec<Entry>,
    ) -> Result<Present, DownstreamError> {
        self.named(call, &members.resource, members.naming.as_ref(), entries).await
    }

    /// The records that a list tells by their keys or by their names.
    pub(super) async fn named(
        &self,
        call: &Call,
        resource: &Arc<str>,
        naming: Option<&Naming>,
        entries: Vec<Entry>,
    ) -> Result<Present, DownstreamError> {
        let unknown: BTreeSet<String> =
            entries.iter().filter(|entry| entry.key.is_none()).filter_map(|entry| entry.name.clone()).collect();
        let keys = match naming {
            Some(naming) if !unknown.is_empty() => self.on(resource)?.keys_by(naming, unknown).await?,
            _ => HashMap::new(),
        };
        let mut present = Present::default();
        for Entry { key, name, display } in entries {
            let key = key.or_else(|| keys.get(name.as_deref()?).cloned());
            let key = key.ok_or_else(|| garbage(call, &format!("a name in the list is that of no {resource}")))?;
            if let Some(name) = name {
                present.names.insert(key.clone(), name);
            }
            present.members.push(Member { resource: Arc::clone(resource), key, display });
        }
        Ok(present)
    }

    /// The keys of this resource's records with these names, as far as there are such.
    async fn keys_by(
        &self,
        naming: &Naming,
        mut unknown: BTreeSet<String>,
    ) -> Result<HashMap<String, RecordKey>, DownstreamError> {
        let mut found = HashMap::new();
        let field = FieldName::new(naming.field().unwrap_or_default());
        let finds = self.resource.calls.find.iter().any(|(have, _)| *have == field);
        if (!finds || unknown.len() > AT_ONCE)
            && let Some(list) = &self.resource.calls.list
        {
            let most = self.resource.capabilities.scan_limit;
            match self.walk_all(list, &Fill::default(), most).await {
                // Too long a list: each name is asked for.
                Err(error) if error.kind == ErrorKind::TooMany && finds => {}
                documents => {
                    for document in documents? {
                        let name = naming.bare_in(&document);
                        if let (Some(name), Some(key)) = (name, self.resource.key_in(&document)) {
                            unknown.remove(&name);
                            if found.insert(name, key.clone()).is_some_and(|other| other != key) {
                                return Err(garbage(list, "two records have the same name"));
                            }
                        }
                    }
                }
            }
        }
        if finds {
            // Lists may leave some out, such as those who are disabled.
            let each = stream::iter(unknown).map(|name| async {
                let records = self.find(&field, &name.as_str().into(), Case::Exact, Want::default()).await?;
                Ok::<_, DownstreamError>(match records.as_slice() {
                    [one] => Some((name, one.key.clone())),
                    _ => None,
                })
            });
            let asked: Vec<_> = each.buffered(AT_ONCE).try_collect().await?;
            found.extend(asked.into_iter().flatten());
        }
        Ok(found)
    }

    /// What the application calls a member; `None` when there is no such record.
    pub(super) async fn name_of(
        &self,
        members: &Members,
        key: &RecordKey,
        known: &Names,
    ) -> Result<Option<Json>, DownstreamError> {
        let Some(naming) = &members.naming else { return Ok(Some(members.key_json(key.as_str()))) };
        if naming.field().is_none() {
            return Ok(Some(naming.spell(key.as_str()).into()));
        }
        if let Some(name) = known.get(key) {
            return Ok(Some(naming.spell(name).into()));
        }
        let work = self.on(&members.resource)?;
        let Some(document) = work.document(key).await? else { return Ok(None) };
        let name = naming.bare_in(&document).ok_or_else(|| {
            let field = naming.field().unwrap_or_default();
            let detail = format!("[{}.members]: the {} has no `{field}`", self.resource.name, members.resource);
            DownstreamError::new(ErrorKind::Garbage, detail)
        })?;
        Ok(Some(naming.spell(&name).into()))
    }

    /// What the application calls all these members, as a list.
    pub(super) async fn names_of(
        &self,
        members: &Members,
        all: &[Member],
        known: &Names,
    ) -> Result<Json, DownstreamError> {
        let named: Vec<Json> = stream::iter(all.to_vec())
            .map(|member| async move {
                self.name_of(members, &member.key, known).await?.ok_or_else(|| self.unknown(&member.key))
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        Ok(named.into())
    }

    /// What the application calls the members of a new record, of all types.
    pub(super) async fn all_members_json(&self, all: &[Member]) -> Result<Json, DownstreamError> {
        let mut named = Vec::new();
        for members in &self.resource.members {
            let own: Vec<Member> = all.iter().filter(|member| member.resource == members.resource).cloned().collect();
            if let Json::Array(names) = self.names_of(members, &own, &Names::new()).await? {
                named.extend(names);
            }
        }
        Ok(named.into())
    }

    /// That a member has no record of its own.
    pub(super) fn unknown(&self, key: &RecordKey) -> DownstreamError {
        let detail = format!("[{}.members]: a member's own record does not exist", self.resource.name);
        DownstreamError::new(ErrorKind::UnknownMember(key.clone()), detail)
    }
}

/// A list of names is worth nothing where nobody can be asked whose they are.
pub(super) fn report_unresolvable(resources: &[Resource], binding: &Binding<'_>, problems: &mut Problems) {
    for (at, (_, node)) in resources.iter().zip(&binding.resources) {
        let members = at.members.iter().filter(|members| members.needs_keys());
        let members = members.map(|members| ("members", &members.resource, members.naming.as_ref()));
        let groups = at.groups.iter().filter(|groups| groups.needs_keys());
        let named = members.chain(groups.map(|groups| ("groups", &groups.resource, groups.naming.as_ref())));
        for (table, resource, naming) in named {
            let Some(field) = naming.and_then(Naming::field) else { continue };
            let calls = resources.iter().find(|have| have.name == *resource).map(|have| &have.calls);
            if calls
                .is_some_and(|calls| calls.list.is_some() || calls.find.iter().any(|(have, _)| have.as_str() == field))
            {
                continue;
            }
            let own = node.get(table).and_then(|node| node.get(resource).or(Some(node)));
            let span = own.map_or(&node.span, |own| own.get("named").map_or(&own.span, |named| &named.span));
            let message = format!("nothing tells which {resource} has a name");
            problems.push(
                Diagnostic::error(Code::BAD_MEMBERS, span, message)
                    .help(format!("write a `find` by `{field}` or a `list` in `[{resource}.calls]`")),
            );
        }
    }
}
