//! How many requests an application takes in a time. Whoever comes too early waits for a turn, in the
//! order of coming; whoever would wait too long is told at once when to come back.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::diagnostic::{Code, Diagnostic, Node, Problems, Table};

/// The rate of one application.
#[derive(Debug)]
pub(super) struct Rate {
    limiter: DefaultDirectRateLimiter,
    /// The time of one request.
    each: Duration,
    /// One waits for the limiter, the others for that one.
    first: Mutex<()>,
    waiting: AtomicU32,
}

/// One who waits; gone when the request is, however it ends.
struct Waiting<'a>(&'a AtomicU32);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Rate {
    /// Reads `rate = { requests = 10, per = "1s", burst = 20 }`.
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let table = Table::open(node, "`rate`", problems)?;
        table.required("requests", "how many requests: `requests = 10`", problems);
        table.required("per", "in which time: `per = \"1s\"`", problems);
        let requests = table.number("requests", problems);
        let per = table.duration("per", problems);
        let burst = table.number("burst", problems);
        table.finish(problems);
        let requests = count(requests?, &table_span(node, "requests"), "requests", problems)?;
        let burst = match burst {
            Some(burst) => count(burst, &table_span(node, "burst"), "burst", problems)?,
            None => requests,
        };
        let each = per? / requests.get();
        let Some(quota) = Quota::with_period(each).filter(|_| per <= Some(LONGEST_PERIOD)) else {
            let message = "`per` is no time that a rate can have";
            let help = "from a second to a day: `per = \"1m\"`";
            problems.push(Diagnostic::error(Code::BAD_CALL, &table_span(node, "per"), message).help(help));
            return None;
        };
        let limiter = RateLimiter::direct(quota.allow_burst(burst));
        Some(Self { limiter, each, first: Mutex::new(()), waiting: AtomicU32::new(0) })
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// When to come back, where the wait is too long for a request.
    pub(super) async fn turn(&self) -> Result<(), Duration> {
        let before = self.waiting.fetch_add(1, Ordering::AcqRel);
        let waiting = Waiting(&self.waiting);
        let ahead = self.each.saturating_mul(before);
        if ahead > LONGEST_WAIT {
            return Err(ahead);
        }
        let turn = async {
            let _first = self.first.lock().await;
            self.limiter.until_ready().await;
        };
        let done = timeout(LONGEST_WAIT, turn).await;
        drop(waiting);
        done.map_err(|_| ahead.max(self.each))
    }
}

fn table_span(node: &Node, key: &str) -> crate::diagnostic::Span {
    node.get(key).map_or_else(|| node.span.clone(), |value| value.span.clone())
}

fn count(number: u64, span: &crate::diagnostic::Span, key: &str, problems: &mut Problems) -> Option<NonZeroU32> {
    let count = u32::try_from(number).ok().and_then(NonZeroU32::new);
    if count.is_none() {
        let message = format!("`{key}` is no number of requests");
        problems.push(Diagnostic::error(Code::BAD_CALL, span, message).help("at least 1"));
    }
    count
}

/// Half of what a request has where nothing is written; the rest is for the application.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
const LONGEST_PERIOD: Duration = Duration::from_secs(24 * 3600);
