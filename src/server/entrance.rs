//! The entrance of a tenant: whose token a request carries, and whether it may come in with it.
//!
//! The tokens of the configuration are compared first; any other secret is the engine's to look up,
//! which may ask the application. That it could not be asked is no refusal.

use std::sync::Arc;

use http::HeaderMap;
use jiff::Timestamp;

use crate::gateway::{Client, Permissions, Recognition};
use crate::observe::{Observation, Observer as _};
use crate::scim::ScimError;
use crate::value::Value;

use super::authn::{self, Secret, Stranger};
use super::exchange::{Exchange, Refusal};
use super::{AddressList, Door, address};

/// A token that is known, wherever it is from.
struct Recognised {
    name: Arc<str>,
    user: Option<Arc<str>>,
    expires: Option<Timestamp>,
    permissions: Permissions,
    values: Arc<[(String, Value)]>,
    allow_from: AddressList,
}

/// Why nobody came in.
enum Outside {
    Stranger(Stranger),
    /// Nobody could be asked.
    Failed(ScimError),
}

impl From<Stranger> for Outside {
    fn from(stranger: Stranger) -> Self {
        Self::Stranger(stranger)
    }
}

impl Exchange {
    /// Who is asking; refused when nobody who may.
    pub(super) async fn authenticate(&mut self, door: &Door, headers: &HeaderMap) -> Result<Client, Refusal> {
        self.facts.tenant = Some(door.tenant.clone());
        self.facts.address = self.facts.address.map(|peer| address::client(peer, headers, &self.edge.proxies));
        let admitted = self.admitted(door, headers).await;
        let result = match &admitted {
            Ok(_) => "ok",
            Err(Outside::Stranger(stranger)) => stranger.as_str(),
            Err(Outside::Failed(_)) => "unavailable",
        };
        self.edge.observers.observe(&Observation::AuthAttempted { tenant: door.tenant.clone(), result });
        let token = admitted.map_err(|outside| self.turn_away(outside))?;
        Ok(Client {
            tenant: door.tenant.clone(),
            token: token.name,
            user: token.user,
            permissions: token.permissions,
            values: token.values,
            address: self.facts.address,
            request_id: self.facts.request_id.clone(),
        })
    }

    async fn admitted(&mut self, door: &Door, headers: &HeaderMap) -> Result<Recognised, Outside> {
        let secret = authn::secret(headers)?;
        let token = self.recognised(door, &secret).await?;
        let from = [&door.allow_from, &token.allow_from];
        authn::admit(token.expires, from, self.facts.address, Timestamp::now())?;
        Ok(token)
    }

    /// The token that the secret is; its name is noted even where it may not come in.
    async fn recognised(&mut self, door: &Door, secret: &Secret<'_>) -> Result<Recognised, Outside> {
        if let Some(token) = authn::recognise(secret, &door.tokens) {
            self.facts.token = Some(token.name.clone());
            return Ok(Recognised {
                name: token.name.clone(),
                user: token.user.clone(),
                expires: token.expires,
                permissions: token.permissions.clone(),
                values: token.values.clone(),
                allow_from: token.allow_from.clone(),
            });
        }
        if !door.engine.has_tokens() {
            return Err(Stranger::Unknown.into());
        }
        // Nobody from elsewhere comes in, whatever the application would say.
        authn::admit(None, [&door.allow_from; 2], self.facts.address, Timestamp::now())?;
        let (user, secret) = match secret {
            Secret::Bearer(secret) => (None, *secret),
            Secret::Basic { user, password } => (Some(user.as_str()), password.as_str()),
        };
        match door.engine.recognise(user, secret).await {
            Recognition::Known(guest) => {
                self.facts.token = Some(guest.name.clone());
                Ok(Recognised {
                    name: guest.name.clone(),
                    user: None,
                    expires: guest.expires,
                    permissions: guest.permissions.clone(),
                    values: guest.values.clone(),
                    allow_from: AddressList::default(),
                })
            }
            Recognition::Barred(name) => {
                self.facts.token = Some(name);
                Err(Stranger::Barred.into())
            }
            Recognition::Unknown => Err(Stranger::Unknown.into()),
            Recognition::Failed(error) => Err(Outside::Failed(error)),
        }
    }

    /// Who is not let in; whoever showed a token that is known leaves a line in the audit.
    fn turn_away(&self, outside: Outside) -> Refusal {
        let stranger = match outside {
            Outside::Stranger(stranger) => stranger,
            Outside::Failed(error) => return Refusal::of("auth", error),
        };
        let status = stranger.status();
        if self.facts.token.is_some() {
            let (request, reason) = (self.facts.clone(), stranger.as_str());
            self.edge.observers.observe(&Observation::AccessRefused { request, reason, status });
        }
        Refusal::of("auth", ScimError::new(status, stranger.detail()))
    }
}
