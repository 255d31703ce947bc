//! A look into the application after each change, through the tenant's own driver: the fields that
//! the record has, secrets left out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use percent_encoding::percent_decode_str;

use crate::correlation::{Scope, Seal, Sqlite, Store as _};
use crate::downstream::Downstream;
use crate::gateway::hide_stored;
use crate::mapping::Mapping;
use crate::plan::{FetchPlan, Want};
use crate::record::{Record, RecordKey};
use crate::rehearse::{Exchange, Watch, made_by};
use crate::scim::ResourceId;
use crate::value::{Object, Value};

/// Who looks.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) tenant: Arc<str>,
    pub(super) mapping: Arc<Mapping>,
    pub(super) downstream: Arc<dyn Downstream>,
    pub(super) store: Sqlite,
    pub(super) seal: Seal,
    /// The keys of ids that were seen: an id that was given up leads nowhere any more.
    pub(super) keys: Mutex<HashMap<String, RecordKey>>,
}

#[async_trait]
impl Watch for Look {
    async fn held(&self, exchange: &Exchange) -> Option<Value> {
        let path = made_by(exchange).unwrap_or_else(|| exchange.path.clone());
        let (endpoint, id) = path.trim_start_matches('/').split_once('/')?;
        let id = percent_decode_str(id.split(['?', '/']).next()?).decode_utf8().ok()?;
        let kind = self.mapping.types.at_endpoint(endpoint)?;
        let resource = self.mapping.resource(&kind.name)?;
        let key = self.key(&kind.name, &id).await?;
        let want = Want { members: resource.has_members(), groups: false };
        let fetched = self.downstream.fetch(&FetchPlan { resource: Arc::clone(&kind.name), key, want }).await;
        Some(match fetched {
            Ok(None) => Value::Null,
            Ok(Some(mut record)) => {
                hide_stored(&mut record.fields, resource);
                Value::Object(shown(&record))
            }
            Err(error) => Value::String(format!("the application was not to be asked: {error}")),
        })
    }
}

impl Look {
    async fn key(&self, resource: &Arc<str>, id: &str) -> Option<RecordKey> {
        let known = self.keys.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        let key = match known {
            Some(key) => key,
            None => {
                let identity = self.seal.open(resource, &ResourceId::new(id))?;
                let scope = Scope { tenant: Arc::clone(&self.tenant), resource: Arc::clone(resource) };
                let moved = self.store.key_of(&scope, &identity).await.ok().flatten();
                moved.unwrap_or(identity.origin)
            }
        };
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), key.clone());
        Some(key)
    }
}

fn shown(record: &Record) -> Object {
    let mut object = Object::new();
    object.set("(key)", record.key.as_str());
    for (name, value) in record.fields.iter() {
        object.set(name, value.clone());
    }
    if let Some(members) = &record.members {
        let keys = members.iter().map(|member| Value::from(member.key.as_str())).collect::<Vec<_>>();
        object.set("(members)", keys);
    }
    object
}
