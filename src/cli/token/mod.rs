//! `postern token`: makes tokens, shows those of a configuration and takes them out; only their hashes
//! are kept.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::server::Token;

use super::failure;

mod list;
mod revoke;

/// Where the tokens are.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "postern.toml", env = "POSTERN_CONFIG")]
    config: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print a new token, once, and the lines for `postern.toml`.
    New {
        /// The token's name in the audit.
        #[arg(long, default_value = "client")]
        name: String,
    },
    /// Read a token from standard input and print its hash.
    Hash,
    /// Print every token of the configuration: what it may do, from where, until when.
    List(Place),
    /// Take a token out of the configuration; a running gateway refuses it from its next reload on.
    Revoke {
        /// The token's name.
        name: String,
        /// The tenant; needed where several have a token of this name.
        #[arg(long)]
        tenant: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

pub(super) fn run(command: &Command) -> ExitCode {
    match command {
        Command::New { name } => new(name),
        Command::Hash => hash(),
        Command::List(place) => list::run(&place.config),
        Command::Revoke { name, tenant, place } => revoke::run(&place.config, tenant.as_deref(), name),
    }
}

fn new(name: &str) -> ExitCode {
    match Token::generate() {
        Ok(token) => {
            println!("{token}\n");
            println!("The client gets the line above; it is shown once. `postern.toml` gets these:\n");
            println!("[[tenant.token]]\nname   = {name:?}\nsha256 = \"{}\"", Token::hash_in_hex(&token));
            ExitCode::SUCCESS
        }
        Err(_) => failure("no random bytes to be had"),
    }
}

fn hash() -> ExitCode {
    let mut token = String::new();
    if let Err(error) = std::io::stdin().take(8192).read_to_string(&mut token) {
        return failure(&error.to_string());
    }
    println!("{}", Token::hash_in_hex(token.trim()));
    ExitCode::SUCCESS
}
