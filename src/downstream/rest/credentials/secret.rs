//! A secret of `[downstream.credentials]`, which nothing prints.

use std::fmt;
use std::sync::Arc;

use super::super::context::Context;
use crate::diagnostic::{Code, Diagnostic, NodeValue, Problems, Table};
use crate::downstream::secret;

/// A password, a key, a token.
#[derive(Clone)]
pub(super) struct Secret {
    text: Arc<str>,
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
        let text = secret(node, &format!("`{key}`"), context.folder, problems)?;
        if text.is_empty() {
            problems.push(Diagnostic::error(Code::BAD_CREDENTIALS, &node.span, format!("`{key}` is empty")));
            return None;
        }
        Some(Self { text: text.into() })
    }

    /// What it is.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

const PLACES: &str = "`{ file = \"path\" }` or `{ env = \"NAME\" }`";
