//! Clients as they behave (`src/rehearse/`), against a `postern` that runs: real TLS, the demo's own
//! database, nothing in between.

mod command;
mod demo;
mod entra;
mod table;
mod wire;
