//! The bare client: the same statements or calls with nothing around them.
//!
//! It is as good as a client can be: connections stay open, statements stay prepared, and whatever
//! need not wait for an answer does not. Rows are read and thrown away.

mod api;
mod postgres;
mod sqlite;

pub(crate) use api::Api;
pub(crate) use postgres::Postgres;
pub(crate) use sqlite::Sqlite;
