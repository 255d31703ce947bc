//! Notices that files of the operator were replaced, so that a renewed secret or certificate needs no
//! restart. Whoever asks reads them himself.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Files, and how they looked last.
#[derive(Debug)]
pub(super) struct Files {
    paths: Vec<PathBuf>,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    at: Instant,
    looks: Vec<Option<Look>>,
}

/// What tells one version of a file from the next. The inode is part of it: Kubernetes and most tools
/// put a new file in the place of the old one, which may be of the same length and an older time.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

impl Files {
    /// Remembers how the files look now.
    pub(super) fn new(paths: Vec<PathBuf>) -> Self {
        let looks = paths.iter().map(|path| look(path)).collect();
        Self { paths, seen: Mutex::new(Seen { at: Instant::now(), looks }) }
    }

    /// True when one of them was replaced since it was last true. Looks once a second at most, since
    /// every request asks; `at_once` looks in any case. A look is a `stat` for each file.
    pub(super) fn have_changed(&self, at_once: bool) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !at_once && seen.at.elapsed() < PAUSE {
            return false;
        }
        seen.at = Instant::now();
        let looks: Vec<_> = self.paths.iter().map(|path| look(path)).collect();
        let have_changed = looks != seen.looks;
        seen.looks = looks;
        have_changed
    }
}

fn look(path: &Path) -> Option<Look> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(Look { modified: metadata.modified().ok(), length: metadata.len(), inode: metadata.ino() })
}

const PAUSE: Duration = Duration::from_secs(1);
