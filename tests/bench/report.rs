//! The table, and the same figures as JSON lines where `POSTERN_BENCH_JSON` names a file.

use std::fs::File;
use std::io::Write as _;

use serde_json::json;

use crate::Result;
use crate::measure::Sample;
use crate::operation::Operation;
use crate::options::Options;
use crate::web::Protocol;

/// One cell.
pub(crate) struct Line<'a> {
    pub(crate) operation: Operation,
    pub(crate) database: &'static str,
    pub(crate) people: u64,
    pub(crate) clients: usize,
    pub(crate) protocol: Protocol,
    pub(crate) statements: usize,
    pub(crate) postern: &'a Sample,
    pub(crate) bare: &'a Sample,
}

pub(crate) struct Report {
    lines: Option<File>,
}

impl Report {
    /// Prints the head of the table.
    pub(crate) fn open(options: &Options) -> Result<Self> {
        println!("{}", machine());
        println!(
            "{:?} for each figure in {} turns with the bare client, which has one connection for each client\n\
             and the same statements; ms are p50 and p99; cpu is the gateway's processor time for one request.\n",
            options.cell(),
            crate::TURNS,
        );
        println!(
            "{:<15} {:<9} {:>7} {:>7} {:<8} | {:>8} {:>7} {:>7} | {:>8} {:>7} {:>7} | {:>5} | {:>10} {:>5} {:>10}",
            "operation",
            "database",
            "people",
            "clients",
            "protocol",
            "req/s",
            "p50",
            "p99",
            "bare/s",
            "p50",
            "p99",
            "ratio",
            "statements",
            "calls",
            "cpu us",
        );
        let lines = match std::env::var_os("POSTERN_BENCH_JSON") {
            Some(path) => Some(File::create(path)?),
            None => None,
        };
        Ok(Self { lines })
    }

    #[allow(clippy::cast_precision_loss, reason = "counts are small")]
    pub(crate) fn line(&mut self, line: &Line<'_>) -> Result<()> {
        let Line { operation, database, people, clients, protocol, statements, postern, bare } = line;
        let count = postern.count().max(1) as f64;
        let ratio = postern.per_second() / bare.per_second();
        let calls = postern.spent.calls as f64 / count;
        let cpu = postern.spent.milliseconds as f64 * 1000.0 / count;
        println!(
            "{:<15} {database:<9} {people:>7} {clients:>7} {:<8} | {:>8.0} {:>7.2} {:>7.2} | {:>8.0} {:>7.2} {:>7.2} | {ratio:>5.2} | \
             {statements:>10} {calls:>5.1} {cpu:>10.0}",
            operation.title(),
            protocol.name(),
            postern.per_second(),
            postern.percentile(50),
            postern.percentile(99),
            bare.per_second(),
            bare.percentile(50),
            bare.percentile(99),
        );
        let Some(file) = &mut self.lines else { return Ok(()) };
        let side = |sample: &Sample| {
            json!({
                "requests": sample.count(),
                "per_second": sample.per_second(),
                "p50_ms": sample.percentile(50),
                "p99_ms": sample.percentile(99),
            })
        };
        let line = json!({
            "operation": operation.name(),
            "database": database,
            "people": people,
            "clients": clients,
            "protocol": protocol.name(),
            "statements": statements,
            "calls": calls,
            "cpu_us": cpu,
            "postern": side(postern),
            "bare": side(bare),
            "ratio": ratio,
        });
        Ok(writeln!(file, "{line}")?)
    }

    pub(crate) fn memory(&mut self, database: &str, kib: u64) -> Result<()> {
        println!("{database}: the gateway held at most {:.1} MiB of memory\n", f64::from(u32::try_from(kib)?) / 1024.0);
        let Some(file) = &mut self.lines else { return Ok(()) };
        Ok(writeln!(file, "{}", json!({ "database": database, "peak_memory_kib": kib }))?)
    }
}

/// What everything runs on, clients and databases included.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or_default();
    format!(
        "{cores} processors ({}), load {load} before the run; clients, gateway and databases share them",
        model.trim_start_matches([' ', '\t', ':']).trim(),
    )
}
