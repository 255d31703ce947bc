//! A file that the user names, or standard input, read whole and within a bound.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The bytes of the file, or of standard input for `-`. `largest` is how many there may be, `what` what
/// the file should be, for the message.
///
/// # Errors
/// A sentence: it cannot be read, or is too large.
pub(super) fn bytes(path: &Path, largest: u64, what: &str) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    let mut found = Vec::new();
    let count = if path == Path::new("-") {
        std::io::stdin().lock().take(largest + 1).read_to_end(&mut found)
    } else {
        File::open(path).map_err(cannot)?.take(largest + 1).read_to_end(&mut found)
    };
    if count.map_err(cannot)? as u64 > largest {
        return Err(format!("larger than {} MiB, so no {what}", largest / 1024 / 1024));
    }
    Ok(found)
}
