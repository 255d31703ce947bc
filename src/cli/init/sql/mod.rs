//! A first mapping from the catalogue of a database.

use std::path::Path;

use super::Refused;
use crate::downstream::{ErrorKind, catalogue};

mod columns;
mod guess;
mod print;

/// The application cannot be asked (sysexits' EX_UNAVAILABLE).
const UNAVAILABLE: u8 = 69;
/// The address is no address of a database (sysexits' EX_USAGE).
const USAGE: u8 = 64;

/// The mapping.
///
/// # Errors
/// The database cannot be asked, or holds no users.
pub(super) async fn mapping(url: &str) -> Result<String, Refused> {
    let read = catalogue(url, Path::new("")).await.map_err(|error| {
        let code = if matches!(error.kind, ErrorKind::Unsupported(_)) { USAGE } else { UNAVAILABLE };
        (error.detail, code)
    })?;
    let guess = guess::guess(&read);
    let guess = guess.ok_or_else(|| ("no table of the database looks like one of users".to_owned(), 1))?;
    Ok(print::mapping(&guess, url))
}
