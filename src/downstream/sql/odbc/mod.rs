//! Every other database, through the driver that its maker has for ODBC.
//!
//! The driver manager is a library in C, and so are the drivers, which run in this process: hence the
//! cargo feature `odbc`, which is off by default. Their calls block, so each runs on a thread that may;
//! see [`pool`] and [`session`]. What the database speaks is said by the mapping; see [`language`].

pub(super) use self::address::{Place, drivers_own, has_password, read as read_place, superfluous};
#[cfg(feature = "odbc")]
pub(super) use self::engine::OdbcEngine;

mod address;
#[cfg(feature = "odbc")]
mod catalogue;
#[cfg(feature = "odbc")]
mod columns;
#[cfg(feature = "odbc")]
mod decode;
#[cfg(feature = "odbc")]
mod dialect;
#[cfg(feature = "odbc")]
mod encode;
#[cfg(feature = "odbc")]
mod engine;
#[cfg(feature = "odbc")]
mod fault;
#[cfg(feature = "odbc")]
mod language;
#[cfg(feature = "odbc")]
mod pool;
#[cfg(feature = "odbc")]
mod positional;
#[cfg(feature = "odbc")]
mod run;
#[cfg(feature = "odbc")]
mod session;

#[cfg(feature = "odbc")]
use super::fault::Fault;
#[cfg(feature = "odbc")]
use crate::downstream::{DownstreamError, ErrorKind};

#[cfg(feature = "odbc")]
fn unavailable(detail: impl Into<String>) -> Fault {
    DownstreamError::unavailable(detail).into()
}

#[cfg(feature = "odbc")]
fn too_slow() -> Fault {
    unavailable("ODBC: no answer within `statement_timeout`")
}

#[cfg(feature = "odbc")]
fn ambiguous(detail: &str) -> Fault {
    DownstreamError::new(ErrorKind::Ambiguous, detail).into()
}
