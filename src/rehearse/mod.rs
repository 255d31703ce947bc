//! Clients as they really behave, played against a SCIM endpoint: what an identity provider would
//! send, and what it would make of the answers.
//!
//! A client knows nothing of the application behind the endpoint: this room speaks HTTPS and SCIM
//! only. `endpoint` says where to ask, `wire` asks and keeps every [`Exchange`], `entra` is Entra
//! ID's provisioning service with its mapping table, matching, dialects, escrow and quarantine;
//! `script` plays the clients whose exchanges are data (`clients/*.toml`).
//!
//! Not a load generator, and no conformance suite: it judges answers as one client does.

pub mod cast;
mod endpoint;
pub mod entra;
mod exchange;
mod rehearsal;
pub mod script;
mod wire;

pub use endpoint::{Endpoint, EndpointProblem};
pub use exchange::{Answer, Exchange, Sending};
use rehearsal::segment;

pub use rehearsal::{Act, Finding, Left, Rehearsal, made_by};
pub use wire::{Watch, Wire};
