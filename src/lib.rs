//! Postern gives an application that never learned SCIM a SCIM 2.0 endpoint, by one mapping file.
//!
//! The rooms, bottom to top; each imports only what stands above it in this list
//! (`tests/layers.rs` proves it). ARCHITECTURE.md is the map.

pub mod correlation;
pub mod diagnostic;
pub mod downstream;
pub mod expr;
pub mod gateway;
pub mod mapping;
pub mod observe;
pub mod plan;
pub mod quirks;
pub mod record;
pub mod scim;
pub mod server;
pub mod value;
