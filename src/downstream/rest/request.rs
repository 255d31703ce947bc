//! A call with its slots filled: the request, still without credentials. No I/O.

use http::{HeaderMap, HeaderValue};

use super::answer::key_of;
use super::body::Parts;
use super::call::Call;
use super::template::{Refused, Slot, Texts};
use super::transport::Outgoing;
use crate::record::RecordKey;

/// What fills the slots of a call.
#[derive(Default)]
pub(super) struct Fill<'a> {
    /// For texts.
    pub(super) texts: Texts<'a>,
    /// For bodies.
    pub(super) parts: Parts,
    /// Further query parameters, encoded.
    pub(super) query: Vec<(String, String)>,
    /// A whole query, encoded, that is sent instead of all parameters.
    pub(super) instead: Option<String>,
}

impl Call {
    /// The request that the call makes.
    ///
    /// # Errors
    /// The slot whose value would leave it.
    pub(super) fn outgoing(&self, fill: &Fill<'_>) -> Result<Outgoing, Refused> {
        let version = key_of(&fill.parts.version);
        let version = version.as_ref().map(RecordKey::as_str);
        let texts = Texts { record: Some(&fill.parts.record), version, ..fill.texts };
        let mut target = self.path.fill(&texts)?;
        let own = self.query.iter().map(|(name, value)| Ok((name.clone(), value.fill(&texts)?)));
        let own = own.collect::<Result<Vec<_>, Refused>>()?;
        if let Some(query) = &fill.instead {
            target = format!("{target}?{query}");
        } else {
            for (at, (name, value)) in own.iter().chain(&fill.query).enumerate() {
                target.push(if at == 0 { '?' } else { '&' });
                target.push_str(name);
                target.push('=');
                target.push_str(value);
            }
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let text = value.fill(&texts)?;
            headers.insert(name.clone(), HeaderValue::try_from(text).map_err(|_| Refused(Slot::Value))?);
        }
        let body = self.body.as_ref().map(|body| Ok((body.fill(&fill.parts, &texts)?, body.holes())));
        let body = body.transpose()?;
        let body = body.map(|(body, holes)| self.encoding.payload(body, holes)).transpose()?;
        Ok(Outgoing {
            name: self.name.clone(),
            method: self.method.clone(),
            target,
            headers,
            body,
            is_read: self.role.is_read(),
        })
    }
}

impl Outgoing {
    /// `POST /users.json {"user":{…}}`
    pub(super) fn to_line(&self) -> String {
        match &self.body {
            Some(body) => format!("{} {} {body}", self.method, self.target),
            None => format!("{} {}", self.method, self.target),
        }
    }
}
