//! The benchmark: what the gateway costs beside the same statements without it.
//!
//! It starts the real `postern serve` over TLS in front of the demo's application, on SQLite and on
//! PostgreSQL and behind a REST API, and asks it for a person by id, by `userName`, to make one, to change one, to put one into
//! a team, and for a page. A bare client issues the statements or calls of `postern explain` in the same run, turn by turn with the gateway,
//! so that whatever else the machine does meets both. The ratio is the figure; the rest depends on
//! the machine. `tests/bench/run` starts the PostgreSQL; without `POSTERN_TEST_POSTGRES` there is
//! only SQLite. `--language` measures the mapping language alone. It is no gate: it prints, and fails
//! only when an answer is wrong.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark is there to print")]

mod api;
mod application;
mod bare;
mod language;
mod measure;
mod operation;
mod options;
mod pages;
mod process;
mod report;
mod script;
mod web;

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use application::Database;
use measure::Sample;
use operation::{Operation, People};
use options::Options;
use process::Postern;
use report::{Line, Report};
use web::Web;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How often the gateway and the bare client take turns within one cell.
const TURNS: u32 = 2;

fn main() -> Result<()> {
    let options = options::read();
    if options.language {
        return language::print();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(run(&options))
}

async fn run(options: &Options) -> Result<()> {
    if options.pages {
        return walk(options).await;
    }
    let mut report = Report::open(options)?;
    for database in application::chosen(options) {
        for people in &options.people {
            let bench = Bench::start(&database, options, *people).await?;
            for operation in options.operations() {
                for clients in &options.clients {
                    bench.cell(operation, *clients, &mut report).await?;
                }
            }
            report.memory(database.name(), bench.postern.peak_memory()?)?;
            drop(bench);
            database.remove().await?;
        }
    }
    Ok(())
}

/// Everybody, page after page.
async fn walk(options: &Options) -> Result<()> {
    pages::print_head();
    for database in application::chosen(options) {
        for people in &options.people {
            let folder = process::prepare(database.name()).await?;
            database.fill(&folder.0, *people).await?;
            let postern = Postern::serve(folder).await?;
            pages::walk(&postern, database.name(), *people).await?;
            println!("\nthe gateway held at most {} KiB\n", postern.peak_memory()?);
            drop(postern);
            database.remove().await?;
        }
    }
    Ok(())
}

/// One database, the gateway in front of it, and the people in it.
struct Bench<'a> {
    database: &'a Database,
    options: &'a Options,
    size: u64,
    people: Arc<People>,
    postern: Postern,
}

impl<'a> Bench<'a> {
    async fn start(database: &'a Database, options: &'a Options, size: u64) -> Result<Self> {
        let folder = process::prepare(database.name()).await?;
        database.fill(&folder.0, size).await?;
        let postern = Postern::serve(folder).await?;
        let people = Arc::new(People::ask(&postern, size, database.departments()).await?);
        Ok(Self { database, options, size, people, postern })
    }

    /// Every protocol and the bare client, in turns.
    async fn cell(&self, operation: Operation, clients: usize, report: &mut Report) -> Result<()> {
        let turn = Arc::new(AtomicU64::new(operation.first_turn(clients)));
        let (bare, statements) = self.database.bare(operation, &self.postern, &self.people).await?;
        let mut lanes = Vec::new();
        for protocol in self.options.protocols() {
            let web = Web::new(&self.postern, protocol, operation, Arc::clone(&self.people)).await?;
            lanes.push((Some(protocol), measure::lanes(&web, clients).await?, Sample::default()));
        }
        lanes.push((None, measure::lanes(&*bare, clients).await?, Sample::default()));

        for (_, lanes, _) in &mut lanes {
            measure::slice(lanes, &turn, Duration::from_millis(200)).await?;
        }
        for _ in 0..TURNS {
            for (_, lanes, sample) in &mut lanes {
                let before = self.postern.spent().await?;
                let mut slice = measure::slice(lanes, &turn, self.options.cell() / TURNS).await?;
                slice.spent = self.postern.spent().await? - before;
                sample.add(slice);
            }
        }
        let Some((_, _, bare)) = lanes.pop() else { return Ok(()) };
        for (protocol, _, sample) in lanes {
            let Some(protocol) = protocol else { continue };
            let database = self.database.name();
            let people = self.size;
            report.line(&Line {
                operation,
                database,
                people,
                clients,
                protocol,
                statements,
                postern: &sample,
                bare: &bare,
            })?;
        }
        Ok(())
    }
}
