//! Postern gives an application that never learned SCIM a SCIM 2.0 endpoint, by one mapping file.
//!
//! The rooms stand in reading order, bottom to top; each imports only rooms above it in this list
//! (`tests/layers.rs` proves it). ARCHITECTURE.md is the map.

// The ground floor: pure.

pub mod value;

pub mod diagnostic;

pub mod record;

pub mod scim;

pub mod quirks;

pub mod expr;

// Mapping and plans: pure as well.

pub mod mapping;

pub mod plan;

// Doors to the outside.

pub mod observe;

pub mod downstream;

pub mod correlation;

// The engine, HTTP, and the command line.

pub mod gateway;

pub mod server;

pub mod config;

pub mod rehearse;

pub mod cli;
