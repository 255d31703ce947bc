//! Lanes that ask one thing after the other, and how long it took them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::runtime::Handle;

use crate::Result;
use crate::process::Spent;

/// Something that can be asked over and over.
#[async_trait]
pub(crate) trait Target: Sync {
    /// A way to it that one client has for itself.
    async fn lane(&self) -> Result<Box<dyn Lane>>;
}

/// One client's way to a target.
#[async_trait]
pub(crate) trait Lane: Send {
    /// Asks once and reads the whole answer. No two turns have the same number.
    async fn ask(&mut self, turn: u64) -> Result<()>;

    /// True when asking occupies its thread until the answer is there.
    fn blocks(&self) -> bool {
        false
    }
}

/// What some slices of time showed.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    /// How long each answer took, in microseconds.
    latencies: Vec<u32>,
    elapsed: Duration,
    /// What the gateway's process spent in the meantime.
    pub(crate) spent: Spent,
}

impl Sample {
    pub(crate) fn add(&mut self, more: Self) {
        self.latencies.extend(more.latencies);
        self.elapsed += more.elapsed;
        self.spent = self.spent + more.spent;
    }

    pub(crate) fn count(&self) -> usize {
        self.latencies.len()
    }

    #[allow(clippy::cast_precision_loss, reason = "counts are small")]
    pub(crate) fn per_second(&self) -> f64 {
        self.count() as f64 / self.elapsed.as_secs_f64()
    }

    /// Milliseconds that this share of the answers stayed within.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        f64::from(sorted.get(at).copied().unwrap_or_default()) / 1000.0
    }
}

pub(crate) async fn lanes(target: &dyn Target, clients: usize) -> Result<Vec<Box<dyn Lane>>> {
    let mut lanes = Vec::with_capacity(clients);
    for _ in 0..clients {
        lanes.push(target.lane().await?);
    }
    Ok(lanes)
}

/// Lets all lanes ask for some time; gives them back in `lanes`.
pub(crate) async fn slice(lanes: &mut Vec<Box<dyn Lane>>, turn: &Arc<AtomicU64>, time: Duration) -> Result<Sample> {
    let since = Instant::now();
    let until = since + time;
    let running: Vec<_> = lanes.drain(..).map(|lane| start(lane, Arc::clone(turn), until)).collect();
    let mut sample = Sample::default();
    for lane in running {
        let (lane, latencies) = lane.await??;
        sample.latencies.extend(latencies);
        lanes.push(lane);
    }
    sample.elapsed = since.elapsed();
    Ok(sample)
}

type Ran = Result<(Box<dyn Lane>, Vec<u32>)>;

fn start(lane: Box<dyn Lane>, turn: Arc<AtomicU64>, until: Instant) -> tokio::task::JoinHandle<Ran> {
    if lane.blocks() {
        let here = Handle::current();
        return tokio::task::spawn_blocking(move || here.block_on(ask_until(lane, turn, until)));
    }
    tokio::spawn(ask_until(lane, turn, until))
}

async fn ask_until(mut lane: Box<dyn Lane>, turn: Arc<AtomicU64>, until: Instant) -> Ran {
    let mut latencies = Vec::with_capacity(1 << 16);
    let mut now = Instant::now();
    while now < until {
        lane.ask(turn.fetch_add(1, Ordering::Relaxed)).await?;
        let after = Instant::now();
        latencies.push(u32::try_from((after - now).as_micros()).unwrap_or(u32::MAX));
        now = after;
    }
    Ok((lane, latencies))
}
