//! `postern init`: a first mapping from what is there, every guess marked.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;

use crate::downstream::{ErrorKind, catalogue};

mod columns;
mod guess;
mod print;
mod words;

pub(super) use columns::{key_of, quoted};

/// The application cannot be asked (sysexits' EX_UNAVAILABLE).
const UNAVAILABLE: u8 = 69;
/// The address is no address of a database (sysexits' EX_USAGE).
const USAGE: u8 = 64;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// From the tables of a database.
    Sql {
        /// Where it is: `postgres://user:password@host/database`, `sqlite:app.db`.
        #[arg(env = "DATABASE_URL", hide_env_values = true)]
        url: String,
    },
}

pub(super) async fn run(command: Command) -> ExitCode {
    let Command::Sql { url } = command;
    let read = match catalogue(&url, Path::new("")).await {
        Ok(read) => read,
        Err(error) => {
            eprintln!("postern: {}", error.detail);
            return ExitCode::from(if matches!(error.kind, ErrorKind::Unsupported(_)) { USAGE } else { UNAVAILABLE });
        }
    };
    match guess::guess(&read) {
        Some(guess) => {
            print!("{}", print::mapping(&guess, &url));
            ExitCode::SUCCESS
        }
        None => super::failure("no table of the database looks like one of users"),
    }
}
