//! A first mapping from the OpenAPI document of a REST API.

use std::path::Path;

use super::Refused;
use crate::cli::input::bytes;
use document::Document;

mod attributes;
mod below;
mod calls;
mod collection;
mod document;
mod envelope;
mod fields;
mod find;
mod guess;
mod members;
mod operation;
mod paging;
mod print;
mod reach;
mod record;
mod schema;

/// The file is none of those that can be read (sysexits' EX_DATAERR).
const DATA: u8 = 65;
/// Largest file; the largest public documents are below half of it.
const LARGEST: u64 = 32 * 1024 * 1024;

/// The mapping.
///
/// # Errors
/// The file is no such document, or tells of no users.
pub(super) fn mapping(file: &Path) -> Result<String, Refused> {
    let about = |why: String| (format!("`{}`: {why}", crate::cli::shown(file)), DATA);
    let document = bytes(file, LARGEST, "OpenAPI document").and_then(|bytes| Document::read(&bytes)).map_err(about)?;
    let guess = guess::guess(&document).ok_or_else(|| {
        let why = "no path of the document, with the path of one record below it, looks like one of users";
        (why.to_owned(), 1)
    })?;
    Ok(print::mapping(&guess))
}
