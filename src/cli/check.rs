//! `postern check`: compiles everything and prints every problem at once.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Problems, Severity, render_all};

use super::assemble::{self, Bound};

mod live;
mod report;
mod summary;

/// Something cannot be used.
const ERRORS: u8 = 2;
/// There are warnings, and they are not wanted.
const WARNINGS: u8 = 3;
/// An application cannot be reached (sysexits' EX_UNAVAILABLE).
const UNREACHABLE: u8 = 69;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "postern.toml", env = "POSTERN_CONFIG")]
    config: PathBuf,
    /// How problems are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Exit 3 when there are warnings only.
    #[arg(long)]
    deny_warnings: bool,
    /// Also connect to the applications and compare the mappings with what is there; nothing is written.
    #[arg(long)]
    live: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, with carets, and what becomes of each attribute.
    Text,
    /// One JSON object a line.
    Json,
    /// One SARIF 2.1.0 log.
    Sarif,
}

pub(super) async fn run(options: Options) -> ExitCode {
    let mut problems = Problems::new();
    let loaded = assemble::bind(&options.config, &mut problems);
    let mut reached = true;
    if let Some((config, bound)) = loaded.as_ref().filter(|_| options.live) {
        reached = live::verify(config, bound, &mut problems).await;
    }
    let failed = problems.has_errors() || loaded.is_none();
    let found = problems.into_sorted();
    match options.format {
        Format::Text => text(&found, loaded.filter(|_| !failed)),
        Format::Json => found.iter().for_each(|problem| println!("{}", report::line(problem))),
        Format::Sarif => println!("{}", report::sarif(&found)),
    }
    let warned = found.iter().any(|problem| problem.severity == Severity::Warning);
    if !reached {
        return ExitCode::from(UNREACHABLE);
    }
    match (failed, warned && options.deny_warnings) {
        (true, _) => ExitCode::from(ERRORS),
        (false, true) => ExitCode::from(WARNINGS),
        (false, false) => ExitCode::SUCCESS,
    }
}

fn text(found: &[Diagnostic], loaded: Option<(Config, Vec<Option<Bound>>)>) {
    if !found.is_empty() {
        println!("{}", render_all(found, false));
    }
    if let Some((config, bound)) = &loaded {
        for (tenant, bound) in config.tenants.iter().zip(bound) {
            let Some(bound) = bound else { continue };
            summary::lines(&tenant.name, bound).iter().for_each(|line| println!("{line}"));
        }
    }
    let count = |severity| found.iter().filter(|problem| problem.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if errors + warnings > 0 {
        println!("{}, {}", several(errors, "error"), several(warnings, "warning"));
    }
}

fn several(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
