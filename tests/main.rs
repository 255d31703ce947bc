//! The one test binary; each module is one kind of proof.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may stop where it stands"
)]

mod cli;
mod config;
mod conform;
mod correlation;
mod demo;
mod discovery;
mod e2e;
mod eval;
mod explain;
mod expr;
mod filter;
mod gateway;
mod import;
mod init;
mod layers;
mod live;
mod mappings;
mod observe;
mod patch;
mod quirks;
mod refusals;
mod rehearse;
mod request;
mod rest;
mod rfc;
mod schema;
mod schemas;
mod seeds;
mod server;
mod sql;
mod tokens;
