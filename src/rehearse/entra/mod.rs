//! Entra ID's provisioning service as a client: mapping table, directory, cycles.
//!
//! ```no_run
//! # async fn f() -> Result<(), Box<dyn std::error::Error>> {
//! use postern::diagnostic::{Problems, SourceFile};
//! use postern::rehearse::Endpoint;
//! use postern::rehearse::entra::{Directory, Job, MappingTable};
//!
//! let mut problems = Problems::new();
//! let table = MappingTable::parse(&SourceFile::new("app.entra.toml", "…"), &mut problems);
//! let table = table.unwrap_or_else(MappingTable::standard); // Entra's own defaults
//! let directory = Directory::parse(&SourceFile::new("people.toml", "…"), &mut problems);
//! let mut directory = directory.unwrap_or_default();
//!
//! let endpoint = Endpoint::new("https://scim.example.com/scim/v2")?.bearer("secret")?;
//! let mut job = Job::new(&endpoint, table, None)?; // or Some(Flavour::Flagged)
//! let tested = job.test_connection().await;
//! let first = job.cycle(&directory).await; // initial: everybody
//! if let Some(kim) = directory.person_mut("kim") {
//!     kim.attributes.set("mail", "kim.ito@example.com");
//! }
//! directory.unassign("lee"); // and assign, remove; person.soft_deleted = true
//! let second = job.cycle(&directory).await; // incremental: what changed, and what is in escrow
//! let third = job.on_demand(&directory, "kim").await;
//! job.advance(std::time::Duration::from_secs(6 * 3600)); // escrow and quarantine go by this clock
//! job.restart(); // the next cycle is an initial one; links stay, quarantine is lifted
//! # let _ = (tested, first, second.writes(), second.outcome("kim"), third.exchanges);
//! # Ok(()) }
//! ```
//!
//! `table` reads what an administrator set up (`schema` where Entra exported it), `directory` is the
//! source, `evaluate` makes the values that are wanted, `target` finds their places in a resource,
//! `changes` says what differs and `dialect` how Entra says so. `job` is what one
//! talks to, `cycle` walks over `matching`, `people`, `groups` and `references`; `errors`, `escrow` and `quarantine` are what it makes of
//! failures, `report` what it tells. `repertoire` plays everything once for an administrator, and
//! `judge` says what would go wrong.

mod changes;
mod cycle;
mod dialect;
mod directory;
mod errors;
mod escrow;
mod evaluate;
mod groups;
mod job;
mod judge;
mod matching;
mod people;
mod quarantine;
mod references;
mod repertoire;
mod report;
pub mod schema;
mod table;
mod target;

pub use directory::{Directory, Group, Person};
pub use errors::Failure;
pub use job::Job;
pub use quarantine::Quarantine;
pub use repertoire::play;
pub use report::{Kind, Object, Outcome, Report};
pub use table::{Apply, Flavour, MappingTable, Row, Scope, Source};
pub use target::Target;
