//! argv → command → exit code. The only room that prints.
//!
//! 0 done · 1 failed, or `rehearse` found faults · 2 `check` found errors, or `rehearse` cannot be played ·
//! 64 usage · 65 a file of another kind · 69 the application cannot be reached ·
//! 78 the configuration is not usable.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its user")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod assemble;
mod audit;
mod check;
mod demo;
mod eval;
mod explain;
mod functions;
mod health;
mod import;
mod init;
mod input;
mod rehearse;
mod schema;
mod serve;
mod token;

/// The configuration cannot be used (sysexits' EX_CONFIG).
const CONFIG: u8 = 78;

/// A SCIM gateway: gives a legacy application a SCIM 2.0 endpoint by one mapping file.
#[derive(Debug, Parser)]
#[command(name = "postern", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the whole thing on this machine with nothing installed: an application, a certificate, a token.
    Demo(demo::Options),
    /// Run the gateway.
    Serve {
        /// The configuration.
        #[arg(long, value_name = "FILE", default_value = "postern.toml", env = "POSTERN_CONFIG")]
        config: PathBuf,
    },
    /// Compile everything and print every problem; exit 2 when there are errors.
    Check(check::Options),
    /// Print the SQL or HTTP that a SCIM request would cause; nothing is executed.
    Explain(explain::Options),
    /// Evaluate one expression: its value as JSON, or with --invert the attributes that give a value.
    Eval(eval::Options),
    /// Print the function reference.
    Functions {
        /// Only this function.
        name: Option<String>,
    },
    /// Print a first mapping from what a client was told to send.
    #[command(subcommand)]
    Import(import::Command),
    /// Print a first mapping from what an application has.
    #[command(subcommand)]
    Init(init::Command),
    Rehearse(rehearse::Options),
    /// Print the JSON Schema of a file, for editors that complete and check TOML.
    Schema(schema::Options),
    /// Make tokens and their hashes, list those of a configuration, take one out.
    #[command(subcommand)]
    Token(token::Command),
    /// Print the audit trail, or a part of it: for people, as JSON, or as CSV.
    Audit(audit::Options),
    /// Ask a running gateway whether it is ready; exit 0 or 1.
    Health {
        /// Where to ask.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:9464/readyz")]
        url: String,
    },
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 64 } else { 0 });
        }
    };
    // A panic in a request is observed where it is caught; its text may hold values of the request.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("postern: internal error at {place}");
    }));
    match arguments.command {
        Command::Demo(options) => on_runtime(demo::run(options)),
        Command::Serve { config } => on_runtime(serve::run(config)),
        Command::Check(options) => on_runtime(check::run(options)),
        Command::Explain(options) => on_runtime(explain::run(options)),
        Command::Eval(options) => eval::run(&options),
        Command::Functions { name } => functions::run(name.as_deref()),
        Command::Import(command) => import::run(command),
        Command::Init(command) => on_runtime(init::run(command)),
        Command::Rehearse(options) => on_runtime(rehearse::run(options)),
        Command::Schema(options) => schema::run(&options),
        Command::Token(command) => token::run(&command),
        Command::Audit(options) => audit::run(&options),
        Command::Health { url } => on_runtime(health::run(url)),
    }
}

fn on_runtime(work: impl Future<Output = ExitCode>) -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => failure(&format!("no runtime: {error}")),
    }
}

/// Says what failed; exit 1.
fn failure(message: &str) -> ExitCode {
    eprintln!("postern: {message}");
    ExitCode::FAILURE
}

/// A path as the user would type it from here.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
