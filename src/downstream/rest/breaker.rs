//! A circuit breaker: an application that cannot be reached is left alone for a moment, so that
//! requests fail at once instead of queueing up behind timeouts.
//!
//! Closed → after [`LIMIT`] failures in a row open → after [`PAUSE`] one request may try; its
//! success closes the circuit, its failure opens it for another pause.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::time::Instant;

/// The breaker of one application.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// Until when nobody may try; `None` while the circuit is closed.
    open_until: Option<Instant>,
}

/// A request that was let through. Dropped without a word (a cancelled request), it counts as
/// nothing.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
}

impl Breaker {
    /// Lets a request through.
    ///
    /// # Errors
    /// How long the circuit stays open.
    pub(super) fn pass(&self) -> Result<Pass<'_>, Duration> {
        let mut state = self.lock();
        if let Some(until) = state.open_until {
            let now = Instant::now();
            if now < until {
                return Err(until - now);
            }
            // This request is the probe; the others wait for it, at most one pause.
            state.open_until = Some(now + PAUSE);
        }
        drop(state);
        Ok(Pass { breaker: self })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// The application answered, whatever it said.
    pub(super) fn answered(self) {
        *self.breaker.lock() = State::default();
    }

    /// The application could not be reached or did not answer in time.
    pub(super) fn failed(self) {
        let mut state = self.breaker.lock();
        state.failures = state.failures.saturating_add(1);
        if state.failures >= LIMIT {
            state.open_until = Some(Instant::now() + PAUSE);
        }
    }
}

/// Few enough that an outage costs little, enough that one restart of the application does not
/// open the circuit.
const LIMIT: u32 = 5;

/// An application that is back is used again within this time.
const PAUSE: Duration = Duration::from_secs(1);
