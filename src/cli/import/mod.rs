//! `postern import`: a first mapping from what a client was told to send.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

mod entra;
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
    let read = bytes(&file).and_then(|bytes| entra::read(&bytes));
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

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    let mut found = Vec::new();
    let count = if path == Path::new("-") {
        std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut found)
    } else {
        std::fs::File::open(path).map_err(cannot)?.take(LARGEST + 1).read_to_end(&mut found)
    };
    if count.map_err(cannot)? as u64 > LARGEST {
        return Err(format!("larger than {} MiB, so no provisioning schema", LARGEST / 1024 / 1024));
    }
    Ok(found)
}
