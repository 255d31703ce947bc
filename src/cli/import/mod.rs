//! `postern import`: a first mapping from what a client was told to send.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::rehearse::entra::schema;

use super::input::bytes;

mod print;
mod target;

/// The file is none of those that can be read (sysexits' EX_DATAERR).
const DATA: u8 = 65;

/// Largest file; Entra's own are below a megabyte.
const LARGEST: u64 = 16 * 1024 * 1024;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// From the provisioning schema that Entra ID lets one download (or Microsoft Graph's `synchronizationSchema`).
    Entra {
        /// The JSON file; `-` for standard input.
        file: PathBuf,
    },
}

pub(super) fn run(command: Command) -> ExitCode {
    let Command::Entra { file } = command;
    let read = bytes(&file, LARGEST, "provisioning schema").and_then(|bytes| schema::read(&bytes));
    match read {
        Ok(schema) => {
            print!("{}", print::mapping(&schema));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("postern: `{}`: {error}", super::shown(&file));
            ExitCode::from(DATA)
        }
    }
}
