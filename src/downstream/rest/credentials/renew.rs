//! `renew`: when a token is asked for anew. No I/O besides the clock.

use std::time::Duration;

use http::header;
use jiff::Timestamp;
use tokio::time::Instant;

use super::super::keys::statuses;
use super::super::meaning::Answer;
use super::super::paging::Place;
use crate::diagnostic::{Problems, Table};

/// When a token is asked for anew.
#[derive(Debug, Clone)]
pub(super) struct Renew {
    /// An answer with such a status says that the token counts no more, and that nothing was done.
    pub(super) on_status: Vec<u16>,
    /// Where the answer says until when the token counts.
    pub(super) expires: Option<Place>,
    /// How long a token counts at most.
    pub(super) lifetime: Option<Duration>,
}

/// How long a token counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    /// From when on another is asked for.
    pub(super) due: Instant,
    /// When it counts no more.
    pub(super) end: Instant,
}

impl Default for Renew {
    fn default() -> Self {
        Self { on_status: vec![401], expires: None, lifetime: None }
    }
}

impl Renew {
    /// Reads `renew = { on_status = [401], expires = "$.expires_at", lifetime = "1h" }`.
    pub(super) fn read(table: &Table<'_>, problems: &mut Problems) -> Option<Self> {
        let Some(node) = table.node("renew") else { return Some(Self::default()) };
        let table = Table::open(node, "`renew`", problems)?;
        let mut renew = Self { lifetime: table.duration("lifetime", problems), ..Self::default() };
        if table.node("on_status").is_some() {
            renew.on_status = statuses(&table, "on_status", problems);
        }
        renew.expires = table.node("expires").and_then(|node| Place::read(node, "`expires`", problems));
        table.finish(problems);
        Some(renew)
    }

    /// How long a token counts that came with this answer; `None` where only a refusal tells.
    pub(super) fn term(&self, answer: &Answer) -> Option<Term> {
        let said = self.expires.as_ref().and_then(|place| place.find(&answer.headers, answer.json.as_ref()));
        let said = said.and_then(|text| remaining(&text, answer));
        let left = match (said, self.lifetime) {
            (Some(said), Some(lifetime)) => said.min(lifetime),
            (said, lifetime) => said.or(lifetime)?,
        };
        let (now, left) = (Instant::now(), left.min(LONGEST));
        Some(Term { due: now + left.saturating_sub((left / 10).min(AHEAD)), end: now + left })
    }
}

/// How long until the moment in the text: a time (RFC 3339), seconds or milliseconds since 1970, or
/// seconds from now. The moment is taken by the clock of the answer itself, where it tells one.
fn remaining(text: &str, answer: &Answer) -> Option<Duration> {
    let text = text.trim();
    let seconds = match text.parse::<f64>() {
        Ok(number) if !number.is_finite() || number < 0.0 => return None,
        Ok(number) if number < FIRST_EPOCH => number,
        Ok(number) if number < FIRST_EPOCH * 100.0 => number - now(answer),
        Ok(number) => number / 1000.0 - now(answer),
        Err(_) => text.parse::<Timestamp>().ok()?.as_duration().as_secs_f64() - now(answer),
    };
    Some(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(LONGEST))
}

fn now(answer: &Answer) -> f64 {
    let date = answer.headers.get(header::DATE).and_then(|date| date.to_str().ok());
    let told = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()).map(|at| at.timestamp());
    told.unwrap_or_else(Timestamp::now).as_duration().as_secs_f64()
}

/// A token is renewed a tenth of its life ahead, and at most this long.
const AHEAD: Duration = Duration::from_secs(60);

/// No token is trusted for longer without asking.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// Numbers below are seconds from now: in seconds since 1970 this is the year 2001.
const FIRST_EPOCH: f64 = 1e9;
