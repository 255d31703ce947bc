//! `postern init`: a first mapping from what is there, every guess marked.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

mod lines;
mod openapi;
mod sql;
mod words;

pub(super) use lines::{harmless, key_of, quoted};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// From the tables of a database.
    Sql {
        /// Where it is: `postgres://user:password@host/database`, `sqlite:app.db`.
        #[arg(env = "DATABASE_URL", hide_env_values = true)]
        url: String,
    },
    /// From the OpenAPI 3 document that a REST API publishes.
    Openapi {
        /// The file, JSON or YAML; `-` for standard input.
        file: PathBuf,
    },
}

/// Why there is no mapping: a sentence, and the exit code.
type Refused = (String, u8);

pub(super) async fn run(command: Command) -> ExitCode {
    let made = match command {
        Command::Sql { url } => sql::mapping(&url).await,
        Command::Openapi { file } => openapi::mapping(&file),
    };
    match made {
        Ok(mapping) => {
            print!("{mapping}");
            ExitCode::SUCCESS
        }
        Err((why, code)) => {
            eprintln!("postern: {why}");
            ExitCode::from(code)
        }
    }
}
