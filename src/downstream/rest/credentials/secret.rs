//! A secret of `[downstream.credentials]`, which nothing prints. One that is in a file is read anew when
//! the file changes.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::super::changed::Files;
use super::super::context::Context;
use crate::diagnostic::{Code, Diagnostic, NodeValue, Problems, Table};
use crate::downstream::secret;

/// A password, a key, a token.
#[derive(Clone)]
pub(super) struct Secret(Arc<Held>);

struct Held {
    text: ArcSwap<String>,
    file: Option<(PathBuf, Files)>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Secret {
    /// Reads the secret under `key`. Warns of one that stands in the mapping itself, refuses an
    /// empty one.
    pub(super) fn read(table: &Table<'_>, key: &str, context: &Context<'_>, problems: &mut Problems) -> Option<Self> {
        let node = table.required(key, PLACES, problems)?;
        if let NodeValue::String(_) = node.value {
            let message = format!("`{key}` stands in the file itself");
            problems
                .push(Diagnostic::warning(Code::SECRET_IN_FILE, &node.span, message).help(format!("write {PLACES}")));
        }
        Self::read_name(table, key, context, problems)
    }

    /// Reads what may be secret or not, such as a user's name.
    pub(super) fn read_name(
        table: &Table<'_>,
        key: &str,
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let node = table.required(key, PLACES, problems)?;
        // Before it is read: what changes in between is read once more.
        let file = node.get("file").and_then(|file| match &file.value {
            NodeValue::String(path) => Some(context.folder.join(path)),
            _ => None,
        });
        let file = file.map(|path| (path.clone(), Files::new(vec![path])));
        let text = secret(node, &format!("`{key}`"), context.folder, problems)?;
        if text.is_empty() {
            problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, &node.span, format!("`{key}` is empty")));
            return None;
        }
        Some(Self(Arc::new(Held { text: ArcSwap::from_pointee(text), file })))
    }

    /// What it is now.
    pub(super) fn text(&self) -> Arc<String> {
        self.look(false);
        self.0.text.load_full()
    }

    /// What it is at this moment: for what is asked for seldom.
    pub(super) fn fresh(&self) -> Arc<String> {
        self.look(true);
        self.0.text.load_full()
    }

    /// Looks at the file without waiting for the next second. A file that is gone, empty or too long
    /// changes nothing: it may be in the middle of being written.
    pub(super) fn look(&self, at_once: bool) {
        if let Some((path, files)) = &self.0.file
            && files.have_changed(at_once)
            && let Ok(text) = std::fs::read_to_string(path)
        {
            let text = text.trim_end_matches(['\r', '\n']);
            if (1..=LONGEST).contains(&text.len()) {
                self.0.text.store(Arc::new(text.to_owned()));
            }
        }
    }
}

const PLACES: &str = "`{ file = \"path\" }` or `{ env = \"NAME\" }`";

/// Bytes; a private key in PEM is the longest secret.
const LONGEST: usize = 64 * 1024;
