//! `postern token`: makes tokens; only their hashes are kept.

use std::io::Read as _;
use std::process::ExitCode;

use clap::Subcommand;

use crate::server::Token;

use super::failure;

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
}

pub(super) fn run(command: &Command) -> ExitCode {
    match command {
        Command::New { name } => new(name),
        Command::Hash => hash(),
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
