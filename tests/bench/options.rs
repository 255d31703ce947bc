//! What the benchmark is told on its command line, after `cargo bench --`.

use std::time::Duration;

use clap::Parser;

use crate::operation::Operation;
use crate::web::Protocol;

/// Requests per second and latency of the gateway, beside the same statements without it.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub(crate) struct Options {
    /// How many people the application knows, one run after the other.
    #[arg(long, value_delimiter = ',', default_values_t = [1000], value_parser = clap::value_parser!(u64).range(300..=1_000_000))]
    pub(crate) people: Vec<u64>,
    /// How long each figure is measured, in seconds.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// How many clients ask at once.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16])]
    pub(crate) clients: Vec<usize>,
    /// Only this application: `sqlite`, `postgres` or `rest`.
    #[arg(long)]
    pub(crate) database: Option<String>,
    /// Only this protocol: `http/1.1` or `h2`.
    #[arg(long)]
    protocol: Option<String>,
    /// Only this operation: `get`, `filter`, `post`, `patch`, `member` or `page`.
    #[arg(long)]
    operation: Option<String>,
    /// Walks the list of everybody page after page instead.
    #[arg(long)]
    pub(crate) pages: bool,
    /// Measures the mapping language instead.
    #[arg(long)]
    pub(crate) language: bool,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

pub(crate) fn read() -> Options {
    Options::parse()
}

impl Options {
    /// How long one figure is measured.
    pub(crate) fn cell(&self) -> Duration {
        Duration::from_secs_f64(self.seconds.clamp(0.1, 60.0))
    }

    pub(crate) fn protocols(&self) -> impl Iterator<Item = Protocol> {
        let wanted = self.protocol.as_deref();
        Protocol::ALL.into_iter().filter(move |protocol| wanted.is_none_or(|name| name == protocol.name()))
    }

    pub(crate) fn operations(&self) -> impl Iterator<Item = Operation> {
        let wanted = self.operation.as_deref();
        Operation::ALL.into_iter().filter(move |operation| wanted.is_none_or(|name| name == operation.name()))
    }
}
