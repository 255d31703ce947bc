//! `proof`: a call that only somebody answers whom the application knows. Some applications answer a
//! stranger as if there were nothing; what looks like nothing counts only when the proof succeeds.

use serde_json::Value as Json;
use tokio::sync::Mutex;
use tokio::time::{Duration, Instant};

use super::call::Call;
use super::credentials::Credentials;
use super::meaning::{Outcome, outcome};
use super::path::JsonPath;
use super::request::Fill;
use super::transport::Transport;
use crate::downstream::{DownstreamError, ErrorKind};

/// The call, and when it was last answered well.
#[derive(Debug)]
pub(super) struct Proof {
    call: Call,
    proved: Mutex<Option<Instant>>,
}

impl Proof {
    /// Nothing is proved yet.
    pub(super) fn new(call: Call) -> Self {
        Self { call, proved: Mutex::new(None) }
    }

    /// Makes sure that the application knows the gateway. Requests that ask at the same moment are
    /// answered by one call.
    ///
    /// # Errors
    /// `Credentials` where it does not know it; those of a call where it cannot be asked.
    pub(super) async fn make(&self, credentials: &Credentials, transport: &Transport) -> Result<(), DownstreamError> {
        let mut proved = self.proved.lock().await;
        if proved.is_some_and(|at| at.elapsed() < GOOD_FOR) {
            return Ok(());
        }
        let unfit =
            |_| DownstreamError::new(ErrorKind::Garbage, format!("{}: the call cannot be made", self.call.name));
        let outgoing = self.call.outgoing(&Fill::default()).map_err(unfit)?;
        let asked = Instant::now();
        let answer = outcome(&self.call, &[], credentials.send(&outgoing, transport).await?)?;
        match answer {
            Outcome::Done(answer) if self.is_in(answer.json.as_ref()) => {
                *proved = Some(asked);
                Ok(())
            }
            _ => {
                let detail = format!("{}: nothing came back, and it does not know the gateway", self.call.name);
                Err(DownstreamError::new(ErrorKind::Credentials, detail))
            }
        }
    }

    /// True when the answer holds what a stranger is not told.
    fn is_in(&self, body: Option<&Json>) -> bool {
        let found =
            |path: &JsonPath| path.first(body?).filter(|found| !matches!(found, Json::Null | Json::Bool(false)));
        self.call.item.as_ref().is_none_or(|path| found(path).is_some())
    }

    /// `GET /users/current.json`
    pub(super) fn to_line(&self) -> Option<String> {
        Some(self.call.outgoing(&Fill::default()).ok()?.to_line())
    }
}

/// A page of a hundred empty groups needs one proof.
const GOOD_FOR: Duration = Duration::from_secs(1);
